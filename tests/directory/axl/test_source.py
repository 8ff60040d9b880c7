"""The provider ``axl`` through real sockets: with a server that behaves, and with one that does not.

Spec: ``axl.md`` §2 to §7; issue 7 ("a misbehaving one: slow, 503, wrong version, bad certificate, truncated XML, endless pages").
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet import reactor as global_reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.threads import deferToThread
from twisted.logger import capturedLogs
from twisted.plugin import IPlugin, getPlugins
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

import finesse_tx.plugins
from finesse_tx.directory.axl.client import FIRST_PAUSE_S, MAX_PAUSE_S, PAGE, TRIES, AXLClient
from finesse_tx.directory.axl.exchange import Exchange, authorities
from finesse_tx.directory.axl.provider import AXLDirectory
from finesse_tx.directory.axl.soap import MAX_ANSWER
from finesse_tx.directory.axl.source import AXLSource, make_source
from finesse_tx.directory.core.errors import SourceError
from finesse_tx.directory.core.synchronising import FoundPerson
from finesse_tx.errors import ConfigError
from finesse_tx.interfaces import IDirectoryProvider, IDirectorySource, IWorkers
from tests.support.axl_peer import Asked, AXLPeer, answer, envelope, fault, http, user
from tests.support.workers import ManualWorkers

reactor: Any = global_reactor

LIMIT_S = 120


@implementer(IWorkers)
class Threads:
    """The reactor's own."""

    def run(self, work: Any) -> Any:
        """Run it there."""
        return deferToThread(work)


def right(asked: Asked) -> bytes | None:
    """A directory of three, of whom one is no agent, and one of whose extension is on two phones."""
    skip = asked.number("skip") if asked.operation in {"listUser", "executeSQLQuery"} else 0
    if skip:
        return answer(asked, "")
    if asked.operation == "listUser":
        return answer(
            asked, user("ann", "Ann", "Doe") + user("bob") + user("cid") + user("off", status="0")
        )
    if asked.operation == "executeSQLQuery" and "enduser" in asked.body:
        pairs = (("ann", "1500"), ("bob", "1501"), ("off", "1502"))
        return answer(
            asked,
            "".join(
                f"<row><userid>{u}</userid><dnorpattern>{n}</dnorpattern></row>" for u, n in pairs
            ),
        )
    if asked.operation == "executeSQLQuery":
        pairs = (("SEP1", "1500"), ("SEP2", "1501"), ("SEP3", "1501"))
        return answer(
            asked,
            "".join(f"<row><name>{d}</name><dnorpattern>{n}</dnorpattern></row>" for d, n in pairs),
        )
    if asked.operation == "doAuthenticateUser":
        is_right = "<userid>ann</userid><password>r&lt;ght</password>" in asked.body
        code = "0" if is_right else "1"
        return answer(
            asked,
            f"<userAuthenticated>{str(is_right).lower()}</userAuthenticated><code>{code}</code>",
        )
    raise AssertionError(asked.operation)


RIGHT = (
    FoundPerson("ann", "Ann", "Doe", "1500", ("SEP1",)),
    FoundPerson("bob", "First", "Last", "1501", ("SEP2", "SEP3")),
    FoundPerson("cid", "First", "Last", "", ()),
)


class SourceCase(TestCase):
    """A source, and the server that it asks."""

    timeout = LIMIT_S

    def start(self, script: Any = right, host: str = "localhost", **options: Any) -> AXLSource:
        """Start both."""
        self.peer = AXLPeer(self, script, host)
        secret = Path(self.mktemp())
        secret.write_text("s3cret\n")
        given = {
            "url": self.peer.url,
            "user": "finesse",
            "password_file": str(secret),
            "ca_file": str(self.peer.authority),
            **options,
        }
        source = make_source(given, Threads(), reactor)
        self.addCleanup(source.close)
        return source

    async def refused(self, source: AXLSource) -> str:
        """Why it cannot tell who there is."""
        try:
            await source.people()
        except SourceError as error:
            self.assertNotIn("s3cret", str(error))
            self.assertNotIn("\n", str(error))
            return str(error)
        raise AssertionError("it should not have been able to")


