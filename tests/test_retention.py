"""Every kind of record goes at its time, tested with a moved clock over all kinds at once."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.retention import RULES, run
from bot.settings import ROOT, Settings
from bot.store import (
    Answers,
    Calls,
    Conversations,
    Count,
    Counts,
    Handoffs,
    Inbox,
    Pages,
    Review,
    Spans,
    State,
    States,
    Workers,
    messenger,
    open_database,
)
from bot.store._schema import meta
from tests import postgres

NOW = datetime.utcnow()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path / 'kept.db'}")
        yield opened
        opened.dispose()
        return
    reason = postgres.why_not()
    if reason:
        pytest.skip(reason)
    with postgres.server() as address:
        opened = open_database(address)
        yield opened
        opened.dispose()


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Something of every kind, all of today."""
    conversations, handoffs, workers = Conversations(engine), Handoffs(engine), Workers(engine)
    name, _ = conversations.create("fr")
    States(engine).save(name, State())
    Answers(engine).claim(name, "m1", "digest", "Moien", 0)
    Pages(engine).open(name)
    conversations.rate(name, "up", None)
    handoffs.ask(name)
    handoffs.take(name)
    handoffs.hear(name, "Moien")
    handoffs.here("anna")
    handoffs.leave_message(name, "Rufft un", "phone", "621 000 000", NOW)
    Inbox(engine).note(name, 1, "rappelt muer")
    kept = {"language": "lb", "reason": "rated_down", "guesses": ["debt_help"]}
    Review(engine).keep(name, "m1", "Moien", **kept)  # type: ignore[arg-type]
    Calls(engine).add(1, {"type": "counselling", "needs": ["debt_help"]})
    Calls(engine).add(1, {}, consent="words", name="Marie")
    Calls(engine).add(1, {}, consent="words", name="Paul", follow_up=NOW.date())
    Counts(engine).add({Count(NOW.date().replace(day=1), "turn"): 1})
    workers.open(workers.add("anna", "worker", "hash"))
    workers.note(1, "signed_in")
    return engine


def rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: n
            for table in meta.sorted_tables
            if (n := connection.execute(sa.select(sa.func.count()).select_from(table)).scalar())
        }


_CHAT = {"conversations", "states", "answers", "pages", "feedback", "handoffs", "happenings",
         "heard", "desk_notes", "desk_review"}  # fmt: skip
#: The first look after a call has been open for 180 days.
_CLOSED_BY_ITSELF = 364
#: After so many days, what is gone besides what was gone before.
GOES = [
    (0.4, set()),
    (0.9, {"desk_sessions"}),
    (2, {"desk"}),
    (29, set()),
    (31, _CHAT),
    (89, set()),
    (91, {"left_messages"}),
    (364, set()),
    (367, {"desk_audit"}),
    (1824 - 31, {"desk_calls", "desk_call_changes"}),
    (1860, {"desk_counts", "desk_spans"}),
    (9999, set()),
]


def test_each_kind_goes_at_its_time(filled: Engine) -> None:
    before = rows(filled)
    assert before["desk_calls"] == 3 and before.keys() >= _CHAT
    left = set(before)
    for days, goes in GOES:
        run(filled, Settings(), NOW + timedelta(days=days))
        left -= goes
        if days == _CLOSED_BY_ITSELF:
            left.add("desk_call_changes")
        assert set(rows(filled)) == left, f"after {days} days"
        calls = 3 if days < 30 else 2 if days < 365 else 1 if days < 1000 else 0
        assert rows(filled).get("desk_calls", 0) == calls, f"after {days} days"
    assert left == {"desk_workers"}


def test_a_setting_decides(filled: Engine) -> None:
    kinds = {"keep_days": 5, "keep_message_days": 6, "keep_call_days": 7, "keep_audit_days": 8,
             "keep_consented_call_days": 9, "keep_statistics_days": 100}  # fmt: skip
    settings = Settings(**kinds)
    seen = []
    for days in (4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 140):
        run(filled, settings, NOW + timedelta(days=days))
        held = rows(filled)
        seen.append(["conversations" in held, "left_messages" in held, held["desk_calls"],
                     "desk_audit" in held, "desk_counts" in held])  # fmt: skip
    assert seen == [
        [True, True, 3, True, True],
        [False, True, 3, True, True],
        [False, False, 3, True, True],
        [False, False, 2, True, True],
        [False, False, 2, False, True],
        [False, False, 1, False, True],
        [False, False, 1, False, False],
    ]


def test_one_kind_that_fails_does_not_keep_the_others(
    filled: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("delete", {}, Exception("locked"))

    monkeypatch.setattr(Calls, "expire", fails)
    done = run(filled, Settings(), NOW + timedelta(days=9999))
    assert "calls without consent" not in done and done["conversations"] == 1
    assert rows(filled).keys() == {"desk_calls", "desk_workers"}


def test_every_table_has_a_rule() -> None:
    Spans(open_database())
    tables = {*meta.tables, *messenger.meta.tables}
    ruled = {table for rule in RULES for table in rule.tables}
    assert ruled == tables


def test_the_document_says_what_the_job_does() -> None:
    text = (ROOT / "docs" / "data-protection.md").read_text(encoding="utf-8")
    section = text.split("## What is kept where")[1].split("\n## ")[0]
    lines = re.findall(r"^\| ([\w ]+) \| (`.+?`) \| (\d+|until)\b.*? \| (\S+) \|$", section, re.M)
    written = [
        (kind, tuple(re.findall(r"`(\w+)`", tables)), days, setting.strip("`"))
        for kind, tables, days, setting in lines
    ]
    settings = Settings()
    assert written == [
        (
            rule.kind,
            rule.tables,
            str(rule.kept(settings) or "until"),
            f"WEEWEISER_{rule.setting.upper()}" if rule.setting else "–",
        )
        for rule in RULES
    ]
