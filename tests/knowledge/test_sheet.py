"""The sheet: what goes out comes back unchanged, what is filled in is on the card."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from knowledge import LANGUAGES, InvalidKnowledge, Knowledge, Language, load, unbroken
from knowledge._sheet import edit
from knowledge._sheet.edit import NotEditable
from tests.knowledge.sheets import AT, WHO, bytes_of, copied, export, fill, problems, read

SERVICE = "maison-des-jeunes-sandweiler"


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    """For tests that write."""
    return copied(tmp_path)


@pytest.fixture(scope="module")
def real() -> Knowledge:
    """For tests that only read."""
    return load()


def _written(knowledge: Knowledge, path: Path) -> Knowledge:
    """The directory after the import."""
    read(knowledge, path).write()
    load.cache_clear()
    return load(knowledge.folder)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
def test_an_unchanged_sheet_changes_nothing(
    real: Knowledge, tmp_path: Path, language: Language, name: str
) -> None:
    before = bytes_of(real)
    number = export(real, tmp_path / name, language, all=True)
    assert number == 1 + len(real.services) + len(real.partners) + len(real.helplines)
    found = read(real, tmp_path / name)
    assert found.changes == []
    assert found.language == language
    found.write()
    assert bytes_of(real) == before


def test_only_the_associations_own_services_unless_asked(real: Knowledge, tmp_path: Path) -> None:
    assert export(real, tmp_path / "a.xlsx") == 1 + len(real.services)


@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
def test_what_is_filled_in_is_on_the_card(knowledge: Knowledge, tmp_path: Path, name: str) -> None:
    export(knowledge, tmp_path / name)
    given = {
        "address": "1, rue Exemple, L-5201 Sandweiler",
        "phone": "+352 27 40 01 15; 621148508",
        "email": "jeunes@inter-actions.lu",
        "website": "https://inter-actions.lu/jeunes",
        "day_tu": "13h00-17h30",
        "day_we": "9-12, 13-18",
        "day_th": "13:00-17:30",
        "day_fr": "22:00-02:00",
        "day_ph": "fermé",
        "languages": "luxembourgeois; Français; pt",
        "age_from": "12",
        "age_to": "26",
        "cost_fr": "gratuit",
        "cost_de": "kostenlos",
        "cost_lb": "gratis",
        "coordinates": "49,6150; 6,2200",
        **WHO,
    }
    fill(tmp_path / name, {SERVICE: given})
    knowledge = _written(knowledge, tmp_path / name)
    service = knowledge.service(SERVICE)
    card = knowledge.service_card(service, "fr", at=AT)
    assert card["address"] == "1, rue Exemple, L-5201 Sandweiler"
    assert card["phones"] == [
        {"number": "27 40 01 15", "label": ""},
        {"number": "621 148 508", "label": ""},
    ]
    assert card["email"] == "jeunes@inter-actions.lu"
    assert card["website"] == "https://inter-actions.lu/jeunes"
    assert card["languages"] == ["luxembourgeois, français, portugais"]
    assert card["cost"] == "gratuit"
    assert card["who"].startswith("de 12 à 26 ans")
    assert card["map_url"].endswith("49.6150/6.2200")
    assert (card["confirmed"], card["verified_on"], card["alert"]) == (True, "2026-11-27", None)
    assert card["hours_text"] == unbroken(
        "mardi : 13h00-17h30 ; mercredi : 9h00-12h00, 13h00-18h00 ; jeudi : 13h00-17h30 ; "
        "vendredi : 22h00-2h00 ; fermé les jours fériés"
    )
    hours = service.facts.get("hours")[0]
    assert hours.opening_hours == (
        "Tu 13:00-17:30; We 09:00-12:00,13:00-18:00; Th 13:00-17:30; Fr 22:00-02:00"
    )
    assert service.holidays == "closed"
    assert hours.source == "confirmed by head of service, 2026-11-27"
    assert hours.reliability == "official"
    assert service.serves.ages and service.serves.ages.dict() == {"min": 12, "max": 26}
    german = knowledge.service_card(service, "de", at=AT)
    assert german["hours_text"].startswith("Dienstag: 13:00-17:30 Uhr; Mittwoch: 9:00-12:00, ")
    assert german["cost"] == "kostenlos"
    assert read(knowledge, tmp_path / name).changes == []  # the same sheet again


def test_a_replaced_fact_is_kept_and_no_longer_shown(knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    export(knowledge, path)
    fill(path, {"premier-appel": {"day_mo": "18:00-23:00", "day_ph": "comme d'habitude", **WHO}})
    before = knowledge.service("premier-appel").facts.hours
    knowledge = _written(knowledge, path)
    facts = knowledge.service("premier-appel").facts
    assert [f.opening_hours for f in facts.get("hours")][0].startswith("Mo 18:00-23:00; Tu-Su")
    assert facts.hours is not None and before is not None
    assert [f.value for f in facts.hours[1:]] == [f.value for f in before]
    assert [f.source for f in facts.hours[1:]] == [f.source for f in before]
    replaced = "replaced by a value confirmed by head of service, 2026-11-27"
    assert {f.superseded for f in facts.hours[1:]} == {replaced}
    card = knowledge.service_card(knowledge.service("premier-appel"), "fr", at=AT)
    assert card["hours_text"] == unbroken(
        "lundi : 18h00-23h00 ; mardi-dimanche : 17h00-22h00 ; aussi les jours fériés"
    )


def test_yes_confirms_the_whole_row_as_it_stands(knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    export(knowledge, path)
    fill(path, {"surendettement": {"confirmed": "oui", **WHO}})
    changes = read(knowledge, path).changes
    assert {c.field for c in changes} == {
        "Téléphone", "E-mail", "Site web", "Heures d'ouverture", "Prix", "Qui peut venir",
        "Rendez-vous",
    }  # fmt: skip
    assert all(c.old == c.new for c in changes)
    knowledge = _written(knowledge, path)
    card = knowledge.service_card(knowledge.service("surendettement"), "de", at=AT)
    assert card["phones"] == [{"number": "54 77 24 22", "label": ""}]
    assert card["confirmed"] is True
    assert card["hours_text"] == "Hilfetelefon: Montag bis Freitag, 8:00 bis 17:00 Uhr"


def test_an_emptied_cell_withdraws_the_value(knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    export(knowledge, path)
    fill(path, {"premier-appel": {"phone": None, **WHO}})
    knowledge = _written(knowledge, path)
    service = knowledge.service("premier-appel")
    assert knowledge.service_card(service, "fr", at=AT)["phones"] == []
    assert service.facts.phone is not None
    assert {f.superseded for f in service.facts.phone} == {
        "withdrawn by head of service, 2026-11-27"
    }


def test_a_number_written_otherwise_is_no_change(real: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    export(real, path)
    fill(path, {"surendettement": {"phone": 54772422}})
    assert read(real, path).changes == []


def test_texts_places_and_names(knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    export(knowledge, path, "de")
    fill(
        path,
        {
            SERVICE: {
                "name_lb": "Jugendhaus Sandweiler",
                "serves": "Sandweiler; Contern; Gare",
                "eligibility_de": "für alle",
                **WHO,
            }
        },
    )
    before = bytes_of(knowledge)
    found = read(knowledge, path)
    assert {(c.field, c.new) for c in found.changes} == {
        ("Name (Luxemburgisch)", "Jugendhaus Sandweiler"),
        ("Für welche Gemeinden und Viertel", "Sandweiler; Contern; Gare"),
        ("Wer kommen kann", "für alle"),
    }
    found.write()
    changed = {n for n, content in bytes_of(knowledge).items() if content != before[n]}
    assert changed == {f"services/{SERVICE}.yml"}
    load.cache_clear()
    service = load(knowledge.folder).service(SERVICE)
    assert service.name.lb == "Jugendhaus Sandweiler"
    assert service.name.fr == knowledge.service(SERVICE).name.fr
    assert service.serves.communes == ("sandweiler", "contern", "luxembourg")
    assert service.serves.quarters == ("gare",)
    assert service.facts.get("eligibility")[0].words is None


def test_a_helpline_and_the_association_are_rows_too(knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    export(knowledge, path, all=True)
    fill(path, {
        "fraentelefon": {"languages": "lb; fr", **WHO},
        "inter-actions-asbl": {"confirmed": "oui", **WHO},
    })  # fmt: skip
    knowledge = _written(knowledge, path)
    assert knowledge.helplines["fraentelefon"].languages == ("lb", "fr")
    card = knowledge.service_card(knowledge.association, "lb", at=AT)
    assert card["phones"] == [{"number": "49 26 60", "label": ""}]


def test_comments_and_all_other_lines_stay(knowledge: Knowledge, tmp_path: Path) -> None:
    file = knowledge.folder / "services" / "premier-appel.yml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("  phone:\n", "  # asked in May\n  phone:\n  # two numbers\n")
    text = text.replace("  email: null\n", "  # no e-mail yet\n  email: null\n")
    file.write_text(text, encoding="utf-8")
    path = tmp_path / "sheet.csv"
    export(knowledge, path)
    fill(path, {"premier-appel": {"phone": "27 40 01 16", "email": "pa@i-a.lu", **WHO}})
    read(knowledge, path).write()
    after = file.read_text(encoding="utf-8").splitlines()
    gone = [line for line in text.splitlines() if line not in after]
    assert gone == ["  email: null"]
    assert after[after.index("  # no e-mail yet") + 1] == "  email:"
    assert after[after.index("  # asked in May") + 1] == "  phone:"


def test_all_files_or_none(
    knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sheet.csv"
    export(knowledge, path)
    fill(path, {name: {"phone": "27 40 01 16", **WHO} for name in ("polygone", SERVICE, "ecotec")})
    before = bytes_of(knowledge)
    found = read(knowledge, path)
    done: list[Path] = []

    def replace(self: Path, target: Path) -> None:
        if len(done) == 2:
            done.append(self)
            raise OSError("the disk is full")
        done.append(self)
        target.write_bytes(self.read_bytes())
        self.unlink()

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(OSError, match="full"):
            found.write()
    assert len(done) == 5  # two, the third that failed, and the two put back
    assert bytes_of(knowledge) == before
    assert not [p for p in knowledge.folder.rglob("*") if p.name.endswith(".new")]


def test_a_directory_that_would_not_load_is_not_written(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    path = tmp_path / "sheet.csv"
    export(knowledge, path)
    fill(path, {SERVICE: {"phone": "27 40 01 16", **WHO}})
    found = read(knowledge, path)
    other = knowledge.folder / "needs.yml"
    other.write_text("broken: [", encoding="utf-8")
    before = bytes_of(knowledge)
    with pytest.raises(InvalidKnowledge, match="not YAML"):
        found.write()
    assert bytes_of(knowledge) == before


def test_a_file_changed_meanwhile_is_not_overwritten(knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    export(knowledge, path)
    fill(path, {SERVICE: {"phone": "27 40 01 16", **WHO}})
    found = read(knowledge, path)
    file = knowledge.folder / "services" / f"{SERVICE}.yml"
    file.write_text(file.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    with pytest.raises(NotEditable, match="meanwhile"):
        found.write()
    assert file.read_text(encoding="utf-8").endswith("# by hand\n")


def test_an_unusual_layout_is_left_alone(knowledge: Knowledge) -> None:
    file = knowledge.folder / "services" / f"{SERVICE}.yml"
    text = file.read_text(encoding="utf-8")
    flow = "  phone: [{value: '112', source: x, reliability: official, confirmed: true}]\n"
    file.write_text(text.replace("  phone: null\n", flow), encoding="utf-8")
    document = edit.Document(file)
    with pytest.raises(NotEditable, match="by hand"):
        document.replace_facts("phone", [{"value": "113"}], "x")


def test_what_a_spreadsheet_would_run_is_text(knowledge: Knowledge, tmp_path: Path) -> None:
    file = knowledge.folder / "services" / f"{SERVICE}.yml"
    evil = '=HYPERLINK("http://x.example")'
    text = file.read_text(encoding="utf-8").replace(
        "  fr: Maison des jeunes", f"  fr: '{evil}'\n#", 1
    )
    file.write_text(text, encoding="utf-8")
    load.cache_clear()
    changed = load(knowledge.folder)
    export(changed, tmp_path / "a.csv", all=True)
    content = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in content and ";'+352 28 33 85 00;" in content
    assert ';"=' not in content and ";=" not in content
    export(changed, tmp_path / "a.xlsx", all=True)
    cells = [c for row in load_workbook(tmp_path / "a.xlsx").worksheets[0] for c in row]
    assert evil in [c.value for c in cells]
    assert {c.data_type for c in cells} == {"s", "n"}
    for name in ("a.csv", "a.xlsx"):
        assert read(changed, tmp_path / name).changes == []


def test_locked_ids_drop_downs_and_explanation(real: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    export(real, path, "lb")
    sheet, explanation = load_workbook(path).worksheets
    keys = [cell.value for cell in sheet[2]]
    assert sheet.protection.sheet and not sheet.protection.password
    assert sheet.row_dimensions[2].hidden
    locked = {keys[c.column - 1] for c in sheet[3] if c.protection.locked}
    assert locked == {"kind", "id", "todo"}
    rules = sheet.data_validations.dataValidation
    offered = {keys[r.min_col - 1]: rule.formula1 for rule in rules for r in rule.sqref.ranges}
    assert offered["confirmed"] == '"jo,nee"'
    assert offered["day_ph"] == '"zou,wéi soss"'
    assert {"languages", "age_from", "day_mo"} <= set(offered)
    assert sheet["A1"].value == "Zort"
    texts = [c.value for row in explanation for c in row if c.value]
    assert "Wat Dir schreift" in texts and "Ëffnungszäiten" in texts
    todo = sheet.cell(3, keys.index("todo") + 1).value
    assert "ze confirméieren: Adress, Telefon, E-Mail" in todo
    named = [row for row in sheet.iter_rows(min_row=3) if row[1].value == "surendettement"]
    (row,) = named
    label = sheet.cell(1, keys.index("day_ph") + 1).value
    assert label and label in row[keys.index("todo")].value
    yellow = row[keys.index("address")].fill.start_color.rgb
    assert yellow.endswith("FFF6CC")
    assert row[keys.index("day_ph")].fill.start_color.rgb == yellow


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_csv_a_spreadsheet_writes(
    real: Knowledge, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    import csv
    import io

    path = tmp_path / "sheet.csv"
    export(real, path)
    fill(path, {SERVICE: {"address": "12, rue de l’Été, L-5201 Sandweiler", **WHO}})
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";"))
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    changes = read(real, path).changes
    assert [(c.id, c.new) for c in changes] == [(SERVICE, "12, rue de l’Été, L-5201 Sandweiler")]


def test_columns_and_rows_in_another_order(real: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    export(real, path)
    book = load_workbook(path)
    sheet = book.worksheets[0]
    rows = [[cell.value for cell in reversed(row)] for row in sheet]
    sheet.delete_rows(1, sheet.max_row)
    for row in [*rows[:2], *reversed(rows[2:])]:
        sheet.append(row)
    book.save(path)
    assert problems(real, path) == []
    assert read(real, path).changes == []


@pytest.mark.parametrize(("said", "held"), [("fermé", "closed"), ("comme d'habitude", "open")])
def test_what_holds_on_public_holidays_is_kept(
    knowledge: Knowledge, tmp_path: Path, said: str, held: str
) -> None:
    path = tmp_path / "sheet.xlsx"
    export(knowledge, path)
    fill(path, {"ecotec": {"day_mo": "08:00-12:00", "day_ph": said, **WHO}})
    knowledge = _written(knowledge, path)
    service = knowledge.service("ecotec")
    assert service.holidays == held
    assert [f.opening_hours for f in service.facts.get("hours")] == ["Mo 08:00-12:00"]
    easter_monday = datetime(2027, 3, 29, 9, 0)
    assert knowledge.opening(service, at=easter_monday).open_now is (held == "open")
    again = tmp_path / "again.xlsx"
    export(knowledge, again)
    sheet = load_workbook(again).worksheets[0]
    column = [cell.value for cell in sheet[2]].index("day_ph")
    (row,) = (r for r in sheet.iter_rows(min_row=3, values_only=True) if "ecotec" in r)
    assert row[column] == said


def test_only_by_appointment(knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    export(knowledge, path)
    fill(path, {"ecotec": {"appointment_only": "oui", **WHO}})
    knowledge = _written(knowledge, path)
    service = knowledge.service("ecotec")
    assert knowledge.opening(service, at=AT).kind == "appointment"
    text = knowledge.text(service, "appointment", "lb", at=AT)
    assert text == "nëmme mat Rendez-vous"
    export(knowledge, tmp_path / "again.xlsx")
    texts = {"fr": "ouvert à tous", "de": "offen für alle", "lb": "fir jiddereen op"}
    changed = {f"appointment_{code}": text for code, text in texts.items()}
    fill(tmp_path / "again.xlsx", {"ecotec": {"appointment_only": "", **changed, **WHO}})
    knowledge = _written(knowledge, tmp_path / "again.xlsx")
    assert knowledge.opening(knowledge.service("ecotec"), at=AT).kind != "appointment"


def test_a_season_stays_when_the_hours_are_replaced(knowledge: Knowledge, tmp_path: Path) -> None:
    name = "wanteraktioun-coordination-de-terrain"
    seasons = [f for f in knowledge.service(name).facts.get("hours") if f.season]
    path = tmp_path / "sheet.xlsx"
    export(knowledge, path)
    fill(path, {name: {"day_mo": "12:00-16:00", "day_ph": "comme d'habitude", **WHO}})
    knowledge = _written(knowledge, path)
    found = knowledge.service(name).facts.get("hours")
    assert [f for f in found if f.season] == seasons
    assert [f.opening_hours for f in found if f.opening_hours] == ["Mo 12:00-16:00"]
    summer = datetime(2026, 7, 6, 13, 0)
    assert knowledge.opening(knowledge.service(name), at=summer).kind == "season_over"


@pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed (libreoffice-calc)"
)
@pytest.mark.parametrize("form", ["xlsx", "csv:Text - txt - csv (StarCalc):59,34,76,1"])
def test_a_sheet_saved_with_libreoffice(real: Knowledge, tmp_path: Path, form: str) -> None:
    """What it opens and saves holds the same; the drop-downs and the locks stay."""
    path = tmp_path / "sheet.xlsx"
    export(real, path, "fr")
    fill(path, {"ecotec": {"phone": "27 40 01 15", "day_mo": "08:00-12:00", **WHO}})
    fill(path, {"ecotec": {"day_ph": "fermé"}})
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir"]
    subprocess.run([*command, str(tmp_path / "saved"), str(path)], check=True, capture_output=True)
    (saved,) = (tmp_path / "saved").iterdir()
    assert read(real, saved).changes == read(real, path).changes != []
    if saved.suffix == ".xlsx":
        sheet = load_workbook(saved).worksheets[0]
        offered = {rule.formula1 for rule in sheet.data_validations.dataValidation}
        assert '"oui,non"' in offered and sheet.protection.sheet
        assert sheet.row_dimensions[2].hidden