class RightTests(SourceCase):
    """A server that behaves."""

    async def test_people(self) -> None:
        """Everyone who is active is told of, with extension and devices, by listUser and SQL."""
        source = self.start()
        verifyObject(IDirectorySource, source)
        self.assertEqual(tuple(await source.people()), RIGHT)
        first = self.peer.asked[0]
        self.assertEqual((first.version, first.operation), ("15.0", "listUser"))
        self.assertIn("POST /axl/ HTTP/1.1", first.head)
        self.assertRegex(first.head, r"(?i)content-type: text/xml; charset=utf-8")
        self.assertRegex(first.head, r"(?i)authorization: basic ZmluZXNzZTpzM2NyZXQ=")
        self.assertRegex(first.body, r"<skip>0</skip><first>500</first>")

    async def test_authenticate(self) -> None:
        """A right password is right, a wrong one is wrong and no fault; it is escaped, and in no log."""
        source = self.start()
        with capturedLogs() as events:
            self.assertIs(await source.authenticate("ann", "r<ght"), True)
            self.assertIs(await source.authenticate("ann", "other"), False)
        self.assertNotIn("r<ght", str(events))

    async def test_without_sql(self) -> None:
        """Where SQL is refused, each user is asked for; devices are not known then."""

        def script(asked: Asked) -> bytes | None:
            if asked.operation == "executeSQLQuery":
                return fault(-206, "The specified table is not in the database.")
            if asked.operation == "getUser":
                extension = (
                    '<ipccExtension uuid="{A}">1500</ipccExtension>'
                    if "<userid>ann<" in asked.body
                    else ""
                )
                return answer(asked, f"<user><userid>x</userid>{extension}</user>")
            return right(asked)

        found = await self.start(script).people()
        self.assertEqual(
            [(one.login_id, one.extension) for one in found],
            [("ann", "1500"), ("bob", ""), ("cid", "")],
        )

    async def test_pages(self) -> None:
        """Page by page, until one is empty; a server that has too much to say gets smaller ones."""
        everyone = [f"u{n:04}" for n in range(PAGE + 3)]

        def script(asked: Asked) -> bytes | None:
            if asked.operation != "listUser":
                return right(asked) if asked.number("skip") else answer(asked, "")
            skip, first = asked.number("skip"), asked.number("first")
            if first > 100:
                return fault(
                    -1,
                    "Query request too large. Total rows matched: 503 rows. Suggestive Row Fetch: less than 200 rows",
                )
            return answer(asked, "".join(map(user, everyone[skip : skip + first])))

        found = await self.start(script).people()
        self.assertEqual([one.login_id for one in found], everyone)

    async def test_connection_is_kept(self) -> None:
        """Requests go over one connection; one that the server has closed meanwhile is opened anew."""
        source = self.start()
        await source.people()
        self.assertEqual(len(self.peer.connections), 1)
        self.peer.hangs_up = True
        await source.people()
        await source.people()

    async def test_more_than_asked(self) -> None:
        """What a server says besides what we know does not matter."""

        def script(asked: Asked) -> bytes | None:
            if asked.operation == "listUser" and not asked.number("skip"):
                return answer(
                    asked,
                    user("ann").replace("<firstName>", "<newTag a='1'><b/></newTag><firstName>"),
                )
            return right(asked)

        (found,) = await self.start(script).people()
        self.assertEqual((found.first_name, found.extension), ("First", "1500"))


class VersionTests(SourceCase):
    """Which version is spoken."""

    async def test_step_down(self) -> None:
        """One that the server does not speak is left for the newest that both speak, once and for all."""

        def script(asked: Asked) -> bytes | None:
            if asked.version != "12.5":
                return http(599, "Incorrect axl version. Supported axl versions: 12.5,12.0,11.5")
            return right(asked)

        source = self.start(script)
        self.assertEqual(tuple(await source.people()), RIGHT)
        self.assertIn("http://www.cisco.com/AXL/API/12.5", self.peer.asked[-1].body)
        versions = [asked.version for asked in self.peer.asked]
        self.assertEqual(versions, ["15.0"] + ["12.5"] * (len(versions) - 1))

    async def test_silent(self) -> None:
        """One that does not say what it speaks is tried with each."""

        def script(asked: Asked) -> bytes | None:
            return right(asked) if asked.version == "12.5" else http(599, "no")

        source = self.start(script)
        await source.people()
        self.assertEqual([asked.version for asked in self.peer.asked][:3], ["15.0", "14.0", "12.5"])

    async def test_none(self) -> None:
        """One that speaks nothing of ours is refused, with what it speaks and what we do."""
        said = await self.refused(
            self.start(lambda _: http(599, "Supported axl versions: 9.0,8.5"))
        )
        self.assertIn("but 9.0, 8.5; we speak 15.0, 14.0, 12.5", said)
        self.assertEqual(len(self.peer.asked), 1)


