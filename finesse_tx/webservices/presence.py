"""Signs agents out whose desktop is gone.

The notification service tells who comes and goes; here are the timers, the request to the engine, and the audit.

Spec: ``engine.md`` §2.5; ``notifications.md`` §8.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from typing import Protocol as Shape

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.config import PresenceConfig
from finesse_tx.cti.core.enums import ControlFailureCode
from finesse_tx.cti.core.errors import (
    ControlFailureError,
    LinkDownError,
    RequestFailedError,
    RequestTimeoutError,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.interfaces import IDirectory, ISessionListener, ISignOuts
from finesse_tx.notification.core.departure import Departure
from finesse_tx.webservices.core.audit import Audit, Outcome, SignOut
from finesse_tx.webservices.core.presence import Absence, Attendance, State, Times

__all__ = ["RETRY_S", "Engine", "OtherMedia", "Presence"]

RETRY_S: Final = 5.0
"""The pause before an engine that could not be asked is asked again."""


class Engine(Shape):
    """What the web services can do about an agent."""

    def session_of(self, login_id: str) -> str:
        """What the agent's session is called; empty when that is not known, or would not be understood."""

    def can_sign_out(self, login_id: str) -> bool | None:
        """Whether the agent is signed in; None while there is no engine to ask."""

    def is_leaving(self, login_id: str) -> bool:
        """Whether a sign-out waits for the end of the agent's call."""

    def force_out(self, login_id: str, session_id: str) -> Deferred[Message]:
        """Sign the agent out of that session; fails as `ICTILink.request` does."""

    def take_back(self, login_id: str, session_id: str) -> Deferred[Message]:
        """Take a sign-out back that waits for the end of a call; fails as `ICTILink.request` does."""


class OtherMedia(Shape):
    """What is to be done about an agent who is in other media than voice."""

    def is_to_leave(self, login_id: str) -> bool:
        """Whether there are media that the agent is to be signed out of."""

    def leave(self, login_id: str) -> None:
        """Sign the agent out of them."""


