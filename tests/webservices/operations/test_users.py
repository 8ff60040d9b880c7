"""`finesse_tx.webservices.operations`: who may see what, and states."""

from twisted.internet.defer import Deferred, fail

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState, ControlFailureCode, StatusCode
from finesse_tx.cti.core.errors import (
    ControlFailureError,
    EncodeError,
    LinkDownError,
    RequestFailedError,
    RequestTimeoutError,
    TooManyRequestsError,
)
from finesse_tx.store.core.errors import StoreBusyError
from finesse_tx.webservices.core.agents import ChosenDevice
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import UserState
from finesse_tx.webservices.operations.devices import DeviceOperations
from finesse_tx.webservices.operations.dispatch import MAX_WAITING
from tests.webservices.core import events
from tests.webservices.core.events import CALL
from tests.webservices.operations.case import WRONG_USER, OperationsCase
from tests.webservices.test_service import envelope


class QuestionTests(OperationsCase):
    """GET."""

    def test_who_may_see_a_user(self) -> None:
        """Oneself, a supervisor of the team, an administrator; nobody else."""
        for viewer in ("ann", "sue", "adm"):
            self.assertEqual(self.operations.users.user(self.person(viewer), "ann").login_id, "ann")
        for viewer in ("bob", "zed"):
            self.assertEqual(
                self.refused(self.operations.users.user, self.person(viewer), "ann"),
                (401, WRONG_USER, "ann"),
            )
        self.assertEqual(
            self.refused(self.operations.users.user, self.person("sue"), "zed"),
            (401, WRONG_USER, "zed"),
        )

    def test_login_name(self) -> None:
        """A user may be named by the login name, whatever its case."""
        self.assertEqual(self.operations.users.user(self.person("ann"), "ANN").login_id, "ann")

    def test_unknown_user(self) -> None:
        """Nobody, and an administrator, who is no user."""
        for login_id in ("eve", "adm"):
            self.assertEqual(
                self.refused(self.operations.users.user, self.person("ann"), login_id),
                (404, "User Not Found", login_id),
            )

    def test_dialogs(self) -> None:
        """A user's dialogs, under the same rule."""
        self.assertEqual(self.operations.dialogs.dialogs(self.person("ann"), "ann").dialogs, ())
        for message in [*events.queued(), *events.offered()]:
            self.service.link_message(message)
        self.assertEqual(len(self.operations.dialogs.dialogs(self.person("sue"), "ann").dialogs), 1)
        self.assertEqual(
            self.refused(self.operations.dialogs.dialogs, self.person("bob"), "ann")[0], 401
        )

    def test_dialog(self) -> None:
        """A dialog is seen by its participants, their supervisors and administrators."""
        for message in [*events.queued(), *events.offered()]:
            self.service.link_message(message)
        for viewer in ("ann", "sue", "adm"):
            self.assertEqual(
                self.operations.dialogs.dialog(self.person(viewer), str(CALL)).id, str(CALL)
            )
        self.assertEqual(
            self.refused(self.operations.dialogs.dialog, self.person("bob"), str(CALL)),
            (401, WRONG_USER, str(CALL)),
        )

    def test_unknown_dialog(self) -> None:
        """A number that no dialog has, a call that waits in a queue, and what is no number."""
        for message in events.queued():
            self.service.link_message(message)
        for dialog_id in ("1", str(CALL), "x", "-1", "99999999999", "\u0661"):
            self.assertEqual(
                self.refused(self.operations.dialogs.dialog, self.person("ann"), dialog_id),
                (404, "Not Found", dialog_id),
            )

    def test_reason_codes(self) -> None:
        """What the user may choose from; system codes are not offered."""
        codes = self.operations.users.reason_codes(self.person("ann"), "ann", "NOT_READY")
        self.assertEqual([(code.id, code.label) for code in codes.reason_codes], [(16, "Meeting")])
        self.assertEqual(
            self.operations.users.reason_codes(self.person("adm"), "ann", "LOGOUT").reason_codes, ()
        )
        self.assertEqual(
            self.refused(self.operations.users.reason_codes, self.person("sue"), "ann", "LOGOUT")[
                0
            ],
            401,
        )

    def test_users(self) -> None:
        """Everyone, by login id."""
        users = self.operations.users.users().users
        self.assertEqual([user.login_id for user in users], ["ann", "bob", "sue", "zed"])

    def test_settings(self) -> None:
        """What is a CCE's is not shown on a CCX."""
        for words, outgoing in (("ccx", None), ("cce", "NOT_ALLOWED")):
            self.become(words)
            user = self.operations.users.user(self.person("ann"), "ann")
            self.assertEqual(user.settings.wrap_up_on_outgoing, outgoing)

    def test_media_state(self) -> None:
        """Who is on a call past the engine is BUSY, in a CCX's team; it is no state of his."""

        def shown() -> str | None:
            team = self.operations.teams.team(self.person("sue"), "1", include_logged_out=True)
            (ann,) = (user for user in team.users if user.login_id == "ann")
            return ann.media_state

        self.service.link_message(events.state("ann", AgentState.NOT_READY))
        self.assertEqual(shown(), "IDLE")
        for message in [*events.queued(), *events.offered()]:
            self.service.link_message(message)
        self.assertEqual(shown(), "BUSY")
        self.service.link_message(events.state("ann", AgentState.TALKING))
        self.assertEqual(shown(), "IDLE")
        self.become("cce")
        self.assertIsNone(shown())

    def test_teams(self) -> None:
        """All for an administrator, a supervisor's own, none for an agent."""
        teams = self.operations.teams
        self.assertEqual([team.id for team in teams.teams(self.person("adm")).teams], [1, 2])
        self.assertEqual([team.id for team in teams.teams(self.person("sue")).teams], [1])
        self.assertEqual(self.refused(teams.teams, self.person("ann"))[0], 401)

    def test_team(self) -> None:
        """A team for its supervisors and administrators, with or without those signed out."""
        for viewer in ("sue", "adm"):
            team = self.operations.teams.team(self.person(viewer), "1", include_logged_out=True)
            self.assertEqual([user.login_id for user in team.users], ["ann", "bob", "sue"])
        team = self.operations.teams.team(self.person("sue"), "1", include_logged_out=False)
        self.assertEqual([user.login_id for user in team.users], ["ann", "bob"])
        for viewer, team_id, status in (
            ("ann", "1", 401),
            ("sue", "2", 401),
            ("sue", "3", 404),
            ("sue", "x", 404),
        ):
            found = self.refused(
                self.operations.teams.team, self.person(viewer), team_id, include_logged_out=True
            )
            self.assertEqual(found[0], status, (viewer, team_id))