class WrongTests(SourceCase):
    """A server that does not behave: each in words that help, and never half a list."""

    async def test_statuses(self) -> None:
        """What an HTTP status means is said with what to do."""
        for status, words in (
            (401, "refuses our name and password: see directory.options.user"),
            (403, "Standard AXL API Access"),
            (404, "has no AXL there"),
            (302, "answers HTTP 302"),
            (500, "cannot be read"),
        ):
            self.assertIn(
                words,
                await self.refused(
                    self.start(
                        lambda _, status=status: http(
                            status, headers={"Location": "https://elsewhere/"}
                        )
                    )
                ),
            )
            self.assertEqual(len(self.peer.asked), 1)

    async def test_fault(self) -> None:
        """A fault is told with its code; one about SQL that is no "I do not know that" is not passed over."""
        self.assertEqual(
            await self.refused(self.start(lambda _: fault(5007, "Item not valid"))),
            "AXL listUser: Item not valid (code 5007)",
        )

        def script(asked: Asked) -> bytes | None:
            return fault(5007, "No") if asked.operation == "executeSQLQuery" else right(asked)

        self.assertIn("(code 5007)", await self.refused(self.start(script)))

    async def test_bad_xml(self) -> None:
        """Truncated XML, no XML, an entity bomb, nesting without end, and what is no answer of AXL's are all refused."""
        bomb = '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;">]>' + envelope("<a>&c;</a>")
        for content in (
            envelope("<a/>")[:-5],
            "",
            "not XML",
            bomb,
            '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x">' + envelope("<a/>"),
            "<a>" * 1_000,
            b"\xff\xfe<\0a\0",
        ):
            said = await self.refused(self.start(lambda _, content=content: http(200, content)))
            self.assertIn("cannot be read", said)
        for content in (envelope("<a/>"), "<a/>", envelope("")):
            said = await self.refused(self.start(lambda _, content=content: http(200, content)))
            self.assertEqual(said, "AXL listUser: the answer is another's")

    async def test_too_large(self) -> None:
        """An answer without end is read up to a bound."""
        said = await self.refused(
            self.start(lambda _: http(200, b"x" * (MAX_ANSWER + 1), length=10**9))
        )
        self.assertIn(f"over {MAX_ANSWER} bytes", said)

    async def test_compressed(self) -> None:
        """What is compressed although nobody asked for it is not decompressed."""
        said = await self.refused(
            self.start(lambda _: http(200, b"\x1f\x8b\x08", {"Content-Encoding": "gzip"}))
        )
        self.assertIn("cannot be read", said)
        self.assertNotIn("accept-encoding", self.peer.asked[0].head.lower())

    async def test_broken_off(self) -> None:
        """A connection that ends before the answer does, with or without a length."""
        for said in (
            http(200, envelope("<a/>"), length=10_000),
            b"HTTP/1.1 200 x\r\n\r\n" + envelope("<a/>").encode()[:20],
            b"HTTP/1.1 200 x\r\nContent-Le",
            b"",
        ):
            source = self.start(lambda _, said=said: said)
            self.peer.hangs_up = True
            self.assertRegex(
                await self.refused(source), "broke off|without an answer|not HTTP|cannot be read"
            )

    async def test_slow(self) -> None:
        """One that does not answer is given up, head or body, and so is its connection."""
        for said in (None, http(200, b"<", length=100)):
            source = self.start(lambda _, said=said: said, timeout_s=1)
            self.assertIn("does not answer within 1 s", await self.refused(source))

    async def test_endless_pages(self) -> None:
        """A server that ignores ``skip``, or that tells more than it was asked for, is found out."""

        def script(asked: Asked) -> bytes | None:
            return answer(asked, user("ann"))

        self.assertIn("does not keep to skip and first", await self.refused(self.start(script)))
        self.assertEqual(len(self.peer.asked), 2)

        def many(asked: Asked) -> bytes | None:
            return answer(asked, user("ann") * (asked.number("first") + 1))

        self.assertIn("does not keep to skip and first", await self.refused(self.start(many)))

    async def test_certificates(self) -> None:
        """A certificate of a stranger, or for another name, is no certificate; nothing was asked."""
        stranger = AXLPeer(self, right)
        source = self.start(ca_file=str(stranger.authority))
        self.assertIn("not trusted", await self.refused(source))
        self.assertEqual(self.peer.asked, [])
        self.assertIn("another name", await self.refused(self.start(host="127.0.0.2")))
        self.assertIn("not trusted", await self.refused(self.start(ca_file="")))
        self.assertEqual(self.peer.asked, [])

    async def test_nobody_there(self) -> None:
        """A port at which nobody listens, and a name that nobody has."""
        self.assertIn(
            "cannot be reached", await self.refused(self.start(url="https://127.0.0.1:1/axl/"))
        )
        self.assertIn(
            "not known", await self.refused(self.start(url="https://nobody.invalid/axl/"))
        )

    async def test_no_answer_is_no(self) -> None:
        """A sign-in for which the server says nothing plain is none."""
        for returned in (
            "<userAuthenticated/><code/>",
            "<userAuthenticated>maybe</userAuthenticated><code>0</code>",
        ):
            source = self.start(lambda asked, returned=returned: answer(asked, returned))
            self.assertIs(await source.authenticate("ann", "x"), False)
        with self.assertRaises(SourceError):
            await self.start(lambda asked: answer(asked, "")).authenticate("ann", "x")


