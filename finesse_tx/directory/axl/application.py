"""Carrying out AXL's operations: reads in threads, on a model that nobody changes; writes one after the other.

Spec: ``axl.md`` §6, §7.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import cached_property, partial
from typing import TypeVar

import msgspec
from twisted.internet.defer import CancelledError, Deferred, DeferredLock, DeferredSemaphore
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from finesse_tx.config import AXLConfig, SecurityConfig
from finesse_tx.directory.axl.secrets import Secrets, with_secrets
from finesse_tx.directory.core.axl import devices
from finesse_tx.directory.core.axl.changes import Changes
from finesse_tx.directory.core.axl.counters import AXLCounters
from finesse_tx.directory.core.axl.editing import edited
from finesse_tx.directory.core.axl.edits import AXLEdit
from finesse_tx.directory.core.axl.envelope import Asked, answer_document
from finesse_tx.directory.core.axl.faults import (
    SEMANTIC,
    THROTTLED,
    AXLError,
    RefusedError,
    duplicate,
    not_supported,
)
from finesse_tx.directory.core.axl.fields import In, Kind
from finesse_tx.directory.core.axl.model import Model
from finesse_tx.directory.core.axl.operations import OPERATIONS, Access, Operation, Verb
from finesse_tx.directory.core.axl.phones import Phone, phones_at
from finesse_tx.directory.core.axl.queries import (
    bounded,
    listed,
    selected,
    shown,
    wanted_tags,
)
from finesse_tx.directory.core.axl.records import (
    MAX_DEFINITION,
    ObjectEdit,
    ObjectKey,
    ObjectWrite,
    StoredObject,
    shown_uuid,
)
from finesse_tx.directory.core.axl.sql.statements import query, update
from finesse_tx.directory.core.axl.values import (
    Value,
    Values,
    children,
    items,
    read,
    render,
    text,
)
from finesse_tx.directory.core.edits import Author, EditsRefusedError, Remove
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.directory.passwords import Passwords
from finesse_tx.interfaces import (
    IAuthenticator,
    IAXLRecords,
    IDirectory,
    IDirectoryEditing,
    IWorkers,
)
from finesse_tx.store.core.errors import StoreConflictError, StoreError
from finesse_tx.webservices.core.administration.changes import AuditEntry

__all__ = ["Application"]

T = TypeVar("T")


class _Moment:
    """Everything as it is until something changes; whoever needs the model first makes it, in a thread."""

    def __init__(
        self, snapshot: Snapshot, stored: Mapping[ObjectKey, StoredObject], application_user: str
    ) -> None:
        self.snapshot, self.stored = snapshot, stored
        self._application_user = application_user

    @cached_property
    def model(self) -> Model:
        return Model(self.snapshot, self.stored.values(), self._application_user)


class Application:
    """Answers requests of people who may.

    Args:
        directory: Who works here.
        authenticator: Checks passwords, for ``doAuthenticateUser``.
        records: Where the rest is kept.
        stored: What is kept there now.
        editing: Changes people.
        workers: Threads.
        config: Limits, and what we say we are.
        security: How PINs are hashed, and how many bad ones lock somebody out.
        clock: For lock-outs.
        now: The time, in UTC.
        new_uuid: Another uuid each time.
        queue_id: That of the queue of changes.

    Attributes:
        counters: What was done.
    """

    log = Logger()

    def __init__(
        self,
        directory: IDirectory,
        authenticator: IAuthenticator,
        records: IAXLRecords,
        stored: tuple[StoredObject, ...],
        editing: IDirectoryEditing,
        workers: IWorkers,
        config: AXLConfig,
        security: SecurityConfig,
        clock: IReactorTime,
        now: Callable[[], datetime],
        new_uuid: Callable[[], str],
        queue_id: str,
    ) -> None:
        self._directory, self._authenticator, self._records = directory, authenticator, records
        self._editing, self._workers, self._config = editing, workers, config
        self._clock, self._now, self._new_uuid = clock, now, new_uuid
        self._passwords = Passwords(security)
        self._secrets = Secrets(
            directory, authenticator, self._kept_user, workers, self._passwords, security, clock
        )
        self._changes = Changes(queue_id)
        self._moment = _Moment(
            directory.snapshot(),
            {kept.key.folded: kept for kept in stored},
            config.application_user,
        )
        self._reading = DeferredSemaphore(config.reads_at_once)
        self._writing, self._looking = DeferredLock(), DeferredLock()
        self.counters = AXLCounters()
        self._do: Mapping[str, Callable[[Asked, Values, Person, str], Awaitable[str]]] = {
            "getCCMVersion": self._version,
            "doAuthenticateUser": self._authenticate,
            "executeSQLQuery": self._query,
            "executeSQLUpdate": self._update,
            "doChangeDNDStatus": self._change_dnd,
            "doDeviceLogin": self._log_in,
            "doDeviceLogout": self._log_out,
            "listChange": self._list_changes,
        }

    async def answer(self, asked: Asked, person: Person, access: Access, peer: str) -> bytes:
        """Carry out a request.

        Args:
            asked: It.
            person: Who asks.
            access: What that person may.
            peer: From which address.

        Returns:
            The answer's body.

        Raises:
            AXLError: It cannot be.
            RefusedError: The person may not, or too much waits.
        """
        operation = OPERATIONS.get(asked.operation)
        if operation is None:
            self.counters.asked_for_unknown(asked.operation)
            raise not_supported(asked.operation)
        self.counters.requests[operation.name] += 1
        if operation.access is Access.WRITE and access is not Access.WRITE:
            raise RefusedError(403, f'{operation.name} needs the role "{Access.WRITE.value}"')
        self.counters.inflight += 1
        try:
            inner = await self._carried_out(operation, asked, person, peer)
        except StoreConflictError:
            raise duplicate() from None
        except StoreError as error:
            self.log.warn("{operation}: {error}", operation=operation.name, error=error)
            raise RefusedError(503, "The database is not available") from None
        finally:
            self.counters.inflight -= 1
        return answer_document(asked, inner)

    async def _carried_out(
        self, operation: Operation, asked: Asked, person: Person, peer: str
    ) -> str:
        values = read(asked.element, operation.request)
        if operation.verb is Verb.DO:
            return await self._do[operation.name](asked, values, person, peer)
        if operation.access is Access.READ:
            show = _listing if operation.verb is Verb.LIST else _getting
            most = self._config.max_answer_bytes
            return await self._read(lambda model: show(model, operation, asked, values, most))
        uuid = self._new_uuid()

        def decide(model: Model) -> AXLEdit:
            return edited(model, operation, values, uuid)

        done = await self._write(operation.name, decide, person, peer)
        return _returned(shown_uuid(done.uuid))

    def _kept_user(self, login_id: str) -> StoredObject | None:
        """What is kept here of a user."""
        return self._moment.stored.get(ObjectKey(Kind.USER.value, login_id).folded)

    def phones_at(self, extension: str) -> Deferred[tuple[Phone, ...]]:
        """The phones that have a line of that number, for whoever signs in there; fails as `IWorkers.run` does."""
        moment = self._now_is()
        return self._workers.run(lambda: phones_at(moment.model, extension))

    # Reading ----------------------------------------------------------------------------------------------------

    def _now_is(self) -> _Moment:
        """The present moment."""
        snapshot = self._directory.snapshot()
        if snapshot is not self._moment.snapshot:
            stored = self._moment.stored
            self._moment = _Moment(snapshot, stored, self._config.application_user)
        return self._moment

    async def _read(self, work: Callable[[Model], T]) -> T:
        """Ask the model, in a thread."""
        if len(self._reading.waiting) >= self._config.waiting_reads:
            self.counters.throttled["reads"] += 1
            raise AXLError(
                THROTTLED,
                "Maximum AXL Memory Allocation Consumed. Please retry once requests in progress have completed",
            )
        moment = self._now_is()
        running: Deferred[T] = self._reading.run(self._workers.run, lambda: work(moment.model))
        try:
            return await running
        except AXLError as error:
            if error.code == THROTTLED:
                self.counters.throttled["size"] += 1
            raise

    # Writing ----------------------------------------------------------------------------------------------------

    async def _write(
        self, operation: str, decide: Callable[[Model], AXLEdit], person: Person, peer: str
    ) -> AXLEdit:
        """Change something, after those who came before.

        Once it is begun, it is carried to its end: cancelling gives up waiting, no more.
        """
        if len(self._writing.waiting) >= self._config.waiting_writes:
            self.counters.throttled["writes"] += 1
            raise RefusedError(503, "Too many changes are pending: try again in a few seconds")
        answer: Deferred[AXLEdit] = Deferred()

        async def begun() -> AXLEdit:
            if answer.called:
                raise CancelledError
            return await self._written(operation, decide, person, peer)

        writing: Deferred[AXLEdit] = self._writing.run(lambda: Deferred.fromCoroutine(begun()))
        writing.chainDeferred(answer)
        return await answer

    async def _written(
        self, operation: str, decide: Callable[[Model], AXLEdit], person: Person, peer: str
    ) -> AXLEdit:
        moment = self._now_is()
        edit = await self._workers.run(lambda: decide(moment.model))
        if not self._changes.is_begun:  # so that the first change is in the queue too
            await self._look(moment.model)
        if edit.secrets:
            edit = await self._workers.run(partial(with_secrets, self._passwords, edit))
        after = {put.key.name: _shown_values(put.values) for put in edit.objects.puts}
        if any(len(_json(put.values)) > MAX_DEFINITION for put in edit.objects.puts):
            raise AXLError(SEMANTIC, f"The object is larger than {MAX_DEFINITION} characters")
        entry = AuditEntry(
            self._now(),
            person.login_id,
            peer,
            operation,
            f"/axl/{edit.about}",
            _json(_shown_values(edit.before)) if edit.before else "",
            _json(after) if after else "",
        )
        if edit.directory:
            # The object's part is in the same transaction, so that nobody is left with half of a change.
            beside = ObjectWrite(edit.objects, entry) if edit.objects else None
            if any(
                isinstance(one, Remove) and one.key == person.login_id for one in edit.directory
            ):
                raise AXLError(SEMANTIC, "Nobody can remove himself")
            try:
                await self._editing.apply(edit.directory, Author(person.login_id, peer), beside)
            except EditsRefusedError as error:
                raise AXLError(SEMANTIC, "; ".join(map(str, error.faults))) from None
        elif edit.objects:
            await self._records.apply(edit.objects, entry)
        if edit.objects:
            self._keep(edit.objects)
        self.log.info(
            "{user} did {operation} of {about} from {peer}",
            user=person.login_id,
            operation=operation,
            about=edit.about,
            peer=peer,
        )
        return edit

    def _keep(self, edit: ObjectEdit) -> None:
        stored = dict(self._moment.stored)
        for key in edit.removes:
            stored.pop(key.folded, None)
        stored.update((put.key.folded, put) for put in edit.puts)
        self._moment = _Moment(self._directory.snapshot(), stored, self._config.application_user)

    # What has no object -----------------------------------------------------------------------------------------

    async def _version(self, _asked: Asked, _values: Values, _person: Person, _peer: str) -> str:
        version = self._config.ccm_version
        return _returned_values("getCCMVersion", {"componentVersion": {"version": version}})

    async def _authenticate(
        self, _asked: Asked, values: Values, _person: Person, _peer: str
    ) -> str:
        given = [name for name in ("password", "pin") if name in values]
        if len(given) != 1:
            raise AXLError(SEMANTIC, "The request needs exactly one of the tags password or pin")
        code = await self._secrets.check(text(values["userid"]), given[0], text(values[given[0]]))
        answer: Values = {
            "userAuthenticated": "false" if code else "true",
            "code": str(code),
            "daysToExpiry": "0",
            "isWarningNeeded": "false",
        }
        return _returned_values("doAuthenticateUser", answer)

    async def _query(self, _asked: Asked, values: Values, _person: Person, _peer: str) -> str:
        most = self._config.max_answer_bytes
        statement = text(values["sql"])
        return await self._read(lambda model: _wrapped(bounded(query(model, statement), most)))

    async def _update(self, _asked: Asked, values: Values, person: Person, peer: str) -> str:
        counts: list[int] = []
        statement = text(values["sql"])

        def decide(model: Model) -> AXLEdit:
            count, edit = update(model, statement)
            counts.append(count)
            return edit

        await self._write("executeSQLUpdate", decide, person, peer)
        return _returned_values("executeSQLUpdate", {"rowsUpdated": str(counts[-1])})

    async def _change_dnd(self, asked: Asked, values: Values, person: Person, peer: str) -> str:
        operation = OPERATIONS[asked.operation]

        def decide(model: Model) -> AXLEdit:
            by_id = {("userid" if key == "userID" else key): values[key] for key in values}
            user = selected(model, OPERATIONS["getUser"], by_id)
            return devices.change_dnd(model, user, text(values["dndStatus"]))

        await self._write(operation.name, decide, person, peer)
        return _returned("true")

    async def _log_in(self, asked: Asked, values: Values, person: Person, peer: str) -> str:
        now = int(self._now().timestamp())
        await self._write(
            asked.operation, lambda model: devices.log_in(model, values, now), person, peer
        )
        return _returned("true")

    async def _log_out(self, asked: Asked, values: Values, person: Person, peer: str) -> str:
        await self._write(
            asked.operation, lambda model: devices.log_out(model, values), person, peer
        )
        return _returned("true")

    def _look(self, model: Model) -> Deferred[None]:
        """Compare with what was before, in a thread, one after the other."""
        looking: Deferred[None] = self._looking.run(
            self._workers.run, partial(self._changes.look, model)
        )
        return looking

    async def _list_changes(self, asked: Asked, values: Values, _person: Person, _peer: str) -> str:
        await self._look(await self._read(_whole))
        start = values.get("startChangeId")
        kinds = [text(kind) for kind in items(values.get("objectList"), "object") if text(kind)]
        queue_id = text(children(start).get("@queueId"))
        found = self._changes.answer(text(start), queue_id, kinds)
        return render(found, OPERATIONS[asked.operation].result)


def _whole(model: Model) -> Model:
    """The model, made."""
    for kind in Kind:
        model.objects(kind)
    return model


def _getting(model: Model, operation: Operation, asked: Asked, values: Values, most: int) -> str:
    assert operation.thing is not None  # noqa: S101  # the tables' own
    found = selected(model, operation, values)
    tags = wanted_tags(asked.element)
    return _wrapped(bounded([shown(operation.thing, found, In.GET, tags)], most))


def _listing(model: Model, operation: Operation, asked: Asked, values: Values, most: int) -> str:
    thing = operation.thing
    assert thing is not None  # noqa: S101  # the tables' own
    tags = wanted_tags(asked.element)
    found = listed(model, thing, values)
    rows = (shown(thing, one, In.LIST, tags) for one in found)
    return _wrapped(bounded(rows, most))


def _wrapped(inner: str) -> str:
    return f"<return>{inner}</return>" if inner else "<return/>"


def _returned(value: str) -> str:
    return render({"return": value}, ())


def _returned_values(operation: str, values: Mapping[str, Value]) -> str:
    return _wrapped(render(values, OPERATIONS[operation].result))


def _shown_values(values: Values) -> Values:
    return {name: value for name, value in values.items() if name[:1] != "@"}


def _json(values: object) -> str:
    return msgspec.json.encode(values).decode()
