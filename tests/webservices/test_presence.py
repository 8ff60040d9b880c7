"""`finesse_tx.webservices.presence` and ``sessions``: forced sign-outs, from presence to the engine and the audit."""

from __future__ import annotations

from zope.interface.verify import verifyObject

from finesse_tx.config import PresenceConfig, PresenceTeamConfig
from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState, ControlFailureCode, ForcedFlag, StatusCode
from finesse_tx.cti.core.errors import (
    ControlFailureError,
    RequestFailedError,
    RequestTimeoutError,
)
from finesse_tx.interfaces import ISessionListener, ISignOuts
from finesse_tx.notification.core.departure import Departure
from finesse_tx.webservices.core.audit import Outcome
from finesse_tx.webservices.presence import RETRY_S, Presence
from tests.webservices.core import events
from tests.webservices.test_service import Case


class PresenceCase(Case):
    """Ann is signed in, in session ``s1``; her desktop is there."""

    config = PresenceConfig()

    def setUp(self) -> None:
        """In service."""
        super().setUp()
        self.ids = iter(f"s{n}" for n in range(1, 100))
        self.service, self.link, self.publisher, self.clock = self.make(
            self.directory, new_session_id=lambda: next(self.ids)
        )
        self.serve()
        self.presence = Presence(self.config, self.directory, self.clock, self.service._now)
        self.presence.use(self.service.sessions)
        self.presence.startService()
        self.sign_in()
        self.presence.user_available("ann")

    def tearDown(self) -> None:
        """No timer is left."""
        self.presence.stopService()
        super().tearDown()

    def sign_in(self) -> messages.SetAgentStateReq:
        """Ann signs in by REST."""
        person = events.DIRECTORY.person("ann")
        assert person
        self.service.operations.users.sign_in(person, "ann", "1001", "finesse", "")
        request = self.link.confirm()
        assert isinstance(request, messages.SetAgentStateReq)
        return request

    def leave(self, why: Departure = Departure.CLOSED) -> None:
        """Ann's desktop goes."""
        self.presence.user_unavailable("ann", why)

    def asked(self) -> messages.SetAgentStateReq:
        """What the engine is asked."""
        (request,) = self.link.waiting
        assert isinstance(request, messages.SetAgentStateReq)
        return request

    def outcomes(self) -> list[tuple[Outcome, Departure, str]]:
        """What the audit says, the latest first."""
        return [(one.outcome, one.cause, one.session_id) for one in self.presence.audit.of("ann")]


