"""Whoever answers has a name in every language."""

import pytest

from bot import roles
from tests.conftest import LANGUAGES


@pytest.mark.parametrize("role", sorted(roles._WORDS))
def test_every_role_has_words_in_every_language(role: str) -> None:
    assert all(roles.words(role, language) for language in LANGUAGES)


def test_no_role_has_no_words() -> None:
    assert roles.words(None, "fr") is None and roles.words("wizard", "fr") is None
