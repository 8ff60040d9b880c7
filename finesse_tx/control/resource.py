"""The control endpoint: JSON over HTTP, on loopback, for whoever can read the token in the home folder.

    POST /call {"to": "6001", "from": "0612345678"}  ->  200 {"call": 16777217, "to": "6001", "from": "0612345678"}
    POST /directory {"action": "reload"}             ->  200 {"people": 12}
    POST /directory {"action": "sync", "dry_run": true}  ->  200 {"lines": ["+ ann, …"]}
    POST /campaigns {"action": "start", "name": "Renewals"}  ->  200 {"campaigns": [{"name": "Renewals", …}]}
    POST /sign-outs {"login_id": "agent1"}           ->  200 {"sign_outs": [{"login_id": "agent1", "cause": "closed", …}]}
    POST /tasks {"action": "status", "contact": "6EEF…"}  ->  200 {"status": "QUEUED", …}
    POST /trace {"login_id": "agent1", "on": true}   ->  200 {"traced": ["agent1"]}

Every request carries ``Authorization: Bearer TOKEN``; the token is in HOME/control.token, which only the server's
own user can read. A web page cannot send that header to another origin without being asked first, and is never
allowed to: there is no CORS here.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from finesse_tx.engine.core.outbound.records import CampaignState
from finesse_tx.errors import FinesseError, StartError
from finesse_tx.interfaces import (
    ICallPlacer,
    ICampaigns,
    IConfigurationText,
    IDirectoryEditing,
    ISignOuts,
    IStanzaTrace,
    ISynchroniser,
    ITaskRouting,
)
from finesse_tx.webservices.core.call_data import VariableBody
from finesse_tx.webservices.core.task_feed import TaskBody, submission, task_status

__all__ = [
    "MAX_BODY",
    "AskSignOuts",
    "CommandCampaign",
    "CommandConfiguration",
    "CommandDirectory",
    "CommandTask",
    "PlaceCall",
    "SwitchTrace",
    "control_resource",
]

MAX_BODY: Final = 4096
"""No command is nearly as long."""

Number = Annotated[str, Meta(min_length=1, max_length=31, pattern=r"^[0-9*#+]+$")]


Seconds = Annotated[float, Meta(gt=0, le=86_400)]


class PlaceCall(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A customer calls now.

    Attributes:
        to: A route point or an agent's extension.
        from_: The customer's number; None: any.
        patience_s: How long the customer waits; None: as customers do on average.
        talk_s: How long the customer talks; None: as customers do on average.
    """

    to: Number
    from_: Number | None = None
    patience_s: Seconds | None = None
    talk_s: Seconds | None = None


class AskSignOuts(Struct, frozen=True, forbid_unknown_fields=True):
    """Why was somebody signed out?

    Attributes:
        login_id: Who; empty: anybody.
    """

    login_id: Annotated[str, Meta(max_length=128)] = ""


class SwitchTrace(Struct, frozen=True, forbid_unknown_fields=True):
    """Write somebody's stanzas into the log, or not any more.

    Attributes:
        login_id: Whose; empty: only say whose are written.
        on: Whether.
    """

    login_id: Annotated[str, Meta(max_length=128)] = ""
    on: bool = True


class CommandCampaign(Struct, frozen=True, forbid_unknown_fields=True):
    """How do the campaigns stand? And before that, perhaps, a command to one of them.

    Attributes:
        action: ``reload`` reads what was imported since, of all of them.
        name: The campaign that is to start, pause or stop.
    """

    action: Literal["list", "start", "pause", "stop", "reload"] = "list"
    name: Annotated[str, Meta(max_length=50)] = ""


class CommandTask(Struct, frozen=True, forbid_unknown_fields=True):
    """A task is submitted, asked for, or taken back.

    Attributes:
        action: What to do.
        contact: Which one; of one that is submitted, nothing.
        selector: Of one that is submitted: where to.
        name: Who it is from.
        title: What it is about.
        description: More of it.
        variables: What agents see, and more, by the names that applications have for them.
        keep: Whether it waits on after a restart.
    """

    action: Literal["submit", "status", "cancel"]
    contact: Annotated[str, Meta(max_length=64)] = ""
    selector: str = ""
    name: str = ""
    title: str = ""
    description: str = ""
    variables: dict[str, str] = {}
    keep: bool = False


