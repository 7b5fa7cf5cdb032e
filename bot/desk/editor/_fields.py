"""A document of the directory as the fields of a form, for every field its schema has.

The schema is read from the records themselves: a field that comes later is editable at once.
"""

from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Mapping, Optional, Type, get_args, get_origin

from pydantic import BaseModel

from knowledge import FACT_FIELDS, LANGUAGES, Document, Knowledge, Language, model_of

#: Has a page of its own.
_ELSEWHERE = ("retired",)
#: Said once, when the entry is made.
_FIXED = ("id", "operator")
_LONG = ("description", "words", "reason", "text", "note", "superseded", "name")
#: Keys of a fact that mean something in one field only.
_HOME = {"opening_hours": "hours", "season": "hours", "only": "appointment"}
#: So many empty choices are offered where the order counts.
_MORE = 2
Options = tuple[tuple[str, str], ...]
#: All values a form sent under a name.
Sent = Callable[[str], list[str]]


@dataclass
class Field:
    """One field of a form.

    `kind`: text, long, number, date, check, choice, ranked, checks, lines, group, list, fixed.
    `path`: its name in the form, as in "facts.phone.0.value". `label`: of the catalogue.
    """

    path: str
    label: str
    kind: str
    value: Any = None
    options: Options = ()
    required: bool = False
    errors: list[str] = field(default_factory=list)
    parts: list["Field"] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.path.replace(".", "-")

    @property
    def faults(self) -> int:
        """How many errors are in it and below."""
        return len(self.errors) + sum(part.faults for part in self.parts)

    def all(self) -> Iterator["Field"]:
        yield self
        for part in self.parts:
            yield from part.all()


class Schema:
    """What may be chosen, by the directory in force, in the language of the worker."""

    def __init__(self, key: str, knowledge: Knowledge, language: Language) -> None:
        self._model = model_of(key)
        places = knowledge.places.values()
        of_kind = {
            kind: tuple((p.id, p.in_(language)) for p in places if p.kind == kind)
            for kind in ("commune", "quarter")
        }
        quarters = tuple((p.id, p.in_(language)) for p in places if p.kind != "commune")
        needs = tuple((n, need.label.in_(language)) for n, need in knowledge.needs.items())
        self._choices: Mapping[str, Options] = {
            "type": tuple((n, t.label.in_(language)) for n, t in knowledge.types.items()),
            "needs": needs,
            "crisis": tuple((c, "") for c in knowledge.crisis),  # named in the catalogue
            "communes": of_kind["commune"],
            "residents": of_kind["commune"],
            "quarters": quarters,
            "same_service_as": tuple(
                (s.id, s.name.in_(language)) for s in knowledge.services.values()
            ),
        }

    def fields(self, document: Document, errors: Mapping[str, list[str]]) -> list[Field]:
        """The form of a document, which may be half filled. `errors` by path."""
        left = dict(errors)
        fields = list(self._record(self._model, "", document, left))
        known = {f.path: f for top in fields for f in top.all()}
        for path, said in errors.items():
            _nearest(known, path, fields[0]).errors += said
        return fields

    def choices(self, name: str) -> Mapping[str, str]:
        """What may be chosen in a field that names things of the directory: their names by id."""
        return dict(self._choices.get(name, ()))

    def read(self, form: Sent, old: Document) -> Document:
        """What a form says. `old`: what stays in its order, and what the form does not hold."""
        document = self._read(self._model, "", form, old)
        return {**document, **{k: old[k] for k in (*_ELSEWHERE, *_FIXED) if k in old}}

    def _record(
        self, model: Type[BaseModel], prefix: str, value: Any, errors: dict[str, list[str]]
    ) -> Iterator[Field]:
        held = value if isinstance(value, dict) else {}
        for one in model.__fields__.values():
            if one.alias in _ELSEWHERE:
                continue
            path, content = f"{prefix}{one.alias}", held.get(one.alias)
            if content is None and not _belongs(one.alias, prefix):
                continue
            kind = self._kind(one, one.alias)
            found = Field(path, one.alias, kind, content, required=bool(one.required))
            found.options = self._options(one, one.alias, content, kind)
            if kind == "group":
                found.parts = list(self._record(one.type_, f"{path}.", content, errors))
            elif kind == "list":
                for number, item in enumerate(content or ()):
                    row = f"{path}.{number}"
                    parts = list(self._record(one.type_, f"{row}.", item, errors))
                    found.parts.append(Field(row, one.alias, "group", item, parts=parts))
            elif kind == "lines":
                found.value = ", ".join(content or ())
            elif kind == "ranked":
                found.value = [*(content or ()), *[""] * _MORE]
            elif content is None and one.default is not None and kind in ("choice", "check"):
                found.value = one.default
            yield found

    def _read(self, model: Type[BaseModel], prefix: str, form: Sent, old: Any) -> Document:
        held = old if isinstance(old, dict) else {}
        found: Document = {}
        for one in model.__fields__.values():
            if one.alias in _ELSEWHERE or (not prefix and one.alias in _FIXED):
                continue
            path, before = f"{prefix}{one.alias}", held.get(one.alias)
            kind = self._kind(one, one.alias)
            value: Any
            if kind == "group":
                value = self._read(one.type_, f"{path}.", form, before)
                if not one.required and not value:
                    value = None
            elif kind == "list":
                value = list(self._rows(one.type_, path, form, before)) or None
            elif kind == "checks":
                chosen = form(path)
                kept = [v for v in before or () if v in chosen]
                value = kept + [v for v in chosen if v not in kept]
            elif kind == "ranked":
                value = list(dict.fromkeys(v for v in form(path) if v))
            elif kind == "lines":
                value = [v.strip() for v in _last(form, path).split(",") if v.strip()]
            elif kind == "check":
                value = "yes" in form(path) or (False if one.required else None)
            else:
                value = _last(form, path).replace("\r\n", "\n").strip() or None
                if kind == "number" and value and value.lstrip("-").isdigit():
                    value = int(value)
            empty_list = kind in ("checks", "ranked", "lines") and not value and not one.required
            if value is not None and not empty_list:
                found[one.alias] = value
        return found

    def _rows(
        self, model: Type[BaseModel], path: str, form: Sent, before: Any
    ) -> Iterator[Document]:
        """The rows of a list that say something."""
        number = _last(form, f"{path}.rows")
        for index in range(min(int(number), 99) if number.isdigit() else 0):
            old = before[index] if isinstance(before, list) and index < len(before) else None
            row = self._read(model, f"{path}.{index}.", form, old)
            if _says_something(row):
                yield row

    def _kind(self, one: Any, name: str) -> str:
        if name in _FIXED:
            return "fixed"
        if isinstance(one.type_, type) and issubclass(one.type_, BaseModel):
            return "list" if _is_many(one) else "group"
        if name == "needs":
            return "ranked"
        if _is_many(one):
            known = name in self._choices or get_origin(one.type_) is not None
            return "checks" if known else "lines"
        if name in self._choices or _choices_of(one.type_):
            return "choice"
        kinds = {bool: "check", int: "number"}
        if one.type_.__name__ == "date":
            return "date"
        return kinds.get(one.type_, "long" if name in (*_LONG, *LANGUAGES) else "text")

    def _options(self, one: Any, name: str, content: Any, kind: str) -> Options:
        if kind not in ("choice", "checks", "ranked"):
            return ()
        known = self._choices.get(name) or tuple((v, "") for v in _choices_of(one.type_))
        held = content if isinstance(content, list) else [content] if content else []
        strange = [v for v in held if v not in dict(known)]
        return (*known, *((str(v), str(v)) for v in strange))