class StateTests(OperationsCase):
    """Signing in and changing states."""

    def change(self, who: str, whom: str, state: UserState, reason: int | None = None) -> None:
        """Ask for a state."""
        self.operations.users.change_state(self.person(who), whom, state, reason, "r1")

    def sent(self) -> messages.SetAgentStateReq:
        """The one request that was sent."""
        (request,) = self.link.waiting
        assert isinstance(request, messages.SetAgentStateReq)
        return request

    def test_sign_in(self) -> None:
        """LOGIN with the extension, the login id and the password."""
        self.operations.users.sign_in(self.person("ann"), "ann", "1001", "finesse", "r1")
        request = self.sent()
        self.assertEqual(request.agent_state, AgentState.LOGIN)
        self.assertEqual(
            (request.agent_instrument, request.agent_id_long, request.agent_password),
            (
                "1001",
                "ann",
                b"finesse\x00" if isinstance(request.agent_password, bytes) else "finesse",
            ),
        )

    def device(self) -> tuple[str | None, int]:
        """Ann's phone, as she is shown, and of how many it was chosen."""
        user = self.operations.users.user(self.person("ann"), "ann")
        return user.active_device_id, len(user.devices or ())

    def test_device(self) -> None:
        """The phone that is named at a sign-in is shown, with those that it was chosen from, until the agent is elsewhere."""
        chosen = self.successResultOf(
            Deferred.fromCoroutine(self.operations.devices.chosen("1001", "CSFANN"))
        )

        def sign_in(extension: str, device: ChosenDevice | None) -> None:
            self.operations.users.sign_in(
                self.person("ann"), "ann", extension, "finesse", "r1", device=device
            )

        sign_in("1001", chosen)
        self.assertEqual(self.device(), (None, 0))
        self.link.confirm()
        self.assertEqual(self.device(), ("CSFANN", 2))
        self.service.link_message(events.state("ann", AgentState.NOT_READY))
        payload = self.publisher.take()[0][1]
        self.assertIn("<activeDeviceId>CSFANN</activeDeviceId>", payload)
        self.assertIn("<deviceId>SEP000000001001</deviceId>", payload)
        sign_in("1009", None)  # refused: she stays where she is
        self.link.refuse(ControlFailureError(ControlFailureCode.CF_RESOURCE_BUSY, 0))
        self.assertEqual(self.device(), ("CSFANN", 2))
        sign_in("1001", None)
        self.link.confirm()
        self.assertEqual(self.device(), (None, 0))
        sign_in("1001", chosen)
        self.link.confirm()
        self.service.link_message(events.state("ann", AgentState.LOGOUT))
        self.assertEqual(self.device(), (None, 0))
        self.service.link_message(events.state("ann", AgentState.NOT_READY))
        self.assertEqual(self.device(), (None, 0))

    def test_device_through_an_outage(self) -> None:
        """What the engine cannot tell is known from before."""
        chosen = ChosenDevice("1001", "CSFANN", ())
        self.service.model().agents["ann"].device = chosen
        self.service.link_closed("cut")
        self.serve()
        self.assertEqual(self.device()[0], "CSFANN")

    def test_devices_away(self) -> None:
        """A store that cannot answer is 503."""
        devices = DeviceOperations(lambda _extension: fail(StoreBusyError(9)))
        asked = Deferred.fromCoroutine(devices.devices(self.person("ann"), "1001"))
        self.assertEqual(self.failureResultOf(asked, ApiError).value.status, 503)

    def test_extension_in_use(self) -> None:
        """Whoever is refused an extension that somebody talks on is told by whom; of any other failure there is no such word."""
        taken = self.person("bob").extension
        self.service.link_message(events.state("bob", AgentState.TALKING))
        self.publisher.take()
        in_use = ControlFailureCode.CF_SPECIFIED_EXTENSION_ALREADY_IN_USE
        text = f"The extension {taken} is in use by Bob Roy."
        for extension, code, is_told in (
            (taken, in_use, True),
            ("9999", in_use, False),
            (taken, ControlFailureCode.CF_INVALID_LOGON_DEVICE_SPECIFIED, False),
        ):
            self.operations.users.sign_in(self.person("ann"), "ann", extension, "finesse", "r1")
            self.link.refuse(ControlFailureError(code, 12005))
            ((_, payload),) = self.publisher.take()
            self.assertIn("<errorType>Invalid Device</errorType>", payload)
            self.assertIn(f"<errorMessage>{code.name}</errorMessage>", payload)
            self.assertIn("<peripheralErrorCode>12005<", payload)
            self.assertEqual(text in payload, is_told, (extension, code))

    def test_sign_in_for_another(self) -> None:
        """Not even a supervisor signs somebody else in."""
        for viewer in ("bob", "sue", "adm"):
            self.assertEqual(
                self.refused(
                    self.operations.users.sign_in, self.person(viewer), "ann", "1001", "x", ""
                )[:2],
                (401, WRONG_USER),
            )

    def test_ready(self) -> None:
        """READY takes no reason, and one that is given all the same is ignored."""
        self.change("ann", "ann", UserState.READY, 99)
        request = self.sent()
        self.assertEqual(
            (request.agent_state, request.event_reason_code), (AgentState.AVAILABLE, 0)
        )

    def test_not_ready(self) -> None:
        """A reason's id becomes the engine's number."""
        self.change("ann", "ann", UserState.NOT_READY, 16)
        request = self.sent()
        self.assertEqual(
            (request.agent_state, request.event_reason_code), (AgentState.NOT_READY, 10)
        )

    def test_reason_required(self) -> None:
        """Where reasons are configured, one of them is needed."""
        not_ready = UserState.NOT_READY
        self.assertEqual(
            self.refused(self.change, "ann", "ann", not_ready),
            (400, "Parameter Missing", "finesse.api.reasoncode.require_reasoncode"),
        )
        for reason in (17, 40):  # nobody's, and the engine's own
            self.assertEqual(
                self.refused(self.change, "ann", "ann", not_ready, reason),
                (400, "Invalid Input", str(reason)),
            )

    def test_reason_not_allowed(self) -> None:
        """Where none are configured, none may be given."""
        self.assertEqual(
            self.refused(self.change, "ann", "ann", UserState.LOGOUT, 16),
            (400, "Invalid Input", "finesse.api.reasoncode.not_allowed"),
        )
        self.directory.without_reasons()
        self.change("ann", "ann", UserState.NOT_READY)
        self.assertEqual(self.sent().event_reason_code, 0)

    def test_supervisor(self) -> None:
        """A supervisor's changes have the engine's own reasons, and take none."""
        for state, reason in (
            (UserState.READY, 33),
            (UserState.NOT_READY, 33),
            (UserState.LOGOUT, 22),
        ):
            self.change("sue", "ann", state)
            sent = self.sent()
            self.assertEqual(sent.event_reason_code, reason)
            self.assertEqual(sent.forced_flag, state is UserState.LOGOUT)
            self.link.confirm()
        self.assertEqual(
            self.refused(self.change, "sue", "ann", UserState.NOT_READY, 16)[2],
            "finesse.api.reasoncode.not_allowed",
        )

    def test_not_my_team(self) -> None:
        """A supervisor of another team, a colleague, an administrator."""
        for viewer, whom, error_type in (
            ("sue", "zed", "Invalid Supervisor"),
            ("bob", "ann", WRONG_USER),
            ("adm", "ann", WRONG_USER),
        ):
            found = self.refused(self.change, viewer, whom, UserState.READY)
            self.assertEqual(found, (401, error_type, whom))

    def test_signed_out_already(self) -> None:
        """Signing out twice is refused at once."""
        self.service.link_message(events.state("ann", AgentState.LOGOUT))
        self.assertEqual(
            self.refused(self.change, "ann", "ann", UserState.LOGOUT),
            (400, "Invalid State", "state"),
        )

    def test_request_id(self) -> None:
        """The event that the request causes carries its id, whether it comes before the confirmation or after."""
        for confirm_first in (True, False):
            self.change("ann", "ann", UserState.READY)
            if confirm_first:
                self.link.confirm()
            self.service.link_message(events.state("ann", AgentState.AVAILABLE))
            if not confirm_first:
                self.link.confirm()
            self.service.link_message(events.state("ann", AgentState.RESERVED))
            ids = [
                envelope(payload)["requestId"]
                for node, payload in self.publisher.take()
                if "User" in node
            ]
            self.assertEqual(ids, ["r1", "r1", "", ""])

    def test_refused_by_the_engine(self) -> None:
        """An error notification on the user's node, with the code and its name; no event takes the id."""
        self.change("ann", "ann", UserState.READY)
        self.link.refuse(ControlFailureError(ControlFailureCode.CF_INVALID_OBJECT_STATE, 0))
        ((node, payload),) = self.publisher.take()
        self.assertEqual(node, "/finesse/api/User/ann")
        self.assertEqual(envelope(payload)["event"], "put")
        for part in (
            "<errorType>Invalid State</errorType>",
            "<errorMessage>CF_INVALID_OBJECT_STATE</errorMessage>",
            "<errorData>22</errorData>",
            "<requestId>r1</requestId>",
        ):
            self.assertIn(part, payload)
        self.service.link_message(events.state("ann", AgentState.RESERVED))
        self.assertEqual(envelope(self.publisher.take()[0][1])["requestId"], "")

    def test_other_failures(self) -> None:
        """What else can go wrong is told too, in the client's words."""
        for error, told in (
            (RequestFailedError(StatusCode.E_CTI_INVALID_AGENT_DATA), "E_CTI_INVALID_AGENT_DATA"),
            (RequestTimeoutError("SetAgentStateReq", 10.0), "RequestTimeoutError"),
            (LinkDownError("gone"), "LinkDownError"),
            (TooManyRequestsError(3), "TooManyRequestsError"),
            (EncodeError("SetAgentStateReq", "agent_instrument", "too long"), "EncodeError"),
            (ControlFailureError(9999, 88005), "9999"),
        ):
            self.change("ann", "ann", UserState.READY)
            self.link.refuse(error)
            ((_, payload),) = self.publisher.take()
            self.assertIn(f"<errorMessage>{told}</errorMessage>", payload)

    def test_one_at_a_time(self) -> None:
        """Requests about one user wait for each other; another user's do not."""
        self.change("ann", "ann", UserState.READY)
        self.change("ann", "ann", UserState.LOGOUT)
        self.change("bob", "bob", UserState.READY)
        self.assertEqual(
            [
                request.agent_id_long
                for request in self.link.waiting
                if isinstance(request, messages.SetAgentStateReq)
            ],
            ["ann", "bob"],
        )
        self.link.confirm()
        self.assertEqual(len(self.link.waiting), 2)

    def test_waiting_is_bounded(self) -> None:
        """Too many requests about one user are refused, and the others go on."""
        for _ in range(MAX_WAITING + 1):
            self.change("ann", "ann", UserState.READY)
        error: ApiError = self.assertRaises(ApiError, self.change, "ann", "ann", UserState.READY)
        self.assertEqual((error.status, error.error_message), (503, "TOO_MANY_REQUESTS"))
        self.change("bob", "bob", UserState.READY)
        for _ in range(MAX_WAITING + 2):
            self.link.confirm()
        self.assertEqual(self.link.waiting, [])

    def test_mobile(self) -> None:
        """Nobody here is a mobile agent: that is accepted, then refused on the user's node; it signs nobody in."""
        self.operations.users.sign_in(
            self.person("ann"), "ann", "1001", "finesse", "r1", is_mobile=True
        )
        self.assertEqual(self.link.waiting, [])
        ((node, payload),) = self.publisher.take()
        self.assertEqual(node, "/finesse/api/User/ann")
        self.assertIn("<errorType>Mode Not Allowed</errorType>", payload)
        self.assertIn("<requestId>r1</requestId>", payload)

    def test_wrap_up(self) -> None:
        """WORK may be asked for by a CCE's agent who talks; it is pending then. By nobody else, and not otherwise."""
        refusal = (400, "Invalid Input", "state")
        self.service.link_message(events.state("ann", AgentState.TALKING))
        self.assertEqual(self.refused(self.change, "ann", "ann", UserState.WORK), refusal)
        self.become("cce")
        self.assertEqual(self.refused(self.change, "ann", "ann", UserState.WORK), refusal)
        for state in (AgentState.TALKING, AgentState.HOLD):
            self.service.link_message(events.state("ann", state))
            self.assertEqual(self.refused(self.change, "sue", "ann", UserState.WORK), refusal)
            self.change("ann", "ann", UserState.WORK)
            sent = self.sent()
            self.assertEqual(
                (sent.agent_state, sent.event_reason_code), (AgentState.WORK_NOT_READY, 0)
            )
            self.link.confirm()
