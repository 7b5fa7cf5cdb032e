"""Web addresses as QR codes."""

import segno
from markupsafe import Markup

#: White squares around a code, so that scanners find it.
BORDER = 4


def svg(address: str) -> Markup:
    """The code as SVG to stand in a page, black on white whatever the page's colours."""
    picture = _code(address).svg_inline(omitsize=True, border=BORDER, dark="#000", light="#fff")
    return Markup(picture)  # noqa: S704  # nosec B704


def squares(address: str) -> list[list[bool]]:
    """The code row by row, its border included; True is black."""
    return [[bool(dot) for dot in row] for row in _code(address).matrix_iter(border=BORDER)]


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False)
