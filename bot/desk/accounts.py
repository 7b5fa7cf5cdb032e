"""Who may enter the desk: passwords with argon2, and one-time codes for those who use them."""

import time
from typing import Optional

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.store import Role, Worker, Workers

#: Shortest password; long enough that no rule about its signs is needed.
SHORTEST = 12
_LONGEST = 200
_STEP_SECONDS = 30
_hasher = PasswordHasher()
#: Checked where there is no account, so that an unknown name takes as long as a known one.
_NOBODY = _hasher.hash("nobody has this password")


class BadPassword(Exception):
    """Too short, or too long to be hashed."""


class Accounts:
    """Adds accounts and lets people in."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def add(self, name: str, role: Role, password: str, *, codes: bool = False) -> Optional[str]:
        """A new account. `codes`: with one-time codes; gives the address an app reads (otpauth:).

        Raises BadPassword, or NameTaken of bot.store.
        """
        if not SHORTEST <= len(password) <= _LONGEST:
            raise BadPassword
        secret = pyotp.random_base32() if codes else None
        self._workers.add(name, role, _hasher.hash(password), secret)
        if secret is None:
            return None
        return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Weeweiser")

    def enter(self, name: str, password: str, code: str = "") -> Optional[Worker]:
        """Whose name, password and code these are; None when any of them is wrong."""
        worker = self._workers.named(name)
        right = _verified(worker.password_hash if worker else _NOBODY, password[:_LONGEST])
        if worker is None or not right or not self._code_fits(worker, code):
            return None
        if _hasher.check_needs_rehash(worker.password_hash):
            self._workers.rehash(worker.id, _hasher.hash(password))
        return worker

    def _code_fits(self, worker: Worker, code: str) -> bool:
        """Whether a one-time code is that of this half minute, or of its neighbours, and unused."""
        if worker.totp_secret is None:
            return True
        codes, now = pyotp.TOTP(worker.totp_secret), int(time.time())
        given = "".join(code.split())
        for step in (-1, 0, 1):
            at = now + step * _STEP_SECONDS
            if pyotp.utils.strings_equal(codes.at(at), given):
                return self._workers.use_code(worker.id, at // _STEP_SECONDS)
        return False


def _verified(held: str, password: str) -> bool:
    try:
        return _hasher.verify(held, password)
    except (VerificationError, InvalidHashError):
        return False
