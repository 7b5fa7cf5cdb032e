"""An OpenID provider on this machine, over HTTP and with keys of its own, that can misbehave."""

import hashlib
import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Optional
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "desk-of-the-tests", "s3cret-between-both"


@dataclass
class Misbehaviour:
    """What is wrong with the next answers; nothing at first."""

    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    unsigned: bool = False
    foreign_key: bool = False
    shared_secret: bool = False
    offered: tuple[str, ...] = ("RS256",)
    issuer: Optional[str] = None
    down: bool = False
    no_id_token: bool = False


class OpenIdProvider:
    """Signs in `person`, whose claims may be changed, without asking for anything."""

    def __init__(self) -> None:
        self.wrong = Misbehaviour()
        self.person: dict[str, Any] = {"sub": "u-1", "preferred_username": "Olga", "groups": []}
        self.key = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
        self._foreign = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
        #: By code: what the browser was sent with.
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider._get(self)

            def do_POST(self) -> None:
                provider._post(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def sign_in(self, address: str) -> str:
        """What a browser is sent back to after it was sent to `address`."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256" and asked["nonce"] and asked["state"]
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def _get(self, handler: BaseHTTPRequestHandler) -> None:
        path = urlsplit(handler.path).path
        if self.wrong.down:
            _send(handler, 503, {})
        elif path == "/.well-known/openid-configuration":
            _send(handler, 200, self._about())
        elif path == "/jwks":
            _send(handler, 200, {"keys": [self.key.as_dict(private=False)]})
        elif path == "/authorize":
            handler.send_response(302)
            handler.send_header("Location", self.sign_in(handler.path))
            handler.end_headers()
        else:
            _send(handler, 404, {})

    def _about(self) -> dict[str, Any]:
        return {
            "issuer": self.wrong.issuer or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/leave",
            "id_token_signing_alg_values_supported": list(self.wrong.offered),
        }

    def _post(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        form = {k: v[0] for k, v in parse_qs(body).items()}
        scheme, _, held = (handler.headers["Authorization"] or "").partition(" ")
        asked = self._codes.pop(form.get("code", ""), None)
        right = scheme == "Basic" and unquote(b64decode(held).decode()) == f"{CLIENT}:{SECRET}"
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(proof).decode().rstrip("=")
        if not asked or not right or asked["code_challenge"] != challenge:
            _send(handler, 400, {"error": "invalid_grant"})
            return
        token = {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer"}
        if not self.wrong.no_id_token:
            token["id_token"] = self._id_token(asked["nonce"])
        _send(handler, 200, token)

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        claims |= {**self.person, **self.wrong.claims}
        claims = {name: value for name, value in claims.items() if name not in self.wrong.without}
        if self.wrong.unsigned:
            parts = ({"alg": "none"}, claims)
            coded = [urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts]
            return ".".join([*coded, ""])
        if self.wrong.shared_secret:
            from joserfc.jwk import OctKey

            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 3))
        key = self._foreign if self.wrong.foreign_key else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def _send(handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
    written = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(written)))
    handler.end_headers()
    handler.wfile.write(written)
