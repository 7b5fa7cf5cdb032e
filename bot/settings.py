"""Every setting of the application, in one typed table. Set them as WEEWEISER_<NAME>."""

import re
from pathlib import Path
from typing import Any, Literal, Optional

from pydantic import BaseSettings, Field, SecretStr, validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.placeholders import is_placeholder

#: Characters of a key that is not guessed.
SHORTEST_KEY = 32
ROOT = Path(__file__).resolve().parents[1]
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")


class Settings(BaseSettings):
    """Read from the environment; docs/settings.md describes each (a test keeps it so)."""

    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the server listens on.")
    models: Path = Field(default=ROOT / "models", description="Folder of trained models.")
    database: str = Field(
        default=f"sqlite:///{ROOT / 'var' / 'weeweiser.db'}",
        description="Where conversations are kept: a SQLAlchemy address.",
    )
    deadline_seconds: float = Field(default=8.0, gt=0, description="Longest time for one answer.")
    assistants: int = Field(
        default=1, ge=1, le=64, description="Processes that understand messages: one a processor."
    )
    queue_per_conversation: int = Field(
        default=5, ge=1, description="Messages of one conversation that may wait for an answer."
    )
    session_pause_minutes: int = Field(
        default=60,
        ge=1,
        description="A longer pause begins a new session: only the language stays.",
    )
    keep_days: int = Field(
        default=30, ge=1, description="Days a conversation is kept after its last message."
    )
    keep_message_days: int = Field(
        default=90, ge=1, description="Days a message left for the office is kept."
    )
    keep_call_days: int = Field(
        default=30, ge=1, description="Days a call without consent is kept."
    )
    keep_consented_call_days: int = Field(
        default=365, ge=1, description="Days a call with consent is kept after it was closed."
    )
    keep_statistics_days: int = Field(
        default=1825, ge=31, description="Days the numbers of the reports are kept."
    )
    keep_audit_days: int = Field(
        default=365, ge=1, description="Days the record of what workers read and changed is kept."
    )
    directory_verify_days: int = Field(
        default=365,
        ge=1,
        description="Days after which an entry of the directory is to be verified again.",
    )
    close_call_days: int = Field(
        default=180, ge=1, description="Days after which an open call without a change is closed."
    )
    public_url: Optional[str] = Field(
        default=None,
        description="Address visitors reach the site at, without a path.",
    )
    search_database: Optional[str] = Field(
        default=None,
        description="PostgreSQL database that keeps the words of the search.",
    )
    allowed_origins: tuple[str, ...] = Field(
        default=(), description="Other sites whose pages may hold the chat widget."
    )
    allowed_frames: tuple[str, ...] = Field(
        default=(), description="Other sites that may show our pages in a frame."
    )
    exit_url: str = Field(
        default="https://www.meteolux.lu/",
        description="Where the button that leaves quickly leads to.",
    )
    client_requests_per_minute: int = Field(
        default=600, ge=0, description="Requests of one address in a minute; 0: no limit."
    )
    messages_per_minute: int = Field(
        default=60, ge=0, description="Messages of one conversation in a minute; 0: no limit."
    )
    security_contact: Optional[str] = Field(
        default=None,
        regex=r"^(mailto:[^\s@]+@[^\s@]+|https://[^\s]+)$",
        description="Where holes in security are to be reported.",
    )
    log_level: str = Field(default="INFO", description="Least important level that is logged.")
    desk_key: Optional[SecretStr] = Field(
        default=None, description="Random key of our own: seals the secrets of one-time codes."
    )
    oidc_issuer: Optional[str] = Field(
        default=None, description="Address of the OpenID provider workers sign in at."
    )
    oidc_client_id: Optional[str] = Field(
        default=None, description="What the provider knows the desk by."
    )
    oidc_client_secret: Optional[SecretStr] = Field(
        default=None, description="Secret of the desk at the provider."
    )
    oidc_roles: Optional[str] = Field(
        default=None, description="Which group has which role: group=role, group=role."
    )
    oidc_claim: str = Field(
        default="groups", min_length=1, description="Claim of the ID token that holds the groups."
    )
    review_folder: Path = Field(
        default=ROOT / "var" / "review",
        description="Folder of the sentences learnt from messages, and of the last comparison.",
    )
    keep_review_days: int = Field(
        default=30, ge=1, description="Days a message waits to be learnt from."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Lines of the log as text, or as JSON objects."
    )
    messenger_page_token: Optional[SecretStr] = Field(
        default=None, description="Access token of the Facebook page, to send with."
    )
    messenger_app_secret: Optional[SecretStr] = Field(
        default=None, description="Secret of the Meta app: signs what comes in and goes out."
    )
    messenger_verify_token: Optional[SecretStr] = Field(
        default=None, description="Word of our own that Meta repeats when the webhook is set up."
    )
    messenger_privacy_key: Optional[SecretStr] = Field(
        default=None, description="Random key of our own: hashes and seals the ids of people."
    )
    messenger_page_id: Optional[str] = Field(
        default=None, regex=r"^\d{1,32}$", description="Id of the Facebook page."
    )
    messenger_app_id: Optional[str] = Field(
        default=None, regex=r"^\d{1,32}$", description="Id of the Meta app."
    )
    messenger_handoff: Literal["desk", "inbox"] = Field(
        default="desk", description="Who takes over when a person is asked for."
    )
    messenger_quiet_minutes: int = Field(
        default=60, ge=1, description="Silence after somebody of the page wrote by hand."
    )
    messenger_graph_version: str = Field(
        default="v25.0", regex=r"^v\d{1,3}\.\d$", description="Version of Meta's Graph API."
    )
    messenger_graph_address: str = Field(
        default="https://graph.facebook.com",
        regex=r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?$",
        description="Address of Meta's Graph API, without a path.",
    )

    @validator("public_url")
    def _only_host(cls, value: Optional[str]) -> Optional[str]:
        if value is not None and not _ORIGIN.fullmatch(value):
            raise ValueError("must be like https://weeweiser.example: no path, no slash at the end")
        return value

    @validator("database", "search_database")
    def _no_placeholder(cls, value: Optional[str]) -> Optional[str]:
        try:
            password = make_url(value).password if value else None
        except (ArgumentError, ValueError):
            return value  # said elsewhere
        if password and is_placeholder(str(password)):
            raise ValueError("still holds a placeholder instead of a password")
        return value

    @validator("search_database")
    def _postgres(cls, value: Optional[str]) -> Optional[str]:
        if not value:
            return None
        try:
            fits = make_url(value).get_backend_name() == "postgresql"
        except (ArgumentError, ValueError):
            fits = False
        if not fits:
            raise ValueError("must be like postgresql://user@host/database")
        return value

    @validator("allowed_origins", "allowed_frames", each_item=True)
    def _exact_origin(cls, value: str) -> str:
        if not _ORIGIN.fullmatch(value) or value != value.lower():
            raise ValueError(f"'{value}' must be like https://www.example.lu: no path, no *")
        return value

    @validator("exit_url")
    def _web_address(cls, value: str) -> str:
        # It also stands in a policy header: no space, no semicolon, no comma.
        if not re.fullmatch(r"https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~/%-]*)?", value):
            raise ValueError("must be a plain https address, like https://www.example.lu/")
        return value

    @validator("desk_key")
    def _not_guessed(cls, value: Optional[SecretStr]) -> Optional[SecretStr]:
        plain = value.get_secret_value() if value else None
        if plain is not None and (len(plain) < SHORTEST_KEY or is_placeholder(plain)):
            raise ValueError(f"must be a random key of {SHORTEST_KEY} characters or more")
        return value

    @validator("messenger_page_token", "messenger_app_secret")
    def _not_blank(cls, value: Optional[SecretStr]) -> Optional[SecretStr]:
        if value is not None and not value.get_secret_value().strip():
            raise ValueError("must not be empty; leave it out to run without Messenger")
        return value

    class Config:
        env_prefix = "WEEWEISER_"

        @classmethod
        def parse_env_var(cls, field_name: str, raw_val: str) -> Any:
            """Lists are written with spaces or commas between their parts, not as JSON."""
            if field_name in ("allowed_origins", "allowed_frames"):
                return [part for part in re.split(r"[\s,]+", raw_val) if part]
            return raw_val
