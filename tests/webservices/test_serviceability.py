"""`finesse_tx.webservices.serviceability`, where the answers of ``tests/vectors/rest`` do not go."""

from msgspec import structs
from twisted.logger import LogLevel, capturedLogs
from zope.interface.verify import verifyObject

from finesse_tx.cti.core.enums import AgentState
from finesse_tx.interfaces import IConnections
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.figures import Figures
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
        self.mode = "NON_SSO"
        self.running = self.build(tells_auth_mode=True)

    def build(self, *, tells_auth_mode: bool) -> Serviceability:
        """Put the parts together."""
        return Serviceability(
            self.service.model,
            self.directory,
            self.connections,
            lambda: structs.replace(self.service.system_info(), system_auth_mode=self.mode),
            Figures,
            self.clock.seconds,
            tells_auth_mode=tells_auth_mode,
        )

    def test_interface(self) -> None:
        """The fake is what it stands for."""
        verifyObject(IConnections, self.connections)

    def test_auth_mode(self) -> None:
        """As SystemInfo says; who may do both signs in with a password."""
        for mode, told in (("NON_SSO", "NON_SSO"), ("HYBRID", "NON_SSO"), ("SSO", "SSO")):
            self.mode = mode
            self.assertEqual(self.running.auth_mode().auth_mode, told)

    def test_auth_mode_hidden(self) -> None:
        """An operator may keep it to himself."""
        hidden = self.build(tells_auth_mode=False)
        error: ApiError = self.assertRaises(ApiError, hidden.auth_mode)
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
