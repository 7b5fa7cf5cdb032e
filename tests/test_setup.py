"""The set-up for a person who has neither uv nor Python 3.10: a clear way out, nothing broken."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bot.settings import ROOT

TOOLS = ("bash", "env", "cat", "cksum", "cut", "dirname", "rm", "touch")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The set-up script beside an empty requirements file, and only the barest tools."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "setup", tmp_path / "scripts" / "setup")
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def run(clone: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["scripts/setup", "requirements.txt"],
        cwd=clone,
        env={"PATH": str(clone / "bin")},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_neither_uv_nor_python(clone: Path) -> None:
    done = run(clone)
    assert done.returncode == 1
    assert "needs Python 3.10" in done.stderr and "install uv" in done.stderr
    assert not (clone / ".venv").exists()


def test_a_uv_that_is_only_a_shim(clone: Path) -> None:
    """pyenv puts a `uv` on the path that fails inside a folder of another Python."""
    shim = clone / "bin" / "uv"
    shim.write_text("#!/usr/bin/env bash\nexit 127\n")
    shim.chmod(0o755)
    assert "needs Python 3.10" in run(clone).stderr


def test_uv_is_preferred_and_a_half_made_environment_replaced(clone: Path) -> None:
    (clone / ".venv").mkdir()
    uv = clone / "bin" / "uv"
    uv.write_text(
        '#!/usr/bin/env bash\necho "$*" >> asked\n'
        '[ "$1" != venv ] || { : > made; mkdir -p .venv/lib/python3.10/site-packages; }\n'
    )
    uv.chmod(0o755)
    (clone / "bin" / "mkdir").symlink_to(str(shutil.which("mkdir")))
    done = run(clone)
    assert done.returncode == 0, done.stderr
    asked = (clone / "asked").read_text()
    assert "venv" in asked and "--require-hashes" in asked
    before = asked.count("\n")
    assert run(clone).returncode == 0
    assert (clone / "asked").read_text().count("\n") == before + 0, "the second run asks nobody"
