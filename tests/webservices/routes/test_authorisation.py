"""Every route of the tables, asked by everyone."""

from dataclasses import replace
from typing import Any, Final

from finesse_tx.directory.core.records import Person, Role, Team
from finesse_tx.webservices.core.administration.layouts import DEFAULT_LAYOUT
from finesse_tx.webservices.core.administration.objects import (
    ActionType,
    BookType,
    Contact,
    MediaPropertiesLayout,
    Param,
    PhoneBook,
    TriggerSet,
    Workflow,
    WorkflowAction,
    WrapUpReason,
)
from finesse_tx.webservices.core.administration.settings import Settings, numbered
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
    "GET /ReasonCodes": ADMINISTRATOR,
    "POST /ReasonCode": ADMINISTRATOR,
    "GET /ReasonCode/{id}": "401 200 200 200 200 200",
    "PUT /ReasonCode/{id}": ADMINISTRATOR,
    "DELETE /ReasonCode/{id}": ADMINISTRATOR,
    "GET /WrapUpReasons": ADMINISTRATOR,
    "POST /WrapUpReason": ADMINISTRATOR,
    "GET /WrapUpReason/{id}": ADMINISTRATOR,
    "PUT /WrapUpReason/{id}": ADMINISTRATOR,
    "DELETE /WrapUpReason/{id}": ADMINISTRATOR,
    "GET /MediaPropertiesLayouts": ADMINISTRATOR,
    "POST /MediaPropertiesLayout": ADMINISTRATOR,
    "GET /MediaPropertiesLayout/{id}": ADMINISTRATOR,
    "PUT /MediaPropertiesLayout/{id}": ADMINISTRATOR,
    "DELETE /MediaPropertiesLayout/{id}": ADMINISTRATOR,
    "GET /PhoneBooks": ADMINISTRATOR,
    "POST /PhoneBook": ADMINISTRATOR,
    "GET /PhoneBook/{id}": ADMINISTRATOR,
    "PUT /PhoneBook/{id}": ADMINISTRATOR,
    "DELETE /PhoneBook/{id}": ADMINISTRATOR,
    "GET /PhoneBook/{id}/Contacts": ADMINISTRATOR,
    "PUT /PhoneBook/{id}/Contacts": ADMINISTRATOR,
    "POST /PhoneBook/{id}/Contact": ADMINISTRATOR,
    "GET /PhoneBook/{id}/Contact/{contact_id}": ADMINISTRATOR,
    "PUT /PhoneBook/{id}/Contact/{contact_id}": ADMINISTRATOR,
    "DELETE /PhoneBook/{id}/Contact/{contact_id}": ADMINISTRATOR,
    "POST /PhoneBook/{id}/Contacts/csvFileContent": "401 401 401 401 401 202",
    "GET /PhoneBook/{id}/Contacts/csvFileContent": ADMINISTRATOR,
    "GET /Workflows": ADMINISTRATOR,
    "POST /Workflow": ADMINISTRATOR,
    "GET /Workflow/{id}": ADMINISTRATOR,
    "PUT /Workflow/{id}": ADMINISTRATOR,
    "DELETE /Workflow/{id}": ADMINISTRATOR,
    "GET /WorkflowActions": ADMINISTRATOR,
    "POST /WorkflowAction": ADMINISTRATOR,
    "GET /WorkflowAction/{id}": ADMINISTRATOR,
    "PUT /WorkflowAction/{id}": ADMINISTRATOR,
    "DELETE /WorkflowAction/{id}": ADMINISTRATOR,
    "GET /Team/{id}/ReasonCodes": ADMINISTRATOR,
    "PUT /Team/{id}/ReasonCodes": ADMINISTRATOR,
    "GET /Team/{id}/WrapUpReasons": ADMINISTRATOR,
    "PUT /Team/{id}/WrapUpReasons": ADMINISTRATOR,
    "GET /Team/{id}/MediaPropertiesLayouts": ADMINISTRATOR,
    "PUT /Team/{id}/MediaPropertiesLayouts": ADMINISTRATOR,
    "GET /Team/{id}/PhoneBooks": ADMINISTRATOR,
    "PUT /Team/{id}/PhoneBooks": ADMINISTRATOR,
    "GET /Team/{id}/Workflows": ADMINISTRATOR,
    "PUT /Team/{id}/Workflows": ADMINISTRATOR,
}
"""What each of `ASKERS` is answered."""

PATHS: Final = {"User": "ann", "Dialog": str(CALL), "Team": "1", "ReasonCode": "16"}
"""The object that is asked about; of other kinds that of `SETTINGS`."""

