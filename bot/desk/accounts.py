"""Who may enter the desk: passwords with argon2, and one-time codes for those who use them."""

import logging
import time
from typing import Optional

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.desk.sealing import Seal
from bot.store import Role, Worker, Workers

#: Shortest password; long enough that no rule about its signs is needed.
SHORTEST = 12
_LONGEST = 200
_STEP_SECONDS = 30
_hasher = PasswordHasher()
#: Checked where there is no account, so that an unknown name takes as long as a known one.
_NOBODY = _hasher.hash("nobody has this password")
_log = logging.getLogger(__name__)


class BadPassword(Exception):
    """Too short, or too long to be hashed."""


class Accounts:
    """Adds accounts and lets people in. `seal` keeps the secrets of one-time codes."""

    def __init__(self, workers: Workers, seal: Optional[Seal] = None) -> None:
        self._workers = workers
        self._seal = seal or Seal(None)

    def add(self, name: str, role: Role, password: str, *, codes: bool = False) -> Optional[str]:
        """A new account. `codes`: with one-time codes; gives the address an app reads (otpauth:).

        Raises BadPassword, NoKey, or NameTaken of bot.store.
        """
        hashed = _hashed(password)
        if not codes:
            self._workers.add(name, role, hashed)
            return None
        secret = pyotp.random_base32()
        self._workers.add(name, role, hashed, totp_sealed=self._seal.close(secret))
        return _address(name, secret)

    def set_password(self, worker: int, password: str) -> None:
        """A new password; every session of the account ends. Raises BadPassword."""
        self._workers.set_password(worker, _hashed(password))

    def reset_codes(self, worker: Worker, *, off: bool = False) -> Optional[str]:
        """A new secret of one-time codes, as the address an app reads; or none. Raises NoKey.

        Every session of the account ends.
        """
        secret = None if off else pyotp.random_base32()
        self._workers.set_secret(worker.id, self._seal.close(secret) if secret else None)
        self._workers.close_all(worker.id)
        return _address(worker.name, secret) if secret else None

    def enter(self, name: str, password: str, code: str = "") -> Optional[Worker]:
        """Whose name, password and code these are; None when any is wrong, or the account is off.

        An account of the OpenID provider has no password, hence does not enter here.
        """
        worker = self._workers.named(name)
        if worker and (worker.disabled_at or worker.subject):
            worker = None
        right = _verified(worker.password_hash if worker else _NOBODY, password[:_LONGEST])
        if worker is None or not right or not self._code_fits(worker, code):
            return None
        if _hasher.check_needs_rehash(worker.password_hash):
            self._workers.rehash(worker.id, _hasher.hash(password))
        return worker

    def _code_fits(self, worker: Worker, code: str) -> bool:
        """Whether a one-time code is that of this half minute, or of its neighbours, and unused."""
        if worker.totp_secret is None and worker.totp_sealed is None:
            return True
        secret = worker.totp_secret or self._seal.open(worker.totp_sealed or "")
        if secret is None:
            # Letting in without the code would make the key worth stealing.
            _log.error("code_not_checked worker=%d: WEEWEISER_DESK_KEY is another one", worker.id)
            return False
        codes, now = pyotp.TOTP(secret), int(time.time())
        given = "".join(code.split())
        for step in (-1, 0, 1):
            at = now + step * _STEP_SECONDS
            if pyotp.utils.strings_equal(codes.at(at), given):
                fits = self._workers.use_code(worker.id, at // _STEP_SECONDS)
                if fits and worker.totp_secret and self._seal.usable:
                    self._workers.set_secret(worker.id, self._seal.close(secret))
                return fits
        return False


def _hashed(password: str) -> str:
    if not SHORTEST <= len(password) <= _LONGEST:
        raise BadPassword
    return _hasher.hash(password)


def _address(name: str, secret: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Weeweiser")


def _verified(held: str, password: str) -> bool:
    try:
        return _hasher.verify(held, password)
    except (VerificationError, InvalidHashError):
        return False
