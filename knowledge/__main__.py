"""Reads, checks, searches, exchanges and fills in a knowledge folder: `python -m knowledge`."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Optional, Sequence

from knowledge import (
    FOLDER,
    LANGUAGES,
    LUXEMBOURG,
    Hsds,
    Knowledge,
    KnowledgeError,
    Language,
    audit,
    load,
)
from knowledge._changed import renew, unnoted
from knowledge._search_postgres import PostgresPostings
from knowledge._sheet import Change, InvalidSheet, export_sheet, read_sheet
from knowledge._wording import Wording


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
    verbs.add_parser("check", help="reads and checks every file")
    verbs.add_parser("note-changes", help="notes which files changed, and when")
    _add_sheet(verbs)
    package = verbs.add_parser("export-hsds", help="writes the directory in HSDS 3.1 to a folder")
    package.add_argument("target", type=Path, metavar="FOLDER")
    package.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    package.add_argument("--format", choices=("json", "csv", "all"), default="all")
    for verb in (check, package):
        verb.add_argument("--at", type=datetime.fromisoformat, metavar="DATE", help="pretend a day")
    search = verbs.add_parser(
        "search", help="services and helplines by words, best first: one JSON object per line"
    )
    search.add_argument("text")
    search.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    search.add_argument(
        "--database",
        default=os.environ.get("WEEWEISER_SEARCH_DATABASE"),
        help="address of the PostgreSQL database that keeps the words; else they are in memory",
    )
    options = parser.parse_args(arguments)
    at = getattr(options, "at", None) or datetime.now(LUXEMBOURG)
    try:
        knowledge = load(options.folder)
        if options.verb == "show":
            service = knowledge.service(options.id)
            for language in LANGUAGES:
                card = knowledge.service_card(service, language, at=at)
                print(json.dumps(card, ensure_ascii=False))
        elif options.verb == "audit":
            found = audit(knowledge, at=at)
            print(found.json() if options.json else found.table())
            return int(found.fails(strict=options.strict))
        elif options.verb == "check" and (fresh := unnoted(options.folder)):
            print(f"Changed since `note-changes`: {len(fresh)} files", file=sys.stderr)
        elif options.verb == "note-changes":
            for path in renew(options.folder):
                print(path)
        elif options.verb == "sheet" and options.way == "export":
            return _export(knowledge, options)
        elif options.verb == "sheet":
            return _import(knowledge, options)
        elif options.verb == "search":
            if options.database:
                knowledge.keep_search(PostgresPostings(options.database).keep)
            for hit in knowledge.search(options.text, language=options.lang):
                print(json.dumps(asdict(hit), ensure_ascii=False))
        elif options.verb == "export-hsds":
            written = Hsds(knowledge, at=at).write(
                options.target, options.lang, form=options.format
            )
            print(f"{len(written)} files in {options.target}")
    except (KnowledgeError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def _add_sheet(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sheet = verbs.add_parser("sheet", help="the directory as a sheet to fill in, and back")
    ways = sheet.add_subparsers(dest="way", required=True)
    export = ways.add_parser("export", help="writes a sheet")
    export.add_argument("file", type=_sheet_path, metavar="FILE.xlsx|FILE.csv")
    export.add_argument("--lang", choices=LANGUAGES, default="fr")
    export.add_argument("--partners", action="store_true", help="services of others too")
    export.add_argument("--helplines", action="store_true", help="helplines too")
    reading = ways.add_parser("import", help="checks a filled sheet and shows what changes")
    reading.add_argument("file", type=Path, metavar="FILE")
    reading.add_argument("--lang", choices=LANGUAGES, help="of problems with an unreadable file")
    reading.add_argument("--write", action="store_true", help="writes the changes")


def _sheet_path(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise argparse.ArgumentTypeError("the name must end in .xlsx or .csv")
    return path


def _export(knowledge: Knowledge, options: argparse.Namespace) -> int:
    words = Wording(knowledge.folder / "wording", "sheet.")
    if options.file.exists():
        print(words(options.lang, "exists", file=options.file), file=sys.stderr)
        return 1
    number = export_sheet(
        knowledge, options.file, options.lang, at=datetime.now(LUXEMBOURG),
        partners=options.partners, helplines=options.helplines,
    )  # fmt: skip
    print(words(options.lang, "exported", number=number, file=options.file))
    return 0


def _import(knowledge: Knowledge, options: argparse.Namespace) -> int:
    words = Wording(knowledge.folder / "wording", "sheet.")
    today = datetime.now(LUXEMBOURG).date()
    try:
        found = read_sheet(knowledge, options.file, today=today, language=options.lang)
    except InvalidSheet as error:
        number = len(error.problems)
        print(words(error.language, "refused", number=number), error, sep="\n", file=sys.stderr)
        return 1
    for change in found.changes:
        print(_said(change, words, found.language))
    outcome = "nothing_changes"
    if found.changes and options.write:
        found.write()
        outcome = "written"
    elif found.changes:
        outcome = "not_written"
    print(words(found.language, outcome, number=len(found.changes)))
    return 0


def _said(change: Change, words: Wording, language: Language) -> str:
    nothing = words(language, "nothing_known")
    return words(
        language,
        "confirmation" if change.old == change.new else "change",
        entry=f"{change.kind}/{change.id}",
        field=change.field,
        old=change.old or nothing,
        new=change.new or nothing,
        by=change.confirmed_by,
    )


if __name__ == "__main__":
    sys.exit(main())
