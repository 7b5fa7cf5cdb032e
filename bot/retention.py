"""How long each kind of record is kept, and the job that deletes what was kept long enough.

docs/data-protection.md says the same in words; a test compares them.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Callable, Optional

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.settings import Settings
from bot.store import LONGEST_SESSION, Calls, Review, clear_log, delete_older, expire

_log = logging.getLogger(__name__)
_Delete = Callable[[Engine, datetime, Settings], int]


@dataclass(frozen=True)
class Rule:
    """A kind of record: its tables, the setting that says how many days, and what deletes it.

    `setting` None: no setting, `days` says how long. `delete` None: done elsewhere, or never.
    """

    kind: str
    tables: tuple[str, ...]
    setting: Optional[str]
    delete: Optional[_Delete]
    days: Optional[int] = None

    def kept(self, settings: Settings) -> Optional[int]:
        """Days; None: until somebody deletes it."""
        return int(getattr(settings, self.setting)) if self.setting else self.days


def _conversations(engine: Engine, now: datetime, settings: Settings) -> int:
    days = {"days": settings.keep_days, "message_days": settings.keep_message_days}
    return len(expire(engine, now, **days))


_OF_CALLS = ("desk_calls", "desk_call_changes", "desk_referrals", "desk_referral_steps")


def _calls(engine: Engine, now: datetime, settings: Settings) -> int:
    days, consented = settings.keep_call_days, settings.keep_consented_call_days
    return Calls(engine).expire(
        now, days=days, consented_days=consented, open_days=settings.close_call_days
    )


def _by_age(table: str, column: str, setting: str) -> _Delete:
    def delete(engine: Engine, now: datetime, settings: Settings) -> int:
        return delete_older(engine, table, column, now - timedelta(days=getattr(settings, setting)))

    return delete


def _statistics(engine: Engine, now: datetime, settings: Settings) -> int:
    before = now - timedelta(days=settings.keep_statistics_days)
    return sum(delete_older(engine, t, "month", before) for t in ("desk_counts", "desk_spans"))


def _review(engine: Engine, now: datetime, settings: Settings) -> int:
    return Review(engine).expire(now, days=settings.keep_review_days)


def _sign_ins(engine: Engine, now: datetime, _: Settings) -> int:
    return delete_older(engine, "desk_sign_ins", "at", now - timedelta(days=1))


def _sessions(engine: Engine, now: datetime, _: Settings) -> int:
    return delete_older(engine, "desk_sessions", "began_at", now - LONGEST_SESSION)


def _presence(engine: Engine, now: datetime, _: Settings) -> int:
    return delete_older(engine, "desk", "seen_at", now - timedelta(days=1))


_OF_CONVERSATIONS = (
    "conversations", "states", "answers", "pages", "feedback", "handoffs", "happenings", "heard",
    "desk_notes",
)  # fmt: skip
_OF_MESSENGER = ("messenger_people", "messenger_inbox", "messenger_outbox", "messenger_seen")
RULES: tuple[Rule, ...] = (
    Rule("conversations", _OF_CONVERSATIONS, "keep_days", _conversations),
    Rule("messages left for the office", ("left_messages",), "keep_message_days", None),
    Rule("calls without consent", _OF_CALLS, "keep_call_days", _calls),
    Rule("calls with consent", _OF_CALLS, "keep_consented_call_days", None),
    Rule("messages to learn from", ("desk_review",), "keep_review_days", _review),
    Rule("statistics", ("desk_counts", "desk_spans"), "keep_statistics_days", _statistics),
    Rule(
        "audit", ("desk_audit",), "keep_audit_days", _by_age("desk_audit", "at", "keep_audit_days")
    ),
    Rule("sessions of workers", ("desk_sessions",), None, _sessions, days=1),
    Rule("logins elsewhere", ("desk_sign_ins",), None, _sign_ins, days=1),
    Rule("presence of workers", ("desk",), None, _presence, days=1),
    # Deleted by the channel itself, every hour while it runs.
    Rule("Messenger", _OF_MESSENGER, "keep_days", None),
    Rule("confirmations of deletion", ("messenger_deletions",), None, None),
    Rule("accounts of workers", ("desk_workers",), None, None),
    Rule("edits of the directory", ("desk_directory_edits",), None, None),
)


def run(engine: Engine, settings: Settings, now: datetime) -> dict[str, int]:
    """Deletes what was kept long enough at `now` (UTC, no zone); how much of each kind.

    A kind that fails does not keep the others from being deleted.
    """
    done: dict[str, int] = {}
    for rule in RULES:
        if rule.delete is None:
            continue
        try:
            done[rule.kind] = rule.delete(engine, now, settings)
        except SQLAlchemyError as error:
            _log.error("expiry_failed kind=%s error=%s", rule.kind, type(error).__name__)
    try:
        clear_log(engine)
    except SQLAlchemyError as error:
        _log.error("log_not_cleared error=%s", type(error).__name__)
    return done
