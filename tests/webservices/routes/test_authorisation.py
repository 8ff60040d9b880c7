"""Every route of the tables, asked by everyone."""

from dataclasses import replace
from typing import Any, Final

from finesse_tx.directory.core.records import Person, Role, Team
from finesse_tx.webservices.core.administration.changes import Stored
from finesse_tx.webservices.core.administration.default_desktop import DEFAULT_DESKTOP
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
from finesse_tx.webservices.core.administration.system import CloudConnectConfig
from finesse_tx.webservices.core.nodes import SecondaryNode
from finesse_tx.webservices.core.routing import Asker, Route
from finesse_tx.webservices.routes.tables import TABLES
from finesse_tx.xmltext import escape
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
    "GET /Devices": "401 200 200 200 200 401",
    "GET /Queue/{id}": "401 200 200 200 200 200",
    "GET /User/{id}/Queues": "401 200 401 200 401 200",
    "GET /Users": ADMINISTRATOR,
    "GET /Teams": "401 401 401 200 200 200",
    "GET /TeamResource/{id}/ReasonCodes": "401 200 200 200 401 200",
    "GET /Team/{id}": "401 401 401 200 401 200",
    "GET /ConfigInfo": ADMINISTRATOR,
    "POST /TeamMessage": "401 401 401 200 401 200",
    "POST /TeamMessages": "401 401 401 200 401 200",
    "GET /TeamMessage/{id}": "401 200 200 200 401 200",
    "DELETE /TeamMessage/{id}": "401 401 401 200 401 200",
    "GET /Team/{id}/TeamMessages": "401 200 200 200 401 200",
    "GET /User/{id}/TeamMessages": "401 200 401 401 401 200",
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
    "GET /User/{id}/ReasonCode/{reason_code_id}": "401 200 401 401 401 200",
    "GET /User/{id}/WrapUpReasons": "401 200 401 401 401 200",
    "GET /User/{id}/WrapUpReason/{wrap_up_reason_id}": "401 200 401 401 401 200",
    "GET /User/{id}/MediaPropertiesLayout": "401 200 401 401 401 200",
    "GET /User/{id}/LayoutConfig": "401 200 401 401 401 200",
    "GET /User/{id}/MediaPropertiesLayouts": "401 200 401 401 401 200",
    "GET /User/{id}/PhoneBooks": "401 200 401 401 401 200",
    "GET /User/{id}/Workflows": "401 200 401 401 401 200",
    "GET /TeamResource/{id}/WrapUpReasons": "401 200 200 200 401 200",
    "GET /TeamResource/{id}/MediaPropertiesLayouts": "401 200 200 200 401 200",
    "GET /TeamResource/{id}/PhoneBooks": "401 200 200 200 401 200",
    "GET /TeamResource/{id}/Workflows": "401 200 200 200 401 200",
    "POST /User/{id}/ClientLog": "401 202 401 401 401 401",
    "POST /User/{id}/CompressedClientLog": "401 202 401 401 401 401",
    "GET /User/{id}/Media": "401 200 401 200 401 200",
    "PUT /User/{id}/Media": "401 202 401 401 401 401",
    "GET /User/{id}/Media/{mrd_id}": "401 200 401 200 401 200",
    "PUT /User/{id}/Media/{mrd_id}": "401 202 401 401 401 401",
    "GET /User/{id}/Media/{mrd_id}/Dialogs": "401 200 401 200 401 200",
    "GET /User/{id}/Dialogs/Media": "401 200 401 200 401 200",
    "GET /MediaDomain": "401 200 200 200 200 200",
    "GET /ScriptSelectors": "401 200 200 200 200 200",
    "GET /DigitalChannels/Configuration": "401 200 200 200 200 200",
    "GET /UserAuthMode/{id}": "200 200 200 200 200 200",
    "GET /ConnectedUsersInfo": ADMINISTRATOR,
    "GET /RuntimeConfigInfo": ADMINISTRATOR,
    "GET /MaintenanceMode": ADMINISTRATOR,
    "PUT /MaintenanceMode": "401 401 401 401 401 202",
    "POST /performance": ADMINISTRATOR,
    "GET /LayoutConfig/default": ADMINISTRATOR,
    "PUT /LayoutConfig/default": ADMINISTRATOR,
    "GET /Team/{id}/LayoutConfig": ADMINISTRATOR,
    "PUT /Team/{id}/LayoutConfig": ADMINISTRATOR,
    "GET /SystemConfig": ADMINISTRATOR,
    "PUT /SystemConfig": ADMINISTRATOR,
    "GET /ClusterConfig": ADMINISTRATOR,
    "PUT /ClusterConfig": ADMINISTRATOR,
    "GET /EnterpriseDatabaseConfig": ADMINISTRATOR,
    "PUT /EnterpriseDatabaseConfig": ADMINISTRATOR,
    "GET /CloudConnectConfig": ADMINISTRATOR,
    "PUT /CloudConnectConfig": ADMINISTRATOR,
    "DELETE /CloudConnectConfig": ADMINISTRATOR,
    "GET /ECCVariableConfig": "401 200 200 200 200 200",
    "PUT /ECCVariableConfig": ADMINISTRATOR,
    "GET /ChatConfig": "401 200 200 200 200 200",
    "PUT /ChatConfig": ADMINISTRATOR,
}
"""What each of `ASKERS` is answered."""

