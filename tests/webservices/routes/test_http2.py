"""Every exchange of ``tests/vectors/rest`` once more, over HTTP/2: it answers to the letter what HTTP/1.1 does."""

from base64 import b64encode
from types import SimpleNamespace
from typing import Any

from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.logger import capturedLogs
from twisted.python.failure import Failure
from twisted.web.http_headers import Headers
from typing_extensions import override

from finesse_tx.http2.channel import HTTP2Channel
from finesse_tx.http2.core.families import Counters
from finesse_tx.origins import OriginResource, Origins
from finesse_tx.site import BoundedSite
from finesse_tx.webservices.root import METHODS
from tests.support.http2 import Answer as StreamAnswer
from tests.support.http2 import Client
from tests.webservices.routes.test_api import Answer
from tests.webservices.routes.test_exchanges import ExchangeTests

LARGEST = 1_048_576


class HTTP2ExchangeTests(ExchangeTests):
    """One connection for all of a file."""

    def setUp(self) -> None:
        """Connect."""
        super().setUp()
        finesse = self.root.children[b"finesse"]
        api = finesse.children[b"api"]
        finesse.putChild(b"api", OriginResource(api, Origins(), METHODS))
        site = BoundedSite(self.root, LARGEST, 600, self.clock)
        self.site_counters = Counters()
        self.channel = HTTP2Channel(site, self.clock, self.site_counters)
        self.transport, self.client = StringTransport(), Client()
        self.channel.makeConnection(self.transport)
        self.addCleanup(self.channel.connectionLost, Failure(ConnectionDone()))

    def over_http2(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> StreamAnswer:
        """Send a request, and carry bytes to and fro until it is answered."""
        fields = [(name.lower(), value) for name, value in headers.items()]
        data = body.encode() if body is not None else None
        stream_id = self.client.ask(path, method, data, fields)
        answer = self.client.answers[stream_id]
        while not answer.is_whole:
            said = self.client.to_send()
            if said:
                self.channel.dataReceived(said)
            self.clock.advance(0)
            heard = self.transport.value()
            self.transport.clear()
            self.assertTrue(said or heard, "nobody says anything")
            self.client.hear(heard)
        return answer

    @override
    def exchange(
        self, who: str, method: str, path: str, headers: dict[str, str], body: str | None
    ) -> Answer:
        fields = dict(headers)
        if who != "-":
            secret = b64encode(f"{who}:finesse".encode()).decode()
            fields["authorization"] = f"Basic {secret}"
        answer = self.over_http2(method, f"/finesse/api{path}", fields, body or None)
        # What is written down is for HTTP in the clear, at a host called x.
        there = {
            name: [value.replace("https://cc.example.org", "http://x")]
            for name, value in answer.headers.items()
        }
        response: Any = SimpleNamespace(code=answer.status, headers=Headers(there), length=0)
        return Answer(response, answer.body)

    def test_preflight(self) -> None:
        """A page of another origin asks beforehand, and is told."""
        answer = self.over_http2(
            "OPTIONS",
            "/finesse/api/User/ann",
            {"origin": "https://desk.example.com", "access-control-request-method": "PUT"},
        )
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertEqual(answer.headers["access-control-allow-origin"], "https://desk.example.com")

    def test_log(self) -> None:
        """The line of a request says in its fields which protocol it came by."""
        with capturedLogs() as logged:
            self.exchange(
                "ann", "PUT", "/User/ann", {"requestId": "7f1"}, "<User><state>READY</state></User>"
            )
        (line,) = [event for event in logged if "{peer}" in (event["log_format"] or "")]
        self.assertEqual((line["protocol"], line["status"]), ("HTTP/2", 202))

    def test_too_many(self) -> None:
        """One request too many of a person is refused, on its stream."""
        statuses = [self.exchange("ann", "GET", "/User/ann", {}, None) for _ in range(101)]
        self.assertEqual([answer.status for answer in statuses[-2:]], [200, 429])
        self.assertEqual(statuses[-1].error()[:2], (429, "Too Many Requests"))
        self.assertIsNotNone(statuses[-1].header("retry-after"))

    def test_one_connection(self) -> None:
        """All of that needs one connection, and nothing is left of a request."""
        for _ in range(3):
            self.assertEqual(self.exchange("ann", "GET", "/User/ann", {}, None).status, 200)
        self.assertEqual((self.site_counters.requests, self.site_counters.streams), (3, 0))


del ExchangeTests  # its own module runs it
