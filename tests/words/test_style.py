"""How the assistant speaks, as far as it can be counted: short, polite, calm, one question."""

import re
from collections import defaultdict

import pytest

from tests.conftest import LANGUAGES
from tests.words.texts import Text, gaps, in_one_word, texts

#: About twelve words a sentence is the rule; two more where a number or a place stands in it.
LONGEST = 14
#: The directory lists communes and conditions in one sentence: longer, but not without end.
LONGEST_IN_DIRECTORY = 25
#: Sentences before a card or a question.
MOST_SENTENCES = 3
#: Answers to the same wish in three languages, one after the other: each counts for itself.
SEVERAL_LANGUAGES = re.compile("other_language|foreign")
#: Instructions for those who keep the directory or call the API; read, not said.
INSTRUCTIONS = re.compile(r"/wording/sheet\.|problems\.yml/bad_search")

NAMES = re.compile(r"/(name|address)/")
WORD = re.compile(r"{\w+}|[^\W_]+(?:['’.:/-][^\W_]+)*")
SENTENCE = re.compile(r"(?<=[.!?;:])\s+")
NOT_SAID = {
    "fr": r"malheureusement|hélas|désolée?|veuillez|tu|te|toi|ton|tes",
    "de": r"leider|bedauerlicherweise|du|dich|dir|dein\w*|euch",
    "lb": r"leider|onglécklecherweis|du|dech|däi[n]?|deng\w*|(?-i:iech|är|ären|ärem|ärer)",
}
#: Spelled out instead: who reads slowly does not know them.
SHORTENED = (
    r"z\. ?B\.|bzw\.|usw\.|ggf\.|ca\.|Tel\.|Nr\.|inkl\.|u\. ?a\.|d\. ?h\.|etc\.|svp|s\.v\.p\.|rdv"
    r"|p\. ?ex\.|env\.|w\. ?e\. ?g\.|asw\.|n°|resp\.|Std\.|Min\."
)
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
#: Pictures on the two buttons that rate an answer; never shown after a cry for help.
THUMBS = re.compile("rate_(up|down)$")
#: Short titles, looked up by the long one, and only where one is needed; per locale.
LOOKED_UP = re.compile(r"messenger_(titles|profile)\.yml")


def said() -> list[Text]:
    """What the assistant, its pages and its errors say, without the directory's own texts."""
    return [t for t in texts() if not _directory(t) and not INSTRUCTIONS.search(t.where)]


def _directory(text: Text) -> bool:
    return text.where.startswith("knowledge/") and "/wording/" not in text.where


def test_sentences_are_short() -> None:
    found = [
        f"{t.where}: {len(words)} words: {sentence}"
        for t in texts()
        if not INSTRUCTIONS.search(t.where)
        for sentence in SENTENCE.split(in_one_word(t.text))
        if len(words := WORD.findall(sentence))
        > (LONGEST_IN_DIRECTORY if _directory(t) else LONGEST)
        and "/address/" not in t.where
    ]
    assert not found, "\n".join(found)


def test_at_most_three_sentences_before_a_question() -> None:
    found = []
    for text in said():
        if not text.where.startswith("domain.yml") or SEVERAL_LANGUAGES.search(text.where):
            continue
        sentences = re.split(r"(?<=[.!?])\s+", text.text)
        if len([s for s in sentences if not s.endswith("?")]) > MOST_SENTENCES:
            found.append(f"{text.where}: {text.text}")
    assert not found, "\n".join(found)


def test_one_question_at_a_time() -> None:
    once = [t for t in said() if not SEVERAL_LANGUAGES.search(t.where)]
    found = [t.where for t in once if t.text.count("?") > 1]
    assert not found


@pytest.mark.parametrize("language", LANGUAGES)
def test_polite_and_without_regrets(language: str) -> None:
    never = re.compile(rf"\b(?:{NOT_SAID[language]})\b", re.IGNORECASE)
    found = [
        f"{t.where}: «{hit[0]}» in {t.text}"
        for t in texts()
        if t.language == language and not NAMES.search(t.where)
        if not SEVERAL_LANGUAGES.search(t.where)
        if (hit := never.search(t.text))
    ]
    assert not found, "\n".join(found)


def test_no_exclamation_marks_and_no_emoji() -> None:
    found = [
        t.where
        for t in texts()
        if (EMOJI.search(t.text) and not THUMBS.search(t.where))
        or ("!" in t.text and not NAMES.search(t.where))
    ]
    assert not found


def test_crisis_answers_begin_with_what_to_do() -> None:
    """The number stands in the first two sentences of the answer to a crisis."""
    answers = [t for t in texts() if re.match(r"domain.yml/responses/utter_crisis_", t.where)]
    assert len(answers) >= 4 * len(LANGUAGES)
    late = [t.where for t in answers if not re.search(r"\b11[23]\b", " ".join(_first(t.text, 2)))]
    assert not late


def _first(text: str, number: int) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text)[:number]


def test_abbreviations_are_spelled_out() -> None:
    short = re.compile(rf"(?<!\w)(?:{SHORTENED})(?!\w)", re.IGNORECASE)
    found = [f"{t.where}: {t.text}" for t in texts() if short.search(t.text)]
    assert not found, "\n".join(found)


def test_every_text_is_there_in_each_language_with_the_same_gaps() -> None:
    by_key: dict[str, dict[str, Text]] = defaultdict(dict)
    for text in texts():
        if not LOOKED_UP.search(text.where):
            by_key[text.key][text.language] = text
    lacking = [key for key, found in by_key.items() if set(found) != set(LANGUAGES)]
    assert not lacking
    uneven = [
        key
        for key, found in by_key.items()
        if len({frozenset(gaps(t.text)) for t in found.values()}) > 1
    ]
    assert not uneven


def test_nothing_is_left_untranslated() -> None:
    """More than four words are never the same in two languages, except in names and addresses."""
    by_key: dict[str, dict[str, str]] = defaultdict(dict)
    for text in texts():
        words = [w for w in WORD.findall(text.text) if not w.startswith("{")]
        if not NAMES.search(text.where) and len(words) > 4:
            by_key[text.key][text.language] = text.text
    same = [key for key, found in by_key.items() if len(set(found.values())) < len(found)]
    assert not same