class SignOutTests(PresenceCase):
    """``engine.md`` §8.6, and what can go wrong."""

    def test_interface(self) -> None:
        """It is told by the notification service, and asked by the operator."""
        for interface in (ISessionListener, ISignOuts):
            self.assertTrue(verifyObject(interface, self.presence))

    def test_close(self) -> None:
        """A desktop that is closed: 60 s later the engine is asked, for that session."""
        self.leave()
        self.clock.advance(59.9)
        self.assertEqual(self.link.waiting, [])
        self.clock.advance(0.1)
        request = self.asked()
        self.assertEqual(
            (
                request.agent_state,
                request.event_reason_code,
                request.forced_flag,
                request.agent_id_long,
                request.agent_instrument,
                request.position_id,
            ),
            (AgentState.LOGOUT, 255, ForcedFlag.FORCED, "ann", "1001", "s1"),
        )
        self.link.confirm()
        self.assertEqual(self.outcomes(), [(Outcome.DONE, Departure.CLOSED, "s1")])
        (told,) = self.presence.sign_outs("ann")
        self.assertEqual((told["cause"], told["outcome"]), ("closed", "done"))
        self.assertEqual(self.presence.sign_outs("bob"), [])
        (record,) = self.presence.audit.of()
        self.assertEqual((record.decided_at - record.lost_at).total_seconds(), 60)

    def test_refresh(self) -> None:
        """A page that is loaded anew within the grace changes nothing."""
        self.leave()
        self.clock.advance(59.9)
        self.presence.user_available("ann")
        self.clock.advance(1000)
        self.assertEqual((self.link.waiting, self.outcomes()), ([], []))

    def test_crash(self) -> None:
        """A connection that breaks: 30 s until it is noticed, and 60 s more."""
        self.leave(Departure.NETWORK)
        self.clock.pump([30, 59.9])
        self.assertEqual(self.link.waiting, [])
        self.clock.advance(0.1)
        self.assertEqual(self.asked().position_id, "s1")
        self.link.confirm()
        self.assertEqual(self.outcomes()[0][1], Departure.NETWORK)

    def test_sleep(self) -> None:
        """A machine that sleeps has been silent already; when it wakes up in time it stays."""
        self.leave(Departure.TIMED_OUT)
        self.clock.advance(59)
        self.presence.user_available("ann")
        self.leave(Departure.TIMED_OUT)
        self.clock.advance(60)
        self.link.confirm()
        self.assertEqual(self.outcomes(), [(Outcome.DONE, Departure.TIMED_OUT, "s1")])

    def test_newer_session(self) -> None:
        """An agent who has signed in anew meanwhile, here or on the other node, is left alone by the engine."""
        self.leave()
        self.assertEqual(self.sign_in().position_id, "s2")
        self.clock.advance(60)
        self.assertEqual(self.asked().position_id, "s1")
        code = ControlFailureCode.CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON
        self.link.refuse(ControlFailureError(code))
        self.assertEqual(self.outcomes(), [(Outcome.NEWER_SESSION, Departure.CLOSED, "s1")])

    def test_refused_sign_in(self) -> None:
        """A sign-in that the engine refuses begins no session."""
        person = events.DIRECTORY.person("ann")
        assert person
        self.service.operations.users.sign_in(person, "ann", "1009", "finesse", "")
        self.link.refuse(ControlFailureError(ControlFailureCode.CF_INVALID_LOGON_DEVICE_SPECIFIED))
        self.leave()
        self.clock.advance(60)
        self.assertEqual(self.asked().position_id, "s1")
        self.link.confirm()

    def test_signed_out(self) -> None:
        """Whoever signs out, before going home or just after, is not asked about."""
        self.leave()
        self.service.link_message(events.state("ann", AgentState.LOGOUT))
        self.clock.advance(60)
        self.assertEqual((self.link.waiting, self.outcomes()), ([], []))
        self.presence.user_available("ann")
        self.leave()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.sign_in()
        self.service.link_message(events.state("ann", AgentState.NOT_READY))
        self.presence.user_available("ann")
        self.leave()
        self.clock.advance(60)
        self.link.confirm()
        self.assertEqual(self.outcomes(), [(Outcome.DONE, Departure.CLOSED, "s2")])

    def test_only_rest(self) -> None:
        """Whoever never had a desktop is never signed out."""
        self.presence.user_unavailable("bob", Departure.CLOSED)
        self.clock.advance(1000)
        self.assertEqual(self.link.waiting, [])

    def test_refused(self) -> None:
        """What the engine refuses is in the audit, with its reason."""
        for error in (
            ControlFailureError(ControlFailureCode.CF_INVALID_OBJECT_STATE),
            RequestFailedError(StatusCode.E_CTI_UNSPECIFIED_FAILURE),
        ):
            self.presence.user_available("ann")
            self.leave()
            self.clock.advance(60)
            self.link.refuse(error)
            (latest, *_) = self.presence.audit.of("ann")
            self.assertEqual((latest.outcome, latest.detail), (Outcome.REFUSED, str(error)))

    def test_no_engine(self) -> None:
        """While the engine cannot be asked, or does not answer, it is asked again, until the desktop is back."""
        self.leave()
        self.clock.advance(60)
        self.link.refuse(RequestTimeoutError("SetAgentStateReq", 10))
        self.clock.advance(RETRY_S)
        self.link.confirm()
        self.assertEqual([outcome for outcome, *_ in self.outcomes()], [Outcome.DONE])
        self.presence.user_available("ann")
        self.leave()
        self.service.link_closed("lost")
        self.clock.pump([60, RETRY_S, RETRY_S])
        self.assertEqual(self.link.waiting, [])
        self.presence.user_available("ann")
        self.clock.advance(1000)
        self.assertEqual(len(self.outcomes()), 1)

    def test_stop(self) -> None:
        """When we stop, nobody is signed out: not those who wait already, nor those who lose us."""
        self.leave()
        self.presence.stopService()
        self.presence.user_unavailable("bob", Departure.NETWORK)
        self.clock.advance(1000)
        self.assertEqual(self.link.waiting, [])


