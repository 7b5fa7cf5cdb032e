"""Whether Messenger is set up: all of it, or nothing."""

from dataclasses import dataclass
from typing import Optional

from pydantic import SecretStr

from bot.placeholders import is_placeholder
from bot.settings import Settings

_NEEDED = ("page_id", "app_id", "app_secret", "page_token", "verify_token", "privacy_key")
#: Shortest secret that is not guessed; the privacy key hashes ids that could be tried one by one.
_SHORTEST = {"app_secret": 16, "page_token": 16, "verify_token": 16, "privacy_key": 32}  # nosec B105


class BadSettings(ValueError):
    """Messenger is set up in part, or with words nobody replaced; says which settings."""


@dataclass(frozen=True)
class Secrets:
    """What the channel needs to know of the page and the app."""

    page_id: str
    app_id: str
    app_secret: bytes
    verify_token: str
    privacy_key: bytes


def secrets_of(settings: Settings) -> Optional[Secrets]:
    """None when no setting of Messenger's page is given. Raises BadSettings."""
    values = {name: getattr(settings, f"messenger_{name}") for name in _NEEDED}
    if all(value is None for value in values.values()):
        return None
    plain = {
        name: value.get_secret_value().strip() if isinstance(value, SecretStr) else value or ""
        for name, value in values.items()
    }
    problems = [f"WEEWEISER_MESSENGER_{n.upper()} {p}" for n in _NEEDED if (p := _wrong(n, plain))]
    if problems:
        advice = "Set them all, or none to run without Messenger."
        raise BadSettings("\n".join([*problems, advice]))
    return Secrets(
        page_id=plain["page_id"],
        app_id=plain["app_id"],
        app_secret=plain["app_secret"].encode(),
        verify_token=plain["verify_token"],
        privacy_key=plain["privacy_key"].encode(),
    )


def _wrong(name: str, plain: dict[str, str]) -> Optional[str]:
    value = plain[name]
    if not value:
        return "is missing or empty"
    if name not in _SHORTEST:
        return None
    if is_placeholder(value):
        return "still holds a placeholder"
    if len(value) < _SHORTEST[name]:
        return f"is shorter than {_SHORTEST[name]} characters"
    if list(plain.values()).count(value) > 1:
        return "is the same as another setting"
    return None
