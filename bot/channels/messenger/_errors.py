"""Why a call to the Graph API failed, sorted by what is to be done. None quotes a person."""

from typing import Any, Optional

#: Meta's codes (its page "error-codes"), sorted by what is to be done.
_TEMPORARY = (1, 2, 1200)
_RATE = (4, 17, 32, 613, 80006)
_WINDOW = ((10, 2018278), (10, 2018065))
_UNKNOWN = ((100, 2018001),)
_BLOCKED = ((200, 1545041), (551, 1545041))
_TOKEN = 190
#: A wrong secret is told apart by its words only.
_PROOF = "appsecret_proof"
#: Seconds without calls after a rate limit, at least.
RATE_PAUSE = 60.0


class GraphError(Exception):
    """A call failed. `code` and `subcode` are Meta's, None when it gave none."""

    def __init__(self, code: Optional[int] = None, subcode: Optional[int] = None) -> None:
        self.code = code
        self.subcode = subcode
        super().__init__(f"{type(self).__name__} code={code} subcode={subcode}")


class Temporary(GraphError):
    """Try again; `retry_after` is the least number of seconds to wait, None: as usual.

    `unsure`: the connection broke after the call was sent, so it may have been carried out.
    """

    def __init__(
        self,
        retry_after: Optional[float] = None,
        code: Optional[int] = None,
        subcode: Optional[int] = None,
        *,
        unsure: bool = False,
    ) -> None:
        super().__init__(code, subcode)
        self.retry_after = retry_after
        self.unsure = unsure


class RateLimited(Temporary):
    """Too many calls: nothing may be sent for `retry_after` seconds."""


class TokenInvalid(GraphError):
    """The page's token is refused: nothing can be sent until an operator sets a new one."""


class Refused(GraphError):
    """Never tried again. `ours`: the body broke a rule; send its plain text instead."""

    @property
    def ours(self) -> bool:
        return self.code in (100, 105)


class OutsideWindow(Refused):
    """Too long since the person wrote; reach them another way."""


class UnknownPerson(Refused):
    """This page knows no such person; what is kept of them may go."""


class Blocked(Refused):
    """The person cannot be reached or has blocked the page."""


def error_for(status: int, error: dict[str, Any], regain: float = 0.0) -> GraphError:
    """The error of an answer: HTTP status, its `error` object, seconds until calls work again."""
    code, subcode = _whole(error.get("code")), _whole(error.get("error_subcode"))
    if code in _RATE or status == 429:
        return RateLimited(max(RATE_PAUSE, regain), code, subcode)
    if code == _TOKEN or status == 401 or _PROOF in str(error.get("message")):
        return TokenInvalid(code, subcode)
    for pairs, kind in ((_WINDOW, OutsideWindow), (_UNKNOWN, UnknownPerson), (_BLOCKED, Blocked)):
        if (code, subcode) in pairs:
            return kind(code, subcode)
    if code in _TEMPORARY or error.get("is_transient") is True or status >= 500:
        return Temporary(regain or None, code, subcode)
    if code is None and not 400 <= status < 500:
        # Not an answer of the Graph API at all: something between us and it.
        return Temporary(regain or None)
    return Refused(code, subcode)


def _whole(value: Any) -> Optional[int]:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
