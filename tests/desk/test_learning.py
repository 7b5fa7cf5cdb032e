"""Editors say what messages mean: in groups, by one key, stealing from no other intent."""

import re
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from rasa.shared.nlu.training_data.loading import load_data
from sqlalchemy.engine import Engine

from bot import review_file
from bot.desk.accounts import Accounts
from bot.desk.grouping import groups
from bot.desk.teaching import INTENTS
from bot.review_file import Learnt
from bot.store import Conversations, Review, Workers
from knowledge import LANGUAGES
from tests.desk.conftest import PASSWORD, Near, Understanding, csrf, sign_in

PAGE = "/desk/learning"


@pytest.fixture
def review(engine: Engine) -> Review:
    return Review(engine)


@pytest.fixture
def editor(client: TestClient, workers: Workers) -> TestClient:
    Accounts(workers).add("Edith", "editor", PASSWORD)
    sign_in(client, "edith")
    return client


@pytest.fixture
def assistant(client: TestClient) -> Understanding:
    found: Understanding = client.app.state.assistant  # type: ignore[attr-defined]
    return found


def keep(review: Review, text: str, message: str = "", conversation: str = "c") -> int:
    guesses = ["debt_help", "budget_help"]
    about = {"language": "fr", "reason": "rated_down", "guesses": guesses}
    review.keep(conversation, message or text, text, **about)  # type: ignore[arg-type]
    return max(one.id for one in review.waiting())


def decide(client: TestClient, number: int, **form: str) -> Response:
    token = csrf(client.get("/desk").text)
    return client.post(f"{PAGE}/{number}", data={"csrf": token, **form})


def learnt(client: TestClient) -> list[Learnt]:
    folder = client.app.state.review_folder  # type: ignore[attr-defined]
    return review_file.read(folder / review_file.FILE)


def test_alike_messages_stand_together(editor: TestClient, review: Review) -> None:
    for text in ("huissier demain", "loyer trop cher", "huissier hier"):
        keep(review, text)
    page = editor.get(PAGE).text
    assert page.index("huissier hier") < page.index("loyer trop cher")
    assert 'data-key="1"' in page and "debt_help" in page


def test_groups_are_of_those_alike() -> None:
    near = np.eye(4, dtype=np.float32)
    near[2] = [0.9, 0, 0.436, 0]
    assert groups(near)[0] == [0, 2]
    assert sorted(map(len, groups(near))) == [1, 1, 2]
    assert groups(near[:1]) == [[0]] and groups(near[:0]) == []


def test_one_key_assigns(editor: TestClient, review: Review, workers: Workers) -> None:
    number = keep(review, "l'huissier est venu [phone] (hier)")
    done = decide(editor, number, intent="debt_help", language="fr", text="l'huissier est venu")
    assert (done.status_code, done.headers["location"]) == (303, PAGE)
    assert learnt(editor) == [Learnt("l'huissier est venu", "fr", "debt_help")]
    assert review.count() == 0
    last = workers.deeds()[-1]
    assert (last.did, last.about) == ("review_assigned", str(number))


def test_the_file_is_training_data_for_rasa(editor: TestClient, review: Review) -> None:
    texts = {'il a dit "non": # 3', "- tiret [phone](x) {y}", "c'est l'été à Esch"}
    for text in texts:
        assert decide(editor, keep(review, text), intent="debt_help").status_code == 303
    path = editor.app.state.review_folder / review_file.FILE  # type: ignore[attr-defined]
    found = load_data(str(path)).intent_examples
    assert {m.get("text") for m in found} == {review_file.plain(t) for t in texts}
    assert {m.get("intent") for m in found} == {"debt_help"}
    assert not any(m.get("entities") for m in found)
    assert {m.get("metadata")["intent"]["language"] for m in found} == {"fr"}


def test_a_sentence_of_another_intent_is_refused(
    editor: TestClient, review: Review, assistant: Understanding
) -> None:
    assistant.near = [Near("Mes Dettes", "budget_help", "fr", 1.0)]
    number = keep(review, "mes dettes")
    answer = decide(editor, number, intent="debt_help", sure="debt_help")
    assert answer.status_code == 422 and "budget_help" in answer.text
    assert learnt(editor) == [] and review.count() == 1


def test_what_was_learnt_for_another_intent_is_refused(editor: TestClient, review: Review) -> None:
    decide(editor, keep(review, "trop de factures"), intent="debt_help")
    again = keep(review, "Trop de factures", "other")
    assert decide(editor, again, intent="budget_help", sure="budget_help").status_code == 422
    assert len(learnt(editor)) == 1


