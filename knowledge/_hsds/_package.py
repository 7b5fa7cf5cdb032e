"""The directory as files: JSON documents, and a tabular data package of CSV files."""

import csv
import json
import tempfile
from pathlib import Path
from typing import Any, Literal, Mapping, get_args

import yaml

from knowledge._errors import KnowledgeError
from knowledge._hsds._objects import Kind, Objects
from knowledge._hsds._tables import Row

Form = Literal["json", "csv", "all"]

_TABLES: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "tables.yml").read_text(encoding="utf-8")
)
_TYPES = {
    "assured_date": "date",
    "last_modified": "datetime",
    "opens_at": "time",
    "closes_at": "time",
    "valid_from": "date",
    "valid_to": "date",
    "confirmed": "boolean",
    "contradicted": "boolean",
    **dict.fromkeys(("year_incorporated", "minimum_age", "maximum_age", "interval"), "number"),
    **dict.fromkeys(("latitude", "longitude"), "number"),
}
_FORMATS = {"email": "email", "url": "uri", "website": "uri", "id": "uuid"}
#: Columns that name a row of another table.
_POINTS_AT = ("organization", "service", "location", "taxonomy", "taxonomy_term")


class FolderTaken(KnowledgeError):
    """The folder holds files that no export wrote; it is left alone."""


def write_package(
    objects: Objects, profile: Mapping[str, Any], folder: Path, *, form: Form = "all"
) -> list[Path]:
    """Writes the package and returns its files; an earlier export in the folder is replaced.

    Everything is written beside the folder first: a failure leaves the earlier export as it was.
    Raises FolderTaken when the folder holds anything else.
    """
    folder = folder.absolute()
    _check_free(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        new = Path(beside) / "new"
        new.mkdir()
        _write_json(new / "profile.json", profile)
        if form in ("json", "all"):
            _write_documents(objects, new / "json")
        if form in ("csv", "all"):
            _write_tables(objects, new / "csv")
        _swap(folder, new, Path(beside) / "old")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _check_free(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FolderTaken(f"{folder} is a file; name a folder")
    ours = {"profile.json", "json", "csv"}
    foreign = sorted(path.name for path in folder.iterdir() if path.name not in ours)
    if foreign:
        raise FolderTaken(
            f"{folder} holds {foreign[0]}, which no export wrote; name another folder"
        )


def _swap(folder: Path, new: Path, old: Path) -> None:
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise


def _write_documents(objects: Objects, folder: Path) -> None:
    folder.mkdir()
    for kind in get_args(Kind):
        found = [objects.full(kind, name) for name in objects.ids(kind)]
        plural = "taxonomies" if kind == "taxonomy" else f"{kind}s"
        _write_json(folder / f"{plural}.json", found)


def _write_tables(objects: Objects, folder: Path) -> None:
    folder.mkdir()
    for name, table in _TABLES.items():
        with (folder / table["path"]).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, table["columns"])
            writer.writeheader()
            writer.writerows(_cells(row) for row in objects.tables.get(name, ()))
    _write_json(folder / "datapackage.json", _descriptor())


def _cells(row: Row) -> Row:
    return {k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()}


def _descriptor() -> dict[str, Any]:
    """The `datapackage.json` of the CSV files."""
    return {
        "name": "weeweiser",
        "profile": "tabular-data-package",
        "sources": [
            {
                "title": "Points of places: OpenStreetMap contributors, ODbL",
                "path": "https://www.openstreetmap.org/copyright",
            }
        ],
        "resources": [_resource(name, table) for name, table in _TABLES.items()],
    }


def _resource(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    columns = table["columns"]
    links = [(f"{other}_id", other) for other in _POINTS_AT if f"{other}_id" in columns]
    schema: dict[str, Any] = {
        "fields": [_field(column, column in table["required"]) for column in columns],
        "primaryKey": "id",
    }
    if links:
        schema["foreignKeys"] = [
            {"fields": column, "reference": {"resource": other, "fields": "id"}}
            for column, other in links
        ]
    return {
        "name": name,
        "path": table["path"],
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(column: str, required: bool) -> dict[str, Any]:
    form = _FORMATS.get("id" if column.endswith("_id") else column)
    found: dict[str, Any] = {"name": column, "type": _TYPES.get(column, "string")}
    if form:
        found["format"] = form
    return {**found, "constraints": {"required": required, "unique": column == "id"}}


def _write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
