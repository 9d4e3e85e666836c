"""A small identity server: OpenID Connect as a console meets it, over real HTTP, with one person who always agrees."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID, CLIENT_SECRET = "console", "a secret of the tests"


@dataclass
class Identity:
    """The server, and who signs in there next."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    away_seconds: int = 0  # how long ago they typed their password there; a question in between makes it now
    asked: list[dict[str, str]] = field(default_factory=list)  # what came to the page of authorisation
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def settings(self) -> dict[str, str]:
        """What the console is told about it."""
        return {
            "CONSOLE_OIDC_NAME": "Test identity",
            "CONSOLE_OIDC_ISSUER": self.url,
            "CONSOLE_OIDC_CLIENT_ID": CLIENT_ID,
            "CONSOLE_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        }

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def jwks(self) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}

    def redirect(self, asked: dict[str, str]) -> str:
        """Where the browser is sent with its code."""
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """None for a code that is unknown, was used, or comes from somebody else."""
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or (sent.get("client_id"), sent.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return None
        now = int(time.time())
        typed_at = now if "max_age" in asked or asked.get("prompt") == "login" else now - self.away_seconds
        facts = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "auth_time": typed_at}
        claims = {**facts, **self.claims}
        id_token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": "an access token", "token_type": "Bearer", "expires_in": 300, "id_token": id_token}


@contextmanager
def identity_server() -> Iterator[Identity]:
    """Runs in a thread of the test, on a port of its own."""
    identity = Identity()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            match parts.path:
                case "/.well-known/openid-configuration":
                    self.tell(identity.configuration())
                case "/jwks":
                    self.tell(identity.jwks())
                case "/userinfo" if self.headers["Authorization"] == "Bearer an access token":
                    self.tell(identity.claims)
                case "/authorize" if asked.get("client_id") == CLIENT_ID:
                    self.send_response(302)
                    self.send_header("Location", identity.redirect(asked))
                    self.end_headers()
                case _:
                    self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told = identity.token({name: values[0] for name, values in parse_qs(body).items()})
            self.tell(told or {"error": "invalid_grant"}, 200 if told else 400)

        def tell(self, content: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent: the test says what went wrong."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        identity.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield identity
        server.shutdown()
