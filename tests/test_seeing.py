"""What dashboards and alerts name is what the server counts; what it counts names nobody."""

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml
from prometheus_client import REGISTRY, generate_latest

from bot import logs
from bot.assistant import Busy
from bot.assistant_process import Setup
from bot.assistants import Assistants
from bot.reply import Reply
from bot.settings import ROOT
from tests.security.cheap import running

_NAME = re.compile(r"\bweeweiser_\w+")
DASHBOARD = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))
ALERTS = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]


def served() -> set[str]:
    text = generate_latest().decode()
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M))
    histograms = {name for name, kind in kinds.items() if kind == "histogram"}
    return set(kinds) | {f"{name}_bucket" for name in histograms}


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_dashboard_and_alerts_name_what_is_counted() -> None:
    panels = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    rules = [rule["expr"] for rule in RULES]
    named = set(_NAME.findall(" ".join(panels + rules)))
    assert len(named) > 8 and named <= served(), named - served()


def test_everything_is_described() -> None:
    text = (ROOT / "docs" / "seeing.md").read_text(encoding="utf-8")
    assert set(_NAME.findall(text)) <= served()
    assert all(f"`{rule['alert']}`" in text for rule in RULES)


@pytest.fixture
def assistants(tmp_path: Path) -> Assistants:
    model = tmp_path / "model.tar.gz"
    model.touch()
    return Assistants(Setup(model, f"sqlite:///{tmp_path / 'x.db'}"))


async def test_turns_are_counted(assistants: Assistants, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [Reply("lb", "nlu_fallback"), Reply("lb", "debt_help", handoff=True, crisis=True)]

    async def call(*_: object, **__: object) -> Reply:
        if not answers:
            raise Busy("c1")
        return answers.pop(0)

    monkeypatch.setattr(assistants._all[0], "call", call)
    names = {
        "weeweiser_turns_total": {"language": "lb", "intent": "debt_help"},
        "weeweiser_turns_not_understood_total": {"language": "lb"},
        "weeweiser_turns_crisis_total": {},
        "weeweiser_handoffs_total": {},
        "weeweiser_turns_lost_total": {"error": "Busy"},
    }
    before = {name: value(name, **labels) for name, labels in names.items()}
    timed = value("weeweiser_turn_seconds_count")
    await assistants.answer("c1", text="Moien")
    await assistants.answer("c1", text="Moien")
    with pytest.raises(Busy):
        await assistants.answer("c1", text="Moien")
    for name, labels in names.items():
        assert value(name, **labels) - before[name] == 1, name
    assert value("weeweiser_turn_seconds_count") - timed == 2


def test_who_waits_is_counted_and_nobody_named(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        name, _ = site.begin()
        site.app.state.handoffs.ask(name, language="lb")
        text = httpx.get(f"{site.address}/metrics", timeout=60).text
    assert re.search(r"^weeweiser_handoffs_waiting 1\.0$", text, re.M)
    assert name not in text


def test_not_ready_without_a_language_or_the_database(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        assert httpx.get(f"{site.address}/readyz", timeout=60).status_code == 200
        understood = site.app.state.assistant.parse

        async def french(text: str) -> dict[str, object]:
            return {**await understood(text), "language": "fr"}

        site.app.state.assistant.parse = french
        answer = httpx.get(f"{site.address}/readyz", timeout=60)
        assert answer.status_code == 503 and answer.json()["lb"] is False
        site.app.state.assistant.parse = understood
        (tmp_path / "weeweiser.db").write_bytes(b"no database" * 1000)
        site.app.state.conversations._engine.dispose()
        answer = httpx.get(f"{site.address}/readyz", timeout=60)
        assert answer.status_code == 503 and answer.json()["database"] is False


def test_lines_as_json_quote_no_error() -> None:
    lines = logs.JsonLines()
    try:
        raise ValueError("what a visitor wrote")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("bot", logging.ERROR, "", 1, "turn_failed n=%d", (3,), error)
    line = lines.format(record)
    found = json.loads(line)
    assert (found["level"], found["logger"], found["event"]) == ("ERROR", "bot", "turn_failed n=3")
    assert found["error"].startswith("ValueError at test_seeing.py:") and "visitor" not in line


def test_a_conversation_in_the_log_is_a_hash() -> None:
    assert logs.hashed("c1") == logs.hashed("c1") != logs.hashed("c2")
    code = "from bot import logs; print(logs.hashed('c1'))"
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert len(other.stdout.strip()) == 12 and other.stdout.strip() != logs.hashed("c1")
