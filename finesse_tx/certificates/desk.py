"""Where administrators bring certificates: looked at first, then kept, audited and shown to clients, or none of these.

Only what this server keeps itself is changed here. Files that the operator names (``tls.certificate_file``) are the
operator's, and stay: some other program may renew them.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

import msgspec
from twisted.internet.defer import Deferred, DeferredLock
from twisted.logger import Logger
from zope.interface import implementer

from finesse_tx.certificates.checking import (
    CertificateRefusedError,
    Fault,
    doubts,
    from_pem,
    from_pkcs12,
    refuse_unfit,
)
from finesse_tx.certificates.facts import told
from finesse_tx.certificates.identity import Identity
from finesse_tx.certificates.installed import Choice, InstalledCertificates, name_of
from finesse_tx.certificates.ports import ServerTLS
from finesse_tx.directory.core.edits import Author
from finesse_tx.errors import StartError
from finesse_tx.interfaces import IAdministrationRecords, ICertificates, IWorkers
from finesse_tx.store.core.errors import StoreError
from finesse_tx.webservices.core.administration.changes import AuditEntry, shown
from finesse_tx.webservices.core.console import CertificateBundle, Certificates
from finesse_tx.webservices.core.errors import ApiError

__all__ = ["CertificateDesk"]

T = TypeVar("T")

URI: Final = "/cfadmin/api/certificates"

MAX_WAITING: Final = 4
"""How many may wait for each other; one more is refused."""


@implementer(ICertificates)
class CertificateDesk:
    """What is done with the certificate of the TLS ports.

    Args:
        tls: Shows it.
        installed: Keeps those that administrators bring.
        operator_file: ``tls.certificate_file``; empty where the server keeps its certificate itself.
        host: The name that clients dial.
        more_names: Others that some look for.
        records: Keeps who has changed what.
        workers: Where passphrases are tried: that may take as long as who made the file wanted.
        now: The wall time, in UTC.
    """

    log = Logger()

    def __init__(
        self,
        tls: ServerTLS,
        installed: InstalledCertificates,
        operator_file: str,
        host: str,
        more_names: Sequence[str],
        records: IAdministrationRecords,
        workers: IWorkers,
        now: Callable[[], datetime],
    ) -> None:
        self._tls, self._installed, self._operator_file = tls, installed, operator_file
        self._host, self._more_names = host, tuple(more_names)
        self._records, self._workers, self._now = records, workers, now
        self._lock = DeferredLock()
        self._choice = installed.choice()
        self._previous = self._described(self._choice)

    def shown(self) -> Certificates:
        """See `ICertificates`."""
        # Not by the choice alone: what was chosen may be gone, and our own in its place.
        is_chosen = name_of(self._tls.identity) == self._choice.current
        kept = "installed" if is_chosen else "own"
        return Certificates(
            source="file" if self._operator_file else kept,
            file=self._operator_file,
            host=self._host,
            previous="" if self._operator_file else self._previous,
            of=told(self._tls.identity),
        )

    def reload(self) -> bool:
        """See `ICertificates`."""
        return self._tls.reload()

    def check(self, bundle: CertificateBundle) -> Deferred[Certificates]:
        """See `ICertificates`."""
        return _to_its_end(self._check(bundle))

    async def _check(self, bundle: CertificateBundle) -> Certificates:
        identity, found = await self._looked_at(bundle)
        return msgspec.structs.replace(self.shown(), doubts=found, of=told(identity))

    def install(self, bundle: CertificateBundle, author: Author) -> Deferred[Certificates]:
        """See `ICertificates`."""
        return _to_its_end(self._in_turn(partial(self._install, bundle, author)))

    def put_back(self, author: Author) -> Deferred[Certificates]:
        """See `ICertificates`."""
        return _to_its_end(self._in_turn(partial(self._put_back, author)))

    async def _in_turn(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if self._operator_file:
            reason = (
                f"tls.certificate_file names {self._operator_file}: replace that file and the one that tls.key_file"
                " names, and have them read again"
            )
            raise ApiError(400, "Invalid Input", reason, "tls.certificate_file")
        if len(self._lock.waiting) >= MAX_WAITING:
            raise ApiError(503, "Service Unavailable", "TOO_MANY_REQUESTS", "")
        await self._lock.acquire()
        try:
            return await work()
        finally:
            self._lock.release()

    async def _install(self, bundle: CertificateBundle, author: Author) -> Certificates:
        identity, found = await self._looked_at(bundle)
        name = name_of(identity)
        if name != self._choice.current:
            await self._switch("POST", URI, identity, Choice(name, self._choice.current), author)
        return msgspec.structs.replace(self.shown(), doubts=found)

    async def _put_back(self, author: Author) -> Certificates:
        name = self._choice.previous
        if name is None:
            raise ApiError(404, "Not Found", "There is no certificate before this one", "")
        identity = await self._workers.run(partial(self._kept, name)) if name else None
        choice = Choice(name, self._choice.current)
        await self._switch("POST", f"{URI}/previous", identity, choice, author)
        return self.shown()

    def _kept(self, name: str) -> Identity:
        """The certificate that was before, if it still will do."""
        identity = self._installed.load(name)
        if identity is None:
            raise ApiError(
                404, "Not Found", "The certificate before this one is not there any more", ""
            )
        try:
            refuse_unfit(identity, self._host, self._now())
        except CertificateRefusedError as error:
            raise _refused(error) from None
        return identity

    async def _looked_at(self, bundle: CertificateBundle) -> tuple[Identity, tuple[str, ...]]:
        try:
            return await self._workers.run(partial(self._read, bundle))
        except CertificateRefusedError as error:
            raise _refused(error) from None

    def _read(self, bundle: CertificateBundle) -> tuple[Identity, tuple[str, ...]]:
        passphrase = bundle.passphrase.encode()
        if bundle.pkcs12:
            try:
                data = base64.b64decode(bundle.pkcs12, validate=True)
            except ValueError:
                reason = "A PKCS #12 file is sent in Base64"
                raise CertificateRefusedError(Fault("pkcs12", reason)) from None
            identity = from_pkcs12(data, passphrase)
        else:
            pem = bundle.certificate.encode()
            identity = from_pem(pem, bundle.key.encode() or pem, passphrase)
        now = self._now()
        refuse_unfit(identity, self._host, now)
        try:
            self._tls.try_out(identity)
        except StartError as error:
            raise CertificateRefusedError(Fault("certificate", str(error))) from None
        return identity, doubts(identity, self._more_names, now)

    async def _switch(
        self, action: str, uri: str, identity: Identity | None, choice: Choice, author: Author
    ) -> None:
        """Keep, audit and show a certificate; None for the server's own."""
        before, was = self._choice, self._tls.identity

        def deed() -> None:
            if identity is not None:
                self._installed.keep(identity)
            self._installed.choose(choice)

        entry = AuditEntry(
            self._now(),
            author.login_id,
            author.peer,
            action,
            uri,
            _summary(before.current, was),
            _summary(choice.current, identity),
        )
        try:
            await self._records.note(entry, deed)
            if not self._tls.reload():
                raise StartError("the certificate was not taken; the log says why")
        except (StoreError, StartError) as error:
            self.log.error("the certificate stays: {reason}", reason=str(error))
            try:
                await self._workers.run(partial(self._installed.choose, before))
            except StartError as again:
                self.log.error("what a restart will show is not sure: {reason}", reason=str(again))
            raise ApiError(503, "Service Unavailable", str(error), "") from None
        self._choice = choice
        await self._workers.run(partial(self._installed.tidy, choice))
        self._previous = await self._workers.run(partial(self._described, choice))
        self.log.info(
            "{user} at {peer} has changed the certificate: {names}, valid until {until}",
            user=author.login_id,
            peer=author.peer,
            names=", ".join(told(self._tls.identity)[0].names),
            until=f"{self._tls.identity.certificate.not_valid_after_utc:%Y-%m-%d}",
        )

    def _described(self, choice: Choice) -> str:
        """What the certificate before this one is called: ``own`` for the server's own; empty where there is none."""
        if not choice.previous:
            return "own" if choice.previous == "" else ""
        found = self._installed.load(choice.previous)
        return told(found)[0].subject or choice.previous if found is not None else ""


def _summary(name: str, identity: Identity | None) -> str:
    """A certificate in the audit log: what everybody may see of it."""
    source = "installed" if name else "own"
    facts = msgspec.to_builtins(told(identity)[0]) if identity is not None else {}
    return shown({"source": source, **facts})


def _refused(error: CertificateRefusedError) -> ApiError:
    return ApiError(400, "Invalid Input", str(error), error.faults[0].field)


def _to_its_end(work: Coroutine[Any, Any, T]) -> Deferred[T]:
    """Once it is begun, it is carried to its end: cancelling gives up waiting, no more."""
    answer: Deferred[T] = Deferred()
    Deferred.fromCoroutine(work).chainDeferred(answer)
    return answer