@implementer(ISessionListener, ISignOuts)
class Presence(Service):
    """Everybody's desktop.

    Args:
        config: ``[presence]``.
        directory: Who is in which team.
        clock: For the timer; there is one for all.
        now: The wall time, in UTC.

    Attributes:
        audit: The latest sign-outs.
    """

    log = Logger()

    def __init__(
        self,
        config: PresenceConfig,
        directory: IDirectory,
        clock: IReactorTime,
        now: Callable[[], datetime],
    ) -> None:
        self._config, self._directory, self._clock, self._now = config, directory, clock, now
        self._attendance = Attendance(self._times)
        self._leaving: dict[str, Absence] = {}
        self._timer: IDelayedCall | None = None
        self._engine: Engine | None = None
        self._media: OtherMedia | None = None
        self.audit = Audit()

    def use(self, engine: Engine, media: OtherMedia | None = None) -> None:
        """Sign out by these; called once, before the start. Who leaves voice leaves other media with it."""
        self._engine, self._media = engine, media

    def _is_in_media(self, login_id: str) -> bool:
        return self._media is not None and self._media.is_to_leave(login_id)

    @override
    def stopService(self) -> None:
        """From now on nobody is signed out: it is we who go."""
        super().stopService()
        self._attendance.clear()
        self._leaving.clear()
        self._set_timer()

    def _times(self, login_id: str) -> Times:
        snapshot = self._directory.snapshot()
        person = snapshot.person(login_id)
        team = snapshot.team(person.team_id) if person and person.team_id is not None else None
        own = self._config.teams.get(team.name) if team else None
        detect_s, grace_s = self._config.detect_s, self._config.grace_s
        if own is not None:
            detect_s = detect_s if own.detect_s is None else own.detect_s
            grace_s = grace_s if own.grace_s is None else own.grace_s
        return Times(detect_s, grace_s)

    # ISignOuts --------------------------------------------------------------------------------------------------

    def sign_outs(self, login_id: str) -> list[dict[str, str]]:
        """The latest ones of a person, or everybody's."""
        return [
            {
                "login_id": one.login_id,
                "session_id": one.session_id,
                "cause": one.cause.value,
                "lost_at": one.lost_at.isoformat(timespec="seconds"),
                "decided_at": one.decided_at.isoformat(timespec="seconds"),
                "outcome": one.outcome.value,
                "detail": one.detail,
            }
            for one in self.audit.of(login_id)
        ]

    # ISessionListener -------------------------------------------------------------------------------------------

    def user_available(self, login_id: str) -> None:
        """Somebody's desktop is there, again or for the first time."""
        absence = self._attendance.came(login_id)
        if absence is not None:
            self.log.info(
                "{login_id}: the desktop is back after {seconds} s",
                login_id=login_id,
                seconds=self._clock.seconds() - absence.since,
            )
            self._set_timer()
        if (leaving := self._leaving.pop(login_id, None)) is not None:
            self._stay(leaving)

    def user_unavailable(self, login_id: str, why: Departure) -> None:
        """Somebody's desktop is gone."""
        if not self.running or not self._config.enabled or self._engine is None:
            return
        if self._engine.can_sign_out(login_id) is False and not self._is_in_media(login_id):
            self._attendance.went(login_id)
            return
        session_id = self._engine.session_of(login_id)
        absence = self._attendance.left(login_id, why, session_id, self._clock.seconds())
        if absence is not None:
            self.log.info(
                "{login_id}: the desktop is gone ({cause})", login_id=login_id, cause=why.value
            )
            self._set_timer()

    # Time -------------------------------------------------------------------------------------------------------

    def _set_timer(self) -> None:
        due = self._attendance.due_at()
        if self._timer is not None:
            if due == self._timer.getTime():
                return
            self._timer.cancel()
            self._timer = None
        if due is not None:
            self._timer = self._clock.callLater(max(0.0, due - self._clock.seconds()), self._due)

    def _due(self) -> None:
        self._timer = None
        for absence in self._attendance.advance(self._clock.seconds()):
            self._expired(absence)
        self._set_timer()

    def _expired(self, absence: Absence) -> None:
        engine, login_id = self._engine, absence.login_id
        if engine is None:
            return
        match engine.can_sign_out(login_id):
            case None:
                self._attendance.postpone(absence, self._clock.seconds() + RETRY_S)
            case False if self._media is not None and self._is_in_media(login_id):
                self._media.leave(login_id)
                self._record(absence, Outcome.DONE, "other media than voice")
            case False:
                self.log.debug("{login_id} has signed out meanwhile", login_id=login_id)
            case True:
                signing_out = Deferred.fromCoroutine(self._sign_out(engine, absence))
                signing_out.addErrback(
                    lambda failure: self.log.failure(
                        "{id} cannot be signed out", failure, id=login_id
                    )
                )

    # The engine -------------------------------------------------------------------------------------------------

    async def _sign_out(self, engine: Engine, absence: Absence) -> None:
        try:
            await engine.force_out(absence.login_id, absence.session_id)
        except ControlFailureError as error:
            newer = error.failure_code == ControlFailureCode.CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON
            outcome = Outcome.NEWER_SESSION if newer else Outcome.REFUSED
            self._record(absence, outcome, "" if newer else str(error))
        except RequestFailedError as error:
            self._record(absence, Outcome.REFUSED, str(error))
        except (LinkDownError, RequestTimeoutError):
            if self.running:
                self._attendance.postpone(absence, self._clock.seconds() + RETRY_S)
                self._set_timer()
        else:
            self._record(absence, Outcome.DONE)
            if self._attendance.state(absence.login_id) is State.PRESENT:
                self._stay(absence)  # it came back while the engine was asked
            elif self.running:
                self._leaving[absence.login_id] = absence

    def _stay(self, absence: Absence) -> None:
        """A desktop has come back after its agent was to be signed out: in a call it is not too late."""
        engine, login_id = self._engine, absence.login_id
        if engine is None or not absence.session_id or not engine.is_leaving(login_id):
            return
        staying = engine.take_back(login_id, absence.session_id)
        staying.addCallbacks(
            lambda _done: self._record(absence, Outcome.TAKEN_BACK),
            lambda failure: self.log.warn(
                "{login_id} stays signed out: {reason}", login_id=login_id, reason=failure.value
            ),
        )

    def _record(self, absence: Absence, outcome: Outcome, detail: str = "") -> None:
        now = self._now()
        lost_at = now - timedelta(seconds=self._clock.seconds() - absence.since)
        record = SignOut(
            absence.login_id, absence.session_id, absence.cause, lost_at, now, outcome, detail
        )
        self.audit.add(record)
        self.log.info(
            "forced sign-out of {login_id}, whose desktop is gone since {lost_at} ({cause}): {outcome} {detail}",
            login_id=record.login_id,
            session_id=record.session_id,
            cause=record.cause.value,
            lost_at=record.lost_at.isoformat(timespec="seconds"),
            outcome=record.outcome.value,
            detail=record.detail,
        )