class CommandDirectory(Struct, frozen=True, forbid_unknown_fields=True):
    """Who works here? And before that, go by what is in the database now.

    Attributes:
        action: ``sync`` takes people in from the directory provider.
        dry_run: For ``sync``: only say what would change.
    """

    action: Literal["reload", "sync"] = "reload"
    dry_run: bool = False


OPERATOR: Final = ""
"""Who has submitted the operator's own tasks: nobody's application."""


class NoSuchTaskError(FinesseError):
    """There is no task of that contact, or not any more."""

    def __str__(self) -> str:
        return f"there is no task {self.args[0]}"


class TooLateError(FinesseError):
    """Somebody has accepted a task that was to be cancelled."""

    def __str__(self) -> str:
        return f"an agent has accepted {self.args[0]}: it cannot be cancelled"


class CommandConfiguration(Struct, frozen=True, forbid_unknown_fields=True):
    """Go by what is in the database now: people, and all that is configured besides."""

    action: Literal["reload"] = "reload"


_STATES: Final = {
    "start": CampaignState.RUNNING,
    "pause": CampaignState.PAUSED,
    "stop": CampaignState.STOPPED,
}


def control_resource(
    token: str,
    calls: ICallPlacer | None,
    sign_outs: ISignOuts,
    tracing: IStanzaTrace,
    campaigns: ICampaigns | None = None,
    editing: IDirectoryEditing | None = None,
    synchroniser: ISynchroniser | None = None,
    tasks: ITaskRouting | None = None,
    configuration: IConfigurationText | None = None,
) -> Resource:
    """Make the root of the control endpoint.

    Args:
        token: What a request must show.
        calls: Where calls come from; None where there are no customers to command.
        sign_outs: Who remembers forced sign-outs.
        tracing: Who logs stanzas.
        campaigns: The campaigns; None where the engine is somebody else's.
        editing: Changes the directory; None where nobody does.
        synchroniser: Takes people in; None where the directory is ours alone.
        tasks: Task routing; None where there is none.
        configuration: Goes by what another process has configured; None where nobody does.
    """

    def tell_sign_outs(wanted: AskSignOuts) -> dict[str, object]:
        return {"sign_outs": sign_outs.sign_outs(wanted.login_id)}

    def trace(wanted: SwitchTrace) -> dict[str, object]:
        return {"traced": tracing.trace(wanted.login_id, on=wanted.on)}

    root = Resource()
    root.putChild(b"trace", _CommandResource(token, SwitchTrace, trace))
    root.putChild(b"sign-outs", _CommandResource(token, AskSignOuts, tell_sign_outs))
    if calls is not None:
        root.putChild(b"call", _CommandResource(token, PlaceCall, partial(_place_call, calls)))
    if campaigns is not None:
        command = partial(_command_campaign, campaigns)
        root.putChild(b"campaigns", _CommandResource(token, CommandCampaign, command))
    if tasks is not None:
        root.putChild(b"tasks", _CommandResource(token, CommandTask, partial(_command_task, tasks)))
    if editing is not None:

        async def refresh(wanted: CommandDirectory) -> dict[str, object]:
            if wanted.action == "reload":
                return {"people": await editing.refresh()}
            if synchroniser is None:
                raise StartError("directory.provider is local: there is nobody else to ask")
            return {"lines": await synchroniser.synchronise(wanted.dry_run)}

        root.putChild(b"directory", _CommandResource(token, CommandDirectory, refresh))
    if configuration is not None:

        async def reload(_wanted: CommandConfiguration) -> dict[str, object]:
            return {"people": await configuration.refresh()}

        root.putChild(b"configuration", _CommandResource(token, CommandConfiguration, reload))
    return root


