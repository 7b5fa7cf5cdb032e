"""Every field of every entry survives: form, edit, export to YAML, load."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk.editor._changes import differences, merged, part, with_part
from bot.desk.editor._fields import Field, Schema
from bot.desk.exporting import export
from bot.store import DirectoryEdits, open_database
from knowledge import FACT_FIELDS, FOLDER, KINDS, Directory, load, on_disk, plain

FILES = sorted(p for kind in KINDS for p in (FOLDER / kind).glob("*.yml"))
KEYS = ["association", *(f"{p.parent.name}/{p.stem}" for p in FILES)]
DATES = st.sampled_from(["2024", "2024-03", "2024-03-15"])
TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1).filter(str.strip)
WORDS = st.fixed_dictionaries(dict.fromkeys(("fr", "de", "lb"), TEXT))
FACT = st.fixed_dictionaries(
    {
        "value": TEXT,
        "source": TEXT,
        "reliability": st.sampled_from(["official", "press"]),
        "confirmed": st.booleans(),
    },
    optional={
        "words": WORDS,
        "note": TEXT,
        "date": DATES,
        "contradicted": st.just(True),
        "safe_part": st.just(True),
        "superseded": TEXT,
    },
)
DAY = st.dates(date(2026, 1, 1), date(2099, 12, 31)).map(str)
AGES = {"min": st.integers(0, 20), "max": st.integers(21, 99)}
#: Another value for each field an entry may have.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    **{f"facts.{name}": st.lists(FACT, min_size=1, max_size=3) for name in FACT_FIELDS},
    "name": WORDS,
    "description": WORDS,
    "note": TEXT,
    "holidays": st.sampled_from(["open", "closed"]),
    "alerts": st.lists(
        st.fixed_dictionaries({"text": WORDS, "until": DAY}), min_size=1, max_size=2
    ),
    "exceptions": st.lists(
        st.fixed_dictionaries({"reason": WORDS, "from": DAY}), min_size=1, max_size=2
    ),
    "retired": st.fixed_dictionaries({"since": DAY, "reason": TEXT}),
}
ONLY_SERVICES: dict[str, st.SearchStrategy[Any]] = {
    "founded": st.integers(1900, 2026),
    "same_service_as": st.sampled_from(["surendettement", "streetwork"]),
    "needs": st.permutations(["debt_help", "food_help"]),
    "crisis": st.just(["crisis_child"]),
    "serves.national": st.just(True),
    "serves.communes": st.permutations(["luxembourg", "esch-sur-alzette"]),
    "serves.ages": st.fixed_dictionaries(
        {"min": st.integers(0, 20)}, optional={"max": st.integers(21, 99)}
    ),
    "serves.residents": st.just(["luxembourg"]),
    "serves.households": st.just(["family", "woman"]),
}


def sent(fields: list[Field]) -> dict[str, list[str]]:
    """What a browser would send of a form as it stands."""
    form: dict[str, list[str]] = {}
    for one in (f for top in fields for f in top.all()):
        if one.kind == "list":
            form[f"{one.path}.rows"] = [str(len(one.parts))]
        elif one.kind in ("checks", "ranked"):
            form[one.path] = list(one.value or [])
        elif one.kind == "check":
            form[one.path] = ["yes"] if one.value else []
        elif one.kind not in ("group", "fixed"):
            text = "" if one.value is None else str(one.value)
            form[one.path] = [text.replace("\n", "\r\n")]
    return form


@pytest.mark.parametrize("kind", ["association", *KINDS])
def test_a_form_sent_as_it_is_changes_nothing(kind: str) -> None:
    knowledge = load()
    for key in (k for k in KEYS if k.startswith(kind)):
        document = on_disk(FOLDER, key)
        assert document
        schema = Schema(key, knowledge, "de")
        form = sent(schema.fields(document, {}))
        back = plain(key, schema.read(lambda name, form=form: form.get(name, []), document))
        assert differences(document, back) == [] and back == document, key


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(key=st.sampled_from(KEYS), data=st.data())
def test_every_field_survives_form_edit_export_and_load(
    tmp_path_factory: pytest.TempPathFactory, key: str, data: st.DataObject
) -> None:
    values = VALUES if key.startswith("helplines/") else VALUES | ONLY_SERVICES
    document = on_disk(FOLDER, key)
    assert document
    for name in data.draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=4)):
        document = with_part(document, name, data.draw(values[name]))
    if data.draw(st.booleans()):
        document = with_part(document, f"facts.{data.draw(st.sampled_from(FACT_FIELDS))}", None)
    document = plain(key, document)
    schema = Schema(key, load(), "fr")
    form = sent(schema.fields(document, {}))
    assert plain(key, schema.read(lambda name: form.get(name, []), document)) == document
    folder = tmp_path_factory.mktemp("export")
    edits = DirectoryEdits(open_database())
    base = on_disk(FOLDER, key)
    edits.add(key, 1, document, deed="edited", base=base, changed=[], worker=1)
    assert edits.newest()[key].content == document
    done = export(edits, folder)
    assert done.left == {}
    assert len(done.written) == (document != base)
    if done.written:
        assert on_disk(folder, key) == document
        assert export(edits, folder).written == [], "once is enough"


def test_the_export_changes_only_what_was_edited(tmp_path: Path) -> None:
    folder = Path(
        shutil.copytree(FOLDER, tmp_path / "k", ignore=shutil.ignore_patterns("*.py", "_*"))
    )
    path = folder / "services/surendettement.yml"
    path.write_text("# Kept.\n" + path.read_text("utf-8"), "utf-8")
    before = path.read_text("utf-8").splitlines()
    edits = DirectoryEdits(open_database())
    key = "services/surendettement"
    base = on_disk(folder, key)
    assert base
    changed = with_part(with_part(base, "founded", 1990), "facts.cost", None)
    edits.add(key, 1, changed, deed="edited", base=base, changed=[], worker=1)
    new = {**changed, "id": "kaffi-um-eck"}
    edits.add("services/kaffi-um-eck", 1, new, deed="created", base=None, changed=[], worker=1)
    done = export(edits, folder)
    assert len(done.written) == 2 and done.left == {}
    after = path.read_text("utf-8").splitlines()
    assert after[0] == "# Kept." and "founded: 1990" in after
    gone = [line for line in before if line not in after]
    assert "founded: 1991" in gone and len([g for g in gone if "facts" not in g]) < 12
    assert Directory(folder).current.service("kaffi-um-eck").founded == 1990


def test_a_file_changed_otherwise_is_left_alone(tmp_path: Path) -> None:
    key = "services/surendettement"
    (tmp_path / "services").mkdir()
    path = tmp_path / f"{key}.yml"
    text = (FOLDER / f"{key}.yml").read_text("utf-8")
    path.write_text(text.replace("founded: 1991", "founded: 1980"), "utf-8")
    edits, base = DirectoryEdits(open_database()), on_disk(FOLDER, key)
    assert base
    edits.add(key, 1, {**base, "note": "x"}, deed="edited", base=base, changed=[], worker=1)
    done = export(edits, tmp_path)
    assert list(done.left) == [key] and "founded: 1980" in path.read_text("utf-8")


def test_merging_keeps_both_sides() -> None:
    base = {"name": {"fr": "a", "de": "a"}, "needs": ["x"], "note": "n"}
    theirs = {"name": {"fr": "b", "de": "a"}, "needs": ["y"]}
    mine = {"name": {"fr": "a", "de": "c"}, "needs": ["z"], "note": "n"}
    found, both = merged(base, theirs, mine)
    assert found == {"name": {"fr": "b", "de": "c"}, "needs": ["z"]} and both == ["needs"]
    assert part(found, "note") is None
