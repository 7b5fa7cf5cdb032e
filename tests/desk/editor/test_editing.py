"""The form of an entry: checked, previewed, saved, and told when somebody was first."""

import re
from datetime import date
from typing import Any, Optional

import pytest
from fastapi.testclient import TestClient

from bot.desk import Entries
from bot.desk.editor import _writing
from bot.store import DirectoryEdits, Workers
from knowledge import Directory
from tests.desk.editor.conftest import HOME, KEY, Send, changed, enter
from tests.desk.editor.forms import form_of

EDIT = f"{HOME}/edit"


def errors(page: str) -> dict[str, str]:
    """The sentence at each field that has one."""
    found = re.findall(r'<p class="error" id="([\w-]+)-error">([^<]+)</p>', page)
    return {name: said.strip() for name, said in found}


def test_a_saved_form_counts_at_once_and_says_who(
    desk: TestClient, send: Send, live: Directory, edits: DirectoryEdits, workers: Workers
) -> None:
    answer = send(EDIT, name__fr="Aide aux dettes", facts__phone__0__value="54 77 24 - 99")
    assert answer.headers["location"] == f"{HOME}?said=saved"
    service = live.current.service("surendettement")
    assert service.name.fr == "Aide aux dettes"
    assert service.facts.get("phone")[0].value == "54 77 24 - 99"
    assert live.current.search("aide aux dettes")[0].id == "surendettement"
    version = edits.of(KEY)[0]
    assert (version.number, version.deed) == (1, "edited")
    assert set(version.changed) == {"name.fr", "facts.phone"}
    editor = workers.named("edith")
    assert editor and version.worker == editor.id
    assert workers.deeds(editor.id)[-1].did == "directory_edited"
    assert workers.deeds(editor.id)[-1].about == KEY


def test_places_told_by_a_service(send: Send, live: Directory, edits: DirectoryEdits) -> None:
    """Entered and emptied in the form; half of it is refused at its field."""
    half = send(EDIT, capacity__free_places="2")
    assert half.status_code == 422 and "seulement avec" in errors(half.text)["capacity"]
    both = {"capacity__told_on": "2026-11-27", "capacity__free_places": "2"}
    assert send(EDIT, capacity__availability="full", **both).status_code == 422
    assert edits.of(KEY) == []
    assert send(EDIT, capacity__availability="free", **both).status_code == 303
    held = live.current.service("surendettement").capacity
    assert held and (held.availability, held.free_places) == ("free", 2)
    assert edits.of(KEY)[-1].changed == ["capacity"]
    empty = dict.fromkeys(("availability", "told_on", "free_places"), "")
    assert send(EDIT, **{f"capacity__{n}": v for n, v in empty.items()}).status_code == 303
    assert live.current.service("surendettement").capacity is None


