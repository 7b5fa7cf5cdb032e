"""Slots the dialogue itself works with; their actions say what the others mean."""

LANGUAGE, ORDER, LEAVING, DRAFT, KEPT, AFTER_CRISIS, CRIED, WORRY = (
    "language",
    "order",
    "leaving",
    "draft",
    "kept",
    "after_crisis",
    "cried",
    "worry",
)
#: Says little of its own: what was asked before a cry for help may be offered again.
SMALL = frozenset({"thank", "affirm", "deny", "greet", "bot_challenge"})
