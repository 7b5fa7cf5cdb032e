"""When a file changed is known in a new checkout too."""

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from knowledge import FOLDER, Hsds, HsdsFilters
from knowledge.__main__ import main
from knowledge._base import read

AT = datetime(2026, 11, 28, 12)
CHECKED_OUT, EDITED = 1_900_000_000, 1_950_000_000  # 2030, 2031


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A new checkout: every file has the time it was written on this disk."""
    copy = Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))
    assert main(["--folder", str(copy), "note-changes"]) == 0
    for path in copy.rglob("*.yml"):
        os.utime(path, (CHECKED_OUT, CHECKED_OUT))
    return copy


def edit(folder: Path, name: str) -> None:
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    os.utime(path, (EDITED, EDITED))


def changed_after(folder: Path, moment: datetime) -> int:
    hsds = Hsds(read(folder), at=AT)
    return len(hsds.select("service", HsdsFilters(modified_after=moment)))


def test_a_new_checkout_changes_nothing(folder: Path) -> None:
    assert changed_after(folder, datetime(2030, 1, 1)) == 0
    assert changed_after(folder, datetime(2026, 1, 1)) > 100


def test_only_what_was_edited_is_changed(folder: Path) -> None:
    edit(folder, "services/surendettement.yml")
    assert changed_after(folder, datetime(2030, 1, 1)) == 1
    edit(folder, "types.yml")
    assert changed_after(folder, datetime(2030, 1, 1)) > 100


def test_noting_keeps_the_moment(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    edit(folder, "services/surendettement.yml")
    assert main(["--folder", str(folder), "check"]) == 0
    assert "1 files" in capsys.readouterr().err
    assert main(["--folder", str(folder), "note-changes"]) == 0
    assert capsys.readouterr().out.split() == [str(folder / "services/surendettement.yml")]
    for path in folder.rglob("*.yml"):
        os.utime(path, (EDITED + 1000, EDITED + 1000))
    assert changed_after(folder, datetime.fromtimestamp(EDITED)) == 1
    assert changed_after(folder, datetime.fromtimestamp(EDITED + 1)) == 0
    assert main(["--folder", str(folder), "check"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"types.yml\tabc\n", b"types.yml\ta\tsoon\n"])
def test_without_notes_the_time_of_the_disk_counts(folder: Path, text: bytes) -> None:
    (folder / "changed.tsv").write_bytes(text)
    assert changed_after(folder, datetime(2030, 1, 1)) > 100


def test_the_notes_of_the_directory_itself_name_its_files() -> None:
    lines = (FOLDER / "changed.tsv").read_text(encoding="utf-8").splitlines()
    names = [line.split("\t")[0] for line in lines]
    assert names == sorted(names) and "services/surendettement.yml" in names


def test_services_have_moments_of_their_own() -> None:
    """Not all the same, as it is when every file has the time of the checkout."""
    assert len(set(read(FOLDER).modified.values())) > 1
