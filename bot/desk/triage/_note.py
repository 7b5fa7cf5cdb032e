"""A social worker's note: shortened words written out, and the parts that each may say something.

Whatever is found in the written-out form can be shown in the worker's own words (`quote`).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable

import yaml

from knowledge import fold

RULES = Path(__file__).parent / "rules"
#: Longest note that is read; what comes after is left out.
MAX_NOTE = 4000
_MOST_PARTS = 24
#: Not after a word of one or two letters, which is shortened ("m. Kd."), nor after an ordinal
#: ("5. Stock"), nor where a small letter goes on ("verl. seit").
_SENTENCE = re.compile(
    r"(?<!\d)(?<!\b\w)(?:(?<!\b\w\w)|(?<=\b[Oo][Kk]))\.+\s+(?![a-zà-ÿ])"
    r"|(?<=\d{3})\.\s+(?=[A-ZÀ-Ý])|[!?]+\s+|[;\n\r•]+\s*"
)
_CLAUSE = re.compile(r",\s+|\s+[-–—/+&]+\s+|:\s+|\s*→\s*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST_WORDS = 2

Span = tuple[int, int]


@dataclass(frozen=True)
class Plain:
    """A text folded to letters, digits and single spaces, and where each sign came from."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """A piece of the folded text as a piece of the text it was made from."""
        return self.origin[start], self.origin[end - 1] + 1


@dataclass(frozen=True)
class Note:
    """A note as written, and written out. `origin`: where each sign of `full` came from."""

    written: str
    full: str
    origin: tuple[int, ...]
    plain: Plain

    def quote(self, start: int, end: int) -> str:
        """The worker's own words behind a piece of the written-out text."""
        if start >= end:
            return ""
        last = self.origin[end - 1]
        return self.written[self.origin[start] : last + 1].strip(" ,;:-–")

    def parts(self) -> tuple[list[Span], list[Span]]:
        """Sentences and clauses, as spans of `full`. One of them alone is left out: it is all."""
        sentences = _cut(self.full, [(0, len(self.full))], _SENTENCE)
        clauses = _cut(self.full, sentences, _CLAUSE)
        many = sentences if len(sentences) > 1 else []
        return many[:_MOST_PARTS], ([c for c in clauses if c not in many])[:_MOST_PARTS]


class Reader:
    """Makes notes; knows the abbreviations of rules/abbreviations.yml."""

    def __init__(self, folder: Path = RULES) -> None:
        content = yaml.safe_load((folder / "abbreviations.yml").read_text(encoding="utf-8"))
        self._short = [(re.compile(e["short"]), str(e["full"])) for e in content]

    def read(self, text: str) -> Note:
        written = text.replace("’", "'").strip()[:MAX_NOTE]
        full, origin = written, tuple(range(len(written)))
        for pattern, words in self._short:
            full, origin = _replaced(full, origin, pattern, words)
        return Note(written, full, origin, plain(full))


def plain(text: str) -> Plain:
    """The form the patterns of the rules are written for."""
    letters: list[str] = []
    origin: list[int] = []
    for index, sign in enumerate(text):
        for letter in fold(sign):
            known = letter if letter.isascii() and letter.isalnum() else " "
            if known == " " and (not letters or letters[-1] == " "):
                continue
            letters.append(known)
            origin.append(index)
    while letters and letters[-1] == " ":
        letters.pop()
        origin.pop()
    return Plain("".join(letters), tuple(origin))


def _replaced(
    text: str, origin: tuple[int, ...], pattern: "re.Pattern[str]", words: str
) -> tuple[str, tuple[int, ...]]:
    """The text with each match written out; every sign of the words stands for the match."""
    done: list[str] = []
    where: list[int] = []
    last = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        if start == end:
            continue
        said = match.expand(words)
        done += [text[last:start], said]
        where += origin[last:start]
        # The last sign points at the end of what was shortened, so that a quote is whole.
        where += [origin[start]] * (len(said) - 1) + [origin[end - 1]] * min(1, len(said))
        last = end
    if not last:
        return text, origin
    return "".join([*done, text[last:]]), (*where, *origin[last:])


def _cut(text: str, spans: Iterable[Span], at: "re.Pattern[str]") -> list[Span]:
    """The pieces between the breaks; what has too few words stays with the one before."""
    found: list[Span] = []
    for begin, end in spans:
        group: list[Span] = []
        start = begin
        for cut, following in [*(m.span() for m in at.finditer(text, begin, end)), (end, end)]:
            bare = text[start:cut].strip()
            if bare:
                left = text.index(bare, start)
                piece = (left, left + len(bare))
                if group and (_words(text, piece) < _FEWEST_WORDS or _few(text, group[-1])):
                    group[-1] = (group[-1][0], piece[1])
                else:
                    group.append(piece)
            start = following
        found += group
    return found


def _few(text: str, span: Span) -> bool:
    return _words(text, span) < _FEWEST_WORDS


def _words(text: str, span: Span) -> int:
    return len(_WORD.findall(text[span[0] : span[1]]))