class InCallTests(PresenceCase):
    """A sign-out that waits for the end of a call."""

    def setUp(self) -> None:
        """Ann talks; her desktop has been gone for so long that she is to be signed out after the call."""
        super().setUp()
        self.leave()
        self.clock.advance(60)
        self.link.confirm()
        self.pending()

    def pending(self) -> None:
        """The engine tells what is pending."""
        self.service.link_message(
            messages.AgentStateEvent(
                agent_state=AgentState.TALKING,
                event_reason_code=255,
                agent_id_long="ann",
                agent_instrument="1001",
                next_agent_state=AgentState.LOGOUT,
            )
        )

    def test_taken_back(self) -> None:
        """A desktop that comes back before the call is over stays: its session signs in again."""
        self.presence.user_available("ann")
        request = self.asked()
        self.assertEqual(
            (request.agent_state, request.position_id, request.agent_password),
            (AgentState.LOGIN, "s1", None),
        )
        self.link.confirm()
        self.assertEqual(
            [outcome for outcome, *_ in self.outcomes()], [Outcome.TAKEN_BACK, Outcome.DONE]
        )

    def test_too_late(self) -> None:
        """After the call there is nothing to take back."""
        self.service.link_message(events.state("ann", AgentState.LOGOUT))
        self.presence.user_available("ann")
        self.assertEqual(self.link.waiting, [])

    def test_back_meanwhile(self) -> None:
        """The same for a desktop that comes back while the engine is asked."""
        self.presence.user_available("ann")
        self.link.confirm()
        self.leave()
        self.clock.advance(60)
        self.presence.user_available("ann")
        self.link.confirm()
        self.assertEqual(self.asked().agent_state, AgentState.LOGIN)
        self.link.confirm()

    def test_refused(self) -> None:
        """When the engine does not take it back, that is all."""
        self.presence.user_available("ann")
        self.link.refuse(RequestTimeoutError("SetAgentStateReq", 10))
        self.assertEqual([outcome for outcome, *_ in self.outcomes()], [Outcome.DONE])


class TeamTests(PresenceCase):
    """A team's own times."""

    config = PresenceConfig(
        teams={"One": PresenceTeamConfig(grace_s=5), "Another": PresenceTeamConfig(0, 0)}
    )

    def test_own(self) -> None:
        """What the team does not say is as for everybody."""
        self.leave()
        self.clock.advance(4.9)
        self.assertEqual(self.link.waiting, [])
        self.clock.advance(0.1)
        self.link.confirm()
        self.presence.user_available("ann")
        self.leave(Departure.NETWORK)
        self.clock.pump([30, 4.9])
        self.assertEqual(self.link.waiting, [])
        self.clock.advance(0.1)
        self.link.confirm()


class OffTests(PresenceCase):
    """``presence.enabled = false``."""

    config = PresenceConfig(enabled=False)

    def test_off(self) -> None:
        """Nobody is signed out."""
        self.leave()
        self.clock.advance(1000)
        self.assertEqual(self.link.waiting, [])


class OtherEngineTests(Case):
    """An engine that is none of ours."""

    def test_no_ids(self) -> None:
        """It is not told of sessions."""
        self.serve()
        person = events.DIRECTORY.person("ann")
        assert person
        self.service.operations.users.sign_in(person, "ann", "1001", "finesse", "")
        request = self.link.confirm()
        assert isinstance(request, messages.SetAgentStateReq)
        self.assertIsNone(request.position_id)
        self.assertEqual(self.service.sessions.session_of("ann"), "")