class ThrottlingTests(SourceCase):
    """A server that has too much to do."""

    def client(self, script: Any) -> AXLClient:
        """A client with a clock."""
        self.clock = Clock()
        peer = self.peer = AXLPeer(self, script)
        exchange = Exchange(
            peer.url, "u", "p", authorities(peer.authority.read_bytes()), 30, reactor
        )
        self.addCleanup(exchange.close)
        return AXLClient(exchange, Threads(), self.clock, lambda: 0.0)

    async def paused(self) -> float:
        """How long it waits now."""
        while not self.clock.getDelayedCalls():
            turn: Deferred[None] = Deferred()
            reactor.callLater(0.01, turn.callback, None)
            await turn
        (timer,) = self.clock.getDelayedCalls()
        pause = float(timer.getTime() - self.clock.seconds())
        self.clock.advance(pause)
        return pause

    async def test_again(self) -> None:
        """It is asked again, ever later, or when it says; either way of saying it is understood."""
        script = [
            http(503),
            fault(
                -1,
                "Maximum AXL Memory Allocation Consumed. Please retry once requests in progress have completed",
            ),
            http(503, headers={"Retry-After": "7"}),
        ]

        def said(asked: Asked) -> bytes | None:
            if len(self.peer.asked) <= len(script):
                return script[len(self.peer.asked) - 1]
            return answer(asked, "<componentVersion><version>15.0.1</version></componentVersion>")

        client = self.client(said)
        asking = Deferred.fromCoroutine(client.call("getCCMVersion"))
        pauses = [await self.paused() for _ in script]
        self.assertEqual(pauses, [FIRST_PAUSE_S, FIRST_PAUSE_S * 2, 7])
        returned = await asking
        self.assertEqual(returned["componentVersion"]["version"], "15.0.1")

    async def test_given_up(self) -> None:
        """So many times, and no longer than so long; a sign-in waits for no second."""
        client = self.client(lambda _: http(503, headers={"Retry-After": "86400"}))
        asking = Deferred.fromCoroutine(client.call("getCCMVersion"))
        for _ in range(TRIES - 1):
            self.assertEqual(await self.paused(), MAX_PAUSE_S)
        with self.assertRaisesRegex(SourceError, "too much to do"):
            await asking
        self.assertEqual(len(self.peer.asked), TRIES)
        source = self.start(lambda _: http(503))
        with self.assertRaisesRegex(SourceError, "too much to do"):
            await source.authenticate("ann", "x")
        self.assertEqual(len(self.peer.asked), 1)


class OptionsTests(SynchronousTestCase):
    """``directory.options``."""

    def test_plugin(self) -> None:
        """It is found as a plugin."""
        found = {one.name: one for one in getPlugins(IDirectoryProvider, finesse_tx.plugins)}
        self.assertIsInstance(found["axl"], AXLDirectory)
        verifyObject(IDirectoryProvider, found["axl"])
        verifyObject(IPlugin, found["axl"])

    def test_wrong(self) -> None:
        """What cannot be is told by its key, before anything is asked."""
        folder = Path(self.mktemp())
        folder.mkdir()
        secret, empty = folder / "secret", folder / "empty"
        secret.write_text("s3cret")
        empty.write_text("\n")
        right_ones = {"url": "https://cucm:8443/axl/", "user": "u", "password_file": str(secret)}
        for wrong, words in (
            ({"url": "http://cucm/axl/"}, "url: is no https URL"),
            ({"user": ""}, "user: is missing"),
            ({"password_file": ""}, "password_file: is missing"),
            ({"password_file": "/nowhere"}, "password_file: /nowhere: No such file"),
            ({"password_file": str(empty)}, "is empty"),
            ({"ca_file": str(secret)}, "there is no certificate in it"),
            ({"timeout_s": 0.5}, "timeout_s"),
            ({"uri": "x"}, "there is no such key; did you mean directory.options.url"),
        ):
            with self.assertRaises(ConfigError) as caught:
                AXLDirectory().make_source({**right_ones, **wrong}, ManualWorkers(), reactor)
            self.assertIn(words, str(caught.exception))
            self.assertNotIn("s3cret", str(caught.exception))
        made = AXLDirectory().make_source(
            {**right_ones, "authenticate": False}, ManualWorkers(), reactor
        )
        self.assertEqual((made.authenticates, made.synchronises), (False, True))
