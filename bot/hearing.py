"""What a message says of the conversation itself, in fixed words: erase it, stop, who is meant.

The patterns are data (data/lexicon/requests.yml, emergency.yml), with sentences they must and
must not catch.
"""

import re
from functools import lru_cache
from typing import Any, Literal, Optional

from bot.fixed_words import filling, patterns, says
from bot.nlu.crisis import plain
from bot.nlu.files import LEXICON, read_words
from bot.nlu.text import clean
from bot.nlu.told import ToldNeeds

#: Whom a cry for help is about; None: the writer, or not clear.
Whom = Optional[Literal["other", "minor"]]
_ADULT = 18
_FEW, _SENTENCE = 6, 3
_ASKING = 8
_NUMBER = re.compile(r"\s*\+?[\d\s./()-]{6,24}")
#: A greeting that asks: whoever was greeted already is not greeted again.
_HELLO = re.compile(
    r"\s*(?:(?:allo|allô|hallo|hello|hé|he|hey|ho)\b[\s,.!]*)+\?[\s.!?]*", re.IGNORECASE
)
_DATE = re.compile(r"\s*\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\s*")
#: A phone number of Luxembourg has six digits or more; a postcode has four.
_DIGITS = 6
#: Where an order may begin or end within a message; "dann läscht hien" is none.
_PARTS = re.compile(
    r"[,.;:!?\n–]+|(?<!cht)\s(?=(?:il|elle|er|hien?|hatt|mein mann|mäi mann|mai mann|mon mari"
    r"|mon copain|car|parce|weil|denn|well|sonst|sinon|soss|avant|bevor|ier)\b)",
    re.IGNORECASE,
)
DETAIL_WORDS = ("ask_hours", "ask_phone", "ask_address", "ask_cost")
LINE_TOPICS = ("write", "hours", "cost", "anonymous", "languages", "visit", "who")


def wants_erasure(text: str) -> bool:
    """Whether the visitor orders to delete the conversation; a question about it is none."""
    parts = [text, *_PARTS.split(text)]
    return any(says("delete_data", part) and not says("not_data", part) for part in parts)


def after_preface(text: str) -> str:
    """The text without a language it names before a colon: "In German then: where is …"."""
    head, colon, rest = text.partition(":")
    words = plain(head).split()
    said = colon and len(words) <= _FEW and len(rest.split()) >= _SENTENCE
    return rest.strip() if said and not _languages().isdisjoint(words) else text


def without_no_credit(text: str) -> str:
    """The text without what it says of a phone without credit; the same where it says nothing."""
    words = plain(text)
    for pattern in patterns()["no_credit"]:
        words, count = pattern.subn(" ", words)
        if count:
            return words.strip()
    return text


def leaves_message(text: str) -> bool:
    """Whether the visitor wants to leave a message for the office."""
    return says("leave_message", text)


def is_phone_number(text: str) -> bool:
    """Whether a message is a phone number and nothing else."""
    digits = sum(c.isdigit() for c in text)
    return bool(_NUMBER.fullmatch(text)) and not _DATE.fullmatch(text) and digits >= _DIGITS


def hides_a_plan(text: str) -> bool:
    """Whether nobody is to know what the writer does, not whether a line keeps a secret."""
    words = plain(text).split()
    names = any(word.startswith("anonym") for word in words) or not filling("name").isdisjoint(
        words
    )
    return not names and not filling("first_person").isdisjoint(words)


def asks_foreign_language(text: str) -> bool:
    """Whether a short message names a language that is not spoken here."""
    words = plain(text).split()
    return len(words) <= _ASKING and not filling("foreign_languages").isdisjoint(words)


def asks_if_spoken(text: str) -> bool:
    """Whether it is asked if what was shown is to be had in a language."""
    return says("if_spoken", text)


def cancels(text: str) -> bool:
    """Whether the visitor wants to end what is being dictated."""
    return says("cancel", text)