@pytest.mark.parametrize(
    "near",
    [
        [Near("a", "food_help", "fr", 0.8)] * 4 + [Near("b", "debt_help", "fr", 0.7)] * 3,
        [Near("a", "food_help", "fr", 0.95), *[Near("b", "debt_help", "fr", 0.8)] * 4],
        [],
    ],
    ids=("most are of another", "one is nearly the same", "nothing to compare with"),
)
def test_what_may_steal_is_asked_about(
    editor: TestClient, review: Review, assistant: Understanding, near: list[Near]
) -> None:
    assistant.near = near
    number = keep(review, "des factures")
    assert decide(editor, number, intent="debt_help").status_code == 422
    assert learnt(editor) == []
    # Insisting counts for the intent that was asked about only.
    assert decide(editor, number, intent="budget_help", sure="debt_help").status_code == 422
    assert decide(editor, number, intent="debt_help", sure="debt_help").status_code == 303
    assert len(learnt(editor)) == 1


def test_far_sentences_steal_nothing(
    editor: TestClient, review: Review, assistant: Understanding
) -> None:
    assistant.near = [Near("a", "food_help", "fr", 0.3)] * 7
    assert decide(editor, keep(review, "des factures"), intent="debt_help").status_code == 303


def test_another_language_is_asked_about(editor: TestClient, review: Review) -> None:
    number = keep(review, "des factures")
    answer = decide(editor, number, intent="debt_help", language="de")
    assert answer.status_code == 422 and learnt(editor) == []


def test_an_intent_is_searched_for_or_not_taken(editor: TestClient, review: Review) -> None:
    number = keep(review, "des factures")
    assert decide(editor, number, search="pay_the_king").status_code == 422
    assert decide(editor, number, intent="debt_help", text=" [phone] ").status_code == 422
    assert decide(editor, number, search="crisis_child", sure="crisis_child").status_code == 303
    assert [one.intent for one in learnt(editor)] == ["crisis_child"]


def test_skipped_comes_last_and_dropped_is_gone(editor: TestClient, review: Review) -> None:
    first, second = keep(review, "un"), keep(review, "deux")
    decide(editor, first, deed="skip")
    assert [one.id for one in review.waiting()] == [second, first]
    assert f"{PAGE}/{second}" in editor.get(PAGE).text
    decide(editor, second, deed="drop")
    assert f"{PAGE}/{first}" in editor.get(PAGE).text
    assert learnt(editor) == []


def test_two_editors_learn_it_once(editor: TestClient, review: Review) -> None:
    number = keep(review, "des factures")
    assert decide(editor, number, intent="debt_help").status_code == 303
    assert decide(editor, number, intent="budget_help").headers["location"] == PAGE
    assert len(learnt(editor)) == 1


def test_a_slip_is_taken_back(editor: TestClient, review: Review) -> None:
    for text in ("une", "deux"):
        decide(editor, keep(review, text), intent="debt_help")
    form = {"text": "une", "language": "fr", "intent": "debt_help"}
    form["csrf"] = csrf(editor.get(PAGE).text)
    assert editor.post(f"{PAGE}/remove", data=form).status_code == 303
    assert [one.text for one in learnt(editor)] == ["deux"]


def test_nothing_waits(
    editor: TestClient, assistant: Understanding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The assistant, who reads no empty list, is not asked."""

    def vectors(texts: list[str]) -> None:
        raise ValueError("need at least one array")

    monkeypatch.setattr(assistant, "vectors", vectors)
    page = editor.get("/desk/learning?lang=fr")
    assert page.status_code == 200 and "Aucun message n&#39;attend." in page.text


def test_the_page_works_without_vectors(
    editor: TestClient, review: Review, assistant: Understanding
) -> None:
    keep(review, "huissier")
    assistant.gone = True
    page = editor.get(PAGE)
    assert page.status_code == 200 and "huissier" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_words(editor: TestClient, review: Review, language: str) -> None:
    assert editor.get(f"{PAGE}?lang={language}").status_code == 200
    keep(review, "<b>huissier</b>")
    page = editor.get(f"{PAGE}?lang={language}").text
    assert "&lt;b&gt;huissier" in page and "<b>" not in page


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "Danger\u00a0: suicide"), ("de", "Gefahr: Suizid"), ("lb", "Gefor: Suizidgedanken")],
)
def test_every_intent_is_called_by_words(
    editor: TestClient, review: Review, language: str, said: str
) -> None:
    keep(review, "huissier")
    page = editor.get(f"{PAGE}?lang={language}").text
    offered = dict(re.findall(r'<option value="(\w+)">([^<]*)</option>', page))
    assert offered["crisis_suicide"] == f"{said} (crisis_suicide)"
    for intent in INTENTS:
        words = offered[intent].partition(" (")[0]
        assert words and "_" not in words and words != intent


def test_every_intent_can_be_chosen() -> None:
    assert {"debt_help", "out_of_scope", "crisis_suicide"} <= set(INTENTS) and len(INTENTS) > 40


def test_it_is_erased_with_its_conversation(engine: Engine, review: Review) -> None:
    keep(review, "mine", conversation="a")
    keep(review, "yours", conversation="b")
    Conversations(engine).erase("a")
    assert [one.text for one in review.waiting()] == ["yours"]


def test_it_waits_for_days_only(review: Review) -> None:
    keep(review, "old")
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    assert review.expire(now + timedelta(days=29), days=30) == 0
    assert review.expire(now + timedelta(days=31), days=30) == 1
    assert review.count() == 0
