"""Luxembourg telephone numbers: as people say them, and as a phone dials them."""

import re
from typing import Optional

import phonenumbers
from phonenumbers import shortnumberinfo

#: Short numbers that phonenumbers does not know, or takes for ordinary ones.
_SHORT = re.compile(r"^(11[0-9]|116\d{3}|2755)$")
#: phonenumbers takes four digits for a number; more likely the rest was forgotten.
_SHORTEST = 5
_PRINTED = re.compile(r"^[\d\s()+.–-]+$")
_FOREIGN = re.compile(r"^(\+|00)(?!352)")


def digits(number: str) -> str:
    """The national digits of a printed number, without the country code."""
    bare = re.sub(r"\D", "", number)
    return re.sub(r"^(00352|352)(?=\d{6})", "", bare)


def is_short(national: str) -> bool:
    """Whether these digits are a short number (112, 116000), dialled without a country code."""
    if _SHORT.match(national):
        return True
    return len(national) < 6 and shortnumberinfo.is_valid_short_number_for_region(
        phonenumbers.PhoneNumber(country_code=352, national_number=int(national or 0)), "LU"
    )


def phone_problem(number: str) -> Optional[str]:
    """Why this is no Luxembourg number, or None when it is one."""
    if not _PRINTED.match(number):
        return f"'{number}' is not a telephone number: write digits, one number to a value"
    if _FOREIGN.match(re.sub(r"[^\d+]", "", number)):
        return f"'{number}' is not a Luxembourg telephone number (+352)"
    national = digits(number)
    if is_short(national):
        return None
    if len(national) < _SHORTEST:
        return f"'{number}' is too short for a Luxembourg telephone number"
    try:
        parsed = phonenumbers.parse(national, "LU")
    except phonenumbers.NumberParseException as error:
        return f"'{number}' is not a telephone number: {error}"
    if not phonenumbers.is_valid_number(parsed):
        return f"'{number}' is not a Luxembourg telephone number in use"
    return None


def spoken(number: str) -> str:
    """The number in groups, as people say it: "54 77 24 22"."""
    national = digits(number)
    printed = re.sub(r"^\(?(\+|00)?352\)?\s*", "", number.strip())
    if len(national) <= 6 or (len(national) == 8 and national.startswith("800")):
        groups = re.sub(r"[^\d]+", " ", printed).strip()
        return groups if " " in groups else _grouped(national)
    if re.fullmatch(r"\d{4} \d{4}", printed):
        return printed
    if re.match(r"^6\d{8}$", national):
        return " ".join((national[:3], national[3:6], national[6:]))
    return _pairs(national)


def _pairs(national: str) -> str:
    """Groups of two; an odd number of digits ends in a group of three."""
    even = len(national) - 3 if len(national) % 2 else len(national)
    groups = [national[i : i + 2] for i in range(0, even, 2)]
    return " ".join([*groups, national[even:]]).strip()


def _grouped(national: str) -> str:
    if len(national) <= 5:
        return national
    if len(national) == 6 and national.startswith("116"):
        return f"{national[:3]} {national[3:]}"
    if len(national) == 8:
        return f"{national[:4]} {national[4:]}"
    return _pairs(national)


def dialled(number: str) -> str:
    """The number for a `tel:` link: E.164, or the short number itself."""
    national = digits(number)
    return national if is_short(national) else f"+352{national}"