def agrees(text: str) -> bool:
    """Whether the visitor says yes and nothing else."""
    return says("yes", text)


def way(text: str) -> Optional[Literal["phone", "email"]]:
    """How the visitor wants to be reached, if a word says so."""
    phone, email = says("phone", text), says("email", text)
    return None if phone == email else "phone" if phone else "email"


def offered_way(text: str) -> Optional[Literal["phone", "email"]]:
    """The same, in a message that may say hardly anything else: "by mail?"."""
    few = len(plain(text).split()) <= _FEW
    return way(text) if few and not says("calls_self", text) else None


def about_lines(text: str) -> list[str]:
    """What is asked about helplines that were shown: each of LINE_TOPICS."""
    found = [topic for topic in LINE_TOPICS if says(f"line_{topic}", text)]
    # "Is there somebody who speaks Portuguese?" asks for no hours.
    return [t for t in found if t != "hours" or "languages" not in found]


def about_this_chat(text: str) -> bool:
    """Whether a question of secrecy is about what is written here, not about helplines."""
    return says("line_not", text)


def about_data(text: str) -> bool:
    """Whether it is asked what is kept, in words about data."""
    return says("of_data", text)


def hints(text: str) -> list[str]:
    """The needs that a word of the text may belong to."""
    return list(_hints().find(text))


def asks_secrecy(text: str) -> bool:
    """Whether it is asked if something stays secret or anonymous."""
    return says("line_anonymous", text)


def of_a_service(text: str) -> bool:
    """Whether a question names advice or a service in general."""
    return says("of_service", text)


def goes_back(text: str) -> bool:
    """Whether a message leads back to what was talked about before."""
    return says("back_to", text)


def detail(text: str) -> Optional[str]:
    """The detail of a service a word stands for, as its intent; None without, or with several."""
    found = [name for name in DETAIL_WORDS if says(name, text)]
    return found[0] if len(found) == 1 else None


def nobody_answers(text: str) -> bool:
    """Whether somebody called a service, and nobody answered."""
    return says("nobody_answers", text)


def only_urgent(text: str) -> bool:
    """Whether a message says that it is urgent, and nothing else."""
    return says("urgent", text)


def calls(text: str) -> bool:
    """Whether the visitor calls, to hear if anybody is there: "hello??"."""
    return says("calls", text) or _HELLO.fullmatch(text) is not None


def opens(text: str) -> bool:
    """Whether a message says that a question follows, and nothing else."""
    return says("opening", text)


def for_somebody(text: str) -> bool:
    """Whether a message says for whom it is, and nothing else."""
    return says("for_somebody", text)


def of_grown_up(text: str) -> bool:
    """Whether a message names somebody who is no child."""
    return says("grown_up", text)


def of_parents(text: str) -> bool:
    """Whether a message names parents."""
    return says("of_parents", text)


def about_transport(text: str) -> bool:
    """Whether a message names a bus, a tram or a train."""
    return says("transport", text)


def worse(text: str) -> bool:
    """Whether a message tells more of the danger that was talked about."""
    return says("signs", text)


def whom(text: str, age: Optional[float] = None) -> Whom:
    """Whom a cry for help is about. `age`: one that was said in the same message."""
    about_self = says("self", text)
    if says("minor", text) or (about_self and age is not None and age < _ADULT):
        return "minor"
    return "other" if says("other", text) and not about_self else None


def may_be_emergency(text: str) -> bool:
    """Whether a message in a language we do not speak may tell of danger."""
    return _emergency().search(clean(text).lower()) is not None


@lru_cache(maxsize=1)
def _hints() -> ToldNeeds:
    return ToldNeeds(LEXICON / "need_hints.yml")


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    content: Any = read_words(LEXICON / "fillers.yml")
    return frozenset(map(plain, content["languages"]))


@lru_cache(maxsize=1)
def _emergency() -> re.Pattern[str]:
    content: Any = read_words(LEXICON / "emergency.yml")
    words = sorted({word for words in content.values() for word in words})
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)")
