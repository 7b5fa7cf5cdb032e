"""No secret is a placeholder, and none is shown."""

import pytest
from pydantic import SecretStr, ValidationError

from bot import desk
from bot.channels import messenger
from bot.channels.messenger import secrets_of
from bot.settings import Settings

#: Every setting that is a secret, and how one is given.
SECRETS = {
    "database": "postgresql://bot:{}@db/bot",
    "search_database": "postgresql://bot:{}@db/bot",
    "messenger_page_token": "{}",
    "messenger_app_secret": "{}",
    "messenger_verify_token": "{}",
    "messenger_privacy_key": "{}",
    "desk_key": "{}",
    "oidc_client_secret": "{}",
}
#: What is said of settings that do not go together.
BAD = (messenger.BadSettings, desk.BadSettings)
_OIDC = {
    "oidc_issuer": "https://accounts.weeweiser.lu",
    "oidc_client_id": "weeweiser-desk",
    "oidc_roles": "workers=worker",
    "public_url": "https://weeweiser.lu",
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
    if name.startswith("oidc_"):
        given |= _OIDC
    with pytest.raises((ValidationError, *BAD), match="placeholder|random key") as error:
        settings = Settings(**{**given, name: SECRETS[name].format(value)})
        secrets_of(settings)
        desk.provider_of(settings)
    assert value not in str(error.value).replace("placeholder", "") or value == "placeholder-0001"


def test_good_ones_are_taken_and_not_shown() -> None:
    settings = Settings(**_GOOD, database="postgresql://bot:k8-Tz_q1@db/bot")
    assert secrets_of(settings)
    assert "b1b2c3d4e5f60718" not in repr(settings)
