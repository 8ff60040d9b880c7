"""`finesse_tx.composition.given`: where the services listen, for parts that are made before the server."""

import tempfile
from pathlib import Path
from shutil import rmtree
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.composition.given import Ports
from finesse_tx.config import Address
from finesse_tx.home import Home
from finesse_tx.lifecycle import Door, Server


class PortsTests(SynchronousTestCase):
    """A server with two doors, in a memory reactor."""

    def setUp(self) -> None:
        """Bind them; one has two addresses."""
        folder = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, folder)
        doors = [
            Door("http", (Address("127.0.0.1", 8082), Address("127.0.0.1", 8083)), Factory()),
            Door("https", (Address("127.0.0.1", 8445),), Factory()),
        ]
        reactor: Any = MemoryReactorClock()
        server = Server(reactor, Home(folder), doors, [], Deferred, lambda: None, 8.0, None)
        server.privilegedStartService()
        self.ports = Ports()
        self.ports.use(server)

    def test_address(self) -> None:
        """The first address of a service that listens; there is none of one that does not."""
        self.assertEqual(self.ports.address("http").port, 8082)
        self.assertRaises(KeyError, self.ports.address, "axl")

    def test_numbers(self) -> None:
        """The ports of several; whatever does not listen is left out."""
        self.assertEqual(self.ports.numbers("https", "axl", "http"), {8082, 8445})
        self.assertEqual(self.ports.numbers("axl"), frozenset())
