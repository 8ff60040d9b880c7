"""SCRAM-SHA-256 and SCRAM-SHA-256-PLUS: the messages, and whether a proof is right.

The client speaks first and last: client-first, server-first (our question), client-final, server-final. What it is
checked with comes from the directory (`finesse_tx.directory.core.scram`).

Spec: RFC 5802 §5 to §7 (all but extensions, of which mandatory ones are refused as §5.1 says; errors are SASL's own
in XMPP, not ``e=``), RFC 7677, RFC 9266 (``tls-exporter``), RFC 5929 (``tls-unique``, ``tls-server-end-point``).
"""

from __future__ import annotations

import binascii
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from finesse_tx.directory.core.scram import ScramVerifier
from finesse_tx.notification.core.errors import SASLError

__all__ = ["PLUS", "SCRAM", "ClientFirst", "Question", "client_first", "question"]

SCRAM: Final = "SCRAM-SHA-256"
PLUS: Final = "SCRAM-SHA-256-PLUS"

_FIRST: Final = re.compile(
    r"(?P<header>(?P<flag>n|y|p=(?P<binding>[A-Za-z0-9.-]{1,64})),(?:a=(?P<authzid>[^,]+))?,)"
    r"(?P<bare>(?P<mandatory>m=[^,]*,)?n=(?P<name>[^,]+),r=(?P<nonce>[\x21-\x2b\x2d-\x7e]+)(?:,[A-Za-z]=[^,]+)*)"
)
_FINAL: Final = re.compile(
    r"(?P<unproved>c=(?P<channel>[A-Za-z0-9+/=]+),r=(?P<nonce>[\x21-\x2b\x2d-\x7e]+)(?:,[A-Za-z]=[^,]+)*)"
    r",p=(?P<proof>[A-Za-z0-9+/=]+)"
)
_BAD_NAME: Final = re.compile("=(?!2C|3D)")


@dataclass(frozen=True, slots=True)
class ClientFirst:
    """What a client begins with.

    Attributes:
        header: The GS2 header, with its last comma.
        flag: ``n``: it cannot bind to the channel; ``y``: it can, but believes that we cannot; ``p``: it does.
        binding: With ``p``: to what; else empty.
        authzid: The address to act as; empty for one's own.
        username: The name to sign in with.
        nonce: Its part.
        bare: The message without the header.
    """

    header: str
    flag: str
    binding: str
    authzid: str
    username: str
    nonce: str
    bare: str


@dataclass(frozen=True, slots=True)
class Question:
    """What we ask, and all that it takes to judge the answer.

    Attributes:
        first: What the client began with.
        nonce: Both parts.
        text: The server-first message.
        verifier: What the proof is checked with.
    """

    first: ClientFirst
    nonce: str
    text: str
    verifier: ScramVerifier

    def signature(self, message: bytes, bindings: Mapping[str, bytes]) -> str | None:
        """Judge a client-final message.

        Args:
            message: As it came.
            bindings: What identifies the channel, by the name of the binding.

        Returns:
            The server-final message; None when the proof is wrong.

        Raises:
            SASLError: It is no answer to this question (``malformed-request``), or one that went through another
                channel (``not-authorized``).
        """
        found = _FINAL.fullmatch(_text(message))
        if found is None or not hmac.compare_digest(found["nonce"], self.nonce):
            raise SASLError("malformed-request", "no answer to this challenge")
        channel = self.first.header.encode() + bindings.get(self.first.binding, b"")
        if not hmac.compare_digest(_unbase64(found["channel"]), channel):
            raise SASLError("not-authorized", "another channel than the client's")
        said = f"{self.first.bare},{self.text},{found['unproved']}".encode()
        mask = hmac.digest(self.verifier.stored_key, said, "sha256")
        proof = _unbase64(found["proof"])
        if len(proof) != len(mask):
            return None
        client_key = bytes(one ^ other for one, other in zip(proof, mask, strict=True))
        if not hmac.compare_digest(sha256(client_key).digest(), self.verifier.stored_key):
            return None
        signature = hmac.digest(self.verifier.server_key, said, "sha256")
        return f"v={b64encode(signature).decode()}"


def client_first(
    message: bytes, mechanism: str, offered: Mapping[str, bytes] | None
) -> ClientFirst:
    """Read a client-first message.

    Args:
        message: As it came.
        mechanism: `SCRAM` or `PLUS`.
        offered: The bindings of this channel; None where `PLUS` is not offered.

    Raises:
        SASLError: ``malformed-request``; or ``not-authorized`` where somebody between us has changed what we offer.
    """
    found = _FIRST.fullmatch(_text(message))
    if found is None or _BAD_NAME.search(found["name"] + (found["authzid"] or "")):
        raise SASLError("malformed-request", "not a client-first message")
    if found["mandatory"]:
        raise SASLError("malformed-request", "an extension that is not known here")
    flag, binding = found["flag"][0], found["binding"] or ""
    if (flag == "p") is not (mechanism == PLUS):
        raise SASLError("malformed-request", "channel binding and mechanism do not go together")
    if flag == "p" and binding not in (offered or {}):
        raise SASLError("malformed-request", "unsupported-channel-binding-type")
    if flag == "y" and offered is not None:
        raise SASLError("not-authorized", "server-does-support-channel-binding")
    return ClientFirst(
        found["header"],
        flag,
        binding,
        _name(found["authzid"] or ""),
        _name(found["name"]),
        found["nonce"],
        found["bare"],
    )


def question(first: ClientFirst, verifier: ScramVerifier, nonce: str) -> Question:
    """Ask for the proof.

    Args:
        first: What the client began with.
        verifier: What is kept of the person's password.
        nonce: Ours: printable, without commas, not to be guessed.
    """
    both = first.nonce + nonce
    text = f"r={both},s={b64encode(verifier.salt).decode()},i={verifier.iterations}"
    return Question(first, both, text, verifier)


def _name(text: str) -> str:
    return text.replace("=2C", ",").replace("=3D", "=")


def _text(message: bytes) -> str:
    try:
        text = message.decode()
    except UnicodeDecodeError:
        raise SASLError("malformed-request", "not UTF-8") from None
    if "\0" in text:
        raise SASLError("malformed-request", "a NUL")
    return text


def _unbase64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SASLError("malformed-request", "not base64") from None
