"""Checks HSDS objects against the official schemas, which are not part of this repository."""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from knowledge import HSDS_PROFILE

_BASE = "http://hsds.invalid/"
_FORMATS = jsonschema.FormatChecker()


def folder() -> Path:
    """The folder of the schemas; skips, with the reason, where it is absent."""
    found = os.environ.get("WEEWEISER_TEST_HSDS")
    if not found:
        pytest.skip("WEEWEISER_TEST_HSDS is not set: the official HSDS schemas are not committed")
    return Path(found)


def read(name: str) -> Any:
    """One official file, for example `schema/service.json`."""
    return json.loads((folder() / name).read_text(encoding="utf-8"))


@lru_cache
def _validator(name: str, strict: bool) -> jsonschema.Draft202012Validator:
    store = {}
    for path in (folder() / "schema").glob("*.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        if strict and path.stem != "openapi":
            ours = HSDS_PROFILE["objects"].items()
            added = {n: HSDS_PROFILE["properties"][n] for n, kinds in ours if path.stem in kinds}
            schema["properties"].update(added)
            schema["additionalProperties"] = False
        store[_BASE + path.name] = schema
    schema = store.get(f"{_BASE}{name}.json") or read(f"schema/{name}.json")
    resolver = jsonschema.RefResolver(f"{_BASE}{name}.json", schema, store=store)
    return jsonschema.Draft202012Validator(schema, resolver=resolver, format_checker=_FORMATS)


def faults(found: Any, schema: str) -> list[str]:
    """What is wrong with an object by an official schema (`service`, `compiled/service_list`)."""
    return _faults(_validator(schema, strict=False), found)


def foreign(found: Any, schema: str) -> list[str]:
    """What an object holds that neither HSDS nor our profile knows, or holds wrongly."""
    return _faults(_validator(schema, strict=True), found)


def _faults(validator: jsonschema.Draft202012Validator, found: Any) -> list[str]:
    return [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
        for error in validator.iter_errors(found)
    ]
