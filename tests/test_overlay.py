"""What editors save is seen by other processes within five seconds, on both databases."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.overlay import OverlayFollower
from bot.settings import ROOT
from bot.store import DirectoryEdits, Outdated, open_database
from knowledge import FOLDER, Directory, Laid
from tests import postgres

KEY = "services/surendettement"
#: What the issue allows between a save and the answer of every process.
MOST_SECONDS = 5.0
#: Another process: says once that it follows, then the first name that is another.
_WATCHER = """
import sys, time
from bot.overlay import OverlayFollower
from bot.store import DirectoryEdits, open_database
from knowledge import Directory
live = Directory()
OverlayFollower(DirectoryEdits(open_database(sys.argv[1])), live).start()
name = lambda: live.current.service("surendettement").name.fr
first = name()
print("follows", flush=True)
while name() == first:
    time.sleep(0.05)
print(time.time(), name(), flush=True)
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('edits') / 'edits.db'}"
    elif reason := postgres.why_not():
        pytest.skip(reason)
    else:
        with postgres.server() as started:
            yield started


def add(edits: DirectoryEdits, live: Directory, number: int, **changes: object) -> int:
    content = {**(live.on_disk(KEY) or {}), **changes}
    return edits.add(
        KEY, number, content, deed="edited", base=live.on_disk(KEY), changed=[], worker=1
    )


def named(name: str) -> dict[str, object]:
    return {"name": {"fr": name, "de": name, "lb": name}}


def test_two_processes_see_an_edit(address: str) -> None:
    live = Directory()
    edits = DirectoryEdits(open_database(address))
    command = [sys.executable, "-c", _WATCHER, address]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    try:
        outputs = [process.stdout for process in started if process.stdout]
        assert [output.readline() for output in outputs] == ["follows\n"] * 2
        add(edits, live, 1, **named("Neuer Name"))
        saved = time.time()
        for output in outputs:
            seen, _, name = output.readline().strip().partition(" ")
            assert name == "Neuer Name"
            assert float(seen) - saved < MOST_SECONDS
    finally:
        for process in started:
            process.kill()
            process.wait(10)


def test_versions_are_numbered_once(address: str) -> None:
    edits, live = DirectoryEdits(open_database(address)), Directory()
    number = len(edits.of(KEY)) + 1
    before = edits.state()
    new = add(edits, live, number, note="é – ß")
    with pytest.raises(Outdated):
        add(edits, live, number, note="late")
    assert edits.state() != before
    kept = edits.newest()[KEY]
    assert (kept.id, kept.number, kept.content["note"]) == (new, number, "é – ß")
    before = edits.state()
    edits.take_in(new)
    assert edits.newest()[KEY].taken_in_at is not None and edits.state() != before


def test_a_release_with_the_edit_is_recognised(tmp_path: Path) -> None:
    folder = Path(
        shutil.copytree(FOLDER, tmp_path / "knowledge", ignore=shutil.ignore_patterns("*.py", "_*"))
    )
    edits = DirectoryEdits(open_database(f"sqlite:///{tmp_path / 'e.db'}"))
    live = Directory(folder)
    add(edits, live, 1, founded=1990)
    OverlayFollower(edits, live).look()
    assert live.current.service("surendettement").founded == 1990
    path = folder / f"{KEY}.yml"
    text = path.read_text("utf-8")
    assert "founded: 1991" in text
    path.write_text(text.replace("founded: 1991", "founded: 1990"), "utf-8")
    released = Directory(folder)
    OverlayFollower(edits, released).look()
    assert released.overlay == {} and edits.newest()[KEY].taken_in_at
    # The file counts from now on, whatever a later release says.
    path.write_text(text.replace("founded: 1991", "founded: 1992"), "utf-8")
    later = Directory(folder)
    OverlayFollower(edits, later).look()
    assert later.current.service("surendettement").founded == 1992


def laid(live: Directory, key: str = KEY, **changes: object) -> Laid:
    content = json.loads(json.dumps(live.on_disk(key)))
    return Laid({**content, **changes}, datetime.now(timezone.utc))


def test_a_broken_edit_changes_nothing_and_is_named() -> None:
    live = Directory()
    live.lay({KEY: laid(live, **named("Gut"))})
    live.lay({KEY: laid(live, type="castle")})
    assert live.current.service("surendettement").name.fr == "Gut", "the last good one goes on"
    assert [problem.field for problem in live.problems] == ["type"]
    assert live.current.modified["surendettement"] == live.overlay[KEY].at
    live.lay({})
    assert live.problems == () and live.current.service("surendettement").name.fr != "Gut"


def test_at_the_start_only_the_broken_edit_is_left_out() -> None:
    live = Directory()
    other = "services/streetwork"
    live.lay({KEY: laid(live, type="castle"), other: laid(live, other, **named("Gut"))})
    assert live.current.service("streetwork").name.fr == "Gut"
    assert live.current.service("surendettement").type != "castle"
    assert set(live.overlay) == {other} and live.problems
