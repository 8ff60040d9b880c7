"""Every route of the tables, asked by everyone."""

from dataclasses import replace
from typing import Any, Final

from finesse_tx.directory.core.records import Person, Role, Team
from finesse_tx.webservices.core.routing import Asker, Route
from finesse_tx.webservices.routes.tables import TABLES
from tests.webservices.core.events import CALL
from tests.webservices.routes.test_exchanges import ExchangeCase

ASKERS: Final = ("-", "ann", "bob", "sue", "tim", "adm")
"""Nobody, the agent herself, another agent, the supervisor of her team, one of another team, an administrator."""

ADMINISTRATOR: Final = "401 401 401 401 401 200"

EXPECTED: Final = {
    "GET /SystemInfo": "200 200 200 200 200 200",
    "GET /User/{id}": "401 200 401 200 401 200",
    "PUT /User/{id}": "401 202 401 202 401 401",
    "GET /User/{id}/Dialogs": "401 200 401 200 401 200",
    "POST /User/{id}/Dialogs": "401 202 401 401 401 401",
    "GET /User/{id}/ReasonCodes": "401 200 401 401 401 200",
    "GET /Dialog/{id}": "401 200 401 200 401 200",
    "PUT /Dialog/{id}": "401 202 401 401 401 401",
    "GET /Team/{id}": "401 401 401 200 401 200",
}
"""What each of `ASKERS` is answered."""

PATHS: Final = {"User": "ann", "Dialog": str(CALL), "Team": "1"}
"""The object that is asked about."""

QUERIES: Final = {"GET /User/{id}/ReasonCodes": "?category=NOT_READY"}

BODIES: Final = {
    "PUT /User/{id}": "<User><state>READY</state></User>",
    "POST /User/{id}/Dialogs": "<Dialog><requestedAction>MAKE_CALL</requestedAction>"
    "<fromAddress>1001</fromAddress><toAddress>0699</toAddress></Dialog>",
    "PUT /Dialog/{id}": "<Dialog><requestedAction>ANSWER</requestedAction>"
    "<targetMediaAddress>1001</targetMediaAddress></Dialog>",
}


class AuthorisationTests(ExchangeCase):
    """The matrix: routes and askers."""

    def setUp(self) -> None:
        """Another team has a supervisor too."""
        super().setUp()
        now = self.directory.now
        roles = frozenset({Role.AGENT, Role.SUPERVISOR})
        tim = Person("tim", "tim", "Tim", "Day", "2002", roles, 2)
        teams = (now.teams[0], Team(2, "Two", "tim"))
        self.directory.now = replace(now, people=(*now.people, tim), teams=teams)

    def answers(self, route: Route[Any, Any]) -> str:
        """What everyone is answered."""
        name = f"{route.method} {route.path}"
        path = route.path.replace("{id}", PATHS.get(route.path.split("/")[1], "1"))
        path += QUERIES.get(name, "")
        statuses = [
            self.exchange(who, route.method, path, {}, BODIES.get(name)).status for who in ASKERS
        ]
        return " ".join(map(str, statuses))

    def test_all_expected(self) -> None:
        """A route without a line in the table is not tested, and a line without a route tests nothing."""
        routes = {f"{route.method} {route.path}" for route in TABLES}
        self.assertEqual(routes, set(EXPECTED))

    def test_declared(self) -> None:
        """Who may ask, as the routes declare it, is who is answered."""
        for route in TABLES:
            answered = EXPECTED[f"{route.method} {route.path}"].split()
            of_whom = dict(zip(ASKERS, (int(status) < 400 for status in answered), strict=True))
            who = set(route.who)
            self.assertEqual(of_whom["-"], Asker.ANYBODY in who, route.path)
            self.assertEqual(
                of_whom["ann"],
                bool(who & {Asker.ANYBODY, Asker.EVERYONE, Asker.SELF, Asker.PARTICIPANT}),
                route.path,
            )
            self.assertEqual(
                of_whom["bob"], bool(who & {Asker.ANYBODY, Asker.EVERYONE}), route.path
            )
            self.assertEqual(
                of_whom["sue"],
                bool(who & {Asker.ANYBODY, Asker.EVERYONE, Asker.SUPERVISOR}),
                route.path,
            )
            self.assertEqual(
                of_whom["adm"],
                bool(who & {Asker.ANYBODY, Asker.EVERYONE, Asker.ADMINISTRATOR}),
                route.path,
            )


def _test(route: Route[Any, Any]) -> Any:
    name = f"{route.method} {route.path}"

    def test(self: AuthorisationTests) -> None:
        self.assertEqual(self.answers(route), EXPECTED.get(name), name)

    test.__doc__ = f"{name}: those who may, and nobody else."
    return test


for _number, _route in enumerate(TABLES):
    setattr(AuthorisationTests, f"test_route_{_number:03}", _test(_route))
