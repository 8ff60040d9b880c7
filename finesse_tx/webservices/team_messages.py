"""Messages of supervisors to their teams: sent, shown, told, and forgotten when their time is over.

Those that are still to be shown are in memory; each is in the store before anybody hears of it.

Spec: ``rest.md`` §7.3; ``notifications.md`` §4.1, §5.1.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any, Final, TypeVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from typing_extensions import override

from finesse_tx.directory.core.records import Person, Role
from finesse_tx.interfaces import IPublisher, ITeamMessageRecords
from finesse_tx.store.core.errors import StoreBusyError, StoreError, StoreUnavailableError
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.access import Relation
from finesse_tx.webservices.core.errors import ApiError, authorization_failure, wrong_user
from finesse_tx.webservices.core.team_messages import (
    MAX_ACTIVE,
    Draft,
    Message,
    TeamMessage,
    TeamMessages,
    message_uri,
    too_many,
)
from finesse_tx.webservices.operations.people import People
from finesse_tx.webservices.shielding import to_its_end

__all__ = ["MAX_WAITING", "Messages"]

T = TypeVar("T")

MAX_WAITING: Final = 100
"""How many changes may wait for each other; one more is refused."""


class Messages(Service):
    """The messages of all teams.

    Args:
        messages: Those that are there at the start.
        records: Where they are kept.
        people: The checks.
        publisher: Where they are told.
        clock: For their end.
        now: The wall time, in UTC.
    """

    log = Logger()
    name = "team messages"

    def __init__(
        self,
        messages: Iterable[Message],
        records: ITeamMessageRecords,
        people: People,
        publisher: IPublisher,
        clock: IReactorTime,
        now: Callable[[], datetime],
    ) -> None:
        self._messages = {message.id: message for message in messages}
        self._records, self._people, self._publisher = records, people, publisher
        self._clock, self._now = clock, now
        self._lock = DeferredLock()
        self._later: IDelayedCall | None = None

    @override
    def startService(self) -> None:
        super().startService()
        self._forget()

    @override
    def stopService(self) -> None:
        super().stopService()
        self._schedule()

    # Questions --------------------------------------------------------------------------------------------------

    def message(self, viewer: Person, message_id: str) -> TeamMessage:
        """One, for those in its teams, their supervisors, and administrators."""
        message = self._find(message_id)
        for team_id in message.draft.team_ids:
            try:
                self._people.seen_team(viewer, str(team_id))
            except ApiError:
                continue
            return message.shown()
        if viewer.login_id == message.created_by or Role.ADMINISTRATOR in viewer.roles:
            return message.shown()
        raise authorization_failure(viewer.login_id)

    def of_team(self, viewer: Person, team_id: str) -> TeamMessages:
        """A team's, for those in it, its supervisors and administrators."""
        team = self._people.seen_team(viewer, team_id)
        return self._shown(
            message for message in self._active() if team.id in message.draft.team_ids
        )

    def of_user(self, viewer: Person, login_id: str) -> TeamMessages:
        """Those that somebody has sent."""
        target = self._people.snapshot().person(login_id)
        is_known = target is not None and (target.is_agent or Role.ADMINISTRATOR in target.roles)
        if target is None or not is_known:
            raise ApiError(404, "User Not Found", "UNKNOWN_USER", login_id)
        if self._people.relation(viewer, target) not in {Relation.SELF, Relation.ADMINISTRATOR}:
            raise wrong_user(login_id)
        return self._shown(m for m in self._active() if m.created_by == target.login_id)

    # Changes ----------------------------------------------------------------------------------------------------

    async def create(self, viewer: Person, draft: Draft, request_id: str) -> int:
        """Send one, and return its id; supervisors may, to their teams, and administrators."""
        for team_id in draft.team_ids:
            self._people.supervised(viewer, str(team_id))
        return await self._in_turn(self._create(viewer, draft, request_id))

    async def delete(self, viewer: Person, message_id: str, request_id: str) -> None:
        """Take one back; whoever has sent it may, and administrators."""
        message = self._find(message_id)
        if viewer.login_id != message.created_by and Role.ADMINISTRATOR not in viewer.roles:
            raise authorization_failure(viewer.login_id)
        await self._in_turn(self._delete(message_id, request_id))

    async def _in_turn(self, work: Coroutine[Deferred[Any], Any, T]) -> T:
        """One change after the other, each to its end."""
        if len(self._lock.waiting) >= MAX_WAITING:
            work.close()
            raise ApiError(503, "Service Unavailable", "TOO_MANY_REQUESTS")

        async def carry_out() -> T:
            await self._lock.acquire()
            try:
                return await work
            except StoreBusyError as error:
                raise ApiError(503, "Service Unavailable", "DB_BUSY") from error
            except StoreUnavailableError as error:
                self.log.error("a team message is not kept: {reason}", reason=error)
                raise ApiError(503, "Service Unavailable", "DB_UNAVAILABLE") from error
            except StoreError as error:
                self.log.error("a team message is not kept: {reason}", reason=error)
                raise ApiError(500, "Internal Server Error", "DB_RUNTIME_EXCEPTION") from error
            finally:
                self._lock.release()

        return await to_its_end(carry_out(), self.log)

    async def _create(self, viewer: Person, draft: Draft, request_id: str) -> int:
        active = list(self._active())
        for team_id in draft.team_ids:
            if sum(team_id in message.draft.team_ids for message in active) >= MAX_ACTIVE:
                raise too_many()
        made = Message(
            0,
            viewer.login_id,
            viewer.first_name,
            viewer.last_name,
            self._now().timestamp(),
            draft,
        )
        message = await self._records.add(made)
        self._messages[message.id] = message
        self.log.info(
            "{user} has sent message {id} to {teams}",
            user=viewer.login_id,
            id=message.id,
            teams=", ".join(map(str, draft.team_ids)),
        )
        self._publish("POST", message, request_id)
        self._schedule()
        return message.id

    async def _delete(self, message_id: str, request_id: str) -> None:
        message = self._find(message_id)  # two may want it
        await self._records.remove(message.id)
        self._messages.pop(message.id, None)
        self._publish("DELETE", message, request_id)
        self._schedule()

    # Their time -------------------------------------------------------------------------------------------------

    def _active(self) -> list[Message]:
        """Those that are still to be shown, the oldest first."""
        now = self._now().timestamp()
        return [message for message in self._messages.values() if message.expires_at > now]

    def _find(self, message_id: str) -> Message:
        for message in self._active():
            if str(message.id) == message_id:
                return message
        raise ApiError(404, "Not Found", "Invalid messageId specified for message", message_id)

    def _shown(self, messages: Iterable[Message]) -> TeamMessages:
        return TeamMessages(tuple(message.shown() for message in messages))

    def _publish(self, event: updates.Event, message: Message, request_id: str) -> None:
        """Tell a message's teams, on the node's both names."""
        payload = updates.update(
            event, message_uri(message.id), message.shown(), "TeamMessage", request_id
        )
        for team_id in message.draft.team_ids:
            for node in updates.team_message_nodes(team_id):
                self._publisher.publish(node, payload)

    def _schedule(self) -> None:
        """Look again when the next one ends."""
        if self._later is not None:
            later, self._later = self._later, None
            later.cancel()
        if self.running and self._messages:
            first = min(message.expires_at for message in self._messages.values())
            pause = max(0.0, first - self._now().timestamp())
            self._later = self._clock.callLater(pause, self._forget)

    def _forget(self) -> None:
        """Whose time is over is nobody's business any more; desktops know it by the duration."""
        self._later = None
        now = self._now().timestamp()
        active = {message.id: message for message in self._active()}
        removing: Deferred[None] = self._records.remove_expired(now)
        removing.addErrback(
            lambda failure: self.log.warn(
                "old team messages stay in the store: {reason}", reason=failure.getErrorMessage()
            )
        )
        self._messages = active
        self._schedule()
