"""No secret is a placeholder, and none is shown."""

import pytest
from pydantic import SecretStr, ValidationError

from bot.channels.messenger import BadSettings, secrets_of
from bot.settings import Settings

#: Every setting that is a secret, and how one is given.
SECRETS = {
    "database": "postgresql://bot:{}@db/bot",
    "search_database": "postgresql://bot:{}@db/bot",
    "messenger_page_token": "{}",
    "messenger_app_secret": "{}",
    "messenger_verify_token": "{}",
    "messenger_privacy_key": "{}",
}
_GOOD = {
    "messenger_page_id": "100",
    "messenger_app_id": "1",
    "messenger_page_token": "a1b2c3d4e5f60718",
    "messenger_app_secret": "b1b2c3d4e5f60718",
    "messenger_verify_token": "c1b2c3d4e5f60718",
    "messenger_privacy_key": "d1b2c3d4e5f60718d1b2c3d4e5f60719",
}


def test_every_secret_is_listed() -> None:
    hidden = {name for name, f in Settings.__fields__.items() if f.type_ is SecretStr}
    assert hidden <= SECRETS.keys()
    addresses = {name for name in Settings.__fields__ if name.endswith("database")}
    assert SECRETS.keys() - hidden == addresses


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", ["changeme", "change-this", "your-password", "placeholder-0001"])
def test_placeholders_are_refused(name: str, value: str) -> None:
    given = {**_GOOD, name: SECRETS[name].format(value)}
    with pytest.raises((ValidationError, BadSettings), match="placeholder") as error:
        secrets_of(Settings(**given))
    assert value not in str(error.value).replace("placeholder", "") or value == "placeholder-0001"


def test_good_ones_are_taken_and_not_shown() -> None:
    settings = Settings(**_GOOD, database="postgresql://bot:k8-Tz_q1@db/bot")
    assert secrets_of(settings)
    assert "b1b2c3d4e5f60718" not in repr(settings)
