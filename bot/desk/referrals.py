"""The rules of referrals: which state may follow which, and what each needs."""

from dataclasses import dataclass, field
from typing import Mapping, Optional, get_args

from bot.desk.access import Form
from bot.desk.calls import CHOICES
from bot.signs import clean_lines as lines
from bot.store import Call, Kind, Referral, ReferralState

STATES: tuple[ReferralState, ...] = get_args(ReferralState)
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Why a need was not met: the same codes for calls and referrals.
REASONS = CHOICES["reason"]
_ENDED: tuple[ReferralState, ...] = ("entered-in-error",)
#: The states that may follow each one; only what was entered in error has none.
NEXT: Mapping[ReferralState, tuple[ReferralState, ...]] = {
    "draft": ("requested", "cancelled", "entered-in-error"),
    "requested": (
        "accepted", "rejected", "on-hold", "failed", "cancelled", "entered-in-error",
    ),
    "accepted": (
        "in-progress", "on-hold", "completed", "failed", "cancelled", "entered-in-error",
    ),
    "in-progress": ("completed", "on-hold", "failed", "cancelled", "entered-in-error"),
    "on-hold": (
        "accepted", "rejected", "in-progress", "failed", "cancelled", "entered-in-error",
    ),
    "rejected": _ENDED,
    "completed": _ENDED,
    "failed": _ENDED,
    "cancelled": _ENDED,
    "entered-in-error": (),
}  # fmt: skip
#: These say why the need was not met.
WITH_REASON: tuple[ReferralState, ...] = ("rejected", "failed")
#: The states a referral may begin in.
FIRST: tuple[ReferralState, ...] = ("requested", "draft")
_NOTE = 1000


@dataclass
class Beginning:
    """A form for a new referral. `wrong`: what must be put right, as keys of the words."""

    kind: str = "warm"
    state: str = "requested"
    note: str = ""
    consented: bool = False
    name: str = ""
    phone: str = ""
    wrong: list[str] = field(default_factory=list)


@dataclass
class Move:
    """A form for the next state of a referral."""

    state: str = ""
    reason: str = ""
    note: str = ""
    output: str = ""
    wrong: list[str] = field(default_factory=list)


def beginning(call: Call) -> Beginning:
    """The form for a call, with the contact that is kept: nothing of it goes out by itself."""
    return Beginning(name=call.name or "", phone=call.phone or "")


def read_beginning(form: Form) -> Beginning:
    """What the form of a new referral says: name and phone only with consent."""
    known = Beginning(
        kind=form["kind"] if form["kind"] in KINDS else "",
        state=form["state"] if form["state"] in FIRST else "",
        note=lines(form["note"])[:_NOTE],
        consented=form["consent"] == "yes",
        name=lines(form["name"]).strip()[:120],
        phone=lines(form["phone"]).strip()[:40],
    )
    if not known.kind or not known.state:
        known.wrong.append("wrong_kind")
    if known.consented and not (known.name or known.phone):
        known.wrong.append("wrong_contact")
    return known


def read_move(form: Form, referral: Referral) -> Move:
    """What the form for the next state says, checked against the state it is in."""
    move = Move(
        state=form["state"],
        reason=form["reason"] if form["reason"] in REASONS else "",
        note=lines(form["note"])[:_NOTE],
        output=lines(form["output"])[:_NOTE],
    )
    if move.state not in NEXT[referral.state]:
        move.wrong.append("wrong_state")
    elif move.state in WITH_REASON and not move.reason:
        move.wrong.append("wrong_reason")
    elif move.state == "completed" and not move.output.strip():
        move.wrong.append("wrong_output")
    return move


def reason_of(move: Move) -> Optional[str]:
    """Only what was not met has a reason."""
    return move.reason if move.state in WITH_REASON else None
