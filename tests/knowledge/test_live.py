"""The directory of a running program: follows good changes, survives bad ones."""

import logging
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest

from knowledge import FOLDER, Directory, InvalidKnowledge, Overlay
from tests.knowledge.sheets import WHO, export, fill, read

ROOT = FOLDER.parent
SERVICE = "services/surendettement.yml"
QUARTERS = "places/quarters.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))


@pytest.fixture
def live(folder: Path) -> Directory:
    return Directory(folder)


def name_of(directory: Directory, service: str = "surendettement") -> str:
    return directory.current.service(service).name.fr


def write(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def settle(directory: Directory) -> None:
    """The look that sees a change, and the one that finds it finished."""
    directory.look()
    directory.look()


def _append(text: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(path.read_text("utf-8") + text, "utf-8") and None


def _swap(old: str, new: str) -> Callable[[Path], None]:
    return lambda path: write(path, old, new)


def _cut(path: Path) -> None:
    path.write_text(path.read_text("utf-8")[:300], "utf-8")


def test_a_good_change_is_followed(live: Directory, folder: Path) -> None:
    before = live.current
    write(folder / SERVICE, "Conseil en surendettement", "Aide en cas de dettes")
    settle(live)
    assert name_of(live) == "Aide en cas de dettes"
    assert live.problems == ()
    assert before.service("surendettement").name.fr == "Conseil en surendettement", "not touched"
    assert live.current.search("aide en cas de dettes")[0].id == "surendettement"


def test_nothing_is_read_again_while_nothing_changes(live: Directory) -> None:
    before = live.current
    settle(live)
    assert live.current is before


BROKEN: list[tuple[str, Callable[[Path], None], str]] = [
    (SERVICE, _append("\n: [\n"), "not YAML"),
    (SERVICE, _append("\nloop: &a [*a]\n"), "write it out"),
    (SERVICE, _append("\nloop: &a\n  inner: *a\n"), "write it out"),
    (SERVICE, _swap("Mo-Fr 08:00-17:00", "Mo-Fr 25:00-08:00"), "opening_hours"),
    (SERVICE, _swap("national: true\n  communes: []", "communes: [atlantis]"), "atlantis"),
    (SERVICE, _swap("founded: 1991", "same_service_as: surendettement"), "itself"),
    (SERVICE, _cut, "field required"),
    (SERVICE, lambda path: path.write_bytes(b"\xff\xfe") and None, "cannot be read"),
    (QUARTERS, _swap("- id: belair", "- id: beggen"), "used by another place"),
    (QUARTERS, _swap("commune: luxembourg", "commune: beggen"), "is not a commune"),
    (QUARTERS, _swap("- id: belair\n", "- id: belair\n  parts: [bonnevoie]\n"), "has parts"),
    ("needs.yml", lambda path: path.unlink(), "cannot be read"),
    ("crisis.yml", lambda path: path.write_text("crisis_suicide: 112") and None, "must be a list"),
    ("wording/lb.yml", lambda path: path.write_text("- a") and None, "must map keys"),
    ("search.yml", _swap("  debt_help:", "  dept_help:"), "names no need"),
    ("partners/adem.yml", _swap("id: adem", "id: surendettement"), "must be the file's name"),
]


@pytest.mark.parametrize(("file", "spoil", "message"), BROKEN)
def test_a_mistake_changes_nothing_and_is_named(
    live: Directory,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    file: str,
    spoil: Callable[[Path], None],
    message: str,
) -> None:
    path = folder / file
    whole = path.read_bytes()
    before = live.current
    spoil(path)
    with caplog.at_level(logging.ERROR):
        settle(live)
        settle(live)
    assert live.current is before
    named = [p for p in live.problems if message in f"{p.field} {p.message}"]
    assert named and named[0].file == path and named[0].line >= 1
    lines = [r.getMessage() for r in caplog.records if message in r.getMessage()]
    assert len(lines) == len(named), "each problem once per change"
    assert f"{path}:" in lines[0]
    path.write_bytes(whole.replace(b"Conseil en surendettement", b"Conseil"))
    settle(live)
    assert live.problems == () and live.current is not before


def test_a_file_still_being_written_is_left_alone(live: Directory, folder: Path) -> None:
    """A list cut between two places is valid YAML: only waiting can tell."""
    path = folder / QUARTERS
    text = path.read_text(encoding="utf-8").replace("fr: Belair", "fr: Bel-Air")
    cuts = [i for i in range(len(text)) if text.startswith("- id:", i)]
    before = live.current
    for cut in (*cuts[5::6], len(text)):
        path.write_text(text[:cut], encoding="utf-8")
        live.look()
        assert live.current is before and live.problems == ()
    live.look()
    assert live.current.places["belair"].fr == "Bel-Air"


def test_a_folder_changed_while_it_is_read_is_read_again(
    live: Directory, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from knowledge import _live

    real = _live.read

    def slow(where: Path, overlay: Overlay) -> object:
        found = real(where, overlay)
        write(folder / SERVICE, "name:\n  fr: Half", "name:\n  fr: Whole")
        return found

    write(folder / SERVICE, "name:\n  fr: Conseil", "name:\n  fr: Half")
    monkeypatch.setattr(_live, "read", slow)
    settle(live)
    assert name_of(live).startswith("Conseil"), "what was read is no state of the folder"
    monkeypatch.setattr(_live, "read", real)
    settle(live)
    assert name_of(live).startswith("Whole")


def test_a_file_deleted_while_it_is_read(
    live: Directory, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from knowledge import _load

    real = _load.read
    path = folder / SERVICE

    def read(file: Path) -> object:
        path.unlink(missing_ok=True)
        return real(file)

    before = live.current
    write(path, "fr: Conseil", "fr: Autre conseil")
    whole = path.read_bytes()
    live.look()
    with monkeypatch.context() as patched:
        patched.setattr(_load, "read", read)
        live.look()
    assert live.current is before
    settle(live)
    assert live.current is before, "needs.yml names a service that is gone"
    path.write_bytes(whole)
    settle(live)
    assert name_of(live) == "Autre conseil en surendettement"


def test_a_need_that_the_model_knows_may_not_go(live: Directory, folder: Path) -> None:
    for path in (*(folder / "services").glob("*.yml"), folder / "search.yml", folder / "needs.yml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("street_sport", "street_sports"), encoding="utf-8")
    before = live.current
    settle(live)
    assert live.current is before
    assert [p.field for p in live.problems] == ["street_sport"]


def test_a_broken_folder_cannot_be_opened(folder: Path) -> None:
    (folder / "needs.yml").unlink()
    with pytest.raises(InvalidKnowledge):
        Directory(folder)


def test_it_watches_in_the_background(live: Directory, folder: Path) -> None:
    from threading import Event

    looks, seen = [], Event()

    class Counting(Directory):
        def look(self) -> None:
            looks.append(1)
            if len(looks) == 2:
                raise OSError("the folder is away for a moment")
            if len(looks) > 2:
                seen.set()

    watched = Counting(folder)
    watched.watch(every=0.01)
    assert seen.wait(timeout=30), "a look that fails does not end the watch"
    watched.stop()


def test_a_sheet_that_was_written_is_noticed(live: Directory, tmp_path: Path) -> None:
    path = tmp_path / "services.xlsx"
    export(live.current, path)
    fill(path, {"ecotec": {"phone": "27 40 01 15", **WHO}})
    before = live.current
    imported = read(before, path)
    settle(live)
    assert live.current is before, "nothing is written yet"
    imported.write()
    settle(live)
    assert [f.value for f in live.current.service("ecotec").facts.get("phone")] == [
        "+352 27 40 01 15"
    ]
    assert not before.service("ecotec").facts.get("phone"), "who is answering keeps its own"


FORKED = """
import os, sys, time
from pathlib import Path
from knowledge import Directory

folder = Path(sys.argv[1])
live = Directory(folder)
live.watch(0.02)
live.hold()
child = os.fork()
if child:
    live.release()
    file = folder / "services" / "surendettement.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Conseil en surendettement", "Changed"), encoding="utf-8")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
live.go_on(0.02)
end = time.monotonic() + 60
while live.current.service("surendettement").name.fr != "Changed":
    if time.monotonic() > end:
        os._exit(1)
    time.sleep(0.02)
os._exit(0)
"""


def test_a_forked_process_follows_the_files_too(folder: Path) -> None:
    """Assistants are forked from a process that has read them (bot/preloading.py)."""
    done = subprocess.run(
        [sys.executable, "-c", FORKED, str(folder)], cwd=ROOT, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
