"""How much of Meta's rate limits is used up, as each of its answers says in headers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Each holds an object of percentages, or lists of such objects by business.
_HEADERS = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
_PERCENTAGES = ("call_count", "total_time", "total_cputime")
_REGAIN = "estimated_time_to_regain_access"


@dataclass(frozen=True)
class Usage:
    """`percent` of the limit that is nearest, from 0; `regain`: seconds until calls work again."""

    percent: float
    regain: float


def read(headers: Mapping[str, str]) -> Usage:
    """What the headers say; nothing used where they say nothing or cannot be read."""
    percent = regain = 0.0
    for name in _HEADERS:
        for part in _objects(headers.get(name, "")):
            percent = max([percent, *(_number(part.get(key)) for key in _PERCENTAGES)])
            regain = max(regain, _number(part.get(_REGAIN)) * 60)
    return Usage(percent, max(regain, _number(headers.get("retry-after"))))


def _objects(text: str) -> Iterator[dict[str, Any]]:
    try:
        value = json.loads(text)
    except ValueError:
        return
    found = [value, *value.values()] if isinstance(value, dict) else []
    for item in found:
        for part in item if isinstance(item, list) else [item]:
            if isinstance(part, dict):
                yield part


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0.0
    return number if 0 <= number < float("inf") else 0.0
