"""The configuration on a real server: it is there after a restart, and everyone sees what administrators change."""

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from twisted.trial.unittest import SynchronousTestCase

from tests.support.rest import Rest
from tests.support.twistd import LIMIT_S, QUIET, Twistd

ORIGIN = "https://crm.example.com"

LISTS = (
    "/ReasonCodes?category=ALL", "/WrapUpReasons", "/MediaPropertiesLayouts", "/PhoneBooks", "/WorkflowActions",
    "/Workflows", "/Team/1/ReasonCodes?category=LOGOUT", "/Team/1/WrapUpReasons", "/Team/1/PhoneBooks",
    "/Team/1/MediaPropertiesLayouts", "/Team/1/Workflows", "/Team/1/LayoutConfig", "/LayoutConfig/default",
    "/SystemConfig", "/ClusterConfig", "/EnterpriseDatabaseConfig", "/ECCVariableConfig", "/ChatConfig",
    "/CloudConnectConfig", "/User/agent1/WrapUpReasons", "/User/agent1/PhoneBooks", "/User/agent1/Workflows",
    "/User/agent1/ReasonCodes?category=LOGOUT", "/User/agent1/MediaPropertiesLayouts",
    "/TeamResource/1/PhoneBooks",
)  # fmt: skip
"""What is compared."""

OBJECTS = (
    (
        "ReasonCode",
        "<category>LOGOUT</category><code>7</code><label>Home</label><forAll>false</forAll>",
    ),
    ("WrapUpReason", "<label>Verkauf für später</label><forAll>false</forAll>"),
    (
        "MediaPropertiesLayout",
        (
            "<name>Sales</name><header><entry><displayName>x</displayName><mediaProperty>callVariable1</mediaProperty>"
            "</entry></header><column/>"
        ),
    ),
    ("PhoneBook", "<name>Ours</name><type>TEAM</type>"),
    (
        "WorkflowAction",
        "<name>Pop</name><type>BROWSER_POP</type><params><Param><name>path</name><value>/</value></Param></params>",
    ),
)

LAYOUT = (
    "&lt;finesseLayout xmlns='http://www.cisco.com/vtg/finesse'&gt;&lt;layout&gt;&lt;role&gt;Agent&lt;/role&gt;"
    "&lt;/layout&gt;&lt;/finesseLayout&gt;"
)

SINGLES = (
    ("/LayoutConfig/default", f"<LayoutConfig><layoutxml>{LAYOUT}\n </layoutxml></LayoutConfig>"),
    (
        "/Team/1/LayoutConfig",
        f"<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>{LAYOUT}</layoutxml></TeamLayoutConfig>",
    ),
    (
        "/SystemConfig",
        (
            "<SystemConfig><cti><host>cti.example</host><port>42027</port><peripheralId>5000</peripheralId></cti>"
            "</SystemConfig>"
        ),
    ),
    (
        "/ClusterConfig",
        "<ClusterConfig><secondaryNode><host>fin2.example</host></secondaryNode></ClusterConfig>",
    ),
    (
        "/EnterpriseDatabaseConfig",
        (
            "<EnterpriseDatabaseConfig><host>aw</host><databaseName>d</databaseName><username>u</username>"
            "<password>very secret</password></EnterpriseDatabaseConfig>"
        ),
    ),
    (
        "/ECCVariableConfig",
        "<ECCVariableConfig><ECCVariable><name>user.a</name><length>210</length></ECCVariable></ECCVariableConfig>",
    ),
    ("/ChatConfig", "<ChatConfig><primaryNode><host>chat</host></primaryNode></ChatConfig>"),
    (
        "/CloudConnectConfig",
        "<CloudConnectConfig><host>c</host><username>u</username></CloudConnectConfig>",
    ),
)


