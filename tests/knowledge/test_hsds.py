"""The directory as HSDS objects: valid, stable, and nothing unconfirmed looks certain."""

import csv
import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Iterator, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from knowledge import FOLDER, HSDS_PROFILE, LANGUAGES, Hsds, HsdsKind, Language, load
from knowledge.__main__ import main
from knowledge._hsds import FolderTaken, Objects
from knowledge._rules import Rule, holidays_held, rules
from tests import official

KINDS: tuple[HsdsKind, ...] = get_args(HsdsKind)
AT = datetime(2026, 6, 1, 12)
CONTACT = ("address", "phone", "email", "website", "hours")


@pytest.fixture(scope="module")
def hsds() -> Hsds:
    return Hsds(load(), at=AT)


def _every(hsds: Hsds, kind: HsdsKind, language: Language) -> list[dict[str, Any]]:
    objects = hsds.in_(language)
    return [objects.full(kind, name) for name in objects.ids(kind)]


def _named(hsds: Hsds, name: str, language: Language = "fr") -> dict[str, Any]:
    """The whole service of one of our ids."""
    wanted = load().service(name).name.in_(language)
    return next(s for s in _every(hsds, "service", language) if s["name"] == wanted)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_object_validates(hsds: Hsds, kind: HsdsKind, language: Language) -> None:
    objects = hsds.in_(language)
    assert list(objects.ids(kind))
    for name in objects.ids(kind):
        whole = objects.full(kind, name)
        assert not official.faults(whole, kind), name
        assert not official.foreign(whole, kind), name
        item = objects.item(kind, name)
        lists = kind if kind.startswith("taxonomy") else f"compiled/{kind}_list"
        assert not official.faults(item, lists), name
        assert not official.foreign(item, kind), name
        if kind == "service":
            assert not official.faults(whole, "compiled/service_with_definitions")
            assert not official.faults(objects.stub(name), "compiled/service_list")
        if kind == "organization":
            with_services = objects.full(kind, name, full_service=True)
            assert not official.faults(with_services, kind)
            for service in with_services["services"]:
                assert not official.faults(service, "service")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": "surendettement"}, "uuid"),
        ({"status": "open"}, "is not one of"),
        ({"name": None}, "is not of type 'string'"),
        ({"email": "nobody"}, "email"),
        ({"url": "no address"}, "uri"),
        ({"last_modified": "yesterday"}, "date-time"),
        ({"phones": [{"number": "112"}]}, "'id' is a required property"),
    ],
)
def test_the_check_fails_on_a_wrong_object(hsds: Hsds, change: dict[str, Any], fault: str) -> None:
    wrong = {**_named(hsds, "surendettement"), **change}
    assert any(fault in message for message in official.faults(wrong, "service"))


def test_the_check_fails_on_what_the_profile_does_not_declare(hsds: Hsds) -> None:
    wrong = {**_named(hsds, "surendettement"), "x_secret": 1}
    assert official.foreign(wrong, "service")
    wrong = _named(hsds, "surendettement")
    del wrong["provenance"][0]["source"]
    assert official.foreign(wrong, "service")


def test_ids_are_the_same_for_ever_and_in_every_language(hsds: Hsds) -> None:
    assert _named(hsds, "maison-relais-eimab")["id"] == "eaf73c33-c972-5c48-890a-9a5ee51f856f"
    assert _named(hsds, "inter-actions-asbl")["organization_id"] == (
        "55309ecc-3a31-5cf8-94db-1ffb9b019ac7"
    )
    seen: set[str] = set()
    for table, rows in hsds.in_("fr").tables.items():
        names = [row["id"] for row in rows]
        assert not seen & {*names}, table
        seen |= {*names}
        if table != "translation":
            for language in LANGUAGES:
                assert [row["id"] for row in hsds.in_(language).tables[table]] == names


def test_every_entry_is_a_service_once(hsds: Hsds) -> None:
    knowledge = load()
    expected = {s.id for s in knowledge.all_services()} | knowledge.helplines.keys()
    assert len(list(hsds.in_("fr").ids("service"))) == len(expected)


