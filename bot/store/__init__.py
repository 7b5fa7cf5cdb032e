"""What is kept of conversations: their state and answers, who may read and who answers, ratings."""

from bot.store._answers import NOTHING, Answers, Entry
from bot.store._buckets import Buckets, open_buckets
from bot.store._call_counts import commune, live
from bot.store._calls import Call, Calls, Change, OpenReferral, Stale
from bot.store._conversations import Conversations, UnknownConversation, WrongToken
from bot.store._counts import Count, Counts, month_of
from bot.store._database import (
    AWAY,
    IN_MEMORY,
    Away,
    answers,
    connect,
    expire,
    open_database,
    without_sync,
)
from bot.store._directory_edits import DirectoryEdits, Edit, EditKind, Outdated
from bot.store._expiry import delete_older
from bot.store._handoff_tables import Happening, Heard, Note, Owner, Reason
from bot.store._handoffs import Handoffs
from bot.store._inbox import Inbox, Talk
from bot.store._left_messages import LeftMessage, ReachBy
from bot.store._listening import Listening
from bot.store._pages import Pages, form_key
from bot.store._people import Found, People, Sought, register
from bot.store._postgres import Alone, changing_tables
from bot.store._presence import ATTENDED, Seat
from bot.store._referrals import AlreadyReferred, Kind, Referral, Referrals, Step
from bot.store._referrals import State as ReferralState
from bot.store._review import Reason as ReviewReason
from bot.store._review import Review, ToReview
from bot.store._schema import clear_log
from bot.store._sign_ins import LONGEST_SIGN_IN, SignIns
from bot.store._spans import Span, Spans
from bot.store._states import State, States
from bot.store._workers import LONGEST as LONGEST_SESSION
from bot.store._workers import Deed, NameTaken, Role, Worker, Workers, csrf_of

__all__ = [
    "ATTENDED",
    "AWAY",
    "IN_MEMORY",
    "LONGEST_SESSION",
    "LONGEST_SIGN_IN",
    "NOTHING",
    "Alone",
    "AlreadyReferred",
    "Answers",
    "Away",
    "Buckets",
    "Call",
    "Calls",
    "Change",
    "Conversations",
    "Count",
    "Counts",
    "Deed",
    "DirectoryEdits",
    "Edit",
    "EditKind",
    "Entry",
    "Found",
    "Handoffs",
    "Happening",
    "Heard",
    "Inbox",
    "Kind",
    "LeftMessage",
    "Listening",
    "NameTaken",
    "Note",
    "OpenReferral",
    "Outdated",
    "Owner",
    "Pages",
    "People",
    "ReachBy",
    "Reason",
    "Referral",
    "ReferralState",
    "Referrals",
    "Review",
    "ReviewReason",
    "Role",
    "Seat",
    "SignIns",
    "Sought",
    "Span",
    "Spans",
    "Stale",
    "State",
    "States",
    "Step",
    "Talk",
    "ToReview",
    "UnknownConversation",
    "Worker",
    "Workers",
    "WrongToken",
    "answers",
    "changing_tables",
    "clear_log",
    "commune",
    "connect",
    "csrf_of",
    "delete_older",
    "expire",
    "form_key",
    "live",
    "month_of",
    "open_buckets",
    "open_database",
    "register",
    "without_sync",
]
