"""Signed tokens in the place of a password: what is in one, and which of them are taken back.

A token is a JSON Web Token, signed with one key (HS256). Everything that it is checked with is in it, so that it outlives
a restart; what is remembered is only which *families* were taken back. A family is what comes of one sign-in: a refresh
token, and the access tokens that it was exchanged for. It ends with its refresh token, or when its user's password changes.

A ticket is a token for one sign-in at the engine, where a password has at most 63 bytes. A secret is what the desktop keeps in
the place of the password while somebody is signed in there: it is as short, so that it can stand wherever a password can.

Spec: ``rest.md`` §11; RFC 7519 (JWT), RFC 7515 (JWS); ``desktop.md`` §3.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from enum import Enum
from typing import Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from msgspec import Struct

from finesse_tx.directory.core.errors import BadCredentialsError
from finesse_tx.directory.core.records import Person

__all__ = [
    "MAX_REVOKED",
    "MAX_TOKEN",
    "Claims",
    "Issued",
    "Revocations",
    "Signer",
    "Use",
    "is_secret",
    "is_token",
    "sign_in_of",
    "stands_for_password",
]

MAX_TOKEN: Final = 1_024
"""A token of more characters is none of ours."""

MAX_REVOKED: Final = 10_000
"""How many families that were taken back are remembered one by one."""

_ALGORITHMS: Final = ["HS256"]
_TICKET: Final = "sso:"
_SECRET: Final = re.compile(r"desk:([0-9a-f]{8})([0-9a-f]{12})([0-9A-Za-z_-]{32})")


class Use(Enum):
    """What a token is good for."""

    ACCESS = "access"
    REFRESH = "refresh"
    DESKTOP = "desktop"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. Times are seconds since 1970.

    Attributes:
        login_id: Whose it is.
        use: What for.
        family: Of which sign-in.
        began_s: When that was.
        until_s: When it expires.
        stamp: Stands for the password that its user had; see `Signer.stamp`.
    """

    login_id: str
    use: Use
    family: str
    began_s: int
    until_s: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Issued:
    """What a sign-in or a refresh gives.

    Attributes:
        person: To whom.
        access: The access token.
        refresh: The refresh token.
        expires_in_s: When the access token expires.
        refresh_in_s: When the refresh token does.
    """

    person: Person
    access: str
    refresh: str
    expires_in_s: int
    refresh_in_s: int


class _Payload(Struct, frozen=True):
    """The claims as they stand in a token; the names are those of RFC 7519 and OpenID Connect, where these have one."""

    iss: str
    sub: str
    use: Use
    sid: str
    auth_time: int
    exp: int
    pwd: str


