"""The project is a standard Rasa project: Rasa's own commands work in its root."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bot.settings import ROOT

RASA = Path(sys.executable).parent / "rasa"
ENVIRONMENT = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}


def rasa(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(RASA), *arguments],
        cwd=ROOT,
        env=ENVIRONMENT,
        input=stdin,
        text=True,
        capture_output=True,
        timeout=180,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*arguments: str) -> Iterator[None]:
    process = subprocess.Popen(
        [str(RASA), *arguments],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            httpx.get(url, timeout=2)
            return
        except httpx.HTTPError:
            time.sleep(0.5)
    pytest.fail(f"{url} does not answer")


def test_data_validate() -> None:
    done = rasa("data", "validate")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "No story structure conflicts found" in done.stdout + done.stderr


def test_rasa_test_core(model: Path, tmp_path: Path) -> None:
    done = rasa(
        "test", "core", "--stories", "tests/test_stories.yml", "--model", str(model),
        "--out", str(tmp_path), "--fail-on-prediction-errors",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert (tmp_path / "story_report.json").exists()


def test_run_with_an_action_server_and_shell(model: Path, tmp_path: Path) -> None:
    """`rasa run` beside `rasa run actions` answers as the product does; so does `rasa shell`."""
    actions, server = free_port(), free_port()
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(f"action_endpoint:\n  url: http://localhost:{actions}/webhook\n")
    shared = ("--model", str(model), "--endpoints", str(endpoints))
    with running("run", "actions", "--port", str(actions)):
        with running("run", *shared, "--port", str(server), "--interface", "127.0.0.1"):
            wait_for(f"http://127.0.0.1:{actions}/health")
            wait_for(f"http://127.0.0.1:{server}/")
            answer = httpx.post(
                f"http://127.0.0.1:{server}/webhooks/rest/webhook",
                json={"sender": "cli", "message": "Ech hu Scholden"},
                timeout=30,
            ).json()
        # An answer without buttons: the shell would let one choose among them with the arrows.
        shell = rasa("shell", *shared, stdin="ech wëll net méi liewen\n/stop\n")
    cards = [message["custom"]["id"] for message in answer if "custom" in message]
    assert cards[0] == "surendettement"
    assert " den 112 un" in shell.stdout  # in one of its wordings
    assert "sos-detresse" in shell.stdout
