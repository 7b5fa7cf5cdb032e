"""The n-rule of Luxembourgish (orthography of 2019): a final -n or -nn is written only before a
vowel, n, d, t, z, h, or a pause."""

import re
from collections.abc import Iterator

_KEEPS = frozenset("ndtzhaeiouäëéèêàâîôöü")
#: Before these small unstressed words both spellings are right.
_EITHER = frozenset(["si", "se", "sech", "säi", "säin", "seng", "senger", "sengem", "sengen"])
#: Words that keep their n everywhere: borrowed nouns, names, all in -ioun, -telefon.
_FIXED = frozenset(
    ["Camion", "Enn", "Kanton", "Kolonn", "Log-In", "Persoun", "Saison", "Semikolon", "Stonn"]
)  # fmt: skip
#: Short words that lack their n when a vowel, n, d, t, z or h follows.
_CUT = frozenset(
    ["a", "da", "de", "dee", "dëse", "e", "ee", "eege", "gi", "hie", "hu", "ka", "kee", "kënne",
     "mäi", "nëmme", "säi", "u", "vu", "wa", "äre"]
)  # fmt: skip
#: First sounds of null … nonzéng (0 to 19), and of zwanzeg … nonzeg.
_TO_19 = "nezdvfssanzezdvfssun"
_TENS = "zdvfssan"
_TOKEN = re.compile(r"{\w+}|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['-][^\W\d_]+)*|[^\w\s]")


def breaches(text: str) -> Iterator[str]:
    """Each pair of words that breaks the rule, as it is written."""
    tokens = _TOKEN.findall(text.replace("’", "'"))
    for word, following in zip(tokens, tokens[1:]):
        sound = _first_sound(following)
        if sound is None:
            continue
        fixed = word in _FIXED or word.lower().endswith(("ioun", "telefon"))
        falls = word.endswith("n") and not fixed and following.lower() not in _EITHER
        if (falls and sound not in _KEEPS) or (word.lower() in _CUT and sound in _KEEPS):
            yield f"{word} {following}"


def _first_sound(token: str) -> str | None:
    """None for a pause, for a gap that the program fills, and for letters read one by one."""
    if token[0].isdigit():
        return _number(int(re.split(r"\D", token)[0]))
    if not token[0].isalpha() or (token.isupper() and len(token) > 1):
        return None
    return token[0].lower()


def _number(value: int) -> str:
    while value > 999:
        value //= 1000
    if value > 99:
        return "h" if value < 200 else _TO_19[value // 100]
    if value < 20:
        return _TO_19[value]
    return _TO_19[value % 10] if value % 10 else _TENS[value // 10 - 2]
