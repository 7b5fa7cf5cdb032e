"""Our own OpenAPI document passes a linter, and says of every operation what it is and refuses."""

from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate_spec
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from bot.app import create_app
from bot.settings import Settings

_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def _document() -> dict[str, Any]:
    return create_app(Settings(), Path("unused")).openapi()


def faults(document: dict[str, Any]) -> list[str]:
    """What our own rules find: ids used twice, and operations that leave something unsaid."""
    found = []
    seen: set[str] = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            name = f"{method.upper()} {path}"
            if method not in _METHODS:
                continue
            if operation.get("operationId") in seen | {None}:
                found.append(f"{name}: operationId is missing or used twice")
            seen.add(operation.get("operationId"))
            found += [
                f"{name}: no {field}"
                for field in ("summary", "description", "tags")
                if not operation.get(field)
            ]
            if not any(code.startswith("4") for code in operation["responses"]):
                found.append(f"{name}: no 4xx answer")
            found += [
                f"{name}: parameter {parameter['name']} is not described"
                for parameter in operation.get("parameters", ())
                if path.startswith("/hsds") and parameter["in"] == "query"
                if not parameter.get("description")
            ]
    return found


def test_the_document_is_valid_openapi() -> None:
    validate_spec(_document())


def test_every_operation_is_described() -> None:
    assert faults(_document()) == []


def test_the_linter_finds_faults() -> None:
    document = _document()
    document["paths"]["/healthz"]["get"]["responses"]["200"] = {}
    with pytest.raises(OpenAPIValidationError):
        validate_spec(document)


def test_the_rules_find_faults() -> None:
    document = _document()
    posted = document["paths"]["/hsds/services"]["post"]
    posted["operationId"] = document["paths"]["/hsds/services"]["get"]["operationId"]
    del posted["summary"], posted["responses"]["4XX"]
    del posted["parameters"][0]["description"]
    assert faults(document) == [
        "POST /hsds/services: operationId is missing or used twice",
        "POST /hsds/services: no summary",
        "POST /hsds/services: no 4xx answer",
        f"POST /hsds/services: parameter {posted['parameters'][0]['name']} is not described",
    ]
