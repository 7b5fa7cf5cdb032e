"""Changes of one press, the history, the list, and who may do what."""

import re
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from bot.desk import Entries
from bot.desk.times import today
from bot.store import DirectoryEdits, Workers
from knowledge import LUXEMBOURG, Directory, KnowledgeError
from tests.desk.editor.conftest import HOME, KEY, Send, enter
from tests.desk.editor.forms import form_of

LIST = "/desk/directory"


def test_confirmed_today_in_one_press(
    desk: TestClient, send: Send, live: Directory, edits: DirectoryEdits
) -> None:
    before = live.current.service("surendettement").facts.phone or ()
    answer = send(HOME, f"{HOME}/confirm", how="phone", who="Secrétariat")
    assert answer.headers["location"] == f"{HOME}?said=saved"
    service = live.current.service("surendettement")
    for name in ("phone", "hours", "email"):
        for fact in service.facts.get(name):
            assert fact.confirmed and fact.date == today().isoformat(), name
            assert fact.source == f"confirmed by phone with Secrétariat, {today().isoformat()}"
    phones = service.facts.phone or ()
    assert phones[0].value == before[0].value and phones[-1].superseded, "the source is kept"
    assert edits.of(KEY)[-1].deed == "confirmed"
    # The next confirmation replaces the one before, and piles nothing up.
    send(HOME, f"{HOME}/confirm", how="service", who="")
    again = live.current.service("surendettement").facts.phone or ()
    assert len(again) == len(phones)
    assert again[0].source == f"confirmed by the service itself, {today().isoformat()}"


def test_one_field_is_confirmed_alone(send: Send, live: Directory) -> None:
    send(HOME, f"{HOME}/confirm", field="phone")
    facts = live.current.service("surendettement").facts
    assert facts.get("phone")[0].date == today().isoformat()
    assert facts.get("email")[0].date != today().isoformat()


def test_where_sources_disagree_nothing_is_confirmed(send: Send, live: Directory) -> None:
    home = "/desk/directory/services/a-vos-cotes"
    send(home, f"{home}/confirm")
    address = live.current.service("a-vos-cotes").facts.address or ()
    assert [f.confirmed for f in address if f.contradicted] == [False, False]
    assert address[0].confirmed and "(number to be confirmed)" in address[0].value


def test_several_of_the_list_are_confirmed(
    desk: TestClient, edits: DirectoryEdits, live: Directory
) -> None:
    form = form_of(desk.get(LIST).text, f"{LIST}/confirm")
    chosen = ["services/surendettement", "helplines/112", "association"]
    answer = desk.post(f"{LIST}/confirm", data={**form, "entry": chosen})
    assert answer.headers["location"] == f"{LIST}?confirmed=3"
    assert live.current.helplines["112"].facts.get("phone")[0].date == today().isoformat()
    assert set(edits.newest()) == set(chosen)


def test_history_tells_and_undoes_any_version(
    desk: TestClient, send: Send, live: Directory, edits: DirectoryEdits
) -> None:
    name = live.current.service("surendettement").name.fr
    send(f"{HOME}/edit", name__fr="Erste")
    send(f"{HOME}/edit", name__de="Zweite")
    page = desk.get(f"{HOME}/history").text
    assert "edith" in page and "Nom – Français" in page and "Erste" in page and name in page
    form = form_of(page, f"{HOME}/undo")
    assert desk.post(f"{HOME}/undo", data={**form, "version": "1"}).status_code == 303
    service = live.current.service("surendettement")
    assert (service.name.fr, service.name.de) == (name, "Zweite"), "what came later stays"
    undone = edits.of(KEY)[-1]
    assert (undone.deed, undone.undoes, undone.changed) == ("undone", 1, ["name.fr"])
    # An undoing can be undone like anything else.
    form = form_of(desk.get(f"{HOME}/history").text, f"{HOME}/undo")
    desk.post(f"{HOME}/undo", data={**form, "version": "3"})
    assert live.current.service("surendettement").name.fr == "Erste"
    assert desk.post(f"{HOME}/undo", data={**form, "version": "9"}).status_code == 404