def _choices_of(kind: Any) -> tuple[str, ...]:
    """The values of a Literal or an Enum."""
    if get_origin(kind) is not None:
        return tuple(map(str, get_args(kind)))
    return tuple(m.value for m in kind) if hasattr(kind, "__members__") else ()


def _is_many(one: Any) -> bool:
    return get_origin(one.outer_type_) is tuple


def _belongs(name: str, prefix: str) -> bool:
    """Whether a key of a fact means anything in this field."""
    field_name = prefix.split(".")[1] if prefix.startswith("facts.") and prefix != "facts." else ""
    return not field_name or _HOME.get(name, field_name) == field_name


def _last(form: Sent, path: str) -> str:
    return (form(path) or [""])[-1]


def _says_something(row: Document) -> bool:
    """A row of choices that were not touched says nothing."""
    rest = {k: v for k, v in row.items() if k != "reliability" and v is not False and v != []}
    return bool(rest)


def _nearest(known: Mapping[str, Field], path: str, otherwise: Field) -> Field:
    """The field at a path, or the one it would be in."""
    while path:
        if path in known:
            return known[path]
        path = path.rpartition(".")[0]
    return otherwise


def without_row(document: Document, path: str) -> Document:
    """The document without one row: "facts.phone.0"."""
    *above, last = path.split(".")
    rows = at(document, ".".join(above))
    if isinstance(rows, list) and last.isdigit() and int(last) < len(rows):
        del rows[int(last)]
    return document


def with_row(document: Document, path: str) -> Document:
    """The document with one more row, still empty: in "facts.phone" or "alerts"."""
    holder: Any = document
    *above, last = path.split(".")
    for name in above:
        holder = holder.setdefault(name, {})
    known = last in FACT_FIELDS if above else last in ("exceptions", "alerts")
    if known:
        holder[last] = [*(holder.get(last) or ()), {}]
    return document


def at(document: Document, path: str) -> Optional[Any]:
    """The value at a path, if there is one."""
    value: Any = document
    for name in path.split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
