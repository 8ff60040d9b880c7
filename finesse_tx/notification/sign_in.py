"""Signing in on one stream: which mechanisms it offers, and the exchange of each.

Spec: RFC 6120 §6 (SASL), XEP-0440 (which channel bindings there are). SCRAM is left out of the offer while people are
missing who have a password but no verifier of it, unless there is no other mechanism: many clients take the
strongest mechanism and give up when it fails, so those people could not come in at all.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.directory.core.errors import (
    BadCredentialsError,
    LockedOutError,
    TooBusyError,
)
from finesse_tx.directory.core.records import Person
from finesse_tx.directory.core.tokens import sign_in_of
from finesse_tx.interfaces import IAuthenticator, IScramAuthenticator
from finesse_tx.notification.core.address import local_part, sign_in_name
from finesse_tx.notification.core.errors import SASLError, StreamError
from finesse_tx.notification.core.namespaces import CHANNEL_BINDING, SASL
from finesse_tx.notification.core.sasl import PLAIN, decoded, plain
from finesse_tx.notification.core.scram import (
    PLUS,
    SCRAM,
    Question,
    client_first,
    question,
)

__all__ = ["MAX_ATTEMPTS", "MECHANISMS", "Mechanisms", "SignIn"]

MECHANISMS: Final = frozenset({PLAIN, SCRAM, PLUS})
"""Those that are known here."""

MAX_ATTEMPTS: Final = 3
"""How often a client may try to sign in on one stream; at the next try the stream ends (RFC 6120 §6.4.5)."""

_NO_BINDINGS: Final[Mapping[str, bytes]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mechanisms:
    """What all streams sign in with.

    Attributes:
        domain: The XMPP domain.
        authenticator: Checks passwords.
        new_nonce: Makes identifiers that cannot be guessed.
        scram: Checks proofs; None: there is no SCRAM.
        names: What the operator offers, in that order.
    """

    domain: str
    authenticator: IAuthenticator
    new_nonce: Callable[[], str]
    scram: IScramAuthenticator | None = None
    names: tuple[str, ...] = (PLAIN,)

    @property
    def binds(self) -> bool:
        """Whether channel binding is wanted at all."""
        return PLUS in self.names

    def offered(self, bindings: Mapping[str, bytes]) -> tuple[str, ...]:
        """What is offered on a channel with these bindings."""
        scram = self.scram
        has_scram = scram is not None and (PLAIN not in self.names or scram.is_ready())
        return tuple(
            name
            for name in self.names
            if name == PLAIN or (has_scram and (name == SCRAM or bindings))
        )


class SignIn:
    """The attempts of one stream.

    Args:
        mechanisms: What all streams sign in with.

    Attributes:
        said: What goes with the challenge or success that is due, in base64; empty for nothing.
        desktop: The sign-in at a desktop whose secret was shown; empty for a password, or a proof of one.
    """

    log = Logger()

    __slots__ = (
        "_attempts",
        "_bindings",
        "_mechanism",
        "_mechanisms",
        "_offered",
        "_question",
        "_username",
        "desktop",
        "said",
    )

    def __init__(self, mechanisms: Mechanisms) -> None:
        self._mechanisms = mechanisms
        self._bindings, self._offered = _NO_BINDINGS, tuple[str, ...]()
        self._attempts, self._mechanism, self._username = 0, "", ""
        self._question: Question | None = None
        self.said = self.desktop = ""

    def offer(self, bindings: Mapping[str, bytes]) -> str:
        """The stream features, for a channel with these bindings."""
        self._offered = self._mechanisms.offered(bindings)
        self._bindings = bindings
        features = "".join(f"<mechanism>{name}</mechanism>" for name in self._offered)
        features = f'<mechanisms xmlns="{SASL}">{features}</mechanisms>'
        if PLUS in self._offered:
            kinds = "".join(f'<channel-binding type="{name}"/>' for name in bindings)
            features += (
                f'<sasl-channel-binding xmlns="{CHANNEL_BINDING}">{kinds}</sasl-channel-binding>'
            )
        return features

    def begin(self, mechanism: str) -> None:
        """An attempt begins.

        Raises:
            StreamError: One too many.
        """
        if self._attempts >= MAX_ATTEMPTS:
            raise StreamError("policy-violation", "too many attempts to sign in")
        self._attempts += 1
        self._mechanism, self._question, self.said = mechanism, None, ""

    async def take(self, text: str) -> Person | None:
        """Take what the client says.

        Args:
            text: Of ``<auth/>`` or ``<response/>``.

        Returns:
            Who it is; None: ask the client, with `said`.

        Raises:
            SASLError: It is refused.
        """
        if self._mechanism not in self._offered:
            raise SASLError("invalid-mechanism" if self._offered else "encryption-required")
        message = decoded(text)
        try:
            if self._mechanism == PLAIN:
                return await self._plain(message)
            if self._question is not None:
                return self._proved(self._question, message)
            self._ask(message)
        except BadCredentialsError:
            raise SASLError("not-authorized") from None
        except LockedOutError:
            raise SASLError("account-disabled", "too many bad passwords; try again later") from None
        except TooBusyError:
            raise SASLError("temporary-auth-failure") from None
        return None

    async def _plain(self, message: bytes) -> Person:
        said = plain(message)
        name = sign_in_name(said.authcid, self._mechanisms.domain)
        person = await self._mechanisms.authenticator.authenticate(name, said.password)
        self.desktop = sign_in_of(said.password)
        return self._as_oneself(person, said.authzid, name)

    def _ask(self, message: bytes) -> None:
        bindings = self._bindings if PLUS in self._offered else None
        first = client_first(message, self._mechanism, bindings)
        self._username = sign_in_name(first.username, self._mechanisms.domain)
        verifier = self._scram.verifier(self._username)
        self._question = question(first, verifier, self._mechanisms.new_nonce())
        self.said = _base64(self._question.text)

    def _proved(self, asked: Question, message: bytes) -> Person:
        signature = asked.signature(message, self._bindings)
        person = self._scram.settle(self._username, asked.verifier, signature is not None)
        self.said = _base64(signature or "")
        return self._as_oneself(person, asked.first.authzid, self._username)

    @property
    def _scram(self) -> IScramAuthenticator:
        scram = self._mechanisms.scram
        if scram is None:  # it would not have been offered
            raise SASLError("invalid-mechanism")
        return scram

    def _as_oneself(self, person: Person, authzid: str, name: str) -> Person:
        own = f"{local_part(person.login_id)}@{self._mechanisms.domain}"
        if authzid.lower() not in {"", own, name.lower()}:
            raise SASLError("invalid-authzid", "nobody may act as somebody else")
        return person

    def refusal(self, failure: Failure) -> SASLError:
        """Why `take` has failed, for the client; what is no refusal is our trouble, and logged."""
        if isinstance(failure.value, SASLError):
            return failure.value
        self.log.failure("a password could not be checked", failure)
        return SASLError("temporary-auth-failure")


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
