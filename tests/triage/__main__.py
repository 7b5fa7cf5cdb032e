"""`python -m tests.triage [NOTES.jsonl] [--errors]`: how well triage reads notes."""

import argparse
import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import logs
from tests.triage.measuring import HERE, WHEN, measure, read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notes", nargs="?", type=Path, default=HERE / "notes.jsonl")
    parser.add_argument("--errors", action="store_true", help="each note that is not right")
    given = parser.parse_args()
    logs.configure("WARNING")
    from bot.assistant import Assistant
    from bot.desk.triage import Triage
    from bot.model import current
    from bot.settings import Settings
    from knowledge import directory

    assistant = Assistant(current(Settings().models))
    assistant.start()
    triage = Triage(assistant.parse, lambda: directory().current)
    notes = read(given.notes)

    async def run() -> list[dict[str, Any]]:
        at = datetime.fromisoformat(WHEN)
        return [(await triage.read(note["text"], at=at)).public() for note in notes]

    found = asyncio.run(run())
    pairs = list(zip(notes, found, strict=True))
    for language in ("fr", "de", "lb"):
        figures = measure(p for p in pairs if p[0]["lang"] == language)
        sys.stdout.write(json.dumps({"language": language, **figures}) + "\n")
    sys.stdout.write(json.dumps({"language": "all", **measure(pairs)}) + "\n")
    for note, said in pairs if given.errors else []:
        wrong = _wrong(note, said)
        if wrong:
            sys.stdout.write(f"{note['lang']} {note['text']}\n    {wrong}\n")


def _wrong(note: dict[str, Any], said: dict[str, Any]) -> str:
    figures = measure([(note, said)])
    bad = [
        f"{name}: {said[key]} for {note[key]}"
        for name, key, right in (
            ("needs", "needs", figures["needs_f1"] == 1.0 or said["needs"] == note.get("needs")),
            ("crisis", "crisis", set(said["crisis"]) == set(note["crisis"])),
            ("urgency", "urgency", figures["urgency"] == 1.0),
            ("place", "place", figures["place"] == 1.0),
            ("ages", "ages", figures["ages"] == 1.0),
        )
        if key in note and not right
    ]
    if note.get("services") and not figures["service_in_three"]:
        bad.append(f"services: {[s['id'] for s in said['services'][:3]]}")
    return "; ".join(bad)


if __name__ == "__main__":
    main()
