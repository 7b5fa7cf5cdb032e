"""What the description of the API allows, and what it does not, is sent: no answer is a 5xx.

Left out: the stream of events, which does not end (its rights: test_authorization.py).
"""

from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from schemathesis.generation import GenerationMode

from tests.security.cheap import Running, running

EXAMPLES = 8
_SLOW = [check for check in hypothesis.HealthCheck if check.name != "differing_executors"]


def operations(document: dict[str, Any]) -> list[Any]:
    found = schemathesis.openapi.from_dict(document).get_all_operations()
    return [one.ok() for one in found if not one.ok().path.endswith("/events")]


def send_to(site: Running, operation: Any, mode: GenerationMode) -> list[int]:
    """Sends what fits the operation, or does not; the answers' status codes."""
    answers: list[int] = []
    try:
        strategy = operation.as_strategy(generation_mode=mode)
    except Exception as error:  # nothing can be wrong with an operation without input
        assert mode is GenerationMode.NEGATIVE, error
        return answers
    name, mine = site.begin()
    owned = operation.path.startswith("/api/conversations/")

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=_SLOW,
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(case=strategy)
    def send(case: Any) -> None:
        headers = {}
        if owned and len(answers) % 3:
            case.path_parameters["name"], headers = name, mine
        answer = case.call(base_url=site.address, headers=headers, allow_redirects=False)
        answers.append(answer.status_code)

    with suppress(hypothesis.errors.Unsatisfiable):
        send()
    return answers


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_no_answer_is_a_failure_of_ours(site: Running, mode: GenerationMode) -> None:
    answers = {one.label: send_to(site, one, mode) for one in operations(site.app.openapi())}
    failed = {label: codes for label, codes in answers.items() if max(codes, default=0) >= 500}
    assert not failed
    tried = {label for label, codes in answers.items() if codes}
    assert len(tried) >= (len(answers) if mode is GenerationMode.POSITIVE else 15), answers
    assert httpx.get(f"{site.address}/healthz").status_code == 200


def test_a_failure_would_be_seen(tmp_path: Path) -> None:
    with running(tmp_path) as broken:
        del broken.app.state.messenger
        described = operations(broken.app.openapi())
        operation = next(one for one in described if one.label == "GET /readyz")
        assert 500 in send_to(broken, operation, GenerationMode.POSITIVE)
