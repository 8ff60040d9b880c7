"""What the tests of BOSH's rules share: a service, a port of it without a network, and clients on it."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import BOSHConfig, NotificationConfig
from finesse_tx.notification.core.namespaces import BOSH, SASL
from finesse_tx.notification.service import NotificationService
from tests.support.bosh_http import Client, Posted, bosh_port
from tests.support.notification import Listener, notification_service, user

__all__ = ["AUTH", "EMPTY", "RulesTestCase"]

AUTH = f"<auth xmlns='{SASL}' mechanism='PLAIN'>AGFnZW50MQBmaW5lc3Nl</auth>"
"""agent1 signs in."""

EMPTY = f'<body xmlns="{BOSH}"/>'.encode()
"""What a request is answered when there is nothing to say."""


class RulesTestCase(SynchronousTestCase):
    """Tests of rules.

    Attributes:
        port: What listens.
    """

    port = staticmethod(bosh_port)

    def setUp(self) -> None:
        """Serve."""
        self.serve()

    def serve(
        self,
        bosh: BOSHConfig | None = None,
        config: NotificationConfig | None = None,
        listener: Listener | None = None,
    ) -> None:
        """Serve with that configuration."""
        self.clock = Clock()
        self.service: NotificationService = notification_service(
            self.clock, bosh=bosh, config=config, listener=listener
        )
        self.factory = self.port(self.service, self.clock)

    def client(self, *, secure: bool = False) -> Client:
        """A client without a session."""
        return Client(self.factory, self.clock, secure=secure)

    def signed_in(self, **attributes: object) -> Client:
        """One that is available, and has all it was sent; time has passed since."""
        client = self.client().sign_in("agent1", "r", **attributes)
        self.clock.advance(6)
        return client

    def publish(self, *texts: str) -> None:
        """Publish, and let the turn end."""
        for text in texts:
            self.service.publish(user("agent1"), text)
            self.clock.advance(0)

    def sessions(self) -> int:
        """How many sessions there are."""
        return len(self.service._manager)

    def assertEnded(self, posted: Posted, condition: str, code: int = 200) -> None:
        """That request was answered with the end of its session."""
        self.assertEqual((posted.ending, posted.response.code), (("terminate", condition), code))
