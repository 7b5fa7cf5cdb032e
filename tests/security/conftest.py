"""One running application for each file of tests."""

from collections.abc import Iterator

import pytest

from tests.security.cheap import Running, running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("site")) as started:
        yield started
