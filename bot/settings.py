"""Every setting of the application, in one typed table. Set them as WEEWEISER_<NAME>."""

import re
from pathlib import Path
from typing import Optional

from pydantic import BaseSettings, Field, validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parents[1]


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
    public_url: Optional[str] = Field(
        default=None,
        description="Address visitors reach the site at, without a path.",
    )
    search_database: Optional[str] = Field(
        default=None,
        description="PostgreSQL database that keeps the words of the search.",
    )
    log_level: str = Field(default="INFO", description="Least important level that is logged.")

    @validator("public_url")
    def _only_host(cls, value: Optional[str]) -> Optional[str]:
        if value is not None and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", value):
            raise ValueError("must be like https://weeweiser.example: no path, no slash at the end")
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

    class Config:
        env_prefix = "WEEWEISER_"
