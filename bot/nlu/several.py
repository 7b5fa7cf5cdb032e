"""Which needs a message tells of, when it tells of several: most urgent first."""

from typing import Any, Collection, Dict, List, Text, Tuple

from bot.nlu.intent import Scores

#: Several needs in one message: these come before the others, in this order.
_PRESSING = ("emergency_housing", "winter_shelter", "food_help")


class Several:
    """Reads the scores of a whole message and of its clauses. `config`: that of the decision."""

    def __init__(self, config: Dict[Text, Any], needs: Collection[str]) -> None:
        self._config = config
        self._needs = frozenset(needs)

    def needs(
        self, intent: str, scores: Scores, clauses: List[Scores], alone: List[Scores]
    ) -> List[str]:
        """All needs of a message, each once. `alone`: the scores of clauses by themselves."""
        found = [*self._told(intent, scores, clauses), *self._alone(clauses, alone)]
        return list(dict.fromkeys(found))

    def ordered(
        self, intent: str, needs: List[str], told: Dict[str, float], clauses: List[Scores]
    ) -> List[str]:
        """The needs and those told in words, each once: pressing ones first, then as they are told.

        `told`: where in the message each is told, 0 to 1.
        """
        found = list(dict.fromkeys([*needs, *sorted(told, key=lambda name: told[name])]))
        at = dict(told)
        for number, clause in enumerate(clauses):
            name, probability = clause[0]
            if probability >= self._config["clause_from"]:
                at.setdefault(name, number / len(clauses))
        # What the whole message is about stays first where nobody knows its place.
        at.setdefault(intent, 0.0)

        def place(name: str) -> Tuple[int, float]:
            if name in _PRESSING and (name in told or name == found[0]):
                return _PRESSING.index(name), 0.0
            return len(_PRESSING), at.get(name, 1.0)

        return sorted(found, key=place)

    def backed(self, need: str, scores: Scores, clauses: List[Scores]) -> bool:
        """Whether a need of one clause may come first: nearly sure there, or likely in all."""
        least = self._config["pressing_from"]
        sure = any(name == need and p >= least for name, p in (clause[0] for clause in clauses))
        return sure or dict(scores).get(need, 0.0) >= self._config["backed_from"]

    def _alone(self, clauses: List[Scores], alone: List[Scores]) -> List[str]:
        """Further needs: nearly sure in a clause read alone, and possible within its message."""
        return [
            name
            for found, within in zip(alone, clauses)
            for name, probability in found[:1]
            if name in self._needs
            and probability >= self._config["alone_from"]
            and dict(within)[name] >= self._config["alone_backed_from"]
        ]

    def _told(self, intent: str, scores: Scores, clauses: List[Scores]) -> List[str]:
        """The needs as they are told, the pressing ones before them."""
        told = [
            name
            for name, probability in (clause[0] for clause in clauses)
            if name in self._needs and probability >= self._config["clause_from"]
        ]
        # Urgent before the rest, where a clause of its own says it and the whole does not deny it.
        sure = {c[0][0] for c in clauses if c[0][1] >= self._config["pressing_from"]}
        whole = dict(scores)
        least = self._config["backed_from"]
        likely_enough = self._config["pressing_whole_from"]
        pressing = [
            n for n in _PRESSING if whole.get(n, 0.0) >= (least if n in sure else likely_enough)
        ]
        first = [intent] if intent in self._needs else []
        likely = [n for n, p in scores if n in self._needs and p >= self._config["also_from"]]
        if len(set(told)) > 1:
            return [*pressing, *told, *first, *likely]
        return [*pressing, *first, *told, *likely]
