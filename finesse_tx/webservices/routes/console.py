"""``/cfadmin/api``: what only the administration console asks. Its sessions are `finesse_tx.admin`'s."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import msgspec

from finesse_tx.configuration.core.document import DocumentRefusedError
from finesse_tx.configuration.core.text import Format
from finesse_tx.directory.core.edits import Author, EditsRefusedError
from finesse_tx.directory.core.forms import FormsError, edits_of, faults_json, register_json
from finesse_tx.interfaces import IAdministrationRecords, IConfigurationText, IDirectoryEditing
from finesse_tx.store.core.errors import StoreConflictError, StoreError
from finesse_tx.webservices.core.console import (
    MAX_AUDIT,
    AuditLog,
    GadgetCheck,
    LayoutCheck,
    checked,
    gadget_checked,
    shown,
)
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import invalid
from finesse_tx.webservices.core.routing import Asker, Call, Reply, Route, number_of

__all__ = ["CONSOLE", "ConsoleFacts"]


@dataclass(frozen=True, slots=True)
class ConsoleFacts:
    """What stands behind these routes.

    Attributes:
        records: Where changes are kept.
        editing: Who and what is in the directory, and the way to change it.
        configuration: All that is configured, as text.
    """

    records: IAdministrationRecords
    editing: IDirectoryEditing
    configuration: IConfigurationText


async def check_layout(_facts: ConsoleFacts, call: Call[None]) -> LayoutCheck:
    """Say what is wrong with a desktop layout, and change nothing; the body is the XML."""
    try:
        text = call.raw.decode()
    except UnicodeDecodeError as error:
        line = call.raw.count(b"\n", 0, error.start) + 1
        return LayoutCheck(line, "this is not UTF-8")
    return checked(text)


async def check_gadget(_facts: ConsoleFacts, call: Call[None]) -> GadgetCheck:
    """Say what a gadget is, uses and lacks; the body is its XML."""
    return gadget_checked(call.raw)


async def get_audit(facts: ConsoleFacts, call: Call[None]) -> AuditLog:
    """The latest changes of the configuration: ``about`` is what their paths begin with, ``before`` an id."""
    before = call.query.get("before", "")
    if before and number_of(before) < 0:
        raise invalid("before")
    try:
        found = await facts.records.latest(
            call.query.get("about", ""), number_of(before) if before else None, MAX_AUDIT
        )
    except StoreError as error:
        raise ApiError(503, "Service Unavailable", str(error)) from None
    return AuditLog(tuple(shown(number, entry) for number, entry in found))


async def get_directory(facts: ConsoleFacts, _call: Call[None]) -> Reply:
    """Everyone and everything in the directory, as JSON."""
    try:
        register = await facts.editing.register()
    except StoreError as error:
        raise ApiError(503, "Service Unavailable", str(error)) from None
    return Reply(register_json(register), content_type="application/json")


async def post_directory(facts: ConsoleFacts, call: Call[None]) -> Reply:
    """Carry out a list of edits: all, or, with every reason why not, none. With ``dryRun=true`` only say what would become of it."""
    try:
        edits = edits_of(call.raw)
    except FormsError as error:
        raise ApiError(400, "Invalid Input", str(error)) from None
    try:
        if call.query.get("dryRun") == "true":
            planned = await facts.editing.check(edits)
            changes = [{"before": step.before, "after": step.after} for step in planned.steps]
            return _json(200, {"changes": changes})
        author = Author(call.person.login_id, call.origin.peer)
        keys = await facts.editing.apply(edits, author)
    except EditsRefusedError as refused:
        return Reply(faults_json(refused), status=400, content_type="application/json")
    except StoreConflictError:
        reason = "Somebody else has changed this meanwhile; look at it again"
        raise ApiError(409, "Conflict", reason) from None
    except StoreError as error:
        raise ApiError(503, "Service Unavailable", str(error)) from None
    return _json(200, {"keys": keys})


async def get_configuration(facts: ConsoleFacts, call: Call[None]) -> Reply:
    """All that is configured, as TOML, or, with ``format=json``, as JSON; without passwords."""
    form: Format = "json" if call.query.get("format") == "json" else "toml"
    try:
        text = await facts.configuration.text(form)
    except StoreError as error:
        raise ApiError(503, "Service Unavailable", str(error)) from None
    return Reply(
        text,
        content_type=f"application/{form}",
        headers={"Content-Disposition": f'attachment; filename="configuration.{form}"'},
    )


async def post_configuration(facts: ConsoleFacts, call: Call[None]) -> Reply:
    """Let everything be as a text says, and with ``prune=true`` nothing else be; with ``dryRun=true`` only say what would change."""
    prune = call.query.get("prune") == "true"
    try:
        if call.query.get("dryRun") == "true":
            done = await facts.configuration.check(call.raw, prune=prune)
        else:
            author = Author(call.person.login_id, call.origin.peer)
            done = await facts.configuration.take(call.raw, author, prune=prune)
    except DocumentRefusedError as refused:
        return _json(400, {"error": str(refused), "faults": list(map(asdict, refused.faults))})
    except StoreConflictError:
        reason = "Somebody else has changed this meanwhile; look at it again"
        raise ApiError(409, "Conflict", reason) from None
    except StoreError as error:
        raise ApiError(503, "Service Unavailable", str(error)) from None
    return _json(200, asdict(done))


def _json(status: int, what: object) -> Reply:
    return Reply(msgspec.json.encode(what), status=status, content_type="application/json")


_COMMON: Final[dict[str, Any]] = {"needs_service": False}

CONSOLE: Final[tuple[Route[ConsoleFacts, Any], ...]] = (
    Route(
        "POST",
        "/layout/check",
        (Asker.ADMINISTRATOR,),
        check_layout,
        response=LayoutCheck,
        media_type="application/xml",
        **_COMMON,
    ),
    Route(
        "POST",
        "/gadget/check",
        (Asker.ADMINISTRATOR,),
        check_gadget,
        response=GadgetCheck,
        media_type="application/xml",
        **_COMMON,
    ),
    Route(
        "GET",
        "/audit",
        (Asker.ADMINISTRATOR,),
        get_audit,
        response=AuditLog,
        refusals=(400,),
        query=("about", "before"),
        **_COMMON,
    ),
    Route(
        "GET",
        "/configuration",
        (Asker.ADMINISTRATOR,),
        get_configuration,
        query=("format",),
        media_type="application/toml",
        **_COMMON,
    ),
    Route(
        "POST",
        "/configuration",
        (Asker.ADMINISTRATOR,),
        post_configuration,
        refusals=(400, 409),
        query=("dryRun", "prune"),
        media_type="application/toml",
        **_COMMON,
    ),
    Route(
        "GET",
        "/directory",
        (Asker.ADMINISTRATOR,),
        get_directory,
        media_type="application/json",
        **_COMMON,
    ),
    Route(
        "POST",
        "/directory",
        (Asker.ADMINISTRATOR,),
        post_directory,
        refusals=(400, 409),
        query=("dryRun",),
        media_type="application/json",
        **_COMMON,
    ),
)
"""The table, below ``/cfadmin/api``."""
