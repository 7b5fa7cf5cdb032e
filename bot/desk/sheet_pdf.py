"""A referral sheet as a PDF of one A4 page, with its title and language set."""

import io
import pathlib
from functools import cache
from html import escape
from importlib.util import find_spec
from typing import Any

from reportlab.graphics.shapes import Drawing, Path, Rect
from reportlab.lib.colors import black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import HRFlowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from bot import qr
from bot.desk.sheets import Sheet

_PLAIN, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
#: Points; the largest at which everything stands on one page is taken.
_SIZES = (11.0, 10.0, 9.0, 8.0, 7.0, 6.0)
_LABEL, _TEXT, _CODE = 38 * mm, 136 * mm, 34 * mm


def pdf(sheet: Sheet) -> bytes:
    """The file."""
    _fonts()
    content = b""
    for size in _SIZES:
        content, pages = _made(sheet, size)
        if pages == 1:
            break
    return content


@cache
def _fonts() -> None:
    """Letters for every name a person here may have; Rasa brings the library they come with."""
    found = find_spec("matplotlib")
    assert found and found.origin
    folder = pathlib.Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
    for name in (_PLAIN, _BOLD):
        pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))


def _made(sheet: Sheet, size: float) -> tuple[bytes, int]:
    """The file at a size of letters, and how many pages it has."""
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        title=f"{sheet.title}: {sheet.name}",
        author=sheet.footer,
        lang=sheet.language,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=15 * mm,
        bottomMargin=15 * mm,
    )
    document.build(_story(sheet, size))
    return target.getvalue(), document.page


def _story(sheet: Sheet, size: float) -> list[Any]:
    def words(text: str, font: str = _PLAIN, points: float = size) -> Paragraph:
        style = ParagraphStyle("words", fontName=font, fontSize=points, leading=points * 1.35)
        # A long address must break somewhere.
        style.splitLongWords = 1
        return Paragraph(escape(text).replace("\n", "<br/>"), style)

    story: list[Any] = [words(sheet.title, points=size + 1), Spacer(1, 2 * mm)]
    if sheet.foreign:
        story += [words(sheet.foreign, _BOLD), Spacer(1, 2 * mm)]
    story += [words(sheet.name, _BOLD, size + 6), Spacer(1, 2 * mm), words(sheet.summary)]
    if sheet.alert:
        story += [Spacer(1, 2 * mm), words(sheet.alert, _BOLD)]
    told = [[words(label, _BOLD), words(text)] for label, text in (*sheet.rows, *sheet.client)]
    told.append([words(sheet.bring, _BOLD), words(" ")])
    lined = TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, black),
        ]
    )
    story += [Spacer(1, 4 * mm), Table(told, colWidths=(_LABEL, _TEXT), style=lined)]
    if sheet.address:
        story += [Spacer(1, 4 * mm), _code(sheet.address), words(sheet.address, points=size - 1)]
    line = HRFlowable(width="100%", thickness=0.4, color=black)
    story += [Spacer(1, 4 * mm), line, words(sheet.danger, _BOLD), words(sheet.footer)]
    return story


def _code(address: str) -> Drawing:
    """The QR code, drawn: sharp at any size."""
    rows = qr.squares(address)
    side = _CODE / len(rows)
    drawing = Drawing(_CODE, _CODE)
    drawing.add(Rect(0, 0, _CODE, _CODE, fillColor=white, strokeColor=None))
    # One shape for all squares: each of its own takes four times as long.
    dots = Path(fillColor=black, strokeColor=None)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                left, top = x * side, _CODE - y * side
                dots.moveTo(left, top)
                for right, down in ((1, 0), (1, 1), (0, 1)):
                    dots.lineTo(left + right * side, top - down * side)
                dots.closePath()
    drawing.add(dots)
    return drawing