def test_a_known_service_says_what_its_file_says(hsds: Hsds) -> None:
    found = _named(hsds, "maison-relais-eimab", "de")
    assert [p["number"] for p in found["phones"]] == ["+35228338500"]
    assert "description" not in found["phones"][0]
    address = found["service_at_locations"][0]["location"]["addresses"][0]
    assert (address["address_1"], address["postal_code"]) == ("46, rue de la Gare", "7590")
    assert (address["city"], address["state_province"], address["country"]) == (
        "Mersch",
        "Mersch",
        "LU",
    )
    assert found["url"] == "https://www.eimab.lu/en/primaire/sea/"
    assert "alert" not in found
    assert "email" not in found and "contacts" not in found
    terms = {a["taxonomy_term"]["code"] for a in found["attributes"]}
    assert terms == {"need:childcare", "need:homework_help", "type:maison_relais"}
    assert [area["name"] for area in found["service_areas"]] == ["Mersch"]
    assert {*found["translations"]} == {"fr", "de", "lb"}
    assert found["translations"]["de"]["name"] == found["name"]


def test_nothing_unconfirmed_looks_certain(hsds: Hsds) -> None:
    """Every unconfirmed contact fact: absent from bare fields, noticed in words and as data."""
    checked = 0
    for service in load().all_services():
        found = _named(hsds, service.id)
        open_ = {f for f in CONTACT if any(not x.confirmed for x in service.facts.get(f))}
        assert ("alert" in found) == bool(open_), service.id
        if open_:
            assert "assured_date" not in found
        bare = {found.get("email"), found.get("url")}
        for fact in (*service.facts.get("email"), *service.facts.get("website")):
            if not fact.confirmed:
                assert fact.value not in bare, service.id
                checked += 1
        for row in (
            *found.get("phones", ()),
            *found.get("contacts", ()),
            *found.get("additional_urls", ()),
            *found.get("schedules", ()),
        ):
            if not all(told["confirmed"] for told in row["provenance"]):
                said = row.get("description") or row.get("name") or row.get("label")
                assert "à confirmer" in said, service.id
                checked += 1
        for place in found.get("service_at_locations", ()):
            told = place["location"]["provenance"]
            if not all(one["confirmed"] for one in told):
                assert "à confirmer" in place["location"]["description"], service.id
                checked += 1
    assert checked > 80


def test_the_association_too(hsds: Hsds) -> None:
    found = _every(hsds, "organization", "lb")[0]
    assert found["name"] == "Inter-Actions asbl"
    assert "email" not in found
    assert found["contacts"][0]["email"] == "inter-actions@inter-actions.lu"
    assert "confirméieren" in found["contacts"][0]["name"]
    assert "confirméieren" in found["phones"][0]["description"]
    assert found["year_incorporated"] == 1979


def test_assured_is_the_oldest_day_and_only_when_all_is_confirmed(hsds: Hsds) -> None:
    assert _named(hsds, "stemm-saxo")["assured_date"] == "2023-11-02"
    assert "assured_date" not in _named(hsds, "maison-relais-eimab")  # confirmed, but no date
    assert "assured_date" not in _named(hsds, "stemm-esch")  # its hours are to be confirmed


def test_an_incomplete_address_is_text_only(hsds: Hsds) -> None:
    location = _named(hsds, "stemm-saxo")["service_at_locations"][0]["location"]
    assert location["description"] == (
        "24, rue de Hollerich, Luxembourg – à jour en novembre 2023."
    )
    assert "addresses" not in location  # no postcode was read


def test_contradicted_hours_are_never_computable() -> None:
    facts = load().helplines["helpline-violence"].facts
    assert all(fact.contradicted for fact in facts.get("hours"))
    objects = Hsds(load(), at=AT).in_("fr")
    (found,) = (s for s in _every_of(objects) if s["name"] == _helpline("helpline-violence"))
    (row,) = found["schedules"]
    assert "byday" not in row and "opens_at" not in row


def _helpline(name: str) -> str:
    return load().helplines[name].name.fr


def _every_of(objects: Objects) -> Iterator[dict[str, Any]]:
    return (objects.full("service", name) for name in objects.ids("service"))


def test_languages_and_round_the_clock(hsds: Hsds) -> None:
    (found,) = (s for s in _every(hsds, "service", "lb") if s["name"].startswith("112 "))
    assert [(x["code"], x["name"]) for x in found["languages"]][:2] == [
        ("lb", "Lëtzebuergesch"),
        ("de", "Däitsch"),
    ]
    (row,) = found["schedules"]
    assert (row["byday"], row["opens_at"], row["closes_at"], row["x_holidays"]) == (
        "MO,TU,WE,TH,FR,SA,SU",
        "00:00:00",
        "23:59:00",
        "open",
    )


