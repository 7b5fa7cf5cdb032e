"""Cutting text to the platform's limits: between sentences, else words, never inside a sign.

A sign is what a reader sees as one: a letter with its accents, an emoji of several parts.
"""

import regex

from bot.channels.messenger._limits import length

_SIGN = regex.compile(r"\X")
#: Spaces a line may break at; the no-break ones hold "«", "?" and numbers together.
_BREAKING = regex.compile(r"[^\S\u00a0\u2007\u202f]+")
#: Ends a sentence when a word stands before it: "Nr." and "z. B." are shorter.
_END = regex.compile(r"\w{3}\s?[.!?…]+\s?[\"'»”“’)\]]*$")
_WINDOW = 12
#: Python takes these for space, regular expressions do not: a part of nothing else would be blank.
_SEPARATORS = dict.fromkeys(range(0x1C, 0x20), " ")
_TRAILING = " \t,;:.–—-(/«„"


def clean(text: str) -> str:
    """Without halves of characters, which no JSON can carry, and without space around."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.translate(_SEPARATORS).strip()


def split(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` characters (`_limits.length`), none empty.

    Nothing but the space at the cuts is lost. A sentence, word or sign is only cut when it is
    itself longer than the limit.
    """
    text = clean(text)
    if length(text) <= limit:  # nearly every text: to look at each sign takes long
        return [text] if text else []
    signs = _signs(text, limit)
    parts = []
    start = 0
    while start < len(signs):
        if _is_space(signs[start]):
            start += 1
            continue
        end = _fitting(signs, start, limit)
        if end < len(signs):
            end = _best_cut(signs, start, end)
        part = signs[start:end]
        while _is_space(part[-1]):
            part.pop()
        parts.append("".join(part))
        start = end
    return parts


def shorten(text: str, limit: int) -> str:
    """The text, or its beginning up to a word and "…", in at most `limit` characters."""
    text = clean(text)
    if length(text) <= limit:
        return text
    signs = _signs(text, limit)
    end = _fitting(signs, 0, limit - 1)
    words = [i for i in range(end, 0, -1) if _is_space(signs[i])]
    # A long first word is cut: less than a third of the room would say too little.
    cut = words[0] if words and length("".join(signs[: words[0]])) >= limit // 3 else end
    return "".join(signs[:cut]).rstrip(_TRAILING) + "…"


def _signs(text: str, limit: int) -> list[str]:
    signs: list[str] = []
    for sign in _SIGN.findall(text):
        signs += [sign] if length(sign) <= limit else list(sign)
    return signs


def _is_space(sign: str) -> bool:
    return _BREAKING.fullmatch(sign) is not None


def _fitting(signs: list[str], start: int, limit: int) -> int:
    """The end of the longest run of signs from `start` that keeps the limit."""
    room = limit
    end = start
    while end < len(signs) and length(signs[end]) <= room:
        room -= length(signs[end])
        end += 1
    return end


def _best_cut(signs: list[str], start: int, end: int) -> int:
    """Where to end a part that could reach `end`: paragraph, line, sentence, word, or `end`."""
    spaces = [i for i in range(end, start, -1) if _is_space(signs[i])]
    half = start + (end - start) // 2
    lines = [i for i in spaces if _is_line(signs, i)]
    late = [i for i in lines if i >= half]
    for cuts in (
        (i for i in late if _is_line(signs, i + 1)),
        late,
        (i for i in spaces if i in lines or _ends_sentence(signs, start, i)),
        (i for i in spaces if not _in_number(signs, i)),
    ):
        for cut in cuts:
            return cut
    return end


def _is_line(signs: list[str], i: int) -> bool:
    return i < len(signs) and ("\n" in signs[i] or "\r" in signs[i])


def _ends_sentence(signs: list[str], start: int, i: int) -> bool:
    before = "".join(signs[max(start, i - _WINDOW) : i])
    return _END.search(before) is not None


def _in_number(signs: list[str], i: int) -> bool:
    """ "54 77 24 22" is one word."""
    after = signs[i + 1] if i + 1 < len(signs) else ""
    return signs[i - 1].isdigit() and after.isdigit()