def test_history_speaks_in_words(desk: TestClient, send: Send) -> None:
    """Neither codes nor ids: choices, places and days as the form shows them."""
    changes = {"capacity__availability": "free", "capacity__told_on": "2026-11-22"}
    served = {"serves__national": "", "serves__communes": ["esch-sur-alzette"]}
    assert send(f"{HOME}/edit", **changes, **served, holidays="closed").status_code == 303
    page = desk.get(f"{HOME}/history?lang=de").text
    told = re.findall(r"<td>([^<]*)</td><td>([^<]*)</td>", page)
    values = {value for pair in told for value in pair}
    assert {"freie Plätze", "22.11.2026", "Esch an der Alzette", "geschlossen"} <= values
    assert not values & {"free", "closed", "yes", "no", "esch-sur-alzette"}


def test_a_press_on_an_old_page_changes_nothing(
    desk: TestClient, send: Send, edits: DirectoryEdits
) -> None:
    form = form_of(desk.get(HOME).text, f"{HOME}/confirm")
    send(f"{HOME}/edit", name__fr="Anders")
    answer = desk.post(f"{HOME}/confirm", data=form)
    assert answer.headers["location"] == f"{HOME}?said=outdated"
    assert len(edits.of(KEY)) == 1


def test_retired_is_hidden_everywhere_and_comes_back(
    desk: TestClient, send: Send, live: Directory
) -> None:
    assert (
        send(HOME, f"{HOME}/retire", do="retire", reason="").headers["location"].endswith("reason")
    )
    tomorrow = (today() + timedelta(days=1)).isoformat()
    late = send(HOME, f"{HOME}/retire", do="retire", reason="x", since=tomorrow)
    assert late.headers["location"].endswith("reason")
    send(HOME, f"{HOME}/retire", do="retire", reason="Le service a fermé", since="2026-11-01")
    with pytest.raises(KnowledgeError):
        live.current.service("surendettement")
    assert all(hit.id != "surendettement" for hit in live.current.search("surendettement"))
    found = [m.service.id for m in live.current.find("debt_help")]
    assert found and "surendettement" not in found
    page = desk.get(f"{LIST}?show=retired").text
    assert "2026-11-01" in page and HOME in page and HOME not in desk.get(LIST).text
    assert "Le service a fermé" in desk.get(HOME).text
    send(HOME, f"{HOME}/retire", do="restore")
    assert live.current.service("surendettement").retired is None


def test_nobody_in_danger_is_left_without_a_number(send: Send, live: Directory) -> None:
    home = "/desk/directory/helplines/112"
    answer = send(home, f"{home}/retire", do="retire", reason="x")
    assert answer.headers["location"].endswith("refused") and "112" in live.current.helplines
    home = "/desk/directory/association/association"
    assert send(home, f"{home}/confirm").headers["location"].endswith("saved")


def test_a_release_that_contains_an_edit_counts_itself(
    entries: Entries, edits: DirectoryEdits, send: Send, live: Directory
) -> None:
    """Undoing everything leaves what the file says: it is not laid over a second time."""
    send(f"{HOME}/edit", name__fr="Erste")
    assert KEY in live.overlay
    send(f"{HOME}/history", f"{HOME}/undo", version="1")
    assert edits.of(KEY)[-1].taken_in_at is not None
    assert KEY not in live.overlay and not entries.state(KEY).conflict


def test_a_conflict_is_shown_and_decided(
    desk: TestClient, send: Send, live: Directory, entries: Entries, edits: DirectoryEdits
) -> None:
    state = entries.state(KEY)
    mine = {**state.content, "note": "ours"}
    older = {**state.content, "founded": 1900}  # what an earlier release said
    edits.add(KEY, 1, mine, deed="edited", base=older, changed=["note"], worker=1)
    assert entries.state(KEY).conflict and entries.conflicts() == {KEY}
    assert "Note interne" in desk.get(HOME).text.split("Changé ici</th>")[1].split("</table>")[0]
    assert HOME in desk.get(f"{LIST}?show=conflict").text
    send(HOME, f"{HOME}/settle", do="keep")
    assert not entries.state(KEY).conflict and live.overlay[KEY].content["note"] == "ours"
    edits.add(KEY, 3, {**mine, "note": "new"}, deed="edited", base=older, changed=[], worker=1)
    assert not entries.state(KEY).conflict, "the file is what version 2 was made from"


