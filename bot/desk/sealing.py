"""Secrets of the desk, encrypted before they reach the database."""

import base64
import hashlib
from typing import Optional

from cryptography.fernet import Fernet, InvalidToken


class NoKey(Exception):
    """There is no key to seal with: WEEWEISER_DESK_KEY is not set."""


class Seal:
    """Seals and opens texts with one key; without a key it does neither."""

    def __init__(self, key: Optional[str]) -> None:
        self._fernet: Optional[Fernet] = None
        if key:
            digest = hashlib.sha256(f"desk {key}".encode()).digest()
            self._fernet = Fernet(base64.urlsafe_b64encode(digest))

    @property
    def usable(self) -> bool:
        return self._fernet is not None

    def close(self, text: str) -> str:
        """The text, sealed. Raises NoKey."""
        if self._fernet is None:
            raise NoKey
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> Optional[str]:
        """What was sealed; None without the key it was sealed with."""
        if self._fernet is None:
            return None
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None
