"""What only the administration console asks: objects without a place in the REST API of the original."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct, field

from finesse_tx.gadgets.core.checking import check
from finesse_tx.webservices.core.administration.changes import AuditEntry
from finesse_tx.webservices.core.administration.desktop_layout import check_layout
from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.errors import ApiError

__all__ = [
    "MAX_AUDIT",
    "AllowedOrigin",
    "AllowedOrigins",
    "AuditChange",
    "AuditLog",
    "Certificate",
    "CertificateBundle",
    "Certificates",
    "GadgetCheck",
    "GadgetFinding",
    "LayoutCheck",
    "OriginCheck",
    "checked",
    "gadget_checked",
    "shown",
]

MAX_AUDIT: Final = 200
"""How many changes are told at once."""


class LayoutCheck(Struct, frozen=True, rename="camel"):
    """What is wrong with a desktop layout.

    Attributes:
        line: Where, from 1; 0 where nothing is.
        fault: A sentence; empty where nothing is.
    """

    line: int = 0
    fault: str = ""


class AuditChange(Struct, frozen=True, rename="camel", kw_only=True):
    """A change that somebody has made.

    Attributes:
        id: Counts up.
        at: When, as ISO 8601 in UTC.
        login_id: Who.
        peer: From which address.
        action: The method of the request.
        uri: Of what.
        before: What it was, as JSON; empty for what was not there.
        after: What it is since then, likewise.
    """

    id: int
    at: str
    login_id: str
    peer: str
    action: str
    uri: str
    before: str
    after: str


class AuditLog(Struct, frozen=True):
    """The latest changes, the newest first."""

    of: Annotated[tuple[AuditChange, ...], item()] = field(name="AuditChange", default=())


class OriginCheck(Struct, frozen=True, rename="camel"):
    """Whether pages of an origin may use the web services.

    Attributes:
        origin: Which.
        allowed: Whether they may.
        mode: ``web.cors``: ``enable_all``, ``enable`` or ``disable``.
        reason: A sentence.
    """

    origin: str
    allowed: bool
    mode: str
    reason: str


class AllowedOrigin(Struct, frozen=True, rename="camel"):
    """An origin whose pages may use us, where the mode goes by the list.

    Attributes:
        origin: As browsers send it; of a request, as people may write it.
        fixed: Whether it is in the server's own configuration file, and stays.
    """

    origin: Annotated[str, Meta(max_length=512)]
    fixed: bool = False


class AllowedOrigins(Struct, frozen=True, rename="camel"):
    """All origins that are listed.

    Attributes:
        mode: ``web.cors``: the list counts where that is ``enable``.
        maximum: How many administrators may add.
        of: The fixed ones first, the others in the order in which they came.
    """

    mode: str
    maximum: int
    of: Annotated[tuple[AllowedOrigin, ...], item()] = field(name="AllowedOrigin", default=())


class Certificate(Struct, frozen=True, rename="camel", kw_only=True):
    """A certificate of the TLS ports.

    Attributes:
        subject: Whose, as RFC 4514 writes it.
        issuer: Who says so.
        names: The hosts that it is for: names and addresses.
        not_before: Since when, as ISO 8601 in UTC.
        not_after: Until when, likewise.
        key: What kind of key it has.
        fingerprint: Its SHA-256.
    """

    subject: str
    issuer: str
    names: Annotated[tuple[str, ...], item("name")] = ()
    not_before: str
    not_after: str
    key: str
    fingerprint: str


class CertificateBundle(Struct, frozen=True, rename="camel", kw_only=True):
    """A certificate that an administrator brings: in PEM, or in PKCS #12.

    Attributes:
        certificate: PEM, the server's first, then those behind it; the key may be in it, too.
        key: PEM.
        passphrase: Opens the key, or the PKCS #12 file.
        pkcs12: All of it in one file, in Base64.
    """

    certificate: Annotated[str, Meta(max_length=131_072)] = ""
    key: Annotated[str, Meta(max_length=32_768)] = ""
    passphrase: Annotated[str, item(verbatim=True), Meta(max_length=1_024)] = ""
    pkcs12: Annotated[str, Meta(max_length=262_144)] = ""

    def __repr__(self) -> str:
        return "CertificateBundle(…)"  # a key is in no log, whatever fails


class Certificates(Struct, frozen=True, rename="camel", kw_only=True):
    """The server's, and those that lead from it towards a root.

    Attributes:
        source: Whose the server's is: ``file`` for the operator's, ``installed`` by an administrator, or our ``own``.
        file: Where the operator's is.
        host: The name that clients dial, and that it must be for.
        previous: What can be put back: ``own``, the name of one that was installed, or nothing.
        doubts: What should be known of the one that was brought; sentences.
        of: They.
    """

    source: str
    file: str = ""
    host: str = ""
    previous: str = ""
    doubts: Annotated[tuple[str, ...], item("doubt")] = ()
    of: Annotated[tuple[Certificate, ...], item()] = field(name="Certificate", default=())


class GadgetFinding(Struct, frozen=True):
    """Something that is said of a gadget.

    Attributes:
        kind: ``note``, ``warning`` for what would be left out, ``error`` for what keeps it from being rendered.
        line: Where, from 1; 0 for the whole.
        text: A sentence.
    """

    kind: str
    line: int
    text: str


class GadgetCheck(Struct, frozen=True):
    """What a gadget is, uses and lacks."""

    of: Annotated[tuple[GadgetFinding, ...], item()] = field(name="GadgetFinding", default=())


def gadget_checked(document: bytes) -> GadgetCheck:
    """Check a gadget's XML; what it refers to is not looked at."""
    found = check(document, "http://gadget.invalid/gadget.xml", {})
    return GadgetCheck(tuple(GadgetFinding(one.kind.value, one.line, one.text) for one in found))


def checked(text: str) -> LayoutCheck:
    """Check a layout, and say what is wrong with it instead of refusing it."""
    try:
        check_layout(text)
    except ApiError as error:
        place, _, fault = error.error_message.partition(": ")
        return LayoutCheck(int(place.removeprefix("Line ")), fault)
    return LayoutCheck()


def shown(number: int, entry: AuditEntry) -> AuditChange:
    """A change as the console shows it."""
    return AuditChange(
        id=number,
        at=entry.at.isoformat(timespec="seconds"),
        login_id=entry.login_id,
        peer=entry.peer,
        action=entry.action,
        uri=entry.uri,
        before=entry.before,
        after=entry.after,
    )
