"""The forms of a page as a browser would send them."""

from html.parser import HTMLParser
from typing import Optional

Fields = dict[str, list[str]]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Fields] = {}
        self._form: Optional[Fields] = None
        self._area: Optional[str] = None
        self._select: Optional[str] = None
        self._text = ""

    def handle_starttag(self, tag: str, found: list[tuple[str, Optional[str]]]) -> None:
        attributes = dict(found)
        name, value = attributes.get("name") or "", attributes.get("value") or ""
        if tag == "form":
            self._form = self.forms.setdefault(attributes.get("action") or "", {})
        elif self._form is None:
            return
        elif tag == "input" and name:
            box = attributes.get("type") in ("checkbox", "radio")
            if not box or "checked" in attributes:
                self._form.setdefault(name, []).append(value)
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select = name
            self._form.setdefault(name, []).append("")
        elif tag == "option" and self._select and "selected" in attributes:
            self._form[self._select][-1] = value

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area and self._form is not None:
            # As browsers do: lines end with two signs.
            self._form.setdefault(self._area, []).append(self._text.replace("\n", "\r\n"))
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._form = None


def form_of(page: str, action: str) -> Fields:
    """What the form with this address would send as it stands."""
    reader = _Forms()
    reader.feed(page)
    return reader.forms[action]