def _command_campaign(campaigns: ICampaigns, wanted: CommandCampaign) -> dict[str, object]:
    if wanted.action == "reload":
        campaigns.reload()
    elif wanted.action in _STATES:
        campaigns.set_campaign_state(wanted.name, _STATES[wanted.action])
    return {"campaigns": campaigns.campaigns()}


async def _command_task(tasks: ITaskRouting, wanted: CommandTask) -> dict[str, object]:
    if wanted.action == "submit":
        body = TaskBody(
            name=wanted.name,
            title=wanted.title,
            description=wanted.description,
            script_selector=wanted.selector,
            requeue_on_recovery=wanted.keep,
            variables=tuple(VariableBody(*pair) for pair in wanted.variables.items()),
        )
        task = await tasks.submit(submission(body, OPERATOR))
        return {"contact": task.contact_id}
    found = tasks.status(wanted.contact)
    if found is None:
        raise NoSuchTaskError(wanted.contact)
    if wanted.action == "cancel" and not tasks.cancel(wanted.contact):
        raise TooLateError(wanted.contact)
    said = task_status(found)
    return {
        "contact": wanted.contact,
        "status": said.status,
        "reason": said.status_reason,
        "task": said.task_id or "",
        "agent": said.agent_id or "",
    }


_log = Logger()


def _place_call(calls: ICallPlacer, wanted: PlaceCall) -> dict[str, object]:
    call, from_address = calls.place_call(wanted.to, wanted.from_, wanted.patience_s, wanted.talk_s)
    _log.info(
        "{from_address} calls {to}, as the operator asked", from_address=from_address, to=wanted.to
    )
    return {"call": call, "to": wanted.to, "from": from_address}


T = TypeVar("T", bound=Struct)


class _CommandResource(Resource, Generic[T]):
    """``POST`` of one command.

    Args:
        token: What a request must show.
        kind: What its body says.
        carry_out: Does it, and returns the answer, at once or when it is done; what cannot be done is a
            `FinesseError`.
    """

    isLeaf = True

    def __init__(
        self,
        token: str,
        kind: type[T],
        carry_out: Callable[[T], dict[str, object] | Coroutine[Any, Any, dict[str, object]]],
    ) -> None:
        super().__init__()
        self._token, self._kind, self._carry_out = token.encode(), kind, carry_out

    def render_POST(self, request: Request) -> bytes | int:
        if not self._may(request):
            request.setHeader(b"www-authenticate", b"Bearer")
            return _answer(request, 401, {"error": "the token is missing or wrong"})
        try:
            body = request.content.read(MAX_BODY) if request.content else b""
            answer = self._carry_out(msgspec.json.decode(body, type=self._kind))
            if isinstance(answer, dict):
                return _answer(request, 200, answer)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            return _answer(request, 400, {"error": str(error)})
        except FinesseError as error:
            return _answer(request, 409, {"error": str(error)})
        answering = Deferred.fromCoroutine(answer)
        request.notifyFinish().addErrback(lambda _gone: answering.cancel())
        answering.addCallbacks(partial(_finish, request, 200), partial(_fail, request)).addErrback(
            _log_failure
        )
        return NOT_DONE_YET

    def _may(self, request: Request) -> bool:
        given = request.getHeader(b"authorization") or b""
        return hmac.compare_digest(given, b"Bearer " + self._token)


def _finish(request: Request, status: int, value: dict[str, object]) -> None:
    request.write(_answer(request, status, value))
    request.finish()


def _fail(request: Request, failure: Failure) -> None:
    """It was not done; a client that has gone is told nothing."""
    if failure.check(CancelledError):
        return
    if failure.check(FinesseError):
        _finish(request, 409, {"error": str(failure.value)})
        return
    _finish(request, 500, {"error": "the server's log says what is wrong"})
    failure.raiseException()


def _log_failure(failure: Failure) -> None:
    _log.failure("a command could not be carried out", failure)


def _answer(request: Request, status: int, value: dict[str, object]) -> bytes:
    request.setResponseCode(status)
    request.setHeader(b"content-type", b"application/json")
    return msgspec.json.encode(value) + b"\n"