def test_last_modified_is_the_change_of_the_file(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))
    (copy / "changed.tsv").unlink()
    for path in copy.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    os.utime(copy / "services" / "surendettement.yml", (1_750_000_000.25, 1_750_000_000.25))
    found = Hsds(load(copy), at=AT)
    assert _named(found, "surendettement")["last_modified"] == "2025-06-15T15:06:40.250Z"
    assert _named(found, "streetwork")["last_modified"] == "2023-11-14T22:13:20.000Z"
    os.utime(copy / "types.yml", (1_760_000_000, 1_760_000_000))
    load.cache_clear()
    changed = Hsds(load(copy), at=AT)
    assert _named(changed, "surendettement")["last_modified"] == "2025-10-09T08:53:20.000Z"


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("Mo-Fr 08:00-17:00", [Rule("WEEKLY", "MO,TU,WE,TH,FR", "08:00:00", "17:00:00")]),
        ("Su[2,4] 11:30-13:30", [Rule("MONTHLY", "2SU,4SU", "11:30:00", "13:30:00")]),
        ("Sa 19:15-08:45", [Rule("WEEKLY", "SA", "19:15:00", "08:45:00")]),
        ("Mo 18:00-24:00", [Rule("WEEKLY", "MO", "18:00:00", "00:00:00")]),
        ("Nov 15-Apr 15 12:00-16:00", None),
        ("2025 Mo 10:00-12:00", None),
        ("2020-2026 Mo 10:00-12:00", None),
        ('Mo 10:00-12:00 "by appointment"', None),
        ("Mo 10:00-12:00 unknown", None),
        ("Su[-1] 10:00-12:00", None),
        ("week 1-53/2 Mo 10:00-11:00", None),
        ("off", None),
    ],
)
def test_rules(hours: str, expected: list[Rule] | None) -> None:
    assert rules(hours) == expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("Mo-Fr 08:00-17:00; PH off", "closed"),
        ("Mo-Su,PH 10:00-12:00", "open"),
        ("24/7", "open"),
        ("Mo-Fr 08:00-17:00", "unknown"),
        ("Mo-Fr 08:00-17:00; PH 10:00-12:00", "unknown"),
    ],
)
def test_holidays(hours: str, expected: str) -> None:
    assert holidays_held(hours, "unknown") == expected


_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_clock = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}")
_span = st.tuples(_clock, _clock).filter(lambda p: p[0] != p[1]).map("-".join)
_ranks = st.sampled_from(["", "", "", "[1]", "[2,4]", "[1,3,5]"])
_line = st.tuples(st.sampled_from(_DAYS), _ranks, _span).map(lambda t: f"{t[0]}{t[1]} {t[2]}")


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(lines=st.lists(_line, min_size=1, max_size=4))
def test_rules_are_open_exactly_when_the_hours_are(lines: list[str]) -> None:
    expression = ", ".join(lines)
    found = rules(expression)
    if found is None:
        return
    hours = OpeningHours(expression)
    moment = datetime(2027, 1, 11, 0, 15)
    while moment < datetime(2027, 2, 22):
        assert hours.is_open(moment) == _open(found, moment), (expression, moment)
        moment += timedelta(minutes=30)


def _open(found: list[Rule], moment: datetime) -> bool:
    return any(
        _on(rule, day) and _covers(rule, moment, day)
        for rule in found
        for day in (moment, moment - timedelta(days=1))
    )


def _on(rule: Rule, day: datetime) -> bool:
    name = _DAYS[day.weekday()].upper()
    rank = (day.day - 1) // 7 + 1
    return (name if rule.freq == "WEEKLY" else f"{rank}{name}") in rule.byday.split(",")


def _covers(rule: Rule, moment: datetime, day: datetime) -> bool:
    opens = datetime.combine(day.date(), datetime.strptime(rule.opens_at, "%H:%M:%S").time())
    closes = datetime.combine(day.date(), datetime.strptime(rule.closes_at, "%H:%M:%S").time())
    if closes <= opens:
        closes += timedelta(days=1)
    return opens <= moment < closes


