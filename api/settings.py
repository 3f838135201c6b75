"""What an installation can set, read from the environment (prefix `DIMING_`) and from nowhere else.

Settings of the register itself (the map-approval number) are rows of the
database with an audit trail, not environment (`./diming settings`); settings
of the pages are in `api/web/settings.py`.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """One process's settings. A value that cannot be used stops the start with its name and reason."""

    model_config = SettingsConfigDict(env_prefix="DIMING_", extra="ignore", frozen=True)

    database_url: Annotated[str, Field(description="PostgreSQL address of the register (the writer).")]
    database_read_urls: Annotated[
        list[str],
        NoDecode,
        Field(description="Replicas that answer the public in turn, separated by commas; empty: the writer answers."),
    ] = []
    read_behind_s: Annotated[
        float, Field(ge=0.1, le=60, description="Seconds that a replica may lack of the writer and still be asked.")
    ] = 2.0
    bind: Annotated[str, Field(description="Address the server listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port the server listens on.")] = 8000
    demonstration: Annotated[
        bool, Field(description="Visitors on this very machine are signed in as staff. Loopback only.")
    ] = False
    pages: Annotated[bool, Field(description="Serve the pages too; false: the API only.")] = True
    pool_size: Annotated[int, Field(ge=1, le=64, description="Database connections of one process.")] = 8
    pool_wait_s: Annotated[
        float, Field(gt=0, le=60, description="How long a question waits for a connection before 503.")
    ] = 5.0
    most_at_once: Annotated[
        int, Field(ge=1, le=100_000, description="Requests that one process works on at once; beyond that 503.")
    ] = 64
    answers_mb: Annotated[
        int, Field(ge=0, le=1024, description="Megabytes of answers that one process remembers; 0: none.")
    ] = 32
    most_waiting: Annotated[
        int, Field(ge=0, le=100_000, description="Clients that may wait for changes at one process.")
    ] = 1000
    max_body_bytes: Annotated[
        int, Field(ge=1024, description="Largest request body; 10,000 codes of 12 digits are 150 kB.")
    ] = 1_048_576
    max_query_bytes: Annotated[int, Field(ge=1024, description="Longest query string, percent-encoded.")] = 16_384
    quotas_file: Annotated[
        str, Field(max_length=1000, description="File of the installation's own plans; empty: the program's.")
    ] = ""
    metrics_public: Annotated[
        bool, Field(description="Serve /metrics to other machines too, for a scraper elsewhere.")
    ] = False
    hsts: Annotated[bool, Field(description="Send Strict-Transport-Security (behind TLS only).")] = False
    basemap_url: Annotated[
        str,
        Field(
            max_length=2000,
            pattern=r"^$|^https?://",
            description="Base map tiles: XYZ or WMTS address with {z} {x} {y}, key included; empty: none.",
        ),
    ] = ""
    basemap_attribution: Annotated[str, Field(max_length=200, description="Source line of the base map.")] = ""
    oidc_issuer: Annotated[
        str, Field(max_length=500, pattern=r"^$|^https?://[^\s]+$", description="OpenID provider; empty: none.")
    ] = ""
    oidc_client_id: Annotated[str, Field(max_length=255, description="As whom the provider knows Diming.")] = ""
    oidc_client_secret: Annotated[
        str, Field(max_length=500, repr=False, description="Empty: a public client, by PKCE alone.")
    ] = ""
    public_url: Annotated[
        str,
        Field(
            max_length=200,
            pattern=r"^$|^https?://[^\s/?#]+$",
            description="Address that people use, for links in mail.",
        ),
    ] = ""
    smtp_host: Annotated[str, Field(max_length=255, description="Mail server; empty: no mail is sent.")] = ""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_security: Annotated[
        Literal["starttls", "tls", "none"], Field(description="none: to a server on this very machine only.")
    ] = "starttls"
    smtp_user: Annotated[str, Field(max_length=255, description="Empty: the server asks for nothing.")] = ""
    smtp_password: Annotated[str, Field(max_length=500, repr=False)] = ""
    smtp_password_file: Annotated[
        str, Field(max_length=1000, description="A file that holds the password alone, in place of the setting above.")
    ] = ""
    smtp_sender: Annotated[
        str, Field(max_length=254, pattern=r"^$|^[^@\s<>]+@[^@\s<>]+$", description="Address that mail comes from.")
    ] = ""
    naming_folder: Annotated[
        str, Field(max_length=1000, description="Folder of the office's own naming rules and word lists; empty: none.")
    ] = ""
    webhook_networks: Annotated[
        list[str],
        Field(
            description="Networks that are not public and where webhooks may go all the same, as a JSON list: "
            '["127.0.0.0/8"]. Plain http may go there too.'
        ),
    ] = []
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"

    @field_validator("database_read_urls", mode="before")
    @classmethod
    def _parts(cls, said: object) -> object:
        return [part.strip() for part in said.split(",") if part.strip()] if isinstance(said, str) else said

    @field_validator("webhook_networks")
    @classmethod
    def _are_networks(cls, networks: list[str]) -> list[str]:
        for network in networks:
            ip_network(network)
        return networks

    @model_validator(mode="after")
    def _demonstration_stays_here(self) -> Settings:
        if self.demonstration and self.bind not in LOOPBACK_BINDS:
            raise ValueError(
                "DIMING_DEMONSTRATION signs every visitor in as staff and works on loopback only; "
                f"DIMING_BIND is {self.bind}. Bind to 127.0.0.1 or switch the demonstration off."
            )
        return self

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Settings:
        """An issuer needs a client; without TLS anybody between could be the provider."""
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("DIMING_OIDC_ISSUER is set and DIMING_OIDC_CLIENT_ID is not.")
        parts = urlsplit(self.oidc_issuer)
        if parts.scheme == "http" and parts.hostname not in LOOPBACK_BINDS:
            raise ValueError("DIMING_OIDC_ISSUER must be an https address.")
        return self

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Settings:
        """Mail needs a sender and the address for its links; passwords and links travel encrypted or stay here."""
        if not self.smtp_host:
            return self
        missing = [name for name in ("smtp_sender", "public_url") if not getattr(self, name)]
        if missing:
            raise ValueError(f"DIMING_SMTP_HOST is set and DIMING_{missing[0].upper()} is not.")
        if self.smtp_security == "none" and self.smtp_host not in LOOPBACK_BINDS:
            raise ValueError("DIMING_SMTP_SECURITY=none sends passwords and links in the clear; use starttls or tls.")
        if self.smtp_password and self.smtp_password_file:
            raise ValueError("Set DIMING_SMTP_PASSWORD or DIMING_SMTP_PASSWORD_FILE, not both.")
        return self

    @property
    def sends_mail(self) -> bool:
        """Whether a mail server is configured."""
        return bool(self.smtp_host)

    @property
    def basemap_origin(self) -> str | None:
        """Scheme and host of the base map, for the Content-Security-Policy; None where there is none."""
        if not self.basemap_url:
            return None
        parts = urlsplit(self.basemap_url)
        return f"{parts.scheme}://{parts.netloc}"


#: Addresses that only this machine can reach (RFC 6890: 127.0.0.0/8 and ::1).
LOOPBACK_BINDS = frozenset({"127.0.0.1", "::1", "localhost"})


@lru_cache(maxsize=1)
def settings_from_environment() -> Settings:
    """The settings of this process."""
    return Settings()
