"""Says nothing twice in a row: of the variations of a response, the first not said just now."""

from typing import Any, Optional

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

Response = dict[str, Any]


class Varied(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]  # Rasa's base is untyped
    """Rasa's own generator picks by chance; this one by what the last answer said."""

    def __init__(self, domain: Optional[Domain] = None, **_: Any) -> None:
        """Rasa's command line, which reads endpoints.yml, gives what it found there too."""
        super().__init__(domain.responses if domain else {})

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> Optional[Response]:
        slots = tracker.current_slot_values()
        if utter_action not in self.responses:
            return None
        suitable = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, slots
        )
        just_said = _last_answer(tracker)
        filled = [self._fill_response(_copy(r), slots, **kwargs) for r in suitable]
        new = (r for r in filled if r.get("text") not in just_said)
        return next(new, filled[0] if filled else None)


def _copy(response: Response) -> Response:
    buttons = response.get("buttons")
    return {**response, "buttons": [dict(b) for b in buttons]} if buttons else dict(response)


def _last_answer(tracker: DialogueStateTracker) -> set[str]:
    """The texts of the answer before the message that is being answered."""
    said: set[str] = set()
    answering = True
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            if not answering:
                break
            answering = False
        elif isinstance(event, BotUttered) and not answering and event.text:
            said.add(event.text)
    return said
