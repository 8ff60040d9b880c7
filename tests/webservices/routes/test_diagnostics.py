"""``/finesse-dp/rest/DiagnosticPortal``: who may ask, and what monitoring tools find there."""

from typing import Any
from xml.etree import ElementTree

from treq.testing import StubTreq
from twisted.web.resource import Resource

from finesse_tx.webservices.core.diagnostics import NAMESPACE, reply
from finesse_tx.webservices.core.routing import Family
from finesse_tx.webservices.routes.api import ApiResource
from finesse_tx.webservices.routes.diagnostics import DIAGNOSTICS
from finesse_tx.webservices.routes.gate import Gate
from tests.webservices.core import events
from tests.webservices.routes.test_api import MAX_BODY, Answer, ApiCase

DP = f"{{{NAMESPACE}}}"


class DiagnosticsTests(ApiCase):
    """With a link, and a process of 4096 bytes."""

    def setUp(self) -> None:
        """The portal under its path."""
        super().setUp()
        gate = Gate(self.authenticator, self.service.in_service, MAX_BODY)
        root, portal = Resource(), Resource()
        root.putChild(b"finesse-dp", portal)
        families = [Family(DIAGNOSTICS, self.serviceability)]
        portal.putChild(b"rest", ApiResource(gate, families, is_described=False))
        self.portal: Any = StubTreq(root)

    def get(self, path: str, who: str | None = "adm") -> Answer:
        """Ask."""
        auth = (who, "finesse") if who else None
        url = f"http://x/finesse-dp/rest/{path}"
        response = self.successResultOf(self.portal.request("GET", url, auth=auth))
        return Answer(response, self.successResultOf(self.portal.content(response)))

    def told(self, command: str) -> ElementTree.Element:
        """A reply, whose frame is checked on the way."""
        answer = self.get(f"DiagnosticPortal/{command}")
        self.assertEqual(answer.header("content-type"), "application/xml;charset=UTF-8")
        root = ElementTree.fromstring(answer.text)
        self.assertEqual((root.tag, root.get("ReturnCode")), (f"{DP}{command}Reply", "0"))
        self.assertEqual((root[0].tag, root[0].get("Version")), (f"{DP}Schema", "1.0"))
        return root

    def properties(self, command: str) -> dict[str | None, str | None]:
        """Names and values."""
        found = self.told(command).iterfind(f".//{DP}PropertyList/{DP}Property")
        return {one.get("Name"): one.get("Value") for one in found}

    def test_who(self) -> None:
        """Administrators, and nobody else."""
        for route in DIAGNOSTICS:
            path = route.path[1:]
            answered = [self.get(path, who).status for who in (None, "ann", "sue", "adm")]
            self.assertEqual(answered, [401, 401, 401, 200], path)

    def test_performance(self) -> None:
        """The figures stand under the original's names."""
        found = self.properties("GetPerformanceInformation")
        self.assertEqual(found["Tomcat/Heap Memory Utilized"], "4096")
        self.assertEqual(found["Peak Thread Count"], "5")
        self.assertEqual(found["Average System Load"], "0.25")
        self.assertEqual(found["Active Totals/Logged In Agents"], "2")
        self.assertEqual(found["Active Totals/Current Calls"], "0")
        for message in [*events.queued(), *events.offered()]:
            self.service.link_message(message)
        found = self.properties("GetPerformanceInformation")
        self.assertEqual(found["Running Totals/Calls Received or Initiated"], "1")
        self.assertEqual(found["Running Totals/Calls Failed"], "0")

    def test_times(self) -> None:
        """So do the times of requests, in milliseconds."""
        found = self.properties("GetPerformanceInformation")
        self.assertEqual(found["Tomcat/Longest Request Process Time"], "0.0")
        self.assertEqual(found["Tomcat/Average Request Process Time"], "0.0")
        for taken_s in (0.25, 0.75):
            self.times.add(self.times.of("GET", "/User/{id}"), taken_s)
        found = self.properties("GetPerformanceInformation")
        self.assertEqual(found["Tomcat/Longest Request Process Time"], "750.0")
        self.assertEqual(found["Tomcat/Average Request Process Time"], "500.0")

    def test_to_the_letter(self) -> None:
        """The form is the original's: attributes, and a prefix that simple clients search for."""
        text = self.get("DiagnosticPortal/GetPerformanceInformation").text
        self.assertIn(
            f'<dp:GetPerformanceInformationReply ReturnCode="0" xmlns:dp="{NAMESPACE}">', text
        )
        self.assertIn('<dp:Property Name="Thread Count" Value="3"/>', text)

    def test_siblings(self) -> None:
        """Each says what it is asked for."""
        version = self.told("GetProductVersion").find(f"{DP}ProductVersion")
        assert version is not None
        self.assertEqual(version.get("Name"), "finesse_tx")
        self.assertEqual(self.properties("GetProductLicense"), {"License": "none needed"})
        self.assertEqual(self.properties("GetPlatformInformation")["Host Name"], "a.example")
        process = self.told("ListProcesses").find(f"{DP}ProcessList/{DP}Process")
        assert process is not None
        self.assertEqual((process.get("ProcessId"), process.get("UpTime")), ("7", "12"))
        parts = self.told("ListTraceComponents").findall(f".//{DP}TraceComponent")
        self.assertIn("finesse_tx.cti", {part.get("Name") for part in parts})

    def test_without_engine(self) -> None:
        """It answers while there is no engine: that is when it is asked."""
        self.service.link_closed("cut")
        self.assertEqual(self.get("DiagnosticPortal/ListProcesses").status, 200)

    def test_unknown(self) -> None:
        """What there is not is not found; it is not described as REST either."""
        for path in ("DiagnosticPortal/SetTraceLevel", "openapi.json", ""):
            self.assertEqual(self.get(path).status, 404, path)

    def test_escaped(self) -> None:
        """A value with anything in it stays one attribute."""
        root = ElementTree.fromstring(reply("X", ("A", "B"), [("C", {"V": "<\"'&>"})]))
        found = root.find(f"{DP}A/{DP}B/{DP}C")
        assert found is not None
        self.assertEqual(found.get("V"), "<\"'&>")
