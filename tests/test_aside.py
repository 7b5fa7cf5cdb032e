"""What is known of a cry for help while it is talked about: in memory, bounded, gone afterwards."""

from bot.aside import _MOST, Aside, Asides
from bot.reply import Reply

CRY = {"crisis": ["crisis_violence"], "entities": [{"entity": "household", "value": "woman"}]}
ANSWER = Reply("fr", "crisis_violence", helplines=["113", "helpline-violence"])


def test_it_lasts_until_something_else_is_talked_about() -> None:
    asides = Asides()
    asides.after("1", CRY, ANSWER, over=False)
    wanted = Aside(["113", "helpline-violence"], ["crisis_violence"], "woman")
    assert asides.get("1") == wanted
    asides.after("1", {"crisis": [], "entities": []}, Reply("fr", "ask_hours"), over=False)
    assert asides.get("1") == wanted, "a question about the lines takes nothing away"
    last = Reply("fr", "debt_help", [{"type": "text", "text": "found", "lang": "fr"}])
    asides.after("1", {"crisis": [], "entities": []}, last, over=True)
    assert asides.get("1") == Aside(said=["found"]), "our own words, for one more answer"
    asides.after("1", {"crisis": [], "entities": []}, last, over=True)
    assert asides.get("1") == Aside()


def test_the_household_is_kept_from_the_cry_before() -> None:
    asides = Asides()
    asides.after("1", CRY, ANSWER, over=False)
    asides.after("1", {**CRY, "entities": []}, ANSWER, over=False)
    assert asides.get("1").household == "woman"


def test_what_was_said_is_known_and_bounded() -> None:
    asides = Asides()
    for number in range(20):
        said = [{"type": "text", "text": f"text {number}", "lang": "fr"}]
        asides.after("1", CRY, Reply("fr", "crisis_violence", said), over=False)
    assert asides.get("1").said[-1] == "text 19" and len(asides.get("1").said) == 12
    later = Reply("fr", "nlu_fallback", [{"type": "text", "text": "still there", "lang": "fr"}])
    asides.after("1", {"crisis": [], "entities": []}, later, over=False)
    assert asides.get("1").said[-2:] == ["text 19", "still there"]
    assert asides.get("1").crisis == ["crisis_violence"]


def test_the_oldest_is_forgotten_first() -> None:
    asides = Asides()
    for number in range(_MOST + 1):
        asides.keep(str(number), Aside(lines=["112"]))
    assert asides.get("0") == Aside() and asides.get("1").lines == ["112"]
