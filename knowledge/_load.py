"""Reads the files of a knowledge folder, checks them one by one and then together."""

from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Type, TypeVar

from pydantic import ValidationError

from knowledge._changed import Changes
from knowledge._errors import InvalidKnowledge, Problem
from knowledge._facts import Fact, Record
from knowledge._forms import FORMS
from knowledge._model import (
    Entry,
    Helpline,
    Need,
    Place,
    SearchWords,
    Service,
    ServiceType,
    SocialOffice,
    Worry,
)
from knowledge._overlay import NOTHING_LAID, Overlay
from knowledge._phone import phone_problem
from knowledge._yaml import Loc, line_of, read

R = TypeVar("R", bound=Record)


class Files:
    """Everything read from one folder, by id, with the file each entry came from."""

    def __init__(self, folder: Path, overlay: Overlay = NOTHING_LAID) -> None:
        self.folder = folder
        self._laid = {folder / f"{key}.yml": laid for key, laid in overlay.items()}
        self.retired: dict[str, Entry] = {}
        self.problems: list[Problem] = []
        self.origin: dict[str, Path] = {}
        self.index: dict[str, int] = {}  # of a place in its file
        self.services = self._folder(Service, "services")
        self.partners = self._folder(Service, "partners")
        self.helplines = self._folder(Helpline, "helplines")
        self.association = self._one(Service, folder / "association.yml")
        self.types = self._table(ServiceType, folder / "types.yml")
        self.needs = self._table(Need, folder / "needs.yml")
        self.crisis = self._crisis(folder / "crisis.yml")
        self.worries = self._table(Worry, folder / "worries.yml")
        self.places = self._places()
        self.social_offices = self._list(SocialOffice, folder / "social_offices.yml")
        self.search = self._one(SearchWords, folder / "search.yml")

    def modified(self) -> dict[str, datetime]:
        """Per entry id, when its file was last changed, or the file that says more of its kind."""
        noted = Changes(self.folder).of

        def changed(path: Path) -> datetime:
            return self._laid[path].at if path in self._laid else noted(path)

        found: dict[str, datetime] = {}
        for kind, more in (
            ("services", "types.yml"),
            ("partners", "types.yml"),
            ("helplines", "needs.yml"),
        ):
            shared = changed(self.folder / more)
            for path in self._files(kind):
                newest = max(changed(path), shared)
                found[path.stem] = max(newest, found.get(path.stem, newest))
        if self.association:
            found[self.association.id] = changed(self.folder / "association.yml")
        return found

    def _files(self, name: str) -> list[Path]:
        folder = self.folder / name
        return sorted({*folder.glob("*.yml"), *(p for p in self._laid if p.parent == folder)})

    def hide_retired(self) -> None:
        """Leaves out what is retired, wherever it is named. Called after every check."""
        for kind in ("services", "partners", "helplines"):
            entries = getattr(self, kind)
            for name in [n for n, entry in entries.items() if entry.retired]:
                self.retired[f"{kind}/{name}"] = entries.pop(name)
        shown = {*self.services, *self.partners}
        if self.association:
            shown.add(self.association.id)
        for name, need in self.needs.items():
            first = tuple(i for i in need.first if i in shown)
            lines = tuple(i for i in need.helplines if i in self.helplines)
            parents = tuple(i for i in need.for_parents if i in {*shown, *self.helplines})
            kept = {"first": first, "helplines": lines, "for_parents": parents}
            self.needs[name] = need.copy(update=kept)
        for name, lines_of in self.crisis.items():
            self.crisis[name] = [line for line in lines_of if line in self.helplines]
        for name, worry in self.worries.items():
            left = tuple(i for i in worry.helplines if i in self.helplines)
            services = tuple(i for i in worry.services if i in shown)
            self.worries[name] = worry.copy(update={"helplines": left, "services": services})
        self.social_offices = [
            office if office.partner in self.partners else office.copy(update={"partner": None})
            for office in self.social_offices
        ]

    def _read(self, path: Path) -> Any:
        if path in self._laid:
            return self._laid[path].content
        try:
            return read(path)
        except InvalidKnowledge as error:
            self.problems += error.problems
            return None

    def _parse(self, kind: Type[R], data: Any, path: Path, at: Loc = ()) -> "R | None":
        if not isinstance(data, dict):
            self.add(path, at, "must be a mapping of fields")
            return None
        try:
            return kind.parse_obj(data)
        except ValidationError as error:
            for item in error.errors():
                loc = tuple(k for k in item["loc"] if k != "__root__")
                self.add(path, (*at, *loc), item["msg"])
            return None

    def add(self, path: Path, at: Loc, message: str) -> None:
        field = ".".join(map(str, at)) or "file"
        line = 1 if path in self._laid else line_of(path, at)
        self.problems.append(Problem(path, line, field, message))

    def _one(self, kind: Type[R], path: Path) -> "R | None":
        data = self._read(path)
        return None if data is None else self._parse(kind, data, path)

    def _folder(self, kind: Type[Any], name: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path in self._files(name):
            entry = self._one(kind, path)
            if entry is None:
                continue
            if entry.id != path.stem:
                self.add(path, ("id",), f"must be the file's name, '{path.stem}'")
            found[entry.id] = entry
            self.origin[f"{name}/{entry.id}"] = path
        if not found and not self.problems:
            self.problems.append(Problem(self.folder / name, 1, "folder", "holds no entries"))
        return found

    def _table(self, kind: Type[R], path: Path) -> dict[str, R]:
        data = self._read(path)
        if not isinstance(data, dict):
            return {}
        parsed = {str(k): self._parse(kind, v, path, (k,)) for k, v in data.items()}
        return {k: v for k, v in parsed.items() if v is not None}

    def _list(self, kind: Type[R], path: Path) -> list[R]:
        data = self._read(path)
        if not isinstance(data, list):
            return []
        parsed = (self._parse(kind, item, path, (i,)) for i, item in enumerate(data))
        return [entry for entry in parsed if entry is not None]

    def _crisis(self, path: Path) -> dict[str, list[str]]:
        data = self._read(path)
        found: dict[str, list[str]] = {}
        for name, lines in data.items() if isinstance(data, dict) else ():
            if isinstance(lines, list):
                found[str(name)] = [str(line) for line in lines]
            else:
                self.add(path, (name,), "must be a list of helplines")
        if not found and data is not None:
            self.add(path, (), "must be a mapping of crises to helplines")
        return found

    def _places(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for path in sorted((self.folder / "places").glob("*.yml")):
            for index, place in enumerate(self._list(Place, path)):
                if place.id in found:
                    self.add(path, (index, "id"), f"'{place.id}' is used by another place")
                found[place.id] = place
                self.origin[f"places/{place.id}"] = path
                self.index[place.id] = index
        return found


def check(files: Files) -> list[Problem]:
    """Every rule that concerns more than one file, or a value's form."""
    for kind, entries in (("services", files.services), ("partners", files.partners)):
        for service in entries.values():
            path = files.origin[f"{kind}/{service.id}"]
            _check_service(files, service, path)
            expected = "inter-actions" if kind == "services" else "partner"
            if service.operator != expected:
                files.add(path, ("operator",), f"must be '{expected}' in {kind}/")
    for helpline in files.helplines.values():
        _check_facts(files, helpline.facts, files.origin[f"helplines/{helpline.id}"])
    if files.association:
        _check_facts(files, files.association.facts, files.folder / "association.yml")
        _check_association(files)
    both = files.services.keys() & files.partners.keys()
    for name in sorted(both):
        files.add(files.origin[f"partners/{name}"], ("id",), "is also the id of a service")
    _check_retired(files)
    _check_tables(files)
    return files.problems


def _refers(
    files: Files, path: Path, at: Loc, names: Iterable[str], known: Iterable[str], what: str
) -> None:
    known = set(known)
    for index, name in enumerate(names):
        if name not in known:
            files.add(path, (*at, index), f"'{name}' is not a known {what}")


def _check_service(files: Files, service: Service, path: Path) -> None:
    if service.type not in files.types:
        files.add(path, ("type",), f"'{service.type}' is not in types.yml")
    _refers(files, path, ("needs",), service.needs, files.needs, "need")
    _refers(files, path, ("crisis",), service.crisis, files.crisis, "crisis")
    serves = service.serves
    _refers(files, path, ("serves", "communes"), serves.communes, files.places, "place")
    _refers(files, path, ("serves", "quarters"), serves.quarters, files.places, "place")
    _refers(files, path, ("serves", "residents"), serves.residents, files.places, "place")
    if service.same_service_as and service.same_service_as not in files.services:
        files.add(path, ("same_service_as",), "names no service")
    _check_facts(files, service.facts, path)


#: What a value that fails its form is told.
_MESSAGES: Mapping[str, str] = {
    "address": "holds a post code that Luxembourg does not have: four digits, as in L-1450",
    "email": "is not an e-mail address",
    "website": "is not a web address",
    "age_range": "must be two ages in years, as in 12-25",
    "coordinates": "must be latitude and longitude inside Luxembourg, as in 49.6,6.1",
}


def _check_facts(files: Files, facts: Any, path: Path) -> None:
    for field, entries in facts:
        for index, fact in enumerate(entries or ()):
            _check_place(files, path, field, index, fact)
            at = ("facts", field, index, "value")
            if field == "phone":
                if message := phone_problem(fact.value):
                    files.add(path, at, message)
            elif fact.words and field == "age_range":
                continue  # "from 12" in words
            elif field in FORMS and not FORMS[field](fact.value):
                files.add(path, at, f"'{fact.value}' {_MESSAGES[field]}")


def _check_association(files: Files) -> None:
    """Every answer without a contact falls back on the association's own."""
    if files.association:
        path = files.folder / "association.yml"
        for field in ("address", "phone", "email"):
            if not files.association.facts.get(field):
                files.add(path, ("facts", field), "must be known: answers fall back on it")
        both = {*files.services, *files.partners}
        if files.association.id in both:
            files.add(path, ("id",), "is also the id of a service or partner")


#: Who is named in danger, whatever the language.
_ALWAYS = frozenset(("112", "113"))


def _check_retired(files: Files) -> None:
    """Nobody in danger may be left without a number, nor an answer without a contact."""
    if files.association and files.association.retired:
        files.add(files.folder / "association.yml", ("retired",), "answers fall back on it")
    for name in _ALWAYS & files.helplines.keys():
        if files.helplines[name].retired:
            files.add(files.origin[f"helplines/{name}"], ("retired",), "must always be known")
    for name, lines in files.crisis.items():
        left = [line for line in lines if line in files.helplines]
        if left and all(files.helplines[line].retired for line in left):
            path = files.origin[f"helplines/{left[0]}"]
            files.add(path, ("retired",), f"leaves nobody for the crisis '{name}'")


def _check_ring(
    files: Files, links: Mapping[str, Iterable[str]], where: Callable[[str], "tuple[Path, Loc]"]
) -> None:
    """Adds a problem when references lead back to where they began: a -> b -> a."""
    try:
        TopologicalSorter(links).prepare()
    except CycleError as error:
        ring = error.args[1][::-1]
        files.add(*where(ring[0]), f"points back to itself: {' -> '.join(ring)}")


#: Keys of a fact that mean something in one field only.
_BELONGS = {"opening_hours": "hours", "season": "hours", "only": "appointment"}


def _check_place(files: Files, path: Path, field: str, index: int, fact: Fact) -> None:
    for key, home in _BELONGS.items():
        if getattr(fact, key) and field != home:
            files.add(path, ("facts", field, index, key), f"belongs to `{home}`")


def _check_tables(files: Files) -> None:
    path = files.folder / "needs.yml"
    services = {*files.services, *files.partners}
    if files.association:
        services.add(files.association.id)
    for name, need in files.needs.items():
        _refers(files, path, (name, "first"), need.first, services, "service")
        _refers(files, path, (name, "helplines"), need.helplines, files.helplines, "helpline")
        parents = {*services, *files.helplines}
        _refers(
            files, path, (name, "for_parents"), need.for_parents, parents, "service or helpline"
        )
    for name, lines in files.crisis.items():
        crisis_path = files.folder / "crisis.yml"
        _refers(files, crisis_path, (name,), lines, files.helplines, "helpline")
    path = files.folder / "worries.yml"
    for name, worry in files.worries.items():
        _refers(files, path, (name, "helplines"), worry.helplines, files.helplines, "helpline")
        _refers(files, path, (name, "services"), worry.services, services, "service")
    for place in files.places.values():
        path = files.origin[f"places/{place.id}"]
        index = files.index[place.id]
        if place.commune and place.commune not in files.places:
            files.add(path, (index, "commune"), f"'{place.commune}' is not a known place")
        elif place.commune and files.places[place.commune].kind != "commune":
            files.add(path, (index, "commune"), f"'{place.commune}' is not a commune")
        _refers(files, path, (index, "parts"), place.parts, files.places, "place")
        for number, part in enumerate(place.parts):
            if part in files.places and files.places[part].parts:
                files.add(path, (index, "parts", number), f"'{part}' has parts itself")
    _check_ring(
        files,
        {s.id: [s.same_service_as] for s in files.services.values() if s.same_service_as},
        lambda name: (files.origin[f"services/{name}"], ("same_service_as",)),
    )
    path = files.folder / "social_offices.yml"
    for index, office in enumerate(files.social_offices):
        _refers(files, path, (index, "communes"), office.communes, files.places, "place")
        if office.partner and office.partner not in files.partners:
            files.add(path, (index, "partner"), f"'{office.partner}' is not a known partner")
    if files.search:
        known = {*files.needs, *files.crisis, *services, *files.helplines}
        path = files.folder / "search.yml"
        for name in files.search.also:
            if name not in known:
                files.add(path, ("also", name), "names no need, crisis or entry")