def test_the_day_of_free_places_is_today_unless_another_is_given(
    send: Send, live: Directory, edits: DirectoryEdits, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held() -> tuple[Optional[int], Optional[str]]:
        told = live.current.service("surendettement").capacity
        assert told
        return told.free_places, told.told_on and told.told_on.isoformat()

    monkeypatch.setattr(_writing, "today", lambda: date(2026, 11, 20))
    places = {"capacity__availability": "free", "capacity__free_places": "2"}
    assert send(EDIT, **places).status_code == 303
    assert held() == (2, "2026-11-20")
    monkeypatch.setattr(_writing, "today", lambda: date(2026, 11, 24))
    assert send(EDIT, name__fr="Aide aux dettes").status_code == 303
    assert held() == (2, "2026-11-20"), "nothing was told"
    assert 'value="2026-11-24"' in send(EDIT, do="preview", capacity__free_places="1").text
    assert send(EDIT, capacity__free_places="1").status_code == 303
    assert held() == (1, "2026-11-24")
    given = {"capacity__free_places": "4", "capacity__told_on": "2026-11-22"}
    assert send(EDIT, **given).status_code == 303
    assert held() == (4, "2026-11-22")
    versions = edits.of(KEY)
    assert [v.content["capacity"]["told_on"] for v in versions][-1] == "2026-11-22"


def test_every_choice_of_the_form_is_a_word(desk: TestClient) -> None:
    page = desk.get(f"{EDIT}?lang=de").text
    shown = re.findall(r"<option[^>]*>([^<]+)</option>|<label><input[^>]*> ([^<]+)</label>", page)
    words = {"".join(pair).strip() for pair in shown}
    assert {"Gewalt", "freie Plätze"} <= words
    assert not [word for word in words if re.fullmatch(r"[a-z]+(_[a-z]+)+", word)]


def test_a_form_that_changes_nothing_makes_no_version(send: Send, edits: DirectoryEdits) -> None:
    assert send(EDIT).status_code == 303
    assert edits.of(KEY) == []


Wrong = tuple[dict[str, Any], str, str]
PHONE, HOURS = "facts__phone__0", "facts__hours__0"
OPENING = "facts-hours-0-opening_hours"


#: Told by checks that look at more than one record, or at the form of a value.
BETWEEN = (
    "facts-phone-0-value",
    "facts-email-0-value",
    "facts-website-0-value",
    "facts-address-0-value",
    "type",
    "needs",
    "same_service_as",
)


def words(path: str) -> dict[str, str]:
    return {f"{path}__{code}": "Wort" for code in ("fr", "de", "lb")}


WRONG: list[Wrong] = [
    ({"name__fr": " "}, "name-fr", "Ce champ doit être rempli"),
    ({f"{PHONE}__value": "12"}, "facts-phone-0-value", "téléphone luxembourgeois"),
    ({f"{PHONE}__value": "+33 1 40 20 50 50"}, "facts-phone-0-value", "luxembourgeois"),
    ({f"{PHONE}__source": ""}, "facts-phone-0-source", "doit être rempli"),
    ({f"{PHONE}__date": "gestern"}, "facts-phone-0-date", "2026-03-15"),
    ({f"{PHONE}__date": "2024", f"{PHONE}__year": "2023"}, "facts-phone-0-year", "année"),
    ({f"{PHONE}__year": "12"}, "facts-phone-0-year", "nombre possible"),
    ({f"{PHONE}__reliability": "hearsay"}, "facts-phone-0-reliability", "de la liste"),
    ({"facts__email__0__value": "info@"}, "facts-email-0-value", "e-mail"),
    ({"facts__website__0__value": "dettes"}, "facts-website-0-value", "https://"),
    (
        {
            "facts__address__rows": "1",
            "facts__address__0__value": "1, rue X, L-99 Luxembourg",
            "facts__address__0__source": "letter",
            "facts__address__0__reliability": "official",
        },
        "facts-address-0-value",
        "code postal",
    ),
    ({f"{HOURS}__opening_hours": "25"}, OPENING, "calculés"),
    ({f"{HOURS}__opening_hours": "SH 08:00-09:00"}, OPENING, "scolaires"),
    ({f"{HOURS}__opening_hours": "08:00-08:00"}, OPENING, "même heure"),
    ({f"{HOURS}__opening_hours": "Mo 08:00+"}, OPENING, "fermeture"),
    ({f"{HOURS}__season": "Mo 08:00-09:00"}, "facts-hours-0-season", "seulement des jours"),
    ({"serves__national": "", "serves__communes": []}, "serves", "des communes"),
    ({"serves__ages__min": "30", "serves__ages__max": "20"}, "serves-ages", "plus grand"),
    ({"type": "castle"}, "type", "de la liste"),
    ({"needs": ["no_such_need"]}, "needs", "de la liste"),
    ({"same_service_as": "surendettement"}, "same_service_as", "en cercle"),
    ({"founded": "old"}, "founded", "nombre possible"),
    (
        {
            "exceptions__rows": "1",
            "exceptions__0__from": "2026-12-24",
            "exceptions__0__to": "2026-12-01",
            **words("exceptions__0__reason"),
        },
        "exceptions-0",
        "avant le début",
    ),
    (
        {
            "alerts__rows": "1",
            "alerts__0__from": "2026-12-24",
            "alerts__0__until": "2026-12-01",
            **words("alerts__0__text"),
        },
        "alerts-0",
        "avant le début",
    ),
    (
        {"alerts__rows": "1", "alerts__0__until": "2026-02-31", **words("alerts__0__text")},
        "alerts-0-until",
        "jour qui existe",
    ),
    ({"alerts__rows": "1", "alerts__0__text__fr": "a"}, "alerts-0-until", "doit être rempli"),
    # What the audit calls blocking.
    ({f"{PHONE}__date": "2099-01-01", f"{PHONE}__year": ""}, "facts-phone", "futur"),
]


def parcels() -> list[list[Wrong]]:
    """The mistakes in as few forms as can be: one of a field, and one kind of check each.

    What breaks the form of a record hides what would be wrong between records.
    """
    found: dict[tuple[int, int], list[Wrong]] = {}
    used: dict[tuple[int, str], int] = {}
    for wrong in WRONG:
        level = 2 if wrong is WRONG[-1] else int(wrong[1] in BETWEEN)
        part = "-".join(wrong[1].split("-")[: 2 if "facts" in wrong[1] else 1])
        number = used[level, part] = used.get((level, part), -1) + 1
        found.setdefault((level, number), []).append(wrong)
    return list(found.values())


def test_a_mistake_is_told_at_its_field(desk: TestClient, edits: DirectoryEdits) -> None:
    form = form_of(desk.get(EDIT).text, EDIT)
    for parcel in parcels():
        sent: dict[str, Any] = {"name__de": "Bleibt stehen"}
        for values, _, _ in parcel:
            sent |= values
        answer = desk.post(EDIT, data=changed(form, **sent))
        assert answer.status_code == 422, sent
        told = errors(answer.text)
        for _, field, said in parcel:
            assert field in told, (sent, told)
            assert said in told[field], field
            assert f'href="#{field}"' in answer.text, "the summary leads to the field"
        assert "valeur n&#39;est pas possible" not in answer.text, sent
        assert "Bleibt stehen" in answer.text, "what was typed is still there"
    assert edits.of(KEY) == []


def test_rows_are_added_and_removed_without_saving(desk: TestClient, edits: DirectoryEdits) -> None:
    form = form_of(desk.get(EDIT).text, EDIT)
    page = desk.post(EDIT, data=changed(form, do="add:facts.phone", name__de="Noch da")).text
    added = form_of(page, EDIT)
    assert added["facts.phone.rows"] == ["2"] and added["name.de"] == ["Noch da"]
    filled = changed(
        added, do="save", facts__phone__1__value="24 87 33 44", facts__phone__1__source="phone book"
    )
    filled["facts.phone.1.reliability"] = ["official"]
    assert desk.post(EDIT, data=filled).status_code == 303
    assert len(edits.of(KEY)[-1].content["facts"]["phone"]) == 2
    form = form_of(desk.get(EDIT).text, EDIT)
    page = desk.post(EDIT, data=changed(form, do="remove:facts.phone.0")).text
    assert form_of(page, EDIT)["facts.phone.0.value"] == ["24 87 33 44"]
    assert len(edits.of(KEY)) == 1


def test_the_preview_shows_three_languages_and_saves_nothing(
    send: Send, edits: DirectoryEdits, live: Directory
) -> None:
    answer = send(
        EDIT,
        do="preview",
        name__fr="Aide <b>dettes</b>",
        name__de="Schulden neu",
        name__lb="Scholden",
    )
    assert answer.status_code == 200
    preview = answer.text.split('id="preview"')[1].split('<form class="entry"')[0]
    assert preview.count('<article class="card">') == 3
    assert "<h1>Schulden neu</h1>" in preview and "Scholden" in preview
    assert "<h1>Aide &lt;b&gt;dettes&lt;/b&gt;</h1>" in preview
    assert edits.of(KEY) == [] and "Schulden neu" not in str(live.current.services)


def test_the_second_editor_is_told_and_loses_no_text(
    desk: TestClient, live: Directory, edits: DirectoryEdits, workers: Workers
) -> None:
    first = form_of(desk.get(EDIT).text, EDIT)
    enter(desk, workers, "emil")
    second = form_of(desk.get(EDIT).text, EDIT)
    theirs = changed(second, name__fr="De Emil", description__fr="Par Emil")
    assert desk.post(EDIT, data=theirs).status_code == 303

    enter(desk, workers, "edith")
    first["csrf"] = form_of(desk.get(EDIT).text, EDIT)["csrf"]
    mine = changed(first, name__fr="D'Edith", name__de="Von Edith")
    answer = desk.post(EDIT, data=mine)
    assert answer.status_code == 409
    assert "De Emil" in answer.text, "what the other saved"
    kept = form_of(answer.text, EDIT)
    assert kept["name.fr"] == ["D'Edith"] and kept["name.de"] == ["Von Edith"]
    assert kept["description.fr"] == ["Par Emil"], "what only the other changed"
    assert "Nom – Français" in answer.text.split("Changé par vous deux")[1].split("</p>")[0]
    assert len(edits.of(KEY)) == 1
    assert desk.post(EDIT, data=changed(kept)).status_code == 303
    service = live.current.service("surendettement")
    assert (service.name.fr, service.name.de) == ("D'Edith", "Von Edith")
    assert service.description.fr == "Par Emil"


def test_a_race_between_two_saves_is_told(
    send: Send, entries: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves between the check and the write."""
    real = entries.try_out

    def slow(key: str, document: Any) -> Any:
        monkeypatch.setattr(entries, "try_out", real)
        state = entries.state(key)
        entries.save(state, key, {**state.content, "note": "x"}, deed="edited", worker=1)
        return real(key, document)

    monkeypatch.setattr(entries, "try_out", slow)
    answer = send(EDIT, name__fr="Trop tard")
    assert answer.status_code == 409 and "Trop tard" in answer.text


def test_a_new_service_is_checked_and_found(
    desk: TestClient, send: Send, live: Directory, edits: DirectoryEdits
) -> None:
    new = "/desk/directory/new/services"
    assert "tirets" in errors(send(new, id="Ünmöglich").text)["id"]
    assert "existe déjà" in errors(send(new, id="surendettement").text)["id"]
    values: dict[str, Any] = {"id": "kaffi-um-eck", "type": "community_work"}
    values |= {"needs": ["food_help"], "serves__national": "yes"}
    for code in ("fr", "de", "lb"):
        values |= {f"name__{code}": "Kaffi um Eck", f"description__{code}": "Kaffi a Kuch"}
    answer = send(new, **values)
    assert answer.headers["location"] == "/desk/directory/services/kaffi-um-eck?said=saved"
    found = live.current.service("kaffi-um-eck")
    assert found.operator == "inter-actions" and found.needs == ("food_help",)
    assert live.current.search("kaffi eck")[0].id == "kaffi-um-eck"
    assert edits.of("services/kaffi-um-eck")[0].deed == "created"
    assert desk.get("/desk/directory/services/kaffi-um-eck/edit").status_code == 200
