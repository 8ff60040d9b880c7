"""The whole road, phone to client and back, through a real server with clients that nobody here wrote.

REST is `requests`, events are slixmpp's over XMPP (5222 in the clear and with STARTTLS, 5223) or come by BOSH through
`requests`; the customer calls by ``finesse-tx call``. Every event of the road is asserted: node, order, payload.
"""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Protocol
from xml.etree import ElementTree

from twisted.trial.unittest import SynchronousTestCase

from tests.support.browser import Browser
from tests.support.rest import Rest
from tests.support.slix import Agent, run
from tests.support.twistd import Shared

SHARED = Shared("demo.talk_s=600", "demo.patience_s=600")

UCCE = Shared("cti.client.dialect=ucce", "cti.client.version=25", "demo.patience_s=600")
"""A server whose web services speak UCCE's dialect to its engine."""

DOMAIN = "finesse.local"

TALK_S = 4
"""How long the customers talk: longer than an answer, a hold and a retrieve take."""


@dataclass(frozen=True)
class Told:
    """A notification, taken apart.

    Attributes:
        node: Where it was published.
        event: PUT, POST, DELETE or put.
        source: The changed resource.
        request_id: The request that caused it.
        what: ``user STATE``, or ``dialog STATE: number STATE, …``, or an error's type.
        body: The whole document.
    """

    node: str
    event: str
    source: str
    request_id: str
    what: str
    body: ElementTree.Element


def read(node: str, payload: str) -> Told:
    """Take a notification apart."""
    root = ElementTree.fromstring(payload)
    data = root.find("data")
    assert data is not None
    user, dialog = data.find("user"), data.find("dialogs/Dialog")
    dialog = dialog if dialog is not None else data.find("dialog")
    if user is not None:
        what = f"user {user.findtext('state')}"
    elif dialog is not None:
        places = ", ".join(
            f"{p.findtext('mediaAddress')} {p.findtext('state')}"
            for p in dialog.findall("participants/Participant")
        )
        what = f"dialog {dialog.findtext('state')}: {places}"
    else:
        what = data.findtext("apiErrors/apiError/errorMessage", "")
    return Told(
        node,
        root.findtext("event", ""),
        root.findtext("source", ""),
        root.findtext("requestId", ""),
        what,
        data,
    )


class Events(Protocol):
    """Where notifications come from."""

    async def next_event(self) -> tuple[str, str, str]:
        """The next one: node, the payload's name, its text."""


class Polled:
    """A BOSH session's notifications."""

    NAME = "{http://jabber.org/protocol/pubsub}notification"

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._waiting: list[tuple[str, str]] = []

    async def next_event(self) -> tuple[str, str, str]:
        """The next one; polls for it."""
        while not self._waiting:
            self._waiting = await asyncio.to_thread(self._browser.next_events)
        node, payload = self._waiting.pop(0)
        return node, self.NAME, payload