QUERIES: Final = {
    "GET /User/{id}/ReasonCodes": "?category=NOT_READY",
    "GET /ReasonCodes": "?category=ALL",
    "GET /Team/{id}/ReasonCodes": "?category=LOGOUT",
    "PUT /Team/{id}/ReasonCodes": "?category=LOGOUT",
}

LABEL: Final = "<label>Tea</label><forAll>true</forAll>"
NAME: Final = "<name>Tea</name>"
LAYOUT: Final = "<header><entry><displayName>x</displayName><mediaProperty>callVariable1</mediaProperty></entry></header>"

BODIES: Final = {
    "PUT /User/{id}": "<User><state>READY</state></User>",
    "POST /User/{id}/Dialogs": "<Dialog><requestedAction>MAKE_CALL</requestedAction>"
    "<fromAddress>1001</fromAddress><toAddress>0699</toAddress></Dialog>",
    "PUT /Dialog/{id}": "<Dialog><requestedAction>ANSWER</requestedAction>"
    "<targetMediaAddress>1001</targetMediaAddress></Dialog>",
    "POST /ReasonCode": f"<ReasonCode><category>LOGOUT</category><code>5</code>{LABEL}</ReasonCode>",
    "PUT /ReasonCode/{id}": f"<ReasonCode>{LABEL}</ReasonCode>",
    "POST /WrapUpReason": f"<WrapUpReason>{LABEL}</WrapUpReason>",
    "PUT /WrapUpReason/{id}": f"<WrapUpReason>{LABEL}</WrapUpReason>",
    "POST /MediaPropertiesLayout": f"<MediaPropertiesLayout>{NAME}{LAYOUT}</MediaPropertiesLayout>",
    "PUT /MediaPropertiesLayout/{id}": f"<MediaPropertiesLayout>{NAME}</MediaPropertiesLayout>",
    "POST /PhoneBook": f"<PhoneBook>{NAME}<type>TEAM</type></PhoneBook>",
    "PUT /PhoneBook/{id}": f"<PhoneBook>{NAME}</PhoneBook>",
    "PUT /PhoneBook/{id}/Contacts": "<Contacts/>",
    "POST /PhoneBook/{id}/Contact": "<Contact><phoneNumber>1</phoneNumber></Contact>",
    "PUT /PhoneBook/{id}/Contact/{contact_id}": "<Contact><phoneNumber>1</phoneNumber></Contact>",
    "POST /PhoneBook/{id}/Contacts/csvFileContent": "First Name,Last Name,Phone Number,Notes",
    "POST /Workflow": f"<Workflow>{NAME}<TriggerSet><name>CALL_ENDS</name></TriggerSet></Workflow>",
    "PUT /Workflow/{id}": f"<Workflow>{NAME}</Workflow>",
    "POST /WorkflowAction": f"<WorkflowAction>{NAME}<type>BROWSER_POP</type><params><Param><name>path</name>"
    "<value>/</value></Param></params></WorkflowAction>",
    "PUT /WorkflowAction/{id}": f"<WorkflowAction>{NAME}</WorkflowAction>",
    "PUT /Team/{id}/ReasonCodes": "<ReasonCodes/>",
    "PUT /Team/{id}/WrapUpReasons": "<WrapUpReasons/>",
    "PUT /Team/{id}/MediaPropertiesLayouts": "<MediaPropertiesLayouts/>",
    "PUT /Team/{id}/PhoneBooks": "<PhoneBooks/>",
    "PUT /Team/{id}/Workflows": "<Workflows/>",
}
"""What has a body."""

VALUES: Final = (
    WrapUpReason(label="Sale", for_all=False),
    MediaPropertiesLayout(name="Sales", header=DEFAULT_LAYOUT.header),
    PhoneBook(name="Ours", type=BookType.TEAM),
    Workflow(name="Callers", trigger_set=TriggerSet(name="CALL_ARRIVES")),
    WorkflowAction(
        name="Pop", type=ActionType.BROWSER_POP, params=(Param(name="path", value="/"),)
    ),
)

SETTINGS: Final = Settings(
    {type(value): {1: numbered(value, 1)} for value in VALUES}, {1: {1: Contact(phone_number="1")}}
)
"""One of each kind, with the id 1."""


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
        self.administration.settings = SETTINGS

    def answers(self, route: Route[Any, Any]) -> str:
        """What everyone is answered."""
        name = f"{route.method} {route.path}"
        path = route.path.replace("{id}", PATHS.get(route.path.split("/")[1], "1"))
        path = path.replace("{contact_id}", "1")
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
