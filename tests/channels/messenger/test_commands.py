"""The operator's verbs where something is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT

PROBLEMS = {
    "setup": ([], {}, "WEEWEISER_MESSENGER_PAGE_TOKEN"),
    "replay": (["missing.jsonl"], {"WEEWEISER_MESSENGER_APP_SECRET": "s" * 20}, "missing.jsonl"),
    "dead": ([], {"WEEWEISER_DATABASE": "sqlite:////proc/none/x.db"}, "/proc/none"),
}


@pytest.mark.parametrize("verb", PROBLEMS)
def test_what_is_missing_is_said_in_a_line(verb: str, tmp_path: Path) -> None:
    arguments, settings, said = PROBLEMS[verb]
    done = subprocess.run(
        [sys.executable, "-m", "bot", "messenger", verb, *arguments],
        cwd=ROOT,
        env={**os.environ, **settings},
        text=True,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert said in done.stderr
    assert "Traceback" not in done.stderr