def test_the_release_wins_when_chosen(
    send: Send, live: Directory, entries: Entries, edits: DirectoryEdits
) -> None:
    state = entries.state(KEY)
    older = {**state.content, "founded": 1900}
    edits.add(KEY, 1, {**older, "note": "o"}, deed="edited", base=older, changed=[], worker=1)
    send(HOME, f"{HOME}/settle", do="release")
    assert KEY not in live.overlay and not entries.state(KEY).conflict
    assert entries.state(KEY).content == live.on_disk(KEY)


def test_who_may_what(desk: TestClient, workers: Workers, edits: DirectoryEdits) -> None:
    workers.add("Anton", "worker", "no hash")
    forms = (
        f"{HOME}/edit", f"{HOME}/confirm", f"{HOME}/undo", f"{HOME}/retire", f"{HOME}/settle",
        f"{LIST}/confirm", f"{LIST}/new/services",
    )  # fmt: skip
    for path in forms:  # an editor, without the token of the session
        assert desk.post(path, data={"do": "save"}).status_code == 403, path
    enter(desk, workers, "anton")
    for path in (LIST, HOME, f"{HOME}/history"):
        page = desk.get(path)
        assert page.status_code == 200
        assert not re.search(r"/(edit|confirm|undo|retire|settle|new)\b", page.text), path
    token = {"csrf": form_of(desk.get(LIST).text, "/desk/logout")["csrf"]}
    for path in forms:
        assert desk.post(path, data=token).status_code == 403, path
    assert desk.get(f"{HOME}/edit").status_code == 403
    desk.cookies.clear()
    for path in (LIST, HOME, f"{HOME}/history", f"{HOME}/edit"):
        assert desk.get(path).headers["location"] == "/desk/login"
    for path in forms:
        answer = desk.post(path, data={})
        assert answer.headers.get("location") == "/desk/login", path
    assert edits.newest() == {}


def test_unknown_entries(desk: TestClient) -> None:
    for path in ("services/nobody", "castles/112", "services/%2e%2e", "places/communes"):
        assert desk.get(f"{LIST}/{path}").status_code == 404, path


def test_the_list_finds_what_is_missing_and_sorts(desk: TestClient, live: Directory) -> None:
    page = desk.get(f"{LIST}?show=no_phone").text
    silent = [s.id for s in live.current.services.values() if not s.facts.get("phone")]
    assert silent and all(f'/desk/directory/services/{name}"' in page for name in silent)
    assert 'services/surendettement"' not in page
    by_name = desk.get(f"{LIST}?sort=name&q=dettes").text
    assert "112" not in by_name.split("<tbody>")[-1]
    assert desk.get(f"{LIST}?sort=nonsense&show=nonsense").status_code == 200
    hits = desk.get(f"{LIST}?sort=verified&show=overdue").text
    assert "sans date" in hits and "à vérifier" in hits
    for code in ("de", "lb"):
        assert desk.get(f"{LIST}?lang={code}").status_code == 200


def test_alerts_and_closures_show_while_they_hold(send: Send, live: Directory) -> None:
    words = {f"alerts__0__text__{c}": f"Hinweis {c}" for c in ("fr", "de", "lb")}
    words |= {f"exceptions__0__reason__{c}": f"Umzug {c}" for c in ("fr", "de", "lb")}
    words |= {"alerts__rows": "1", "exceptions__rows": "1"}
    words |= {"alerts__0__from": "2027-03-01", "alerts__0__until": "2027-03-05"}
    words |= {"exceptions__0__from": "2027-03-03", "exceptions__0__to": "2027-03-04"}
    answer = send(f"{HOME}/edit", **words)
    assert answer.status_code == 303
    service = live.current.service("surendettement")

    def told(day: str, hour: int = 10) -> str:
        at = datetime.fromisoformat(day).replace(hour=hour, tzinfo=LUXEMBOURG)
        card = live.current.service_card(service, "de", at=at)
        return f"{card['alert']} {card['opening']}"

    assert "Hinweis" not in told("2027-02-28") and "Umzug de" in told("2027-02-28")
    assert "Hinweis de" in told("2027-03-01") and "Hinweis de" in told("2027-03-05")
    assert "Hinweis" not in told("2027-03-06") and "Umzug" not in told("2027-03-06")
    closed = datetime(2027, 3, 3, 10, tzinfo=LUXEMBOURG)
    assert live.current.opening(service, at=closed).kind == "closure"
