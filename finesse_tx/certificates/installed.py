"""The certificates that administrators have installed: kept under HOME/tls, this one and the one before.

    tls/installed.json               {"current": "ab12…", "previous": ""}
    tls/installed-ab12….pem          the key, the server's certificate, and those behind it

Each has a file of its own, named by what is in it; which of them counts is said by one small file, which
is replaced whole. So there is no moment at which a start would find a key without its certificate, or half of either.
An empty name is the server's own certificate (`finesse_tx.certificates.authority`).
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from twisted.logger import Logger

from finesse_tx.certificates.checking import CertificateRefusedError, from_pem
from finesse_tx.certificates.identity import Identity
from finesse_tx.home import Home

__all__ = ["Choice", "InstalledCertificates", "name_of"]

POINTER: Final = "tls/installed.json"

_NAME: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which certificate counts.

    Attributes:
        current: Its name; empty for the server's own.
        previous: That of the one before, likewise; None where there was none.
    """

    current: str = ""
    previous: str | None = None


def name_of(identity: Identity) -> str:
    """What a certificate with those behind it is called: the SHA-256 of them all; the key can only be the one."""
    whole = (identity.certificate, *identity.chain)
    return hashlib.sha256(b"".join(one.public_bytes(Encoding.DER) for one in whole)).hexdigest()


class InstalledCertificates:
    """What is kept under HOME/tls.

    Args:
        home: Locked.
    """

    log = Logger()

    def __init__(self, home: Home) -> None:
        self._home = home

    def choice(self) -> Choice:
        """Which one counts, and which did before.

        Raises:
            StartError: It cannot be read.
        """
        try:
            found = msgspec.json.decode(self._home.read(POINTER) or b"{}", type=Choice)
        except (msgspec.DecodeError, UnicodeDecodeError):
            found = None
        if found is None or not all(
            name in {"", None} or _NAME.fullmatch(name or "")
            for name in (found.current, found.previous)
        ):
            self.log.error(
                "{name} is not what a server writes; our own certificate is shown", name=POINTER
            )
            return Choice()
        return found

    def load(self, name: str) -> Identity | None:
        """Read a certificate; None where it is not there any more, or damaged.

        One that has expired is read like any other: a server that shows it says so, and can be told a new one; one that
        does not start cannot.

        Args:
            name: As `keep` called it.

        Raises:
            StartError: It cannot be read.
        """
        data = self._home.read(_path(name))
        try:
            identity = from_pem(data or b"", data or b"", b"")
        except CertificateRefusedError:
            identity = None
        if identity is None or not identity.matches or name_of(identity) != name:
            self.log.error("{name} is gone or damaged", name=_path(name))
            return None
        return identity

    def current(self) -> Identity | None:
        """The installed certificate that counts; None where the server's own does.

        Raises:
            StartError: It cannot be read.
        """
        name = self.choice().current
        return self.load(name) if name else None

    def keep(self, identity: Identity) -> str:
        """Write a certificate down, which changes nothing yet; returns its name.

        Raises:
            StartError: It cannot be written.
        """
        name = name_of(identity)
        key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        chain = (identity.certificate, *identity.chain)
        self._home.write(
            _path(name), key + b"".join(one.public_bytes(Encoding.PEM) for one in chain)
        )
        return name

    def choose(self, choice: Choice) -> None:
        """Let a certificate count from the next `current` on.

        Raises:
            StartError: It cannot be written; what was chosen before still is.
        """
        self._home.write(POINTER, msgspec.json.encode(choice))

    def tidy(self, choice: Choice) -> None:
        """Remove what is neither this one nor the one before."""
        kept = {_path(name) for name in (choice.current, choice.previous) if name}
        for path in (self._home.path / "tls").glob("installed-*.pem"):
            if f"tls/{path.name}" not in kept:
                with suppress(OSError):  # it is out of use, and the next choice tries again
                    path.unlink()


def _path(name: str) -> str:
    return f"tls/installed-{name}.pem"