def test_the_csv_package_follows_the_official_tables(tmp_path: Path, hsds: Hsds) -> None:
    hsds.write(tmp_path / "out", "fr")
    standard = official.read("schema/compiled/tabular.json")["properties"]
    package = {r["name"]: r for r in official.read("datapackage.json")["resources"]}
    ours = json.loads((tmp_path / "out" / "csv" / "datapackage.json").read_text("utf-8"))
    rows = {r["name"]: _read(tmp_path / "out" / "csv", r) for r in ours["resources"]}
    added = HSDS_PROFILE["objects"]
    for resource in ours["resources"]:
        name, fields = resource["name"], resource["schema"]["fields"]
        columns = {field["name"] for field in fields}
        if name in ("translation", "provenance"):
            continue
        assert resource["path"] == package[name]["path"]
        extra = {column for column in columns if name in added.get(column, ())}
        if name == "url":  # missing from the compiled tabular schema of this version
            properties, must = official.read("schema/url.json")["properties"], {"id", "url"}
        else:
            table = standard[name]["items"]
            properties = table["properties"]
            must = {*table["required"], *table.get("tabular_required", ())}
        assert columns - extra <= properties.keys(), name
        assert {f["name"] for f in fields if f["constraints"]["required"]} == must, name
        types = {f["name"]: f["type"] for f in package[name]["schema"]["fields"]}
        for field in fields:
            if field["name"] not in extra:
                assert field["type"] == types[field["name"]], (name, field["name"])
        for row in rows[name]:
            assert not [c for c in must if row.get(c) in (None, "")], (name, row)
    for resource in ours["resources"]:
        for key in resource["schema"].get("foreignKeys", ()):
            known = {row["id"] for row in rows[key["reference"]["resource"]]}
            for row in rows[resource["name"]]:
                assert row.get(key["fields"], next(iter(known))) in known


