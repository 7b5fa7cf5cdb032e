"""Free text without the numbers, addresses and announced names that lead to a person.

Used before a text goes to statistics, learning or an export. What is doubtful is masked, but dates,
hours, prices, ages, years and postcodes are what a text is about: they stay.
"""

import re
from typing import Callable, Optional

import phonenumbers

from bot.name_masking import NAME, mask_names
from bot.signs import clean_lines

__all__ = ["EMAIL", "IBAN", "NAME", "NATIONAL_NUMBER", "PHONE", "mask"]

IBAN, NATIONAL_NUMBER, PHONE, EMAIL = "[iban]", "[national number]", "[phone]", "[email]"

_GAP = r"[ \u00a0\u2009\u202f]"
_NAME = r"[^\s@<>()\[\],;:\"]"
_EMAIL = re.compile(
    rf"(?<!{_NAME}){_NAME}{{1,80}}(?:@|\s?[\[(](?:at|@)[\])]\s?){_NAME}{{1,120}}\.\w{{2,24}}", re.I
)
#: Characters of an IBAN by country, from the registry of ISO 13616.
_LENGTHS = {
    code: length
    for length, codes in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "PT ST", 26: "IS TR",
        27: "FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB PL SV", 29: "BR EG PS QA UA",
        30: "JO KW MU", 31: "MT SC", 32: "LC",
    }.items()
    for code in codes.split()
}  # fmt: skip
#: Where most people here have their account: masked even with a slip of the pen in it.
_NEAR = ("LU", "DE", "FR", "BE", "PT")
_ACCOUNT = re.compile(rf"(?<!\w)[A-Z]{{2}}\d\d(?:{_GAP}?[-.]?[A-Z0-9]){{11,30}}", re.I)
_SEPARATOR = rf"(?:{_GAP}?/{_GAP}?|[ \u00a0\u2009\u202f.\u2010-\u2013-])"
#: Digits with at most one separator between them.
_RUN = re.compile(
    rf"(?<!\d)(?:\((?=\+|00|\d+\)))?(?:(?:\+|00){_GAP}?)?\(?\d(?:[()]?{_SEPARATOR}?[()]?\d)+(?!\d)"
)
_GROUP = re.compile(r"[+(]*\d+\)?")
_BIRTH = re.compile(r"(?:1[89]|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?:\d\d)?")
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_YEAR, _FULL_HOUR = r"(?:19\d\d|20[0-4]\d)", r"(?:[01]?\d|2[0-4])"
_HOUR = rf"{_FULL_HOUR}[.:hH][0-5]\d"
_SPAN = rf"{_FULL_HOUR}[-–]{_FULL_HOUR}"
_MONEY = r"(?:€|eur(?:os?|oen?)?\b|francs?\b|chf\b|usd\b|\$)"
_THOUSANDS = r"\d{1,3}(?:[ .\u00a0\u202f']\d{3})*(?:,\d{1,2})?"
_UNIT = (
    rf"(?:{_MONEY}|%|h\b|uhr\b|auer\b|heures?\b|stonn|stunden\b|m²|km\b|kg\b"
    r"|ans?\b|mois\b|joer\b|jahre?\b|méint\b|monate?\b)"
)
#: As people write a mobile number; before anything else, because amounts look alike.
_MOBILE = re.compile(
    rf"(?<!\d)(?:\(?(?:\+|00)352\)?{_GAP}?)?6\d1(?:{_SEPARATOR}?\d\d\d){{2}}"
    rf"(?!\d)(?!{_GAP}?{_MONEY})",
    re.I,
)
#: What is never part of a phone number.
_KEPT = re.compile(
    "|".join(
        (
            # dates
            rf"(?<!\d){_DAY}(?P<s>[ ./-]){_MONTH}(?P=s){_YEAR}(?![./-]?\d)",
            rf"(?<!\d){_YEAR}(?P<t>[./-]){_MONTH}(?P=t){_DAY}(?![./-]?\d)",
            rf"(?<!\d)(?<!\d[.])(?<!352{_GAP})(?<!352\){_GAP})(?!(?<=\d-)\d\d?-){_DAY}(?P<u>[./-]){_MONTH}(?P=u)\d\d"
            rf"(?![./-]?\d)(?!{_GAP}\d\d{_GAP}\d)",
            # hours, from one to another; years
            rf"(?<!\d)(?<!\d[.]){_HOUR}{_GAP}?[-–/]{_GAP}?{_HOUR}(?![.]?\d)",
            rf"(?<![\d/-]){_SPAN}(?:[ /]{_SPAN})+(?![-–]?\d)",
            rf"(?<!\d){_FULL_HOUR}[:hH][0-5]\d(?!\d)",
            rf"(?<!\d){_YEAR}(?:{_GAP}?[-–/ ]{_GAP}?{_YEAR})+(?![./-]?\d)",
            # amounts
            rf"(?<![\d.])(?<!\d{_GAP}){_THOUSANDS}{_GAP}?{_MONEY}",
            rf"(?<![\d.])\d+(?:[.,]\d{{1,2}})?{_GAP}?{_UNIT}",
            rf"(?:€|\beur\b|\bchf\b|\$){_GAP}?(?:{_THOUSANDS}|\d+)(?!\d)",
            r"(?<![\d.])\d{1,6},\d{1,2}(?!\d)",
            # postcodes with the letter of the country
            rf"(?<![\w+])[A-Z]{{1,2}}[-\u2010-\u2013 ]{_GAP}?\d{{4,5}}(?!{_SEPARATOR}?\d)",
        )
    ),
    re.I,
)
_ROUND = re.compile(r"\d{1,3}(?:[ .\u00a0\u202f]000)+")
_SHORTEST, _NATIONAL, _LONGEST = 6, 11, 15


