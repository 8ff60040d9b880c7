"""``/cfadmin/api/certificates``: the certificate of the TLS ports, read anew, replaced, put back.

Each node has its own, so the secondary one of two nodes is asked like the primary one.
"""

from __future__ import annotations

from typing import Any, Final

from finesse_tx.directory.core.edits import Author
from finesse_tx.interfaces import ICertificates
from finesse_tx.store.core.errors import StoreError
from finesse_tx.webservices.core.console import CertificateBundle, Certificates
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.routing import Asker, Call, Route

__all__ = ["CERTIFICATES"]


async def get_certificates(here: ICertificates, _call: Call[None]) -> Certificates:
    """The certificate of the TLS ports, and those behind it."""
    found: Certificates = here.shown()
    return found


async def reload_certificates(here: ICertificates, _call: Call[None]) -> Certificates:
    """Read the certificate's files anew, for connections from now on, as SIGHUP does."""
    if not here.reload():
        reason = "The certificate was not taken, and the old one stays; the log says why"
        raise ApiError(400, "Invalid Input", reason, "tls.certificate_file")
    found: Certificates = here.shown()
    return found


async def install_certificate(here: ICertificates, call: Call[CertificateBundle]) -> Certificates:
    """Show another certificate from now on; with ``dryRun=true`` only say what would be shown."""
    try:
        if call.query.get("dryRun") == "true":
            found: Certificates = await here.check(call.body)
        else:
            found = await here.install(call.body, _author(call))
    except StoreError as error:
        raise ApiError(503, "Service Unavailable", str(error)) from None
    return found


async def put_back_certificate(here: ICertificates, call: Call[None]) -> Certificates:
    """Show the certificate from before the last change again; once more, and the newer one is back."""
    try:
        found: Certificates = await here.put_back(_author(call))
    except StoreError as error:
        raise ApiError(503, "Service Unavailable", str(error)) from None
    return found


def _author(call: Call[Any]) -> Author:
    return Author(call.person.login_id, call.origin.peer)


_COMMON: Final[dict[str, Any]] = {"response": Certificates, "needs_service": False}
_ADMINISTRATOR: Final = (Asker.ADMINISTRATOR,)

CERTIFICATES: Final[tuple[Route[ICertificates, Any], ...]] = (
    Route("GET", "/certificates", _ADMINISTRATOR, get_certificates, **_COMMON),
    Route(
        "POST",
        "/certificates",
        _ADMINISTRATOR,
        install_certificate,
        CertificateBundle,
        refusals=(400,),
        query=("dryRun",),
        **_COMMON,
    ),
    Route(
        "POST",
        "/certificates/reload",
        _ADMINISTRATOR,
        reload_certificates,
        refusals=(400,),
        **_COMMON,
    ),
    Route(
        "POST",
        "/certificates/previous",
        _ADMINISTRATOR,
        put_back_certificate,
        refusals=(400, 404),
        **_COMMON,
    ),
)
"""The table, below ``/cfadmin/api``."""
