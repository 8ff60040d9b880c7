"""What a REST client may read about a refusal.

Spec: ``rest.md`` §1.6 (the envelope and the catalogue), ``notifications.md`` §5.2 (the asynchronous form).
"""

from __future__ import annotations

from math import ceil

from msgspec import Struct

from finesse_tx.errors import FinesseError

__all__ = [
    "ApiError",
    "ApiErrorBody",
    "ApiErrors",
    "TooManyError",
    "authorization_failure",
    "locked_out",
    "out_of_service",
    "wrong_user",
]


class ApiErrorBody(Struct, frozen=True, rename="pascal"):
    """One refusal; about media other than voice, with the domain."""

    error_type: str
    error_data: str
    error_message: str
    error_media: str | None = None


class ApiErrors(Struct, frozen=True, rename="pascal"):
    """The envelope of a refusal: always one in it."""

    api_error: ApiErrorBody


class ApiError(FinesseError):
    """A request is refused; rendered as ``<ApiErrors>``.

    Attributes:
        status: The HTTP status.
        error_type: ErrorType, from the catalogue.
        error_message: ErrorMessage; often a constant that scripts match on.
        error_data: ErrorData: the value or the name at fault; may be empty.
        error_media: ErrorMedia: the domain, of an error about media other than voice; None of any other.
        retry_after_s: When it is worth asking again, in whole seconds; None where that is not known.
    """

    error_media: str | None = None
    retry_after_s: int | None = None

    def __init__(
        self, status: int, error_type: str, error_message: str, error_data: str = ""
    ) -> None:
        super().__init__(status, error_type, error_message, error_data)
        self.status, self.error_type = status, error_type
        self.error_message, self.error_data = error_message, error_data

    def envelope(self) -> ApiErrors:
        """What the client reads."""
        return ApiErrors(
            ApiErrorBody(self.error_type, self.error_data, self.error_message, self.error_media)
        )

    def __str__(self) -> str:
        return f"{self.status} {self.error_type}: {self.error_message} {self.error_data}".rstrip()


class TooManyError(ApiError):
    """A client sends more requests than it may."""

    retry_after_s: int

    def __init__(self, client: str, wait_s: float) -> None:
        super().__init__(429, "Too Many Requests", "RATE_LIMIT_EXCEEDED", client)
        self.retry_after_s = ceil(wait_s)


def authorization_failure(username: str) -> ApiError:
    """No credentials, wrong ones, or a role that may not do this."""
    return ApiError(401, "Authorization Failure", "UNAUTHORIZED", username)


def locked_out(username: str, wait_s: float) -> ApiError:
    """The same as of wrong ones, whatever the password; and when the next one is looked at.

    It confirms nothing that was guessed: names that nobody has are locked out in the same way.
    """
    error = authorization_failure(username)
    error.retry_after_s = max(1, ceil(wait_s))
    return error


def wrong_user(target: str) -> ApiError:
    """Someone acts on somebody else."""
    return ApiError(
        401,
        "Invalid Authorization User Specified",
        "The user specified in the authentication credentials and the uri don't match",
        target,
    )


def out_of_service() -> ApiError:
    """The link to the engine is down."""
    return ApiError(503, "Service Unavailable", "SERVER_OUT_OF_SERVICE")
