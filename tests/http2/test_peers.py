"""HTTP/2 with clients that we did not write, against a real server: curl, httpx, node, and h2 in a blocking socket."""

import asyncio
import signal
import socket
import ssl
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from xml.etree import ElementTree

import httpx
from h2.errors import ErrorCodes
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import SynchronousTestCase, TestCase

from finesse_tx.http2.core.connection import RESETS_AT_ONCE
from tests.support.browser import NS
from tests.support.debian import needs
from tests.support.http2 import Answer, Client
from tests.support.node import INSTALL_S, Script, start_script
from tests.support.twistd import LIMIT_S, QUIET, Shared, Twistd

SHARED = Shared()

API = "/finesse/api"

BOSH = (
    f"<body xmlns='{NS}' rid='1' to='finesse.local' wait='30' hold='1' ver='1.6' xml:lang='en'"
    " xmlns:xmpp='urn:xmpp:xbosh' xmpp:version='1.0'/>"
)


def origin(server: Twistd) -> str:
    """Where it is, for URLs."""
    return f"https://{server.endpoints['https']}"


def basic(user: str) -> str:
    """The header of somebody who knows his password."""
    return "Basic " + b64encode(f"{user}:finesse".encode()).decode()


class CurlTests(SynchronousTestCase):
    """curl, with nghttp2."""

    def curl(self, *arguments: str, server: Twistd | None = None) -> str:
        """Ask, and return what is printed; ``@`` stands for the server."""
        running = server or SHARED.get()
        done = subprocess.run(
            [
                needs("curl", "curl"),
                *("--no-progress-meter", "--noproxy", "*", "--max-time", str(LIMIT_S)),
                *("--cacert", str(running.authority)),
                *(argument.replace("@", origin(running)) for argument in arguments),
            ],
            capture_output=True,
            text=True,
            timeout=2 * LIMIT_S,
            check=False,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_versions(self) -> None:
        """Who asks for a version gets it: HTTP/2 by default over TLS, HTTP/1.1 for who wants that, and in the clear."""
        told = ("--output", "/dev/null", "--write-out", "%{http_version} %{http_code}")
        path = f"@{API}/SystemInfo"
        self.assertEqual(self.curl(*told, path), "2 200")
        self.assertEqual(self.curl(*told, "--http1.1", path), "1.1 200")
        self.assertEqual(self.curl(*told, "--no-alpn", path), "1.1 200")
        clear = f"http://{SHARED.get().endpoints['http']}{API}/SystemInfo"
        self.assertEqual(self.curl(*told, "--http2", clear), "1.1 200")

    def test_old_tls(self) -> None:
        """TLS 1.2 has HTTP/2 as well, with a cipher suite that RFC 9113 allows (§9.2.2)."""
        told = ("--output", "/dev/null", "--write-out", "%{http_version}", "--tls-max", "1.2")
        self.assertEqual(self.curl(*told, f"@{API}/SystemInfo"), "2")

    def test_websocket(self) -> None:
        """There is no WebSocket over HTTP/2, and who asks there is told."""
        told = ("--output", "/dev/null", "--write-out", "%{http_version} %{http_code}")
        self.assertEqual(self.curl(*told, "@/ws/"), "2 426")

    def test_large_body(self) -> None:
        """A body that is too large gets its 413, whether its length is known or not."""
        path = self.mktemp()
        Path(path).write_bytes(bytes(2_000_000))
        told = ("--output", "/dev/null", "--write-out", "%{http_version} %{http_code}")
        sent = ("--user", "agent1:finesse", "--upload-file", path, f"@{API}/User/agent1")
        self.assertEqual(self.curl(*told, *sent), "2 413")
        chunked = ("--header", "Transfer-Encoding: chunked", "--header", "Expect: 100-continue")
        self.assertEqual(self.curl(*told, *chunked, *sent), "2 413")

    def test_parallel(self) -> None:
        """Sixty requests at once, on one connection."""
        asked = [
            part for _ in range(60) for part in ("--output", "/dev/null", f"@{API}/User/agent1")
        ]
        told = "%{http_version} %{http_code} %{num_connects}\n"
        lines = self.curl(
            *("--parallel", "--parallel-max", "60", "--user", "agent1:finesse"),
            *("--write-out", told),
            *asked,
        ).splitlines()
        self.assertEqual({line.rsplit(" ", 1)[0] for line in lines}, {"2 200"})
        self.assertEqual(len(lines), 60)
        self.assertLess(sum(int(line.rsplit(" ", 1)[1]) for line in lines), 10)

    def test_off(self) -> None:
        """With ``web.http2 = false`` there is HTTP/1.1 alone."""
        server = Twistd((*QUIET, "web.http2=false")).wait_ready()
        self.addCleanup(server.clean)
        told = ("--output", "/dev/null", "--write-out", "%{http_version}", "--http2")
        self.assertEqual(self.curl(*told, f"@{API}/SystemInfo", server=server), "1.1")
        self.assertNotIn("finesse_http2", self.curl("@/metrics", server=server))


class HttpxTests(SynchronousTestCase):
    """httpx, a client of Python's asyncio."""

    def client(self) -> httpx.AsyncClient:
        """One connection, of agent1."""
        server = SHARED.get()
        return httpx.AsyncClient(
            http2=True,
            http1=False,
            verify=ssl.create_default_context(cafile=str(server.authority)),
            trust_env=False,
            base_url=origin(server),
            timeout=LIMIT_S,
            auth=("agent1", "finesse"),
            limits=httpx.Limits(max_connections=1),
        )

    def test_road(self) -> None:
        """Forty readings at once, a change with its requestId, a refusal, what has not changed, and no body to HEAD."""

        async def road() -> None:
            async with self.client() as client:
                answers = await asyncio.gather(
                    *(client.get(f"{API}/User/agent{number % 8 + 1}") for number in range(40))
                )
                self.assertEqual({answer.http_version for answer in answers}, {"HTTP/2"})
                self.assertEqual(answers[0].status_code, 200)
                user = ElementTree.fromstring(answers[0].text)
                self.assertEqual(user.findtext("loginId"), "agent1")
                put = await client.put(
                    f"{API}/User/agent1",
                    content="<User><state>NOWHERE</state></User>",
                    headers={"requestId": "7f1"},
                )
                self.assertEqual((put.status_code, put.headers["requestid"]), (400, "7f1"))
                self.assertIn("<ApiErrors>", put.text)
                codes = f"{API}/openapi.json"
                first = await client.get(codes)
                again = await client.get(codes, headers={"If-None-Match": first.headers["etag"]})
                self.assertEqual((again.status_code, again.content), (304, b""))
                head = await client.head(codes)
                self.assertEqual(
                    (head.content, head.headers["content-length"]), (b"", str(len(first.content)))
                )

        asyncio.run(road())

    def test_held_poll(self) -> None:
        """A BOSH request that is held keeps nobody waiting on the same connection, and is answered."""

        async def say(client: httpx.AsyncClient, body: str) -> ElementTree.Element:
            answer = await client.post(
                "/http-bind/", content=body, headers={"Content-Type": "text/xml"}
            )
            self.assertEqual((answer.status_code, answer.http_version), (200, "HTTP/2"))
            return ElementTree.fromstring(answer.text)

        async def road() -> None:
            async with self.client() as client:
                sid = (await say(client, BOSH)).get("sid")
                empty = f"<body xmlns='{NS}' sid='{sid}' rid='%d'/>"
                held = asyncio.create_task(say(client, empty % 2))
                for _ in range(5):
                    self.assertEqual((await client.get(f"{API}/User/agent1")).status_code, 200)
                self.assertFalse(held.done())
                end = f"<body xmlns='{NS}' sid='{sid}' rid='3' type='terminate'/>"
                last = await say(client, end)
                self.assertEqual((await held).tag, last.tag)

        asyncio.run(road())


class NodeTests(TestCase):
    """node's own client."""

    timeout = INSTALL_S + 2 * LIMIT_S

    async def test_session(self) -> None:
        """A session: its settings, many requests at once, one taken back, a ping, a goodbye that waits for answers."""
        server = await deferToThread(SHARED.get)
        node = await start_script(self, "http2", authority=server.authority, origin=origin(server))
        told = await node.next("connected")
        self.assertEqual(told["protocol"], "h2")
        headers = {"authorization": basic("agent1")}
        node.tell("many", count=150, path=f"{API}/User/agent1", headers=headers)
        answers = [await node.next("answered") for _ in range(150)]
        self.assertEqual({answer["status"] for answer in answers}, {200})
        self.hold(node, await self.begin(node))
        self.assertTrue((await node.ask("ping", "pong"))["ok"])
        node.tell("cancel", name="held")
        self.assertEqual((await node.next("answered", name="held"))["code"], ErrorCodes.CANCEL)
        node.tell("ask", name="last", path=f"{API}/SystemInfo")
        node.tell("leave")
        self.assertEqual((await node.next("answered", name="last"))["status"], 200)
        await node.next("closed")

    async def test_stop(self) -> None:
        """At SIGTERM it is told to go, what it waits for is answered, and then the connection is closed."""
        server = await deferToThread(lambda: Twistd().wait_ready())
        self.addCleanup(server.clean)
        node = await start_script(self, "http2", authority=server.authority, origin=origin(server))
        await node.next("connected")
        sid = await self.begin(node)
        self.hold(node, sid)
        self.assertTrue((await node.ask("ping", "pong"))["ok"])
        server.signal(signal.SIGTERM)
        self.assertEqual((await node.next("goaway"))["code"], ErrorCodes.NO_ERROR)
        answer = await node.next("answered", name="held")
        self.assertEqual((answer["status"], answer["code"]), (200, ErrorCodes.NO_ERROR))
        self.assertIn("system-shutdown", answer["body"])
        await node.next("closed")
        self.assertEqual(await deferToThread(server.process.wait, LIMIT_S), 0)
        self.assertNotIn("Traceback", server.log)

    @staticmethod
    async def begin(node: Script) -> str:
        """Begin a BOSH session, and return its sid."""
        node.tell("ask", name="begin", path="/http-bind/", method="POST", body=BOSH)
        begun = await node.next("answered", name="begin")
        return ElementTree.fromstring(begun["body"]).get("sid", "")

    @staticmethod
    def hold(node: Script, sid: str) -> None:
        """Send a request that is held."""
        poll = f"<body xmlns='{NS}' sid='{sid}' rid='2'/>"
        node.tell("ask", name="held", path="/http-bind/", method="POST", body=poll)


class BlockingClient:
    """h2 in a socket that blocks.

    Attributes:
        client: Its state.
    """

    def __init__(self, server: Twistd, client: Client | None = None) -> None:
        context = ssl.create_default_context(cafile=str(server.authority))
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", server.port("https")), LIMIT_S)
        self._socket = context.wrap_socket(plain, server_hostname="127.0.0.1")
        self.protocol = self._socket.selected_alpn_protocol()
        self.cipher = self._socket.cipher()
        self.client = client or Client()
        self._is_over = False

    def flush(self) -> None:
        """Send what there is to say."""
        self._socket.sendall(self.client.to_send())

    def read(self) -> bool:
        """Hear something.

        Returns:
            Whether the connection is still there.
        """
        try:
            data = self._socket.recv(65_536)
        except ConnectionError:
            data = b""
        self.client.hear(data)
        self._is_over = not data
        return not self._is_over

    def wait(self, stream_id: int) -> Answer:
        """Wait for an answer, or the end."""
        answer = self.client.answers[stream_id]
        self.flush()
        while not answer.is_whole and answer.reset is None and self.read():
            self.flush()
        return answer

    def until_closed(self) -> None:
        """Read to the end."""
        while self.read():
            pass

    def close(self) -> None:
        """Close."""
        self._socket.close()


@contextmanager
def connected(server: Twistd) -> Iterator[BlockingClient]:
    """A connection."""
    with closing(BlockingClient(server)) as client:
        yield client


class AbuseTests(SynchronousTestCase):
    """Somebody floods a real server: he is cut off, and everybody else is served."""

    def test_rapid_reset(self) -> None:
        """Requests that are taken back as fast as they are sent."""
        server = SHARED.get()
        with connected(server) as good, connected(server) as bad:
            for _ in range(RESETS_AT_ONCE + 1):
                bad.client.cancel(bad.client.ask(f"{API}/SystemInfo"))
            bad.flush()
            bad.until_closed()
            self.assertEqual(
                bad.client.goaway and bad.client.goaway[0], ErrorCodes.ENHANCE_YOUR_CALM
            )
            self.assertEqual(good.wait(good.client.ask(f"{API}/SystemInfo")).status, 200)
        self.assertNotIn("Traceback", server.log)

    def test_many_at_once(self) -> None:
        """Ten connections of a hundred requests each, all of them answered."""
        server = SHARED.get()

        def ask(_number: int) -> set[int]:
            with connected(server) as client:
                streams = [client.client.ask(f"{API}/SystemInfo") for _ in range(100)]
                return {client.wait(stream_id).status for stream_id in streams}

        with ThreadPoolExecutor(10) as pool:
            self.assertEqual(set().union(*pool.map(ask, range(10))), {200})


class OperatorTests(SynchronousTestCase):
    """What operators do."""

    def test_reload(self) -> None:
        """After SIGHUP there is HTTP/2 as before."""
        server = SHARED.get()
        server.signal(signal.SIGHUP)
        until = time.monotonic() + LIMIT_S
        while "certificates are reloaded" not in server.log and time.monotonic() < until:
            time.sleep(0.02)
        with connected(server) as client:
            self.assertEqual(client.protocol, "h2")
            self.assertEqual(client.wait(client.client.ask("/health")).body, b"ok\n")
