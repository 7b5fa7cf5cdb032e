"""What a value must look like. The loader and the sheet ask the same questions here."""

import re
from typing import Callable, Mapping
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import ValidationError

from knowledge._facts import Ages, Point
from knowledge._phone import phone_problem

_POSTCODE = re.compile(r"\bL\s?[-–]?\s?(\d+)")
_AGES = re.compile(r"(\d{1,3})-(\d{1,3})")
#: Post codes of Luxembourg have four digits and begin with 1 to 9.
_LOWEST_POSTCODE, _HIGHEST_POSTCODE = 1000, 9999


def is_email(value: str) -> bool:
    """Right in form; nobody is asked whether it exists."""
    try:
        validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def is_website(value: str) -> bool:
    """An http or https address with a host name, and nothing else around it."""
    if re.search(r"[\s<>\"]", value):
        return False
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and "." in host.strip(".")


def has_right_postcodes(value: str) -> bool:
    """Every post code written as L-nnnn is one Luxembourg can have."""
    codes = _POSTCODE.findall(value)
    return all(len(c) == 4 and _LOWEST_POSTCODE <= int(c) <= _HIGHEST_POSTCODE for c in codes)


def is_age_range(value: str) -> bool:
    """Two ages in years, as in 12-25."""
    found = _AGES.fullmatch(value)
    if not found:
        return False
    try:
        Ages(min=int(found[1]), max=int(found[2]))
    except ValidationError:
        return False
    return True


def is_point(value: str) -> bool:
    """Latitude and longitude inside Luxembourg, as in 49.6,6.1."""
    try:
        lat, lon = value.split(",")
        Point(lat=float(lat), lon=float(lon))
    except ValueError:  # pydantic's error is one too
        return False
    return True


def is_phone(value: str) -> bool:
    """A Luxembourg number, an ordinary or a short one."""
    return phone_problem(value) is None


#: The test of each field whose values have a form.
FORMS: Mapping[str, Callable[[str], bool]] = {
    "address": has_right_postcodes,
    "phone": is_phone,
    "email": is_email,
    "website": is_website,
    "age_range": is_age_range,
    "coordinates": is_point,
}
