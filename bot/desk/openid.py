"""The OpenID provider the workers sign in at, and which of its groups have which role.

Authlib does the protocol: discovery, PKCE, state, nonce, and the checks of the ID token.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Optional, get_args
from urllib.parse import urlsplit

from authlib.integrations.base_client import FrameworkIntegration, OAuthError
from authlib.integrations.starlette_client import StarletteOAuth2App
from joserfc.errors import JoseError

from bot.placeholders import is_placeholder
from bot.settings import Settings
from bot.store import Role

#: Where the provider sends the browser back to.
BACK = "/desk/oidc/back"
_NEEDED = ("issuer", "client_id", "client_secret", "roles")
#: Signatures made with a key only the provider has; never "none", never a shared secret.
_SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_LEEWAY_SECONDS = 60
_TIMEOUT_SECONDS = 5
_LONGEST_NAME = 80
_HERE = ("localhost", "127.0.0.1", "::1")


class BadSettings(ValueError):
    """The provider is set up in part, or with words nobody replaced; says which settings."""


class Refused(Exception):
    """The provider's answer does not hold."""


class Unreachable(Exception):
    """The provider does not answer, or not as OpenID providers do."""


@dataclass(frozen=True)
class Person:
    """Whom the provider has signed in. `role`: None when no group of theirs has one here."""

    subject: str
    name: str
    role: Optional[Role]


@dataclass(frozen=True)
class Start:
    """A sign-in that begins: where to send the browser, and what its answer is checked with."""

    address: str
    state: str
    kept: dict[str, str]


class Provider:
    """One OpenID provider."""

    def __init__(
        self, issuer: str, client: str, secret: str, site: str, claim: str, roles: dict[str, Role]
    ) -> None:
        self._issuer = issuer
        self._client = client
        self._site = site
        self._claim = claim
        self._roles = roles
        self._app = StarletteOAuth2App(
            FrameworkIntegration("desk"),
            "desk",
            client_id=client,
            client_secret=secret,
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": _TIMEOUT_SECONDS,
            },
        )

    async def start(self) -> Start:
        """Begins a sign-in. Raises Unreachable."""
        await self._metadata()
        made = await self._app.create_authorization_url(self._site + BACK)
        kept = {"nonce": made["nonce"], "verifier": made["code_verifier"]}
        return Start(made["url"], made["state"], kept)

    async def finish(self, code: str, kept: dict[str, str]) -> Person:
        """Who signed in. Raises Refused or Unreachable."""
        await self._metadata()
        try:
            token = await self._app.fetch_access_token(
                redirect_uri=self._site + BACK, code=code, code_verifier=kept["verifier"]
            )
            claims = await self._app.parse_id_token(
                token,
                nonce=kept["nonce"],
                claims_options={
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._client},
                    "nonce": {"essential": True},
                },
                leeway=_LEEWAY_SECONDS,
            )
        except (OAuthError, JoseError, ValueError) as error:
            raise Refused(type(error).__name__) from error
        except Exception as error:  # whatever its library for HTTP says of a bad connection
            raise Unreachable(type(error).__name__) from error
        if not claims:
            raise Refused("no ID token")
        return self._person(claims)

    async def leaving(self) -> Optional[str]:
        """The address that ends the session at the provider; None when it has none."""
        try:
            await self._metadata()
            made = await self._app.create_logout_url(
                self._site + "/desk/login", client_id=self._client
            )
        except (Unreachable, RuntimeError):
            return None
        return str(made["url"])

    async def _metadata(self) -> None:
        try:
            about = await self._app.load_server_metadata()
        except Exception as error:  # of the connection, or no JSON
            raise Unreachable(type(error).__name__) from error
        if about.get("issuer") != self._issuer:
            about.clear()
            raise Unreachable("another issuer")
        offered = about.get("id_token_signing_alg_values_supported") or ["RS256"]
        about["id_token_signing_alg_values_supported"] = [a for a in offered if a in _SIGNED]

    def _person(self, claims: dict[str, Any]) -> Person:
        subject = hashlib.sha256(f"{self._issuer} {claims['sub']}".encode()).hexdigest()
        name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
        held = claims.get(self._claim)
        groups = [held] if isinstance(held, str) else held if isinstance(held, list) else []
        found = [self._roles[g] for g in groups if isinstance(g, str) and g in self._roles]
        best = max(found, key=get_args(Role).index, default=None)
        return Person(subject, name.strip()[:_LONGEST_NAME], best)


def provider_of(settings: Settings) -> Optional[Provider]:
    """None when no setting of the provider is given. Raises BadSettings."""
    secret = settings.oidc_client_secret
    plain = {name: getattr(settings, f"oidc_{name}") or "" for name in _NEEDED}
    plain["client_secret"] = secret.get_secret_value() if secret else ""
    if not any(plain.values()):
        return None
    problems = [f"WEEWEISER_OIDC_{n.upper()} {w}" for n in _NEEDED if (w := _wrong(n, plain[n]))]
    if not settings.public_url:
        problems.append("WEEWEISER_PUBLIC_URL is missing: the provider sends people back there")
    if problems:
        advice = "Set them all, or none to sign in with passwords only."
        raise BadSettings("\n".join([*problems, advice]))
    return Provider(
        plain["issuer"],
        plain["client_id"],
        plain["client_secret"],
        settings.public_url or "",
        settings.oidc_claim,
        _roles(plain["roles"]),
    )


def _wrong(name: str, value: str) -> Optional[str]:
    if not value.strip():
        return "is missing or empty"
    if name == "roles":
        known = set(get_args(Role))
        roles = _roles(value)
        if not roles or not set(roles.values()) <= known:
            return "must be like: group=worker, other group=manager"
        return None
    if is_placeholder(value):
        return "still holds a placeholder"
    if name == "issuer":
        parts = urlsplit(value)
        # What is said between here and this machine, nobody else hears.
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            return "must begin with https://"
    return None


def _roles(value: str) -> dict[str, Any]:
    pairs = [part.rpartition("=") for part in re.split(r"[,\n]", value) if part.strip()]
    return {group.strip(): role.strip() for group, _, role in pairs if group.strip()}
