"""Words that stand in examples of settings and were never replaced."""

import re

_PLACEHOLDER = re.compile(
    r"change.?(me|this|it)|placeholder|your.?(app|page|token|secret|key|password)|example|to.?do\b|xxx|<.*>",
    re.IGNORECASE,
)
_FEWEST_SIGNS = 4


def is_placeholder(value: str) -> bool:
    """Whether a value looks like one of an example, or like a key held down."""
    return bool(_PLACEHOLDER.search(value)) or len(set(value)) < _FEWEST_SIGNS
