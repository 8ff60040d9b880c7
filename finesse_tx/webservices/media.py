"""Media other than voice: what agents ask of them, what they are told, and what voice has to do with it.

Task routing is another part, behind `ITaskRouting`; here are who may do what, the form of it all, and the two rules
between voice and the rest: a call comes before what can be interrupted, and who signs out of voice, or whose desktop is
gone, is signed out of the rest, as far as the configuration says so.

Spec: ``rest.md`` §2.3 (the scope of a sign-out), §5.1, §5.3, §10; ``notifications.md`` §5.1, §7.8, §8.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from twisted.logger import Logger
from zope.interface import implementer

from finesse_tx.cti.core.enums import EventReasonCode
from finesse_tx.directory.core.records import Person, ReasonCategory
from finesse_tx.interfaces import IPublisher, ITaskListener, ITaskRouting
from finesse_tx.tasks.core.errors import NoSuchTargetError, TaskRefusedError
from finesse_tx.tasks.core.events import Event, MediaEvent, TaskEvent
from finesse_tx.tasks.core.records import Domain, Task
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.access import Relation
from finesse_tx.webservices.core.changes import UserChange
from finesse_tx.webservices.core.errors import ApiError, wrong_user
from finesse_tx.webservices.core.media import (
    DigitalChannel,
    DigitalChannels,
    Media,
    MediaDomain,
    MediaDomains,
    MediaList,
    ScriptSelector,
    ScriptSelectors,
    media,
    task_dialog,
)
from finesse_tx.webservices.core.media_requests import MediaBody, MediaRequest, TaskRequest
from finesse_tx.webservices.core.objects import Dialog, Dialogs, UserState
from finesse_tx.webservices.core.reading import invalid
from finesse_tx.webservices.core.routing import number_of
from finesse_tx.webservices.operations.people import People

__all__ = ["CALLING", "VOICE", "MediaDesk", "Scope"]

Scope = Literal["all", "configured", "voice"]
"""What a sign-out from voice takes with it."""

VOICE: Final = 1
"""The domain of calls."""

CALLING: Final = frozenset(
    {
        UserState.RESERVED,
        UserState.RESERVED_OUTBOUND,
        UserState.RESERVED_OUTBOUND_PREVIEW,
        UserState.TALKING,
        UserState.HOLD,
        UserState.WORK,
        UserState.WORK_READY,
    }
)
"""The states in which an agent has a call, or what is left of one to do."""


@implementer(ITaskListener)
class MediaDesk:
    """Everybody's media.

    Args:
        tasks: Task routing.
        people: The checks.
        publisher: Where notifications go.
        scope: What a sign-out from voice takes with it.
    """

    log = Logger()

    def __init__(
        self, tasks: ITaskRouting, people: People, publisher: IPublisher, scope: Scope = "all"
    ) -> None:
        self._tasks, self._people, self._publisher = tasks, people, publisher
        self._scope = scope
        self._in_voice: set[str] = set()

    # Questions --------------------------------------------------------------------------------------------------

    def media_list(self, viewer: Person, login_id: str) -> MediaList:
        """The media that a user has."""
        target = self._people.visible(viewer, login_id)
        domains = self._tasks.roster.domains_of(target.login_id)
        return MediaList(tuple(self._media(target, domain) for domain in domains))

    def media(self, viewer: Person, login_id: str, mrd_id: str) -> Media:
        """A user in a domain."""
        target = self._people.visible(viewer, login_id)
        return self._media(target, self._domain(target, mrd_id))

    def dialogs(self, viewer: Person, login_id: str, mrd_id: str | None = None) -> Dialogs:
        """A user's tasks, in one domain or in all."""
        target = self._people.visible(viewer, login_id)
        if mrd_id is not None:
            domains: Iterable[Domain] = (self._domain(target, mrd_id),)
        else:
            domains = self._tasks.roster.domains.values()
        return Dialogs(
            tuple(
                self._dialog(task)
                for domain in domains
                for task in self._tasks.tasks_of(target.login_id, domain.id)
            )
        )

    def dialog(self, viewer: Person, dialog_id: str) -> Dialog:
        """A task, for who has it, that one's supervisors and administrators."""
        task = self._tasks.dialog(dialog_id)
        if task is None:
            raise ApiError(404, "Not Found", "Invalid dialogId specified for dialog", dialog_id)
        person = self._people.snapshot().person(task.login_id)
        if person is None or self._people.relation(viewer, person) is Relation.STRANGER:
            raise wrong_user(dialog_id)
        return self._dialog(task)

    def domains(self) -> MediaDomains:
        """All domains."""
        return MediaDomains(
            tuple(
                MediaDomain(one.id, one.name, one.description)
                for one in self._tasks.roster.domains.values()
            )
        )

    def selectors(self, mrd_type: str) -> ScriptSelectors:
        """What calls and tasks can be sent to: of voice, of digital channels, or of all."""
        found: list[ScriptSelector] = []
        if mrd_type in {"voice", "all"}:
            found += [
                ScriptSelector(VOICE, one.application_name, one.route_point, "")
                for one in self._people.snapshot().triggers
            ]
        if mrd_type in {"digitalchannel", "all"}:
            roster = self._tasks.roster
            found += [
                ScriptSelector(
                    one.domain_id,
                    f"{roster.domains[one.domain_id].name}.{one.dialed_number}",
                    one.dialed_number,
                    one.description,
                )
                for one in roster.selectors.values()
            ]
        return ScriptSelectors(tuple(found))

    def channels(self) -> DigitalChannels:
        """All domains, and how their tasks are handled."""
        return DigitalChannels(
            tuple(
                DigitalChannel(
                    one.id,
                    one.name,
                    one.description,
                    one.interruptible,
                    round(one.start_timeout_s),
                    round(one.max_task_s),
                )
                for one in self._tasks.roster.domains.values()
            )
        )

    def _domain(self, target: Person, mrd_id: str) -> Domain:
        number = number_of(mrd_id)
        if not self._tasks.roster.has(target.login_id, number):
            raise _in_domain(ApiError(404, "Not Found", "Invalid mrdId specified", mrd_id), mrd_id)
        return self._tasks.roster.domains[number]

    def _media(self, target: Person, domain: Domain) -> Media:
        now = self._tasks.media(target.login_id, domain.id)
        return media(target.login_id, domain, now, self._people.snapshot())

    def _dialog(self, task: Task) -> Dialog:
        roster = self._tasks.roster
        selector = roster.selectors.get(task.selector)
        queue = (roster.queue_id(selector), selector.queue) if selector else (None, "")
        return task_dialog(
            task,
            roster.domains[task.domain_id],
            (queue[0], queue[1] or task.selector),
            interrupted=self._tasks.is_interrupted(task),
        )

    # What agents do ---------------------------------------------------------------------------------------------

    def change(
        self,
        viewer: Person,
        login_id: str,
        wanted: Sequence[tuple[str, MediaBody]],
        request_id: str,
    ) -> None:
        """Sign in to domains or out of them, or change states there; only the user itself may.

        All are checked before any is changed.

        Args:
            viewer: Who asks.
            login_id: Whose media.
            wanted: What, by ``mrdId`` as it was written.
            request_id: The client's, for refusals.
        """
        target = self._people.own(viewer, login_id)
        for domain_id, request, reason in [self._checked(target, *one) for one in wanted]:
            try:
                self._change(target.login_id, domain_id, request, reason)
            except TaskRefusedError as error:
                node = updates.media_list_uri(target.login_id)
                source = updates.media_uri(target.login_id, domain_id)
                self._refuse(node, source, error, request_id)

    def _checked(
        self, target: Person, mrd_id: str, body: MediaBody
    ) -> tuple[int, MediaRequest, int | None]:
        """A domain, what is asked for in it, and the reason that is given."""
        domain = self._domain(target, mrd_id)
        try:
            request = MediaRequest.of(body)
            return domain.id, request, self._reason(target, request)
        except ApiError as error:
            raise _in_domain(error, mrd_id) from None

    def _reason(self, target: Person, request: MediaRequest) -> int | None:
        """The reason that is given, checked as that of a voice state."""
        if request.state not in {"NOT_READY", "LOGOUT"}:
            return None
        category = ReasonCategory(request.state)
        code = self._people.chosen_reason(target, category, request.reason_code_id)
        return code.id if code is not None else None

    def _change(
        self, login_id: str, domain_id: int, request: MediaRequest, reason: int | None
    ) -> None:
        if request.settings is not None:
            self._tasks.sign_in(login_id, domain_id, request.settings)
        elif request.state == "LOGOUT":
            self._tasks.sign_out(login_id, domain_id, reason)
        elif request.state:
            self._tasks.set_ready(login_id, domain_id, request.state == "READY", reason)
        if request.routable is not None and request.state != "LOGOUT":
            self._tasks.set_routable(login_id, domain_id, request.routable)

    def act(self, viewer: Person, dialog_id: str, wanted: TaskRequest, request_id: str) -> None:
        """Do something with a task; only who has it may."""
        task = self._tasks.dialog(dialog_id)
        if task is None:
            raise ApiError(404, "Dialog Not Found", "Dialog Not Found", dialog_id)
        if viewer.login_id != task.login_id:
            raise wrong_user(dialog_id)
        if wanted.target != task.login_id:
            raise invalid("targetMediaAddress")
        try:
            self._tasks.act(task.login_id, dialog_id, wanted.action, wanted.to_address)
        except NoSuchTargetError:
            raise ApiError(
                400, "Invalid Destination", "There is no such script selector", wanted.to_address
            ) from None
        except TaskRefusedError as error:
            node, source = updates.task_dialogs_node(task.login_id), updates.dialog_uri(dialog_id)
            self._refuse(node, source, error, request_id)

    def _refuse(self, node: str, source: str, error: TaskRefusedError, request_id: str) -> None:
        refusal = error.refusal
        payload = updates.error_update(
            source,
            refusal.error_type,
            refusal.constant,
            str(refusal.code),
            request_id,
            media=str(error.domain_id),
        )
        self._publisher.publish(node, payload)

    # ITaskListener ----------------------------------------------------------------------------------------------

    def task_events(self, events: Sequence[Event]) -> None:
        """Tell agents of their media and tasks; as the original's, these name no request."""
        for event in events:
            if isinstance(event, MediaEvent):
                self._tell_media(event)
            else:
                self._tell_task(event)

    def _tell_media(self, event: MediaEvent) -> None:
        login_id, domain_id = event.media.login_id, event.media.domain_id
        domain = self._tasks.roster.domains[domain_id]
        shown = media(login_id, domain, event.media, self._people.snapshot())
        source = updates.media_uri(login_id, domain_id)
        payload = updates.update("PUT", source, shown, "media")
        self._publisher.publish(updates.media_list_uri(login_id), payload)

    def _tell_task(self, event: TaskEvent) -> None:
        shown = self._dialog(event.task)
        if event.kind == "PUT":
            payload = updates.update("PUT", updates.dialog_uri(shown.id), shown, "dialog")
        else:
            media_uri = updates.media_uri(event.login_id, event.task.domain_id)
            dialogs = Dialogs((shown,))
            payload = updates.update(event.kind, f"{media_uri}/Dialogs", dialogs, "dialogs")
        self._publisher.publish(updates.task_dialogs_node(event.login_id), payload)

    # Voice ------------------------------------------------------------------------------------------------------

    def user_changed(self, change: UserChange) -> None:
        """A user's voice state is this now."""
        login_id, state = change.login_id, change.user.state
        if change.event == "DELETE":
            self._in_voice.discard(login_id)
            self._tasks.set_calling(login_id, False)
            self._leave(login_id, self._tasks.domains_in(login_id), None)
            return
        self._tasks.set_calling(login_id, state in CALLING)
        if state is not UserState.LOGOUT:
            self._in_voice.add(login_id)
        elif login_id in self._in_voice:
            self._in_voice.discard(login_id)
            reason = change.user.reason_code
            self._leave(login_id, self._with_voice(login_id), reason.id if reason else None)

    def _with_voice(self, login_id: str) -> list[int]:
        """The domains that a sign-out from voice takes with it."""
        roster = self._tasks.roster
        if self._scope == "voice":
            return []
        return [
            domain_id
            for domain_id in self._tasks.domains_in(login_id)
            if self._scope == "all" or roster.domains[domain_id].signs_out
        ]

    def _leave(self, login_id: str, domain_ids: Iterable[int], reason: int | None) -> None:
        for domain_id in domain_ids:
            self.log.info(
                "{login_id} is signed out of domain {domain}", login_id=login_id, domain=domain_id
            )
            self._tasks.sign_out(login_id, domain_id, reason)

    # What presence asks -----------------------------------------------------------------------------------------

    def is_to_leave(self, login_id: str) -> bool:
        """Whether there is a domain that somebody is to be signed out of, once his desktop is gone."""
        return bool(self._with_voice(login_id))

    def leave(self, login_id: str) -> None:
        """Somebody's desktop is gone."""
        snapshot = self._people.snapshot()
        code = snapshot.reason_code(ReasonCategory.LOGOUT, EventReasonCode.CONNECTION_FAILURE)
        self._leave(login_id, self._with_voice(login_id), code.id if code else None)


def _in_domain(error: ApiError, mrd_id: str) -> ApiError:
    """Say of which domain a refusal is."""
    error.error_media = mrd_id
    return error