class RoadTests(SynchronousTestCase):
    """One agent's road after the other, on one server."""

    def setUp(self) -> None:
        """The server."""
        self.server = SHARED.get()

    async def next(self, agent: Events) -> Told:
        """The next notification."""
        node, name, payload = await agent.next_event()
        self.assertEqual(name, "{http://jabber.org/protocol/pubsub}notification")
        return read(node, payload)

    async def expect(self, agent: Events, *expected: tuple[str, ...]) -> list[Told]:
        """The next notifications are these: node's end, event, what, and perhaps the requestId."""
        told = [await self.next(agent) for _ in expected]
        found = [
            (one.node.removeprefix("/finesse/api/"), one.event, one.what, one.request_id)[
                : len(each)
            ]
            for one, each in zip(told, expected, strict=True)
        ]
        self.assertEqual(found, list(expected))
        return told

    def play(self, scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Play a scenario in an asyncio loop."""
        run(scenario)

    async def road(
        self, name: str, extension: str, *, agent: Events, after: str, queue: str
    ) -> None:
        """Sign in, READY, a call, answer, hold, retrieve, the customer hangs up, sign out."""
        rest = Rest(self.server, name)
        user, dialogs = f"User/{name}", f"User/{name}/Dialogs"
        self.assertEqual(rest.put_state("LOGIN", "r1", extension=extension), 202)
        (told,) = await self.expect(agent, (user, "PUT", "user NOT_READY", "r1"))
        self.assertEqual(told.body.findtext("user/extension"), extension)
        self.assertEqual(told.body.findtext("user/reasonCodeId"), "-1")
        self.assertEqual(rest.put_state("READY", "r2"), 202)
        (told,) = await self.expect(agent, (user, "PUT", "user READY", "r2"))
        self.assertIsNone(told.body.find("user/reasonCodeId"))

        customer = f"06{extension.zfill(8)}"
        self.server.call(queue, customer, "--talk", str(TALK_S))
        _, told = await self.expect(
            agent,
            (user, "PUT", "user RESERVED", ""),
            (dialogs, "POST", f"dialog ALERTING: {customer} INITIATED, {extension} ALERTING", ""),
        )
        self.assertEqual(told.source, f"/finesse/api/{dialogs}")
        dialog = told.body.findtext("dialogs/Dialog/id", "")
        for path, value in (
            ("fromAddress", customer),
            ("toAddress", queue),
            ("mediaProperties/callType", "ACD_IN"),
            ("participants/Participant[2]/actions/action", "ANSWER"),
        ):
            self.assertEqual(told.body.findtext(f"dialogs/Dialog/{path}"), value)
        self.assertEqual(rest.get(f"/User/{name}/Dialogs").findtext("Dialog/id"), dialog)

        own = f"/finesse/api/Dialog/{dialog}"
        self.assertEqual(rest.act(dialog, "ANSWER", extension, "r3"), 202)
        both = f"dialog ACTIVE: {customer} ACTIVE, {extension} "
        told, _ = await self.expect(
            agent, (dialogs, "PUT", both + "ACTIVE", "r3"), (user, "PUT", "user TALKING", "")
        )
        self.assertEqual(told.source, own)
        self.assertEqual(rest.act(dialog, "HOLD", extension, "r4"), 202)
        await self.expect(agent, (dialogs, "PUT", both + "HELD", "r4"))
        self.assertEqual(rest.act(dialog, "RETRIEVE", extension, "r5"), 202)
        await self.expect(agent, (dialogs, "PUT", both + "ACTIVE", "r5"))
        self.assertEqual(rest.get(f"/Dialog/{dialog}").findtext("state"), "ACTIVE")

        # The customer hangs up: first he is gone, then the call is over for the agent too.
        gone = f"dialog DROPPED: {customer} DROPPED, {extension} DROPPED"
        await self.expect(
            agent,
            (dialogs, "PUT", f"dialog ACTIVE: {customer} DROPPED, {extension} ACTIVE", ""),
            (dialogs, "PUT", gone, ""),
        )
        if after == "WORK":
            await self.expect(
                agent,
                (dialogs, "PUT", f"dialog DROPPED: {customer} DROPPED, {extension} WRAP_UP"),
                (user, "PUT", "user WORK"),
            )
            self.assertEqual(rest.put_state("READY", "r6"), 202)
        ready = (user, "PUT", "user READY", "r6" if after == "WORK" else "")
        await self.expect(agent, ready, (dialogs, "DELETE", gone, ""))

        self.assertEqual(rest.ask("GET", f"/User/{name}/Dialogs").text, "<Dialogs/>")
        self.assertEqual(rest.ask("GET", f"/Dialog/{dialog}").status_code, 404)
        self.assertEqual(rest.put_state("LOGOUT", "r7"), 202)
        (told,) = await self.expect(agent, (user, "PUT", "user LOGOUT", "r7"))
        self.assertEqual(told.body.findtext("user/extension"), "")
        self.assertEqual(rest.get(f"/User/{name}").findtext("state"), "LOGOUT")

    def test_clear(self) -> None:
        """5222 in the clear; a queue without wrap-up: READY after the call."""

        async def scenario() -> None:
            agent = Agent(f"agent1@{DOMAIN}")
            await agent.sign_in(self.server.port("xmpp"))
            await self.road("agent1", "1001", agent=agent, after="READY", queue="6001")
            await agent.leave()

        self.play(scenario)

    def test_ucce(self) -> None:
        """With UCCE's dialect between the web services and the engine it is the very same road."""
        self.server = UCCE.get()

        async def scenario() -> None:
            agent = Agent(f"agent2@{DOMAIN}")
            await agent.sign_in(self.server.port("xmpp"))
            await self.road("agent2", "1002", agent=agent, after="WORK", queue="6002")
            await agent.leave()

        self.play(scenario)

    def test_starttls(self) -> None:
        """5222 with STARTTLS, the certificate checked; a queue with wrap-up: WORK after the call."""

        async def scenario() -> None:
            agent = Agent(f"agent2@{DOMAIN}")
            await agent.sign_in(self.server.port("xmpp"), self.server.authority)
            await self.road("agent2", "1002", agent=agent, after="WORK", queue="6002")
            await agent.leave()

        self.play(scenario)

    def test_direct_tls(self) -> None:
        """5223, TLS from the first byte; the demo's people can prove their password at once, bound to the channel."""

        async def scenario() -> None:
            agent = Agent(f"agent3@{DOMAIN}/desk")
            agent.ssl_context.maximum_version = ssl.TLSVersion.TLSv1_2  # Python binds to no other
            await agent.sign_in(self.server.port("xmpps"), self.server.authority, direct=True)
            self.assertEqual(agent["feature_mechanisms"].mech.name, "SCRAM-SHA-256-PLUS")
            await self.road("agent3", "1003", agent=agent, after="READY", queue="6001")
            await agent.leave()

        self.play(scenario)

    def bosh(self, scheme: str, port: str, name: str, extension: str, after: str) -> None:
        """The road by BOSH."""
        url = f"{scheme}://{self.server.endpoints[port]}/http-bind"

        async def scenario() -> None:
            with closing(Browser(url, str(self.server.authority)).sign_in(name)) as browser:
                queue = "6002" if after == "WORK" else "6001"
                await self.road(name, extension, agent=Polled(browser), after=after, queue=queue)
                self.assertIn("terminate", browser.send("", "type='terminate'").text)

        self.play(scenario)

    def test_bosh(self) -> None:
        """7071."""
        self.bosh("http", "bosh", "agent4", "1004", "READY")

    def test_boshs(self) -> None:
        """7443, the certificate checked."""
        self.bosh("https", "boshs", "agent5", "1005", "WORK")

    def test_bosh_on_the_web_port(self) -> None:
        """8445 has it too, since 12.6."""
        self.bosh("https", "https", "agent6", "1006", "READY")

    def test_agent_hangs_up(self) -> None:
        """The agent drops the call, which carries the requestId; nobody else has a say."""

        async def scenario() -> None:
            agent, rest = Agent(f"agent7@{DOMAIN}"), Rest(self.server, "agent7", scheme="https")
            await agent.sign_in(self.server.port("xmpp"))
            user, dialogs = "User/agent7", "User/agent7/Dialogs"
            rest.put_state("LOGIN", extension="1007")
            await self.expect(agent, (user, "PUT", "user NOT_READY"))
            rest.put_state("READY")
            await self.expect(agent, (user, "PUT", "user READY"))
            self.server.call("1007", "0699999999")
            ringing = "dialog ALERTING: 0699999999 INITIATED, 1007 ALERTING"
            told = [await self.next(agent) for _ in range(2)]
            self.assertEqual(sorted(one.what for one in told), [ringing, "user NOT_READY"])
            (dialog,) = [
                one.body.findtext("dialogs/Dialog/id", "") for one in told if one.event == "POST"
            ]
            self.assertEqual(rest.act(dialog, "HOLD", "1007", "r1"), 202)
            await self.expect(
                agent, (dialogs, "put", "INVALID_ACTION HOLD on extension 1007", "r1")
            )
            self.assertEqual(rest.act(dialog, "ANSWER", "1007", "r2"), 202)
            await self.expect(
                agent, (dialogs, "PUT", "dialog ACTIVE: 0699999999 ACTIVE, 1007 ACTIVE", "r2")
            )
            self.assertEqual(Rest(self.server, "agent8").act(dialog, "DROP", "1007"), 401)
            self.assertEqual(rest.act(dialog, "DROP", "1007", "r3"), 202)
            first = await self.next(agent)
            self.assertEqual((first.event, first.request_id), ("PUT", "r3"))
            while (last := await self.next(agent)).event != "DELETE":
                self.assertIn(last.event, ("PUT",))
            self.assertEqual(last.what, "dialog DROPPED: 0699999999 DROPPED, 1007 DROPPED")
            rest.put_state("LOGOUT")
            await agent.leave()

        self.play(scenario)

    def test_make_call(self) -> None:
        """An agent calls another: both see the dialog, each event of the caller's own call in its order."""

        async def scenario() -> None:
            caller, callee = Agent(f"supervisor1@{DOMAIN}"), Agent(f"supervisor2@{DOMAIN}")
            here, there = Rest(self.server, "supervisor1"), Rest(self.server, "supervisor2")
            for client, rest, extension in ((caller, here, "2001"), (callee, there, "2002")):
                await client.sign_in(self.server.port("xmpp"))
                self.assertEqual(rest.put_state("LOGIN", extension=extension), 202)
                await self.expect(client, (f"User/{rest.user}", "PUT", "user NOT_READY"))
            self.assertEqual(here.make_call("2001", "2002", "r1"), 202)
            own, other = "User/supervisor1/Dialogs", "User/supervisor2/Dialogs"
            told, _, _ = await self.expect(
                caller,
                (own, "POST", "dialog INITIATING: 2001 INITIATING", "r1"),
                (own, "PUT", "dialog INITIATED: 2001 INITIATED", ""),
                (own, "PUT", "dialog ALERTING: 2001 INITIATED, 2002 ALERTING", ""),
            )
            self.assertEqual(told.body.findtext("dialogs/Dialog/toAddress"), "")
            dialog = told.body.findtext("dialogs/Dialog/id", "")
            await self.expect(
                callee, (other, "POST", "dialog ALERTING: 2001 INITIATED, 2002 ALERTING", "")
            )
            self.assertEqual(there.act(dialog, "ANSWER", "2002"), 202)
            for client, node in ((caller, own), (callee, other)):
                await self.expect(client, (node, "PUT", "dialog ACTIVE: 2001 ACTIVE, 2002 ACTIVE"))
            self.assertEqual(here.act(dialog, "DROP", "2001"), 202)
            for client, node in ((caller, own), (callee, other)):
                while (last := await self.next(client)).event != "DELETE":
                    self.assertEqual((last.node, last.event), (f"/finesse/api/{node}", "PUT"))
                self.assertEqual(last.what, "dialog DROPPED: 2001 DROPPED, 2002 DROPPED")
            self.assertEqual(here.make_call("2001", "999", "r2"), 202)
            failed = await self.next(caller)
            while "FAILED" not in failed.what and failed.event != "put":
                failed = await self.next(caller)
            here.put_state("LOGOUT")
            there.put_state("LOGOUT")
            for client in (caller, callee):
                await client.leave()

        self.play(scenario)