PATHS: Final = {
    "User": "ann",
    "Dialog": str(CALL),
    "Queue": "7",
    "Team": "1",
    "TeamResource": "1",
    "ReasonCode": "16",
}
"""The object that is asked about; of other kinds that of `SETTINGS`."""

QUERIES: Final = {
    "GET /Devices": "?extension=1001",
    "GET /User/{id}/ReasonCodes": "?category=NOT_READY",
    "GET /TeamResource/{id}/ReasonCodes": "?category=ALL",
    "GET /ReasonCodes": "?category=ALL",
    "GET /Team/{id}/ReasonCodes": "?category=LOGOUT",
    "PUT /Team/{id}/ReasonCodes": "?category=LOGOUT",
}

LABEL: Final = "<label>Tea</label><forAll>true</forAll>"
NAME: Final = "<name>Tea</name>"
LAYOUT: Final = "<header><entry><displayName>x</displayName><mediaProperty>callVariable1</mediaProperty></entry></header>"

MESSAGE: Final = (
    "<TeamMessage><duration>600</duration><content>Tea</content><teams><team>1</team></teams>"
    "</TeamMessage>"
)
EMPTY_ZIP: Final = "PK\x05\x06" + "\0" * 18
"""An archive with nothing in it: its end alone."""

BODIES: Final = {
    "PUT /User/{id}": "<User><state>READY</state></User>",
    "POST /User/{id}/Dialogs": "<Dialog><requestedAction>MAKE_CALL</requestedAction>"
    "<fromAddress>1001</fromAddress><toAddress>0699</toAddress></Dialog>",
    "PUT /Dialog/{id}": "<Dialog><requestedAction>ANSWER</requestedAction>"
    "<targetMediaAddress>1001</targetMediaAddress></Dialog>",
    "POST /TeamMessage": MESSAGE,
    "POST /TeamMessages": MESSAGE,
    "POST /User/{id}/ClientLog": "<ClientLog><logData>x</logData></ClientLog>",
    "POST /User/{id}/CompressedClientLog": EMPTY_ZIP,
    "PUT /User/{id}/Media": "<MediaList><Media><id>5000</id><routable>true</routable></Media></MediaList>",
    "PUT /User/{id}/Media/{mrd_id}": "<Media><routable>true</routable></Media>",
    "PUT /MaintenanceMode": "<MaintenanceMode/>",
    "POST /performance": "<PerformanceRequest><type>read</type><mbean>java.lang:type=Threading</mbean>"
    "<attribute>ThreadCount</attribute></PerformanceRequest>",
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
    "PUT /LayoutConfig/default": f"<LayoutConfig><layoutxml>{escape(DEFAULT_DESKTOP)}</layoutxml></LayoutConfig>",
    "PUT /Team/{id}/LayoutConfig": "<TeamLayoutConfig><useDefault>true</useDefault></TeamLayoutConfig>",
    "PUT /SystemConfig": "<SystemConfig><cti><host>h</host><port>1</port><peripheralId>1</peripheralId></cti></SystemConfig>",
    "PUT /ClusterConfig": "<ClusterConfig><secondaryNode/></ClusterConfig>",
    "PUT /EnterpriseDatabaseConfig": "<EnterpriseDatabaseConfig><host>h</host><databaseName>d</databaseName>"
    "<username>u</username></EnterpriseDatabaseConfig>",
    "PUT /CloudConnectConfig": "<CloudConnectConfig><port>1</port></CloudConnectConfig>",
    "PUT /ECCVariableConfig": "<ECCVariableConfig><ECCVariable><name>user.a</name><length>1</length></ECCVariable></ECCVariableConfig>",
    "PUT /ChatConfig": "<ChatConfig><primaryNode/></ChatConfig>",
}
"""What has a body."""