class Signer:
    """Makes and reads tokens.

    Args:
        key: Random, 32 bytes or more.
        issuer: Who we are; tokens of somebody else with the same key are refused.
    """

    def __init__(self, key: bytes, issuer: str) -> None:
        self._key, self._jwk, self._issuer = key, OctKey.import_key(key), issuer

    def token(self, claims: Claims) -> str:
        """Write a token."""
        payload = _Payload(
            self._issuer,
            claims.login_id,
            claims.use,
            claims.family,
            claims.began_s,
            claims.until_s,
            claims.stamp,
        )
        return jwt.encode(
            {"alg": _ALGORITHMS[0], "typ": "JWT"},
            msgspec.to_builtins(payload),
            self._jwk,
            algorithms=_ALGORITHMS,
        )

    def read(self, token: str) -> Claims:
        """Read a token; it may have expired.

        Raises:
            BadCredentialsError: It is not one of ours.
        """
        if not is_token(token):
            raise BadCredentialsError
        try:
            found = jwt.decode(token, self._jwk, algorithms=_ALGORITHMS)
            said = msgspec.convert(found.claims, _Payload)
        except (JoseError, ValueError, TypeError, msgspec.ValidationError):
            raise BadCredentialsError from None
        if said.iss != self._issuer:
            raise BadCredentialsError
        return Claims(said.sub, said.use, said.sid, said.auth_time, said.exp, said.pwd)

    def stamp(self, encoded: str) -> str:
        """What stands in a token for a stored password hash; of no use to whoever reads it."""
        return hmac.digest(self._key, b"stamp:" + encoded.encode(), "sha256").hex()[:16]

    def ticket(self, login_id: str, stamp: str, until_s: int) -> str:
        """A password for one sign-in: 55 characters."""
        return f"{_TICKET}{until_s:08x}{self._seal(login_id, stamp, until_s)}"

    def is_ticket(self, text: str, login_id: str, stamp: str, now_s: float) -> bool:
        """Whether that is somebody's ticket, and still good."""
        if not text.startswith(_TICKET) or not text.isascii():
            return False
        try:
            until_s = int(text[4:12], 16)
        except ValueError:
            return False
        sealed = self._seal(login_id, stamp, until_s)
        return hmac.compare_digest(text[12:], sealed) and now_s < until_s

    def secret(self, login_id: str, stamp: str, family: str, began_s: int) -> str:
        """A password for as long as somebody is signed in at a desktop: 57 characters.

        Args:
            login_id: Whose.
            stamp: Stands for the password.
            family: Names the sign-in; 12 hexadecimal digits.
            began_s: When it was.
        """
        said = f"desk:{began_s:08x}{family}"
        return said + self._desktop_seal(said, stamp, login_id)

    def read_secret(self, text: str, login_id: str, stamp: str, lasts_s: int) -> Claims:
        """Read somebody's secret; it may have expired.

        Args:
            text: The secret.
            login_id: Whose it is to be.
            stamp: Stands for the password that he has now.
            lasts_s: How long a secret lasts.

        Raises:
            BadCredentialsError: It is not his, or of another password.
        """
        found = _SECRET.fullmatch(text)
        if found is None or not hmac.compare_digest(
            found[3], self._desktop_seal(text[:25], stamp, login_id)
        ):
            raise BadCredentialsError
        began_s = int(found[1], 16)
        return Claims(login_id, Use.DESKTOP, found[2], began_s, began_s + lasts_s, stamp)

    def _desktop_seal(self, said: str, stamp: str, login_id: str) -> str:
        sealed = f"secret:{self._issuer}:{said}:{stamp}:{login_id}".encode()
        return urlsafe_b64encode(hmac.digest(self._key, sealed, "sha256")[:24]).decode()

    def _seal(self, login_id: str, stamp: str, until_s: int) -> str:
        said = f"ticket:{until_s}:{stamp}:{login_id}".encode()
        digest = hmac.digest(self._key, said, "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_token(text: str) -> bool:
    """Whether a text looks like a token of ours rather than like a password."""
    return text.startswith("eyJ") and text.count(".") == 2 and len(text) <= MAX_TOKEN


def is_secret(text: str) -> bool:
    """Whether a text looks like a secret of a desktop rather than like a password."""
    return _SECRET.fullmatch(text) is not None


def sign_in_of(text: str) -> str:
    """The family of a desktop's secret, which has been checked; empty for what is none."""
    found = _SECRET.fullmatch(text)
    return found[2] if found else ""


def stands_for_password(text: str) -> bool:
    """Whether a text looks like something that was given for a password, and ends some day, rather than like one."""
    return is_secret(text) or is_token(text) or text.startswith(_TICKET)


class _Kept(Struct, frozen=True):
    """How `Revocations` are kept on disk."""

    not_before_s: int = 0
    families: dict[str, tuple[int, int]] = {}


class Revocations:
    """Which families were taken back, until they would have ended by themselves.

    When there are too many, the oldest sign-in is forgotten, and with it every one that is as old: it is better that somebody
    signs in again than that somebody who was put out comes back.

    Args:
        kept: What `encoded` gave the last time; nothing for the first.
        capacity: How many are remembered one by one.

    Raises:
        ValueError: ``kept`` is not that.
    """

    def __init__(self, kept: bytes = b"", capacity: int = MAX_REVOKED) -> None:
        found = msgspec.json.decode(kept, type=_Kept) if kept else _Kept()
        self._not_before_s, self._families = found.not_before_s, dict(found.families)
        self._capacity = capacity

    def __len__(self) -> int:
        return len(self._families)

    def add(self, claims: Claims, until_s: int, now_s: float) -> None:
        """Take the family of a token back.

        Args:
            claims: Of a token.
            until_s: When its family ends at the latest.
            now_s: As of now.
        """
        self._families = {
            family: times for family, times in self._families.items() if times[1] > now_s
        }
        self._families[claims.family] = (claims.began_s, until_s)
        if len(self._families) > self._capacity:
            oldest = min(self._families, key=lambda family: self._families[family][0])
            self.end_before(self._families.pop(oldest)[0] + 1)

    def end_before(self, began_s: int) -> None:
        """Take back every family that began before then."""
        self._not_before_s = max(self._not_before_s, began_s)

    def holds(self, claims: Claims) -> bool:
        """Whether a token was taken back."""
        return claims.family in self._families or claims.began_s < self._not_before_s

    @property
    def encoded(self) -> bytes:
        """Everything, to be kept on disk."""
        return msgspec.json.encode(_Kept(self._not_before_s, self._families))