class RestartTests(SynchronousTestCase):
    """One server, stopped and started again."""

    def test_survives(self) -> None:
        """Everything that was configured is the same after a restart, and every change is in the audit table."""
        with TemporaryDirectory(prefix="finesse-") as home:
            server = Twistd((*QUIET, 'web.cors="enable"'), Path(home)).wait_ready()
            self.addCleanup(server.clean)
            self.configure(Rest(server, "admin"))
            self.assertFalse(self.lets_in(server))
            self.allow_origin(server)
            self.assertTrue(self.lets_in(server))
            before = self.texts(Rest(server, "admin"))
            self.assertEqual(server.stop(), 0)
            again = Twistd((*QUIET, 'web.cors="enable"'), Path(home)).wait_ready()
            self.addCleanup(again.clean)
            self.assertTrue(self.lets_in(again))
            after = self.texts(Rest(again, "admin"))
            self.assertEqual(before, after)
            self.assertIn("Verkauf für später", after["/User/agent1/WrapUpReasons"])
            self.assertIn("fin2.example", Rest(again, "admin").ask("GET", "/SystemInfo").text)
            self.assertEqual(Rest(again, "agent1").ask("GET", "/WrapUpReasons").status_code, 401)
            self.assertEqual(again.stop(), 0)
            self.check_audit(Path(home) / "finesse.db")

    def test_secondary(self) -> None:
        """The second of two nodes says so, and leaves changes of the configuration to the first; agents work there."""
        overrides = ("server.primary_host=fin1.example", "server.host=fin2.example")
        with TemporaryDirectory(prefix="finesse-") as home:
            server = Twistd((*QUIET, *overrides), Path(home)).wait_ready()
            self.addCleanup(server.clean)
            admin = Rest(server, "admin")
            info = admin.get("/SystemInfo")
            self.assertEqual(info.findtext("primaryNode/host"), "fin1.example")
            self.assertEqual(info.findtext("secondaryNode/host"), "fin2.example")
            self.assertTrue(info.findtext("secondaryNode/httpsPort"))
            self.assertEqual(
                admin.get("/ClusterConfig").findtext("secondaryNode/host"), "fin2.example"
            )
            for path, body in SINGLES:
                done = admin.ask("PUT", path, body)
                self.assertEqual(done.status_code, 403, path)
                self.assertIn("<ErrorType>Forbidden</ErrorType>", done.text)
            self.assertEqual(Rest(server, "agent1").put_state("LOGIN", extension="1001"), 202)
            self.assertEqual(server.stop(), 0)

    def configure(self, admin: Rest) -> None:
        """One of everything, each for team 1."""
        uris = {}
        for name, inner in OBJECTS:
            made = admin.ask("POST", f"/{name}", f"<{name}>{inner}</{name}>".encode())
            self.assertEqual(made.status_code, 200, made.text)
            uris[name] = "/" + made.headers["Location"].split("/", 3)[3]
            self.assertIn(f"/finesse/api/{name}/", uris[name])
        action = f"<WorkflowAction><uri>{uris.pop('WorkflowAction')}</uri></WorkflowAction>"
        made = admin.ask(
            "POST",
            "/Workflow",
            "<Workflow><name>Callers</name><TriggerSet><name>CALL_ARRIVES</name></TriggerSet>"
            f"<workflowActions>{action}</workflowActions></Workflow>",
        )
        uris["Workflow"] = "/" + made.headers["Location"].split("/", 3)[3]
        rows = "".join(f"Ann,Lee {n},{n}\r\n" for n in range(1_000))
        done = admin.ask(
            "POST",
            f"{uris['PhoneBook'].removeprefix('/finesse/api')}/Contacts/csvFileContent",
            f"First Name,Last Name,Phone Number,Notes\r\n{rows}",
        )
        self.assertEqual(done.status_code, 202, done.text)
        for name, uri in uris.items():
            body = f"<{name}s><{name}><uri>{uri}</uri></{name}></{name}s>"
            done = admin.ask("PUT", f"/Team/1/{name}s?category=LOGOUT", body)
            self.assertEqual(done.status_code, 200, done.text)
        for path, body in SINGLES:
            done = admin.ask("PUT", path, body)
            self.assertEqual(done.status_code, 200, done.text)

    def allow_origin(self, server: Twistd) -> None:
        """Add one, as the console does it."""
        done = requests.post(
            f"http://{server.endpoints['http']}/cfadmin/api/origins",
            json={"origin": ORIGIN},
            auth=("admin", "finesse"),
            timeout=LIMIT_S,
        )
        self.assertEqual(done.status_code, 200, done.text)

    def lets_in(self, server: Twistd) -> bool:
        """Whether pages of that origin may ask, at both web servers that tell browsers so."""
        asked = [
            requests.options(
                f"http://{server.endpoints[name]}{path}",
                headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"},
                timeout=LIMIT_S,
            )
            for name, path in (("http", "/finesse/api/User/agent1"), ("bosh", "/http-bind/"))
        ]
        (found,) = {answer.headers.get("Access-Control-Allow-Origin") for answer in asked}
        return found == ORIGIN

    def texts(self, admin: Rest) -> dict[str, str]:
        """What everything looks like."""
        found = {}
        for path in LISTS:
            answer = admin.ask("GET", path)
            self.assertEqual(answer.status_code, 200, answer.text)
            found[path] = answer.text
        return found

    def check_audit(self, database: Path) -> None:
        """Who, from where, what; and no secret."""
        with closing(sqlite3.connect(database)) as connection:
            rows = connection.execute("SELECT login_id, peer, action, uri, after FROM audit")
            found = rows.fetchall()
            settings = connection.execute("SELECT definition FROM settings").fetchall()
        self.assertNotIn("very secret", repr(settings))
        self.assertIn("sealed:1:", repr(settings))
        self.assertEqual({row[:2] for row in found}, {("admin", "127.0.0.1")})
        self.assertEqual(len(found), len(OBJECTS) + 1 + 1 + 5 + len(SINGLES) + 1)
        self.assertNotIn("very secret", repr(found))
        self.assertIn("/finesse/api/Team/1/Workflows", {row[3] for row in found})


class LinkTests(SynchronousTestCase):
    """Where the engine is, as administrators say it."""

    def test_followed(self) -> None:
        """Where the file names an engine elsewhere, SystemConfig goes before it from the next start on."""
        engine = Twistd(QUIET).wait_ready()
        self.addCleanup(engine.clean)
        with TemporaryDirectory() as home:
            node = Twistd(QUIET, Path(home)).wait_ready()
            self.addCleanup(node.clean)
            body = (
                "<SystemConfig><cti><host>127.0.0.1</host>"
                f"<port>{engine.port('cti')}</port><peripheralId>1</peripheralId></cti></SystemConfig>"
            )
            self.assertEqual(Rest(node, "admin").ask("PUT", "/SystemConfig", body).status_code, 200)
            self.assertEqual(node.stop(), 0)
            # Nothing listens where the file says: only what is in the database can bring it into service.
            elsewhere = (*QUIET, 'cti.client.side_a="127.0.0.1:9"')
            again = Twistd(elsewhere, Path(home)).wait_ready()
            self.addCleanup(again.clean)
            info = Rest(again, "admin").get("/SystemInfo")
            self.assertEqual(info.findtext("status"), "IN_SERVICE")
            self.assertEqual(
                info.findtext("ctiServers/ctiServer/host"), f"127.0.0.1:{engine.port('cti')}"
            )
            self.assertEqual(Rest(again, "agent1").put_state("LOGIN", extension="1001"), 202)
            self.assertEqual(again.stop(), 0)
        self.assertEqual(engine.stop(), 0)
