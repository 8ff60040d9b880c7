"""``tests/vectors/rest``: every resource answers to the letter as it is written down there."""

from typing import Any

from finesse_tx.tasks.core.records import Submission
from finesse_tx.webservices.core.routing import Route
from finesse_tx.webservices.routes.api import DESCRIPTION
from finesse_tx.webservices.routes.tables import TABLES
from tests.support.exchanges import FOLDER, exchanges, matches, route_of
from tests.tasks.core.floor import CHAT, TAKES
from tests.webservices.core import events
from tests.webservices.routes.test_api import Answer, ApiCase

ROUTES: tuple[Route[Any, Any], ...] = (*TABLES, *DESCRIPTION)


class ExchangeCase(ApiCase):
    """Ann and Bob are ready, and a call rings at Ann's; at Bob's there is a chat."""

    def setUp(self) -> None:
        """The call, and the chat."""
        super().setUp()
        self.tasks.sign_in("bob", CHAT.id, TAKES)
        self.tasks.set_ready("bob", CHAT.id, True, None)
        said = (("callVariable1", "4711"), ("user.layout", "Chat"))
        self.successResultOf(self.tasks.submit(Submission("chat", "Zoe", "Help", variables=said)))
        for message in [*events.queued(), *events.offered()]:
            self.service.link_message(message)

    def exchange(
        self, who: str, method: str, path: str, headers: dict[str, str], body: str | None
    ) -> Answer:
        """Send a request."""
        auth = None if who == "-" else (who, "finesse")
        return self.ask(method, path, body or None, auth=auth, headers=headers)


class ExchangeTests(ExchangeCase):
    """What is sent and answered."""

    def check(self, name: str) -> None:
        """Play a file, in order."""
        path = FOLDER / name
        for one in exchanges(path):
            where = f"{name}:{one.line}"
            answer = self.exchange(one.who, one.method, one.path, one.headers, one.body)
            self.assertEqual(answer.status, one.status, f"{where} {answer.text}")
            for header, value in one.answered.items():
                self.assertEqual(answer.header(header), value, where)
            self.assertTrue(matches(one.answer, answer.text), f"{where}\n{answer.text}")

    def test_every_route(self) -> None:
        """Each route has an exchange with its own answer, and each exchange answers with a status that is documented."""
        shown = set()
        for path in FOLDER.glob("*.txt"):
            for one in exchanges(path):
                route = route_of(one, ROUTES)
                if route is None:
                    self.assertIn(one.status, {200, 404, 405}, f"{path.name}:{one.line}")
                    continue
                self.assertIn(one.status, route.statuses, f"{path.name}:{one.line}")
                if one.status < 300 or one.status == route.status:
                    shown.add((route.method, route.path))
        self.assertEqual({(route.method, route.path) for route in ROUTES} - shown, set())


def _test(name: str) -> Any:
    def test(self: ExchangeTests) -> None:
        self.check(name)

    test.__doc__ = f"``{name}``."
    return test


for _file in sorted(FOLDER.glob("*.txt")):
    setattr(ExchangeTests, f"test_{_file.stem}", _test(_file.name))
