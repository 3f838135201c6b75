"""Signing in through an OpenID provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0).

The provider says who somebody is; what he may do stands in our own accounts,
linked by issuer and subject (`./diming user link`). An unknown person is
nobody: no account is made by signing in.
"""

from __future__ import annotations

import json
import secrets
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.deprecate import AuthlibDeprecationWarning  # type: ignore[import-untyped]
from authlib.integrations.base_client.errors import OAuthError  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.settings import Settings
from data.errors import NotFound, NotSignedIn, Unavailable

with warnings.catch_warnings():
    # It says that authlib will go on with another HTTP library: nothing that whoever starts this program can act on.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]

#: Signatures by the provider's private key. None and shared secrets (HS256) are not among them.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
#: Clocks differ a little; seconds.
LEEWAY_S = 60
TIMEOUT_S = 10.0
SCOPE = "openid"


@dataclass(frozen=True, slots=True)
class Flow:
    """One sign-in under way, kept sealed in the browser until the provider sends it back."""

    state: str
    nonce: str
    verifier: str
    onward: str

    def as_bytes(self) -> bytes:
        """For sealing."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Flow:
        """What `as_bytes` made."""
        return cls(**json.loads(data))


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider names."""

    issuer: str
    subject: str


class Provider:
    """The provider of this installation. Raises `NotFound` (`oidc_not_configured`) where none is set."""

    def __init__(self, settings: Settings, redirect_uri: str) -> None:
        if not settings.oidc_issuer:
            raise NotFound("No OpenID provider is set up here.", code="oidc_not_configured")
        self.issuer = settings.oidc_issuer
        self.client_id = settings.oidc_client_id
        self.client_secret = settings.oidc_client_secret
        self.redirect_uri = redirect_uri

    def begin(self, onward: str) -> tuple[str, Flow]:
        """The provider's address to send the browser to, and the flow to keep meanwhile."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        flow = Flow(state, nonce, verifier, onward)
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._metadata(client)["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
            )
        return str(address), flow

    def finish(self, flow: Flow, callback: str, now: datetime) -> Person:
        """Who came back with the address `callback`.

        Raises `NotSignedIn` (`oidc_failed`) where anything is not as it was begun, `Unavailable` (`oidc_unreachable`).
        """
        self._check_callback(flow, callback)
        with self._client() as client:
            metadata = self._metadata(client)
            try:
                token = client.fetch_token(
                    metadata["token_endpoint"],
                    authorization_response=callback,
                    state=flow.state,
                    code_verifier=flow.verifier,
                )
                keys = KeySet.import_key_set(_json(client, metadata["jwks_uri"]))
                claims = jwt.decode(token["id_token"], keys, algorithms=list(ALGORITHMS)).claims
                self._check_claims(claims, flow, now)
            except httpx.HTTPError as error:
                raise _unreachable(self.issuer) from error
            except (OAuthError, JoseError, KeyError, TypeError, ValueError) as error:
                raise _failed(type(error).__name__) from error
        return Person(self.issuer, str(claims["sub"]))

    def _check_callback(self, flow: Flow, callback: str) -> None:
        """State against cross-site requests; `iss`, where it is sent, against mixed-up providers (RFC 9207)."""
        sent = {name: values[-1] for name, values in parse_qs(urlsplit(callback).query).items()}
        if not secrets.compare_digest(sent.get("state", "").encode(), flow.state.encode()):
            raise _failed("state")
        if sent.get("iss", self.issuer) != self.issuer:
            raise _failed("issuer")

    def _check_claims(self, claims: Mapping[str, Any], flow: Flow, now: datetime) -> None:
        """OpenID Connect Core 1.0 section 3.1.3.7."""
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": flow.nonce},
        )
        registry.validate(dict(claims))
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != self.client_id:
            raise ValueError("azp")

    def _client(self) -> Any:
        return OAuth2Client(
            client_id=self.client_id,
            client_secret=self.client_secret or None,
            token_endpoint_auth_method="client_secret_basic" if self.client_secret else "none",
            scope=SCOPE,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
        )

    def _metadata(self, client: Any) -> dict[str, Any]:
        """What the provider publishes (OpenID Connect Discovery 1.0 section 4)."""
        try:
            found: dict[str, Any] = _json(client, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        except (httpx.HTTPError, ValueError) as error:
            raise _unreachable(self.issuer) from error
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != self.issuer or not all(isinstance(found.get(name), str) for name in wanted):
            raise Unavailable(
                f"What {self.issuer} publishes about itself is not that of this issuer. Check DIMING_OIDC_ISSUER, "
                "to the last character.",
                code="oidc_unreachable",
            )
        return found


def _json(client: Any, address: str) -> Any:
    answer = client.request("GET", address, withhold_token=True)
    answer.raise_for_status()
    return answer.json()


def _failed(why: str) -> NotSignedIn:
    return NotSignedIn(
        f"The provider's answer does not belong to the sign-in that was begun here ({why}). Begin again.",
        code="oidc_failed",
    )


def _unreachable(issuer: str) -> Unavailable:
    return Unavailable(
        f"The OpenID provider {issuer} did not answer. Try again, or sign in with a password.", code="oidc_unreachable"
    )
