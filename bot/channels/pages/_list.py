"""The list of all entries: by topic, and the helplines."""

from collections.abc import Iterator
from typing import Any

from bot.channels.html import clean
from bot.channels.pages._entry import entry_path
from knowledge import Knowledge, Language, Service


def groups(
    knowledge: Knowledge, words: dict[str, str], language: Language
) -> Iterator[dict[str, Any]]:
    """Topics with their services, then the services without one, then the helplines."""

    def item(service: Service) -> dict[str, Any]:
        return {
            "path": entry_path("services", service.id),
            "name": clean(service.name.in_(language)),
            "where": clean(knowledge.where(service, language)),
        }

    for need, about in knowledge.needs.items():
        entries = [item(match.service) for match in knowledge.find(need)]
        yield {"id": need, "label": about.label.in_(language), "entries": entries}
    others = [item(s) for s in knowledge.all_services() if not s.needs]
    if others:
        yield {"id": "others", "label": words["others"], "entries": others}
    lines = [
        {
            "path": entry_path("helplines", line.id),
            "name": clean(line.name.in_(language)),
            "where": None,
        }
        for line in knowledge.helplines.values()
    ]
    yield {"id": "helplines", "label": words["helplines"], "entries": lines}
