"""The door for ids: Meta's number of a person becomes a keyed hash, and the number is sealed.

Only the hash is used inside. The sealed number is kept in one table, because sending needs it.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

_PREFIX = "m-"


class UnreadableAddress(Exception):
    """A sealed number that this key does not open: the privacy key was changed."""


class Door:
    """Hashes and seals with keys made of the privacy key."""

    def __init__(self, privacy_key: bytes) -> None:
        self._hash_key = _derived(privacy_key, b"person")
        self._once_key = _derived(privacy_key, b"once")
        self._fernet = Fernet(base64.urlsafe_b64encode(_derived(privacy_key, b"address")))

    def person(self, number: str) -> str:
        """The name a person has inside, also of their conversation."""
        return _PREFIX + _mac(self._hash_key, number)[:40]

    def once(self, mid: str) -> str:
        """What tells an event from every other, without Meta's own id."""
        return _mac(self._once_key, mid)

    def seal(self, number: str) -> str:
        return self._fernet.encrypt(number.encode()).decode()

    def unseal(self, address: str) -> str:
        """Raises UnreadableAddress."""
        try:
            return self._fernet.decrypt(address.encode()).decode()
        except InvalidToken as error:
            raise UnreadableAddress from error


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, b"weeweiser messenger " + purpose, hashlib.sha256)


def _mac(key: bytes, value: str) -> str:
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
