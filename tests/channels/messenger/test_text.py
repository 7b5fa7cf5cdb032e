"""Cutting text: property-based, with words, emoji and numbers that must stay whole."""

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.messenger._limits import length
from bot.channels.messenger._text import clean, shorten, split

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇱🇺"
WORDS = ["Gemeinde", "l'aide", "iwwerschëldt", "Où", "112", FAMILY, FLAG, "👍🏽", "e\u0301te\u0301"]
SENTENCE = "Die Beratung ist kostenlos. "

words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=80)
anything = st.text(st.characters(), max_size=300)


def bare(text: str) -> str:
    return regex.sub(r"\s", "", text)


@settings(deadline=None)
@given(anything, st.integers(5, 60))
def test_any_text_is_cut_within_the_limit_and_nothing_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(part.strip() and length(part) <= limit for part in parts)
    assert bare("".join(parts)) == bare(clean(text))
    "".join(parts).encode("utf-8")


def test_no_message_is_a_separator_that_nobody_sees() -> None:
    assert split("00000\U00010000\U00010000\U00010000\x1f\r0", 6)[2:] == ["0"]


@settings(deadline=None)
@given(words, st.integers(40, 90))
def test_a_word_or_an_emoji_is_never_cut(chosen: list[str], limit: int) -> None:
    parts = split(" ".join(chosen), limit)
    assert [word for part in parts for word in part.split(" ")] == chosen


@settings(deadline=None)
@given(st.lists(st.integers(2, 9), min_size=2, max_size=40), st.integers(90, 200))
def test_a_cut_is_between_sentences(lengths: list[int], limit: int) -> None:
    sentences = [" ".join(["Hëllef"] * n) + "." for n in lengths]
    for part in split(" ".join(sentences), limit):
        assert part.endswith(".")


@settings(deadline=None)
@given(words)
def test_in_a_run_without_spaces_signs_stay_whole(chosen: list[str]) -> None:
    run = "".join(chosen)
    parts = split(run, length(FAMILY))
    assert [s for part in parts for s in regex.findall(r"\X", part)] == regex.findall(r"\X", run)


def test_2000_characters_are_one_message_and_2001_two_sentences() -> None:
    text = (SENTENCE * 80)[:1999] + "."
    assert split(text, 2000) == [text]
    first, second = split(SENTENCE * 80, 2000)
    assert first.endswith("kostenlos.") and second.endswith("kostenlos.")


def test_an_emoji_counts_two_as_the_strictest_reader_counts() -> None:
    assert [length(p) for p in split("👍" * 1500, 2000)] == [2000, 1000]


def test_a_paragraph_is_kept_together_when_it_may() -> None:
    block = "Eng Zeil.\nNach eng Zeil."
    assert split(f"{block}\n\n{block}\n\n{block}", 60) == [f"{block}\n\n{block}", block]


def test_a_later_paragraph_is_not_torn_at_a_line() -> None:
    assert split("Eng Zeil hei do.\n\nZwou.\nDräi vill méi laang", 26) == [
        "Eng Zeil hei do.",
        "Zwou.\nDräi vill méi laang",
    ]


def test_a_line_far_before_the_end_is_no_place_to_cut() -> None:
    sentence = "Et kascht näischt fir jiddereen."
    assert split(f"Moien\n{sentence} {sentence}", 50) == [f"Moien\n{sentence}", sentence]


def test_a_phone_number_and_an_abbreviation_are_no_place_to_cut() -> None:
    assert split("Rufft 54 77 24 22", 15) == ["Rufft", "54 77 24 22"]
    assert split("Wir helfen. Es geht z. B. um Schulden", 27) == [
        "Wir helfen.",
        "Es geht z. B. um Schulden",
    ]
    assert split("Qui appeler\u00a0? Le 112 répond", 22) == ["Qui appeler\u00a0?", "Le 112 répond"]


def test_half_characters_are_replaced() -> None:
    assert split("Moien \ud83d!", 20) == ["Moien \ufffd!"]
    assert split(" \n\t ", 20) == []


@settings(deadline=None)
@given(anything | words.map(" ".join), st.integers(5, 40))
def test_a_shortened_text_keeps_the_limit_and_whole_signs(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert length(short) <= limit
    if length(clean(text)) <= limit:
        assert short == clean(text)
    else:
        assert short.endswith("…")
        assert clean(text).startswith(short[:-1])


def test_titles_are_shortened_at_a_word_and_long_words_inside() -> None:
    assert shorten("Aide dans mon quartier", 20) == "Aide dans mon…"
    assert shorten("Kein Dach über dem Kopf", 20) == "Kein Dach über dem…"
    assert shorten("Eng Wunneng zu Lëtzebuerg", 20) == "Eng Wunneng zu…"
    assert shorten("Gemeinwesenarbeitsstelle Bonnevoie", 20) == "Gemeinwesenarbeitss…"
    assert shorten("A Gemeinwesenarbeitsstelle", 20) == "A Gemeinwesenarbeit…"
    assert shorten("Papiers, conseils, rencontres", 20) == "Papiers, conseils…"
    assert shorten(f"Familljen {FAMILY}{FAMILY}", 24) == "Familljen…"
    assert shorten(FAMILY * 2, 20) == f"{FAMILY}…"
