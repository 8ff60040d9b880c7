"""`finesse_tx.webservices.serviceability`, where the answers of ``tests/vectors/rest`` do not go."""

from twisted.logger import LogLevel, capturedLogs
from zope.interface.verify import verifyObject

from finesse_tx.cti.core.enums import AgentState
from finesse_tx.directory.core.auth_modes import AuthModes
from finesse_tx.interfaces import IConnections
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.figures import Figures
from finesse_tx.webservices.core.request_times import RequestTimes
from finesse_tx.webservices.core.serviceability import MAX_MAINTENANCE_S
from finesse_tx.webservices.serviceability import Serviceability
from tests.support.webservices import FakeConnections
from tests.webservices.test_service import Case


class ServiceabilityTests(Case):
    """In service, with Ann and Bob signed in."""

    def setUp(self) -> None:
        """The parts."""
        super().setUp()
        self.serve()
        self.connections = FakeConnections({})
        self.running = self.build(AuthModes())

    def build(self, modes: AuthModes | None) -> Serviceability:
        """Put the parts together."""
        return Serviceability(
            self.service.model,
            self.directory,
            self.connections,
            self.service.system_info,
            Figures,
            self.clock.seconds,
            RequestTimes(),
            self.service.call_totals,
            modes=modes,
            maintenance_began=self.service.tell_system_info,
        )

    def test_interface(self) -> None:
        """The fake is what it stands for."""
        verifyObject(IConnections, self.connections)

    def test_auth_mode(self) -> None:
        """As SystemInfo says, or with HYBRID as is said of the user; a name that nobody has is not told apart."""
        hybrid = AuthModes("HYBRID", ("ann",))
        for modes, *told in (
            (AuthModes(), "NON_SSO", "NON_SSO", "NON_SSO"),
            (AuthModes("SSO"), "SSO", "SSO", "SSO"),
            (hybrid, "SSO", "NON_SSO", "NON_SSO"),
        ):
            running = self.build(modes)
            names = ("ANN", "bob", "nobody")
            self.assertEqual([running.auth_mode(name).auth_mode for name in names], told)

    def test_auth_mode_hidden(self) -> None:
        """An operator may keep it to himself."""
        hidden = self.build(None)
        error: ApiError = self.assertRaises(ApiError, hidden.auth_mode, "ann")
        self.assertEqual((error.status, error.error_type), (403, "Forbidden"))
        self.assertEqual(error.error_message, "UserAuthModeService is disabled")

    def test_maintenance(self) -> None:
        """It waits for those who are there, gives up after its time, may begin again, and succeeds."""
        with capturedLogs() as logs:
            self.running.begin_maintenance("adm")
        (told,) = (event for event in logs if event["log_level"] is LogLevel.warn)
        self.assertEqual(told["login_id"], "adm")
        self.assertRaises(ApiError, self.running.begin_maintenance, "adm")
        self.clock.advance(MAX_MAINTENANCE_S - 1)
        found = self.running.maintenance()
        self.assertEqual((found.status, found.estimated_completion_time), ("IN_PROGRESS", 1))
        self.clock.advance(1)
        self.assertEqual(self.running.maintenance().status, "FAILED")
        self.running.begin_maintenance("adm")
        for agent in self.service.model().agents.values():
            agent.state = AgentState.LOGOUT
        self.assertEqual(self.running.maintenance().status, "COMPLETED")

    def test_told(self) -> None:
        """SystemInfo tells of it, to everybody at its beginning."""
        self.service.show_maintenance(self.running.maintenance_told)
        info = self.service.system_info()
        self.assertEqual((info.finesse_mmode, info.finesse_time_in_mmode), ("", -1))
        self.publisher.take()
        self.running.begin_maintenance("adm")
        ((node, payload),) = self.publisher.take()
        self.assertEqual(node, "/finesse/api/SystemInfo")
        self.assertIn("<finesseMMode>IN_PROGRESS</finesseMMode>", payload)
        self.clock.advance(61)
        self.assertEqual(self.service.system_info().finesse_time_in_mmode, 61)
