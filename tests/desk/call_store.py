"""What calls and referrals must do on every database; the tests of each run these."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from bot.store import AlreadyReferred, Calls, OpenReferral, Referrals, Stale

TODAY = date(2026, 11, 28)


def now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)


def what_is_due_comes_first(engine: Engine) -> None:
    calls = Calls(engine)
    later = calls.add(71, {}, follow_up=TODAY + timedelta(days=9))
    overdue = calls.add(71, {}, follow_up=TODAY - timedelta(days=3))
    due = calls.add(71, {}, follow_up=TODAY)
    closed = calls.add(71, {})
    calls.add(72, {}, follow_up=TODAY)

    def ids(which: Any, **place: int) -> list[int]:
        return [call.id for call in calls.find(which, TODAY, worker=71, **place)[0]]

    assert ids("open") == [overdue, due, later]
    assert ids("due") == [overdue, due]
    assert ids("closed") == [closed]
    assert ids("all") == [overdue, due, closed, later]
    assert ids("all", limit=2, offset=1) == [due, closed]
    assert calls.find("all", TODAY, worker=71, limit=1)[1] == 4
    assert calls.find("due", TODAY)[1] >= 3  # of everybody


def the_second_of_two_is_told(engine: Engine) -> None:
    calls = Calls(engine)
    call = calls.add(1, {"risk": "C"}, follow_up=TODAY)
    calls.change(call, 1, 0, {"risk": "B"}, follow_up=TODAY, fields={"risk": ["C", "B"]})
    with pytest.raises(Stale):
        calls.change(call, 2, 0, {"risk": "E"}, follow_up=TODAY)
    with pytest.raises(Stale):
        calls.close(call, 2, 0, "met")
    found = calls.get(call)
    assert found and found.record == {"risk": "B"} and found.version == 1
    history = calls.changes(call)
    assert [(c.worker, c.did, c.fields) for c in history] == [(1, "changed", {"risk": ["C", "B"]})]


def one_of_many_at_once_wins(engine: Engine) -> None:
    """Each of eight threads read the same version; the lock of the database decides."""
    calls, referrals = Calls(engine), Referrals(engine)
    call = calls.add(1, {}, follow_up=TODAY)
    referral = referrals.add(call, 1, "polygone", "cold", "requested")
    version = 1

    def race(deed: Callable[[int], Any]) -> list[int]:
        won: list[int] = []
        gate = threading.Barrier(8)

        def run(number: int) -> None:
            gate.wait()
            try:
                deed(number)
            except Stale:
                return
            won.append(number)

        threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return won

    winners = race(lambda n: calls.change(call, n, version, {"by": n}, follow_up=TODAY))
    found = calls.get(call)
    assert len(winners) == 1 and found and found.record == {"by": winners[0]}
    movers = race(lambda n: referrals.move(referral, n, 0, "accepted"))
    assert len(movers) == 1
    assert [step.worker for step in referrals.steps(referral)] == [1, movers[0]]


def closing_and_opening_again(engine: Engine) -> None:
    calls, referrals = Calls(engine), Referrals(engine)
    call = calls.add(1, {"risk": "D", "notes": "n"})
    referral = referrals.add(call, 1, "polygone", "warm", "draft", note="first")
    found = calls.get(call)
    assert found and found.closed_at is None, "a referral opens its call"
    with pytest.raises(AlreadyReferred) as there:
        referrals.add(call, 2, "polygone", "cold", "draft")
    assert there.value.referral == referral
    with pytest.raises(OpenReferral):
        calls.close(call, 1, found.version, "met")
    assert calls.get(call) == found, "nothing of a refused closing is kept"
    referrals.move(referral, 2, 0, "requested")
    referrals.move(referral, 2, 1, "rejected", reason="full", note="until May")
    calls.close(call, 2, found.version, "unmet", "full")
    closed = calls.get(call)
    assert closed and closed.closed_at and closed.follow_up is None
    assert closed.record == {"risk": "D", "notes": "n", "outcome": "unmet", "reason": "full"}
    calls.reopen(call, 3, closed.version)
    again = calls.get(call)
    assert again and again.closed_at is None
    assert [(c.worker, c.did) for c in calls.changes(call)] == [
        (1, "referred"), (2, "closed"), (3, "reopened"),
    ]  # fmt: skip
    assert [(s.worker, s.state, s.reason, s.note) for s in referrals.steps(referral)] == [
        (1, "draft", None, "first"),
        (2, "requested", None, None),
        (2, "rejected", "full", "until May"),
    ]
    with pytest.raises(Stale):
        referrals.add(999_999, 1, "polygone", "cold", "draft")


def a_day_to_call_again_opens_a_closed_call(engine: Engine) -> None:
    calls = Calls(engine)
    call = calls.add(1, {})
    calls.change(call, 1, 0, {})
    found = calls.get(call)
    assert found and found.closed_at
    calls.change(call, 1, 1, {}, follow_up=TODAY)
    found = calls.get(call)
    assert found and found.closed_at is None


def consent_taken_back_is_gone_at_once(engine: Engine) -> None:
    calls, referrals = Calls(engine), Referrals(engine)
    for way in ("withdraw", "change"):
        call = calls.add(1, {}, consent="agreed", name="Marie", phone="621")
        referral = referrals.add(call, 1, "polygone", "cold", "draft", consent="yes", name="Marie")
        before = calls.get(call)
        assert before and before.name == "Marie"
        if way == "withdraw":
            assert calls.withdraw(call, 2) and not calls.withdraw(call, 2)
        else:
            calls.change(call, 2, before.version, {})
        found, sent = calls.get(call), referrals.get(referral)
        assert found and sent
        for one in (found, sent):
            assert (one.name, one.phone, one.consent, one.consented_at) == (None,) * 4
        assert found.version == before.version + 1, "a form that still has the name is stale"


def consent_keeps_its_first_words_and_time(engine: Engine) -> None:
    calls = Calls(engine)
    call = calls.add(1, {}, consent="first words", name="Marie")
    before = calls.get(call)
    calls.change(call, 1, 0, {}, consent="later words", name="Marie M.", phone="621")
    found = calls.get(call)
    assert before and found and (found.name, found.phone) == ("Marie M.", "621")
    assert (found.consent, found.consented_at) == ("first words", before.consented_at)


def what_was_entered_in_error_loses_the_contact(engine: Engine) -> None:
    referrals = Referrals(engine)
    call = Calls(engine).add(1, {})
    number = referrals.add(call, 1, "polygone", "cold", "draft", consent="yes", name="Marie")
    bare = referrals.add(call, 1, "ecotec", "cold", "draft", name="Marie")
    kept, without = referrals.get(number), referrals.get(bare)
    assert kept and kept.name == "Marie" and kept.consented_at
    assert without and without.name is None, "no name without consent"
    referrals.move(number, 1, 0, "entered-in-error")
    kept = referrals.get(number)
    assert kept and (kept.name, kept.consent) == (None, None) and not kept.is_open


def referrals_are_found_by_state_and_service(engine: Engine) -> None:
    calls, referrals = Calls(engine), Referrals(engine)
    call = calls.add(1, {})
    one = referrals.add(call, 1, "found-one", "cold", "draft")
    two = referrals.add(call, 1, "found-two", "cold", "requested")
    found, count = referrals.find(("draft", "requested"), service="found-one")
    assert [r.id for r in found] == [one] and count == 1
    found, _ = referrals.find(("requested",), service="found-two")
    assert [r.id for r in found] == [two]
    assert referrals.find(("accepted",), service="found-two") == ([], 0)
    assert {"found-one", "found-two"} <= set(referrals.services())
    assert [r.id for r in referrals.of_call(call)] == [one, two]


def everything_is_forgotten_in_time(engine: Engine) -> None:
    calls, referrals = Calls(engine), Referrals(engine)
    calls.expire(now() + timedelta(days=9999))
    bare = calls.add(1, {}, follow_up=TODAY)
    gone_with_it = referrals.add(bare, 1, "polygone", "cold", "draft")
    agreed = calls.add(1, {}, consent="words", name="Marie")
    waiting = calls.add(1, {}, consent="words", follow_up=(now() + timedelta(days=300)).date())
    quiet = calls.add(1, {}, consent="words", follow_up=now().date())
    start = now()

    def after(days: float) -> int:
        return calls.expire(start + timedelta(days=days))

    assert after(29.9) == 0
    assert after(30.1) == 1
    assert calls.get(bare) is None and referrals.get(gone_with_it) is None
    assert referrals.steps(gone_with_it) == [] and calls.changes(bare) == []
    assert after(179) == 0
    still = calls.get(quiet)
    assert still and still.closed_at is None
    assert after(182) == 0
    closed, open_ = calls.get(quiet), calls.get(waiting)
    assert closed and closed.closed_at and closed.follow_up is None
    assert [(c.worker, c.did) for c in calls.changes(quiet)] == [(None, "expired")]
    assert open_ and open_.closed_at is None, "its day is still to come"
    assert after(366) == 1 and calls.get(agreed) is None
    assert after(482) == 0
    late = calls.get(waiting)
    assert late and late.closed_at
    assert after(182 + 366) == 1 and calls.get(quiet) is None
    assert after(482 + 366) == 1 and calls.get(waiting) is None


CHECKS: tuple[Callable[[Engine], None], ...] = (
    what_is_due_comes_first,
    the_second_of_two_is_told,
    one_of_many_at_once_wins,
    closing_and_opening_again,
    a_day_to_call_again_opens_a_closed_call,
    consent_taken_back_is_gone_at_once,
    consent_keeps_its_first_words_and_time,
    what_was_entered_in_error_loses_the_contact,
    referrals_are_found_by_state_and_service,
    everything_is_forgotten_in_time,
)
