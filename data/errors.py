"""The few kinds of failure that a person can act on, each with a stable code.

Every layer raises these and nothing else for expected failures; the API turns
them into problem documents (RFC 9457) and the command line into exit statuses.
`code` never changes once published (docs/api/errors.md lists them); `detail`
is written for the person who has to act on it and may change.
"""

from __future__ import annotations

from typing import Any


class DimingError(Exception):
    """Base of all expected failures.

    `code` is the stable identifier, `title` its short wording, `detail` what
    happened, what was not changed and what to do, `extra` further members of
    the problem document (JSON values only, never personal data).
    """

    status = 500
    code = "internal_error"
    title = "Internal error"

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code
        self.extra = extra

    def problem(self) -> dict[str, Any]:
        """The problem document as a JSON object."""
        return {
            "type": f"urn:diming:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.extra,
        }


class BadRequest(DimingError):
    """The question itself is malformed: a date, a code, a range, a cursor."""

    status, code, title = 400, "bad_request", "The request cannot be understood"


class BadInput(DimingError):
    """A file or document handed in is not what it should be; nothing was stored."""

    status, code, title = 422, "bad_input", "The input cannot be accepted"


class NotFound(DimingError):
    """There is no such thing, or there was none at the date asked for."""

    status, code, title = 404, "not_found", "Not found"


class Conflict(DimingError):
    """The change contradicts what the register holds; nothing was changed."""

    status, code, title = 409, "conflict", "The register says otherwise"


class NotPermitted(DimingError):
    """The caller may not see or do this (map law, role, jurisdiction)."""

    status, code, title = 403, "not_permitted", "Not permitted"


class NotSignedIn(NotPermitted):
    """Nobody known asks, or what was shown as proof (password, code, token) is not valid."""

    status, code, title = 401, "sign_in_needed", "Sign in first"


class TooManyAttempts(NotPermitted):
    """Too many failed attempts; `retry_after_s` says for how many seconds further ones are not looked at."""

    status, code, title = 429, "too_many_attempts", "Too many attempts"


class QuotaUsed(DimingError):
    """As much was asked as the plan allows; `retry_after_s` says in how many seconds more may be asked."""

    status, code, title = 429, "quota_used", "The quota is used up"


class Unavailable(DimingError):
    """The database or a service is not reachable or not suitable."""

    status, code, title = 503, "unavailable", "Service not reachable"


class IntegrityError(DimingError):
    """Stored data contradict themselves (audit chain, counts): stop and look."""

    status, code, title = 500, "integrity_broken", "Stored data are not consistent"
