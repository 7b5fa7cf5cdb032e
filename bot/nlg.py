"""Says nothing twice in a row: of the variations of a response, the one said longest ago."""

from typing import Any, Optional

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

Response = dict[str, Any]
#: Texts that are looked back at: those of some two answers.
_LATELY = 12


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
        filled = [self._filled(response, slots, kwargs) for response in suitable]
        said = _said_lately(tracker)
        # The one said longest ago, if all were said; of those never said the first.
        return min(filled, key=lambda r: said.get(r.get("text"), -1), default=None)

    def _filled(self, response: Response, slots: dict[str, Any], gaps: dict[str, Any]) -> Response:
        """A copy with its text filled. Buttons have no gaps: their payloads hold braces."""
        copy = {**response, "buttons": [dict(b) for b in response.get("buttons") or []]}
        text = self._fill_response({"text": response["text"]}, slots, **gaps)
        return {**copy, **text}


def _said_lately(tracker: DialogueStateTracker) -> dict[Optional[str], int]:
    """The texts said before the message that is being answered, each with its rank in time."""
    said: list[str] = []
    answering = True
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            answering = False
        elif isinstance(event, BotUttered) and not answering and event.text:
            said.append(event.text)
            if len(said) == _LATELY:
                break
    return {text: rank for rank, text in enumerate(reversed(said))}
