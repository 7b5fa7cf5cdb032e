"""`python -m knowledge show ID | audit [--json] | check | search TEXT`."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Optional, Sequence

from knowledge import LANGUAGES, KnowledgeError, SearchHit, load


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs one verb; returns the exit code (1: something is wrong, said on stderr)."""
    parser = argparse.ArgumentParser(prog="python -m knowledge", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    show = verbs.add_parser("show", help="one service as each language shows it")
    show.add_argument("id")
    audit = verbs.add_parser("audit", help="which contact facts are missing or to be confirmed")
    audit.add_argument("--json", action="store_true")
    verbs.add_parser("check", help="reads and checks every file")
    search = verbs.add_parser("search", help="services and helplines by words, best first")
    search.add_argument("text")
    search.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    search.add_argument("--json", action="store_true", help="one JSON object per line")
    options = parser.parse_args(arguments)
    try:
        knowledge = load()
        if options.verb == "show":
            service = knowledge.service(options.id)
            for language in LANGUAGES:
                card = knowledge.service_card(service, language, at=datetime.now())
                print(json.dumps(card, ensure_ascii=False))
        elif options.verb == "audit":
            _audit(knowledge.gaps(), as_json=options.json)
        elif options.verb == "search":
            _search(knowledge.search(options.text, language=options.lang), as_json=options.json)
    except KnowledgeError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def _search(hits: list[SearchHit], *, as_json: bool) -> None:
    for hit in hits:
        if as_json:
            print(json.dumps(asdict(hit), ensure_ascii=False))
        else:
            print(f"{hit.score:.2f}  {hit.id}: {hit.name}{f' ({hit.place})' if hit.place else ''}")


def _audit(gaps: dict[str, dict[str, list[str]]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(gaps, ensure_ascii=False))
        return
    for name, gap in gaps.items():
        parts = [f"{kind}: {', '.join(fields)}" for kind, fields in gap.items() if fields]
        print(f"{name}: {'; '.join(parts) or 'complete'}")


if __name__ == "__main__":
    sys.exit(main())
