"""`python -m knowledge [--folder DIR] show ID | audit | check | sheet export|import FILE`."""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Optional, Sequence

from knowledge import FOLDER, LANGUAGES, KnowledgeError, audit, load


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs one verb; returns the exit code (1: something is wrong, said on stderr)."""
    parser = argparse.ArgumentParser(prog="python -m knowledge", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="another knowledge folder")
    verbs = parser.add_subparsers(dest="verb", required=True)
    show = verbs.add_parser("show", help="one service as each language shows it")
    show.add_argument("id")
    check = verbs.add_parser("audit", help="what is missing, unconfirmed, old or contradictory")
    check.add_argument("--json", action="store_true", help="one line of JSON")
    check.add_argument("--strict", action="store_true", help="exit 1 when there is any gap")
    check.add_argument("--at", type=datetime.fromisoformat, metavar="DATE", help="pretend a day")
    verbs.add_parser("check", help="reads and checks every file")
    options = parser.parse_args(arguments)
    try:
        knowledge = load(options.folder)
        if options.verb == "show":
            service = knowledge.service(options.id)
            for language in LANGUAGES:
                card = knowledge.service_card(service, language, at=datetime.now())
                print(json.dumps(card, ensure_ascii=False))
        elif options.verb == "audit":
            found = audit(knowledge, at=options.at or datetime.now())
            print(found.json() if options.json else found.table())
            return int(found.fails(strict=options.strict))
    except KnowledgeError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
