"""A small OpenID provider on loopback for tests: real keys, real codes, and faults on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

CLIENT, SECRET = "diming", "the client's secret"


@dataclass
class Behaviour:
    """Whom it names, and what it does wrong."""

    subject: str = "person-1"
    claims: dict[str, Any] = field(default_factory=dict)
    forget: str | None = None
    algorithm: str = "RS256"
    foreign_key: bool = False
    state: str | None = None
    issuer: str | None = None


def make_provider(behaviour: Behaviour, now: Any) -> FastAPI:
    """The provider; `now()` is its clock, in seconds."""
    app = FastAPI()
    key, foreign = RSAKey.generate_key(2048, {"kid": "k1"}), RSAKey.generate_key(2048, {"kid": "k1"})
    codes: dict[str, dict[str, str]] = {}

    def base(request: Request) -> str:
        return str(request.base_url).rstrip("/")

    @app.get("/.well-known/openid-configuration")
    def configuration(request: Request) -> dict[str, Any]:
        own = base(request)
        return {
            "issuer": behaviour.issuer or own,
            "authorization_endpoint": f"{own}/authorize",
            "token_endpoint": f"{own}/token",
            "jwks_uri": f"{own}/keys",
        }

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return dict(KeySet([key]).as_dict(private=False))

    @app.get("/authorize")
    def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        codes[code] = asked
        back = {"code": code, "state": behaviour.state or asked["state"]}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 303)

    @app.post("/token")
    def token(
        request: Request, code: str = Form(), code_verifier: str = Form(), redirect_uri: str = Form()
    ) -> Response:
        given = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode()
        asked = codes.pop(code, None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
        known = given.replace("%20", " ").replace("%27", "'") in (f"{CLIENT}:{SECRET}",)
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != redirect_uri or not known:
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {
            "iss": base(request),
            "sub": behaviour.subject,
            "aud": CLIENT,
            "iat": int(now()),
            "exp": int(now()) + 300,
            "nonce": asked["nonce"],
            **behaviour.claims,
        }
        claims.pop(behaviour.forget or "", None)
        signing: Any = foreign if behaviour.foreign_key else key
        if behaviour.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            text = ".".join(base64.urlsafe_b64encode(_json(part)).rstrip(b"=").decode() for part in parts) + "."
        else:
            text = jwt.encode({"alg": behaviour.algorithm, "kid": "k1"}, claims, signing)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": text})

    return app


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
