"""What the web services ask of an engine before they serve: its configuration, then the state of everyone.

Runs once for each session of the link, with a new model. The answers that are events (configuration, teams) reach
the model as events do; this only knows when they are complete.

Spec: ``cti.md`` §11.2 (configuration), §11.3 (snapshot).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from twisted.internet.defer import Deferred, FirstError, gatherResults
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState, ConfigMask
from finesse_tx.cti.core.errors import RequestFailedError
from finesse_tx.cti.core.message import Message
from finesse_tx.errors import RemoteProtocolError
from finesse_tx.interfaces import ICTILink
from finesse_tx.webservices.core.model import Model

__all__ = ["Synchronisation", "SynchronisationError"]

WANTED: Final = ConfigMask.CSQS | ConfigMask.AGENTS
"""What the model has a use for."""

AT_ONCE: Final = 32
"""How many snapshot requests are under way together."""

PATIENCE_S: Final = 60.0
"""How long the engine may take for its configuration."""


class SynchronisationError(RemoteProtocolError):
    """The engine does not say what we must know.

    Attributes:
        reason: What it said instead.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Synchronisation:
    """One synchronisation.

    Args:
        link: The session with the engine.
        model: The model to fill; the caller feeds it with every event meanwhile.
        clock: For giving up.
        now: The wall time, in UTC.
    """

    log = Logger()

    def __init__(
        self, link: ICTILink, model: Model, clock: IReactorTime, now: Callable[[], datetime]
    ) -> None:
        self._link, self._model, self._clock, self._now = link, model, clock, now
        self._keys: Deferred[None] = Deferred()
        self._uploaded: Deferred[None] = Deferred()
        self._open: int = 0
        self._missing: int = int(WANTED)

    def message(self, message: Message) -> None:
        """Look at an event: is something complete now?"""
        if isinstance(message, messages.ConfigKeyEvent) and not self._keys.called:
            if message.config_key_status:
                self._keys.errback(
                    SynchronisationError(f"ConfigKeyStatus {message.config_key_status}")
                )
            else:
                self._keys.callback(None)
        elif isinstance(message, messages.ConfigBeginEvent):
            self._open |= int(message.config_information)
        elif isinstance(message, messages.ConfigEndEvent) and not self._uploaded.called:
            self._end(message)

    def _end(self, message: messages.ConfigEndEvent) -> None:
        if message.config_end_status:
            reason = f"ConfigEndStatus {message.config_end_status} {message.text or ''}".rstrip()
            self._uploaded.errback(SynchronisationError(reason))
            return
        self._missing &= ~self._open
        self._open = 0
        if not self._missing:
            self._uploaded.callback(None)

    async def run(self) -> None:
        """Ask, and return when the model is complete.

        Raises:
            SynchronisationError: The engine refused.
            TimeoutError: It did not answer in time (``twisted.internet.defer.TimeoutError``).
            LinkDownError: The link was lost meanwhile.
        """
        self._link.send(messages.ConfigRequestKeyEvent())
        await self._keys.addTimeout(PATIENCE_S, self._clock)
        self._link.send(messages.ConfigRequestEvent(config_information=int(WANTED)))
        await self._uploaded.addTimeout(PATIENCE_S, self._clock)
        await self._teams()
        await self._each(list(self._model.agents))

    async def _teams(self) -> None:
        try:
            await self._link.request(messages.TeamConfigReq())
        except RequestFailedError as error:
            # An engine without teams still has agents; the directory says who works where.
            self.log.info("the engine tells no teams: {error}", error=error)

    async def _each(self, login_ids: Sequence[str]) -> None:
        """Take everyone's snapshot, some at a time."""
        todo = list(reversed(login_ids))

        async def take() -> None:
            try:
                while todo:
                    await self._agent(todo.pop())
            except BaseException:
                todo.clear()  # one failure is everyone's: the others ask nothing more
                raise

        takers = [Deferred.fromCoroutine(take()) for _ in range(AT_ONCE)]
        try:
            await gatherResults(takers, consumeErrors=True)
        except FirstError as error:
            error.subFailure.raiseException()

    async def _agent(self, login_id: str) -> None:
        try:
            conf = await self._link.request(messages.QueryAgentStateReq(agent_id_long=login_id))
        except RequestFailedError:
            return  # E_CTI_AGENT_NOT_LOGGED_ON, by some engines
        if not isinstance(conf, messages.QueryAgentStateConf):
            raise SynchronisationError(f"{type(conf).__name__} answers QueryAgentStateReq")
        self._model.agent_snapshot(login_id, conf, self._now())
        if conf.agent_state != AgentState.LOGOUT:
            await self._calls(conf.agent_instrument or conf.agent_extension or "")

    async def _calls(self, extension: str) -> None:
        device = await self._link.request(messages.SnapshotDeviceReq(agent_instrument=extension))
        if not isinstance(device, messages.SnapshotDeviceConf):
            raise SynchronisationError(f"{type(device).__name__} answers SnapshotDeviceReq")
        for call in device.calls:
            if (call_id := call.call_connection_call_id) is None:
                continue
            conf = await self._link.request(
                messages.SnapshotCallReq(
                    connection_call_id=call_id, connection_device_id=call.call_connection_device_id
                )
            )
            if isinstance(conf, messages.SnapshotCallConf):
                self._model.call_snapshot(call_id, conf, self._now())
