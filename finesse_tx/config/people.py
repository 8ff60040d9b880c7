"""Who people are, how they sign in, and what others may ask about them.

``[security]``, ``[sso]``, ``[directory]``, ``[axl]``, ``[accounts]``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from finesse_tx.config.values import Count, Seconds

__all__ = ["AXLConfig", "AccountsConfig", "DirectoryConfig", "SSOConfig", "SecurityConfig"]


class SecurityConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Passwords and sign-in."""

    argon2_memory_kib: Annotated[int, Meta(ge=8, le=4_194_304)] = 19_456
    """argon2id's memory, in KiB; with the two below, OWASP's minimum."""
    argon2_iterations: Annotated[int, Meta(ge=1, le=100)] = 2
    """argon2id's passes over that memory."""
    argon2_lanes: Annotated[int, Meta(ge=1, le=64)] = 1
    """argon2id's parallel lanes."""
    credential_cache_s: Annotated[float, Meta(ge=0, le=86_400)] = 1_800.0
    """How long a verified password is believed without hashing it again; 0: never."""
    scram_iterations: Annotated[int, Meta(ge=4_096, le=10_000_000)] = 100_000
    """PBKDF2's rounds for SCRAM-SHA-256, of passwords that are set or proved from now on. Each client goes them at each
    sign-in, the server once for each password."""
    lockout_attempts: Annotated[int, Meta(ge=1, le=1_000)] = 5
    """How many bad passwords in a row lock a user out."""
    lockout_s: Seconds = 300.0
    """For how long."""
    desktop_session_s: Annotated[int, Meta(ge=900, le=604_800)] = 43_200
    """How long somebody may work at the desktop without showing the password again; it holds through reloads and restarts."""


class SSOConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Single sign-on, with an issuer of our own (``/desktop/sso``)."""

    mode: Literal["NON_SSO", "SSO", "HYBRID"] = "NON_SSO"
    """Who may sign in for a token: nobody, everybody, or ``users``."""
    users: tuple[str, ...] = ()
    """The login ids of those who may, with HYBRID."""
    access_s: Annotated[int, Meta(ge=60, le=86_400)] = 3_600
    """How long an access token lasts; clients refresh it at three quarters of that."""
    refresh_s: Annotated[int, Meta(ge=60, le=604_800)] = 36_000
    """How long it may be refreshed; then its user signs in again."""


class DirectoryConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Where people come from."""

    provider: str = "local"
    """Who tells of them and checks their passwords: the name of an IDirectoryProvider plugin."""
    sync_s: Annotated[float, Meta(ge=60, le=604_800)] = 900.0
    """How often the provider's people are taken in."""
    team: str = ""
    """The team of people who are new; empty: the first."""
    max_gone_percent: Annotated[float, Meta(ge=0, le=100)] = 10.0
    """When more than so many of a provider's people are gone at once, nothing is done."""
    options: dict[str, Any] = {}
    """That provider's own keys; each provider documents and checks its own."""


class AXLConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The AXL server, at ``listen.axl``: the directory as CUCM's provisioning tools see it."""

    full_access: tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...] = ()
    """The login ids of people who may read and write, beside all administrators."""
    read_only: tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...] = ()
    """The login ids of people who may read."""
    application_user: Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9._-]*$")] = "rmcm"
    """The application user that controls all phones, until somebody says which; "" for none."""
    ccm_version: Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+){2,3}(\([0-9]+\))?$")] = (
        "15.0.1.10000(1)"
    )
    """What getCCMVersion answers."""
    max_answer_bytes: Annotated[int, Meta(ge=65_536, le=1 << 28)] = 8_388_608
    """A larger answer is refused, and the client told to ask for fewer rows."""
    reads_at_once: Annotated[int, Meta(ge=1, le=64)] = 4
    """How many questions are answered at once, each in a thread of the store's; at most half of ``store.threads``."""
    waiting_reads: Count = 100
    """How many more may wait; one more is told to come back."""
    waiting_writes: Count = 1_500
    """How many changes may wait for each other; one more gets 503."""


class AccountsConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody else's XMPP server may ask about accounts, at ``listen.accounts``."""

    token_file: str = ""
    """What a question must show: a file that holds it; empty: HOME/accounts.token, made at the start."""
    allowed_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """The networks that may ask."""
    checks_per_s: Annotated[float, Meta(ge=1, le=100_000)] = 500.0
    """How many passwords may be asked about each second; twice that at once."""
