"""Checks of the assistant's words and rules that Rasa's own validation does not make."""

import re
from pathlib import Path
from typing import Any, Iterable

import yaml

from bot.settings import ROOT
from knowledge import LANGUAGES, load

_GAP = re.compile(r"{(\w+)}")
#: Responses that may be the same in two languages (none today: names are in the texts).
_SAME_ALLOWED = frozenset({"utter_known_ask_phone"})


def check_domain(
    domain: Path = ROOT / "domain.yml",
    rules: Path = ROOT / "data" / "rules.yml",
    names: Path = ROOT / "data" / "lexicon" / "names.yml",
) -> list[str]:
    """Every problem, as "file: response: what is wrong"; empty when all is well."""
    content: Any = yaml.safe_load(domain.read_text(encoding="utf-8"))
    ruled: Any = yaml.safe_load(rules.read_text(encoding="utf-8"))
    problems: list[str] = []
    for name, variations in content["responses"].items():
        problems += [f"{domain.name}: {name}: {p}" for p in _response(name, variations)]
    intents = _intents(content)
    for name, variations in content["responses"].items():
        for payload in _payloads(variations):
            intent = re.sub(r"[/{].*", "", payload[1:])
            if intent not in intents:
                problems.append(f"{domain.name}: {name}: payload '{payload}' names no intent")
    problems += [f"{rules.name}: {p}" for p in _rules(ruled, intents, content)]
    problems += [f"{domain.name}: {p}" for p in _contract(intents)]
    problems += [f"{names.name}: {p}" for p in _names(names)]
    return problems


def _response(name: str, variations: list[Any]) -> Iterable[str]:
    by_language: dict[str, list[Any]] = {}
    for variation in variations:
        conditions = variation.get("condition") or []
        if "channel" in variation:
            yield "has a channel variation, which would win over the language"
        if len(conditions) != 1 or conditions[0].get("name") != "language":
            yield "each variation has exactly one condition, on the slot language"
            continue
        by_language.setdefault(conditions[0].get("value"), []).append(variation)
    for language in LANGUAGES:
        if not all(str(v.get("text", "")).strip() for v in by_language.get(language, [{}])):
            yield f"has no text in '{language}'"
    if set(by_language) - set(LANGUAGES):
        yield f"has an unknown language {sorted(set(by_language) - set(LANGUAGES))}"
    if set(by_language) != set(LANGUAGES):
        return
    if len({len(by_language[code]) for code in LANGUAGES}) > 1:
        yield "has more variations in one language than in another"
        return
    for together in zip(*(by_language[code] for code in LANGUAGES)):
        yield from _translated(name, together)
    for language in LANGUAGES:
        texts = [v["text"] for v in by_language[language]]
        if len(set(texts)) < len(texts):
            yield f"says the same in two variations in '{language}'"


def _translated(name: str, together: tuple[Any, ...]) -> Iterable[str]:
    """What is wrong with one variation, as it stands in each language."""
    texts = [v.get("text", "") for v in together]
    if len({frozenset(_GAP.findall(t)) for t in texts}) > 1:
        yield "fills different gaps in different languages"
    if len({tuple(_payloads([v])) for v in together}) > 1:
        yield "offers different buttons in different languages"
    if len(set(texts)) < len(LANGUAGES) and name not in _SAME_ALLOWED:
        yield "is the same text in two languages: translated?"


def _payloads(variations: list[Any]) -> list[str]:
    return [b["payload"] for v in variations for b in v.get("buttons") or []]


def _intents(content: Any) -> set[str]:
    return {next(iter(i)) if isinstance(i, dict) else i for i in content["intents"]}


def _rules(ruled: Any, intents: set[str], content: Any) -> Iterable[str]:
    known = set(content["actions"]) | set(content["responses"])
    answered = set()
    for rule in ruled["rules"]:
        for step in rule["steps"]:
            if "intent" in step:
                answered.add(step["intent"])
                if step["intent"] not in intents:
                    yield f"rule '{rule['rule']}' answers an unknown intent"
            elif step["action"] not in known:
                yield f"rule '{rule['rule']}' uses an unknown action '{step['action']}'"
    for intent in sorted(intents - answered):
        yield f"no rule answers the intent '{intent}'"


def _contract(intents: set[str]) -> Iterable[str]:
    knowledge = load()
    for need in sorted(set(knowledge.needs) - intents):
        yield f"the need '{need}' of knowledge/needs.yml is no intent"


def _names(path: Path) -> Iterable[str]:
    """A name of nobody would end in an apology instead of an answer."""
    content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    knowledge = load()
    services = {service.id for service in knowledge.all_services()}
    for name in sorted(set(content["services"]) - services):
        yield f"'{name}' is no service of knowledge/"
    for name in sorted(set(content["kinds"]) - set(knowledge.needs)):
        yield f"'{name}' is no need of knowledge/needs.yml"