def _read(folder: Path, resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a CSV file, typed as its descriptor says; empty cells are absent."""
    types = {f["name"]: f["type"] for f in resource["schema"]["fields"]}
    convert = {"number": json.loads, "boolean": json.loads}
    with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
        return [
            {name: convert.get(types[name], str)(cell) for name, cell in row.items() if cell}
            for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_packages_give_the_same_objects_back(
    tmp_path: Path, hsds: Hsds, language: Language
) -> None:
    assert (
        main(["export-hsds", str(tmp_path / "out"), "--lang", language, "--at", "2026-06-01"]) == 0
    )
    folder = tmp_path / "out" / "csv"
    described = json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]
    back = Objects({resource["name"]: _read(folder, resource) for resource in described})
    for kind in KINDS:
        plural = "taxonomies" if kind == "taxonomy" else f"{kind}s"
        documents = json.loads((tmp_path / "out" / "json" / f"{plural}.json").read_text("utf-8"))
        expected = _every(hsds, kind, language)
        assert documents == expected
        assert [back.full(kind, name) for name in back.ids(kind)] == expected
    profile = json.loads((tmp_path / "out" / "profile.json").read_text("utf-8"))
    assert profile == HSDS_PROFILE


def test_one_form_alone(tmp_path: Path, hsds: Hsds) -> None:
    hsds.write(tmp_path / "out", "fr")
    hsds.write(tmp_path / "out", "fr", form="csv")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["csv", "profile.json"]


def test_a_folder_with_other_files_is_left_alone(
    tmp_path: Path, hsds: Hsds, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(FolderTaken, match="letter.txt"):
        hsds.write(tmp_path, "fr")
    assert main(["export-hsds", str(tmp_path)]) == 1
    assert "letter.txt" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_a_failed_export_leaves_the_earlier_one(
    tmp_path: Path, hsds: Hsds, monkeypatch: pytest.MonkeyPatch
) -> None:
    hsds.write(tmp_path / "out", "fr")
    before = {p: p.read_bytes() for p in (tmp_path / "out").rglob("*.csv")}

    def full_disk(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(csv.DictWriter, "writerows", full_disk)
    with pytest.raises(OSError, match="no space"):
        hsds.write(tmp_path / "out", "de")
    assert {p: p.read_bytes() for p in (tmp_path / "out").rglob("*.csv")} == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_package_that_cannot_move_in_leaves_the_earlier_one(
    tmp_path: Path, hsds: Hsds, monkeypatch: pytest.MonkeyPatch
) -> None:
    hsds.write(tmp_path / "out", "fr")
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise OSError("not permitted")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="not permitted"):
        hsds.write(tmp_path / "out", "de", form="csv")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["csv", "json", "profile.json"]


#: Closed over Christmas, shorter hours on one day, and a notice; no such entry is in the directory.
_EVENTS = """
holidays: closed
exceptions:
- from: 2026-12-24
  to: 2027-01-02
  reason: {fr: congé de Noël, de: Weihnachtsurlaub, lb: Chrëschtvakanz}
- from: 2027-03-15
  to: 2027-03-15
  opening_hours: 10:00-12:00
  reason: {fr: formation, de: Fortbildung, lb: Formatioun}
alerts:
- until: 2026-12-11
  text: {fr: Entrée derrière., de: Eingang hinten., lb: Entrée hannen.}
"""


def _eventful(tmp_path: Path, at: datetime, season: str = "") -> dict[str, Any]:
    """The over-indebtedness service with these events, as it is given on a day."""
    copy = Path(shutil.copytree(FOLDER, tmp_path / f"{at:%Y%m%d}"))
    path = copy / "services" / "surendettement.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("facts:\n", f"{_EVENTS.lstrip()}facts:\n", 1), encoding="utf-8")
    if season:
        hours = "  hours:\n"
        text = path.read_text(encoding="utf-8")
        assert hours in text
        path.write_text(text.replace(hours, hours + season, 1), encoding="utf-8")
    (copy / "changed.tsv").unlink()
    for file in copy.rglob("*.yml"):
        os.utime(file, (1_700_000_000, 1_700_000_000))
    return _named(Hsds(load(copy), at=at), "surendettement")


def test_closures_and_notices_have_their_place(tmp_path: Path) -> None:
    quiet = _eventful(tmp_path, datetime(2026, 11, 1))
    assert quiet["status"] == "active"
    assert quiet["alert"].startswith("Entrée derrière. À confirmer")
    regular = [s for s in quiet["schedules"] if "valid_from" not in s]
    assert {s["x_holidays"] for s in regular} == {"closed"}
    assert "congé de Noël" in regular[0]["notes"] and "formation" in regular[0]["notes"]
    (special,) = (s for s in quiet["schedules"] if "valid_from" in s)
    assert (special["valid_from"], special["valid_to"]) == ("2027-03-15", "2027-03-15")
    assert (special["opens_at"], special["closes_at"]) == ("10:00:00", "12:00:00")
    assert special["description"] == "formation"
    assert quiet["last_modified"] == "2023-11-14T22:13:20.000Z"
    closed = _eventful(tmp_path, datetime(2026, 12, 28))
    assert closed["status"] == "temporarily closed"
    assert "congé de Noël" in closed["alert"] and "Entrée derrière" not in closed["alert"]
    assert closed["last_modified"] == "2026-12-23T23:00:00.000Z", "midnight in Luxembourg"
    after = _eventful(tmp_path, datetime(2027, 4, 1))
    assert after["status"] == "active" and "notes" not in after["schedules"][0]
    assert not [s for s in after["schedules"] if "valid_from" in s]
    for found in (quiet, closed, after):
        assert not official.faults(found, "service") and not official.foreign(found, "service")


@pytest.mark.parametrize(
    ("confirmed", "at", "days"),
    [
        ("true", datetime(2026, 7, 1), ("2026-11-15", "2027-04-15")),
        ("true", datetime(2027, 1, 1), ("2026-11-15", "2027-04-15")),
        ("false", datetime(2027, 1, 1), None),
    ],
)
def test_a_season_is_the_time_a_schedule_is_valid(
    tmp_path: Path, confirmed: str, at: datetime, days: tuple[str, str] | None
) -> None:
    season = (
        "  - {value: winter, season: Nov 15-Apr 15, source: somebody, reliability: official, "
        f"confirmed: {confirmed}}}\n"
    )
    found = _eventful(tmp_path, at, season)
    regular = [s for s in found["schedules"] if s["description"] != "formation"]
    for schedule in regular:
        if days:
            assert (schedule["valid_from"], schedule["valid_to"]) == days
        else:
            assert not {"valid_from", "valid_to", "opens_at"} & schedule.keys()
    assert any("opens_at" in s for s in regular) == bool(days)
    assert not official.faults(found, "service")
