"""Whether the association's office is open, as far as its hours are known."""

from datetime import datetime
from typing import Literal

from knowledge._clock import holiday, local
from knowledge._hours import Opening

Office = Literal["open", "closed", "holiday", "perhaps_closed", "hours_unknown"]
_SUNDAY = 6
_NIGHT_BEGINS, _NIGHT_ENDS = 20, 7


def office(opening: Opening, at: datetime) -> Office:
    """The state at a moment.

    Where no hours are known it counts as closed on holidays, and as perhaps closed at night and on
    Sundays.
    """
    here = local(at)
    if opening.open_now is not None:
        return "open" if opening.open_now else "closed"
    if holiday(here.date()):
        return "holiday"
    if here.weekday() == _SUNDAY or not _NIGHT_ENDS <= here.hour < _NIGHT_BEGINS:
        return "perhaps_closed"
    return "hours_unknown"
