"""Why a call to the Graph API failed, sorted by what is to be done. None quotes a person."""

from typing import Optional


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