def mask(text: str) -> str:
    """The text with a mark in the place of each account, national and phone number, e-mail, and
    of names that are announced (`bot/name_masking.py`)."""
    text = _EMAIL.sub(EMAIL, clean_lines(text))
    text = _ACCOUNT.sub(_account, text)
    text = _RUN.sub(lambda run: _marked(run[0], NATIONAL_NUMBER, _is_national), text)
    text = _MOBILE.sub(PHONE, text)
    parts, at = [], 0
    for kept in _KEPT.finditer(text):
        parts += [_phones(text[at : kept.start()]), kept[0]]
        at = kept.end()
    return mask_names("".join([*parts, _phones(text[at:])]))


def _account(found: "re.Match[str]") -> str:
    whole = found[0]
    country = whole[:2].upper()
    length = _LENGTHS.get(country, 0)
    ends = [n for n, sign in enumerate(whole, 1) if sign.isalnum()]
    if not length or len(ends) < length:
        return whole
    held, rest = whole[: ends[length - 1]], whole[ends[length - 1] :]
    if rest[:1].isalnum() and not _sums_up(held):
        return whole
    return IBAN + rest if country in _NEAR or _sums_up(held) else whole


def _sums_up(account: str) -> bool:
    """Whether the check digits are right (ISO 7064, modulo 97)."""
    signs = "".join(s for s in account if s.isalnum())
    return int("".join(str(int(s, 36)) for s in signs[4:] + signs[:4])) % 97 == 1


def _phones(text: str) -> str:
    return _RUN.sub(lambda run: _marked(run[0], PHONE, _is_phone), text)


def _marked(run: str, mark: str, fits: Callable[[str], bool]) -> str:
    """The run with a mark for each part that fits: the first, as long as it can be, and so on."""
    groups = list(_GROUP.finditer(run))
    parts, at, first = [], 0, 0
    while first < len(groups):
        start = groups[first].start()
        ends = [group.end() for group in groups[first : first + _LONGEST]]
        end = next((end for end in reversed(ends) if fits(run[start:end])), None)
        if end is None:
            first += 1
            continue
        parts += [run[at:start], mark]
        at, first = end, first + ends.index(end) + 1
    return "".join([*parts, run[at:]])


def _is_national(number: str) -> bool:
    """Thirteen digits that begin with a date of birth, or the eleven of older numbers."""
    groups = re.findall(r"\d+", number)
    digits = "".join(groups)
    if len(groups) == 1 and len(digits) == 13:
        return not number.startswith(("00", "+"))
    shaped = len(groups) == 1 or (len(groups[0]) in (4, 6, 8) and min(map(len, groups)) > 1)
    right = len(digits) == 13 or len(groups[-1]) >= 3
    return shaped and right and _BIRTH.fullmatch(digits) is not None


def _is_phone(number: str) -> bool:
    digits = "".join(re.findall(r"\d", number))
    if not _SHORTEST <= len(digits) <= _LONGEST or _ROUND.fullmatch(number):
        return False
    if number.lstrip("(").startswith(("+", "00")):
        return len(digits) > _SHORTEST
    if digits.startswith("0"):
        # Of a neighbouring country, as it is dialled there.
        return 9 <= len(digits) <= 12
    parsed = _parsed(number) if len(digits) <= _NATIONAL else None
    return parsed is not None and phonenumbers.is_valid_number(parsed)


def _parsed(number: str) -> Optional[phonenumbers.PhoneNumber]:
    try:
        return phonenumbers.parse(number, "LU")
    except phonenumbers.NumberParseException:
        return None