VALUES: Final = (
    WrapUpReason(label="Sale", for_all=True),
    PhoneBook(name="Ours", type=BookType.TEAM),
    Workflow(name="Callers", trigger_set=TriggerSet(name="CALL_ARRIVES")),
    WorkflowAction(
        name="Pop", type=ActionType.BROWSER_POP, params=(Param(name="path", value="/"),)
    ),
)

OBJECTS: Final[dict[type[Stored], dict[int, Any]]] = {
    **{type(value): {1: numbered(value, 1)} for value in VALUES},
    MediaPropertiesLayout: {
        1: numbered(MediaPropertiesLayout(name="Sales", header=DEFAULT_LAYOUT.header), 1),
        2: numbered(DEFAULT_LAYOUT, 2),
    },
}
"""One of each kind, with the id 1; of layouts the default one besides."""

SETTINGS: Final = Settings(
    OBJECTS,
    {1: {1: Contact(phone_number="1")}},
    singles={"CloudConnectConfig": CloudConnectConfig(host="h", username="u")},
)


class AuthorisationCase(ExchangeCase):
    """Everyone, and what they are answered."""

    def setUp(self) -> None:
        """Another team has a supervisor too."""
        super().setUp()
        now = self.directory.now
        roles = frozenset({Role.AGENT, Role.SUPERVISOR})
        tim = Person("tim", "tim", "Tim", "Day", "2002", roles, 2)
        teams = (now.teams[0], Team(2, "Two", "tim"))
        self.directory.now = replace(now, people=(*now.people, tim), teams=teams)
        self.administration.settings = SETTINGS
        for _ in ASKERS:  # one for each to take back
            self.exchange("sue", "POST", "/TeamMessage", {}, MESSAGE)

    def answers(self, route: Route[Any, Any]) -> str:
        """What everyone is answered."""
        name = f"{route.method} {route.path}"
        path = route.path.replace("{id}", PATHS.get(route.path.split("/")[1], "1"))
        path = (
            path.replace("{contact_id}", "1")
            .replace("{wrap_up_reason_id}", "1")
            .replace("{mrd_id}", "5000")
        )
        path = path.replace("{reason_code_id}", "16")
        path += QUERIES.get(name, "")
        own = route.path.startswith("/TeamMessage/")
        statuses = [
            self.exchange(
                who,
                route.method,
                path.replace("/1", f"/{number}") if own else path,
                {},
                BODIES.get(name),
            ).status
            for number, who in enumerate(ASKERS, 1)
        ]
        return " ".join(map(str, statuses))


class AuthorisationTests(AuthorisationCase):
    """The matrix: routes and askers."""

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
                bool(
                    who
                    & {
                        Asker.ANYBODY,
                        Asker.EVERYONE,
                        Asker.AGENT,
                        Asker.SELF,
                        Asker.MEMBER,
                        Asker.PARTICIPANT,
                    }
                ),
                route.path,
            )
            self.assertEqual(
                of_whom["bob"],
                bool(who & {Asker.ANYBODY, Asker.EVERYONE, Asker.AGENT, Asker.MEMBER}),
                route.path,
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


class SecondaryTests(AuthorisationCase):
    """The matrix on the second of two nodes."""

    secondary = SecondaryNode("fin1.example", is_cce=False)

    def expected(self, route: Route[Any, Any]) -> str:
        """What everyone is answered: the administrator, that another node is to be asked."""
        found = EXPECTED[f"{route.method} {route.path}"]
        if not route.is_configuration or (route.method == "GET" and not self.reads_refused(route)):
            return found
        return f"{found.rpartition(' ')[0]} 403"

    def reads_refused(self, route: Route[Any, Any]) -> bool:
        """Whether the administrator may not even look at it."""
        return False

    def test_matrix(self) -> None:
        """Nobody changes the configuration here, and whoever might is sent to the primary node; all else is as there."""
        for route in TABLES:
            self.clock.advance(1)  # supervisors too have a rate
            self.assertEqual(self.answers(route), self.expected(route), route.path)

    def test_refusal(self) -> None:
        """The refusal is Forbidden and names the primary node; nothing has changed, whatever the body."""
        before = self.administration.settings
        for body in (BODIES["POST /ReasonCode"], "<ReasonCode/>", "no XML"):
            answer = self.ask("POST", "/ReasonCode", body, auth=("adm", "finesse"))
            self.assertEqual(answer.error(), (403, "Forbidden", "fin1.example"))
        self.assertIs(self.administration.settings, before)


class SecondaryCceTests(SecondaryTests):
    """The same in a CCE, where administrators may not look there either."""

    secondary = SecondaryNode("fin1.example", is_cce=True)

    def reads_refused(self, route: Route[Any, Any]) -> bool:
        """What is the administrators' alone."""
        return route.who == (Asker.ADMINISTRATOR,)
