"""`finesse_tx.notification.publishing`: the short way of a publish ends where wokkel's does."""

import re
from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.accounts import Accounts
from finesse_tx.notification.publishing import publication
from finesse_tx.notification.service import NotificationService
from finesse_tx.notification.stanzas import element
from finesse_tx.xmltext import escape
from tests.notification import test_created_nodes
from tests.notification.test_bosh import Client
from tests.notification.test_created_nodes import form
from tests.support.notification import DOMAIN, PUBSUB, SYSTEM_INFO, notification_service, user
from tests.support.xmpp import Wire, pubsub

ENTRY = "<entry xmlns='urn:entry'>x</entry>"

NODES: dict[str, dict[str, str]] = {
    "news": {},
    "open": {"publish_model": "open"},
    "subscribed": {"publish_model": "subscribers"},
    "kept": {"max_items": "2", "type": "urn:entry", "max_payload_size": "60"},
    "silent": {"deliver_notifications": "0"},
    "bare": {"deliver_payloads": "0", "notification_type": "headline"},
    "transient": {"persist_items": "0", "deliver_payloads": "0"},
    "passing": {"persist_items": "0"},
}
"""What there is, and how it differs from what is usual."""


def long_way(service: NotificationService) -> None:
    """From here on every request goes through the router and wokkel."""
    service._accounts._publishing = None


def short_ways(service: NotificationService, seen: list[bool]) -> None:
    """Write down what is taken the short way."""
    publishing = service._accounts._publishing
    assert publishing is not None
    real = Accounts.published

    def published(session: object, asked: object) -> bool:
        took = real(service._accounts, session, asked)  # type: ignore[arg-type]
        seen.append(took)
        return took

    service._accounts.published = published  # type: ignore[method-assign]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(escape)
PAYLOADS = st.one_of(
    st.sampled_from([ENTRY, "", "text", ENTRY * 2, "<e xmlns='urn:entry'><a b='c'/>d</e>", "<plain/>"]),
    TEXT.map("<entry xmlns='urn:entry'>{}</entry>".format),
    TEXT.map("<other xmlns='urn:other'>{}</other>".format),
)  # fmt: skip
ITEMS = st.builds(
    "<item{}>{}</item>".format,
    st.one_of(st.just(""), st.just(" id=''"), TEXT.map(" id='{}'".format)),
    PAYLOADS,
)
CONTENTS = st.one_of(ITEMS, ITEMS, ITEMS, st.lists(ITEMS, max_size=3).map("".join))
OPTIONS = st.sampled_from(
    ["", "", "", f"<publish-options>{form('publish-options', max_items='2')}</publish-options>"]
)
REQUESTS = st.builds(
    "<iq xmlns='jabber:client' {} to='{}'{}><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
    "<publish node='{}'>{}</publish>{}</pubsub></iq>".format,
    st.sampled_from(["type='set' id='p'"] * 4 + ["id='p' type='set'", "type='get' id='p'", "type='set'"]),
    st.sampled_from([PUBSUB] * 6 + [PUBSUB.upper(), f"{PUBSUB}/x", DOMAIN, "a@b@c"]),
    st.sampled_from(["", "", f" from='agent9@{DOMAIN}/x'", " xml:lang='en'"]),
    st.sampled_from([*NODES, *NODES, "missing", "", user("agent1"), SYSTEM_INFO]),
    CONTENTS,
    OPTIONS,
)  # fmt: skip
WHO = st.sampled_from(["admin", "admin", "agent1"])


class Party:
    """A server with its nodes; an administrator, and an agent who is subscribed to all of them."""

    def __init__(self, prepare: Callable[[NotificationService], None]) -> None:
        self.clock = Clock()
        self.service = notification_service(self.clock)
        self.wires = {name: Wire(self.service.xmpp_factory) for name in ("admin", "agent1")}
        for name, wire in self.wires.items():
            wire.sign_in(name, "r")
            wire.said()
        for node, config in NODES.items():
            configure = f"<configure>{form('node_config', **config)}</configure>"
            self.wires["admin"].send(pubsub(f"<create node='{node}'/>{configure}"))
            self.wires["agent1"].send(pubsub(f"<subscribe node='{node}' jid='agent1@{DOMAIN}'/>"))
        self.clients = {
            name: Client(self.service, self.clock).sign_in(name, "b")
            for name in ("admin", "agent1")
        }
        self._exchanges = {name: [client.post()] for name, client in self.clients.items()}
        for wire in self.wires.values():
            wire.said()
        prepare(self.service)

    def over_tcp(self, who: str, request: str) -> list[str]:
        """Send one request as a stanza of a stream."""
        return [self.wires[who].send(request), *self._heard()]

    def over_bosh(self, who: str, request: str) -> list[str]:
        """Send it twice in one request of BOSH."""
        self._exchanges[who].append(self.clients[who].post(request * 2))
        return self._heard()

    def _heard(self) -> list[str]:
        """What everybody has been told since, and what the nodes have."""
        said = [wire.said() for wire in self.wires.values()]
        for name, client in self.clients.items():
            exchanges = self._exchanges[name]
            said += [one.body.decode() for one in exchanges if not one.open]
            left = [one for one in exchanges if one.open]
            self._exchanges[name] = left or [client.post()]
        asked = (pubsub(f"<items node='{node}'/>", "get") for node in NODES)
        return said + [self.wires["admin"].send(one) for one in asked]


def without_new_ids(said: Sequence[str]) -> list[str]:
    """Identifiers that are made up as they go count on where a request is tried both ways."""
    found: dict[str, str] = {}
    return [
        re.sub(r"id\d{6}", lambda one: found.setdefault(one[0], f"new{len(found)}"), text)
        for text in said
    ]


class BothWaysTests(SynchronousTestCase):
    """The same requests to two servers, one of which has only the long way."""

    @given(st.lists(st.tuples(WHO, REQUESTS, st.booleans()), min_size=1, max_size=4))
    def test_same(self, requests: list[tuple[str, str, bool]]) -> None:
        """Answers, events, items: all are the same, for whatever is published, over TCP and over BOSH."""
        short, long = Party(lambda _: None), Party(long_way)
        for who, request, is_bosh in requests:
            said, expected = (
                without_new_ids(
                    party.over_bosh(who, request) if is_bosh else party.over_tcp(who, request)
                )
                for party in (short, long)
            )
            self.assertEqual(said, expected)
            self.assertNotIn("terminate", "".join(said))

    def test_taken(self) -> None:
        """A plain publish goes the short way; one that is refused is refused by wokkel; odd ones never try."""
        seen: list[bool] = []
        party = Party(lambda service: short_ways(service, seen))
        plain = pubsub(f"<publish node='news'><item id='1'>{ENTRY}</item></publish>")
        plain = plain.replace("<iq ", "<iq xmlns='jabber:client' ")
        for send in (party.over_tcp, party.over_bosh):
            self.assertIn('type="result"', "".join(send("admin", plain)))
            self.assertEqual(set(seen), {True})
            seen.clear()
            self.assertIn("forbidden", "".join(send("agent1", plain)))
            self.assertEqual(set(seen), {False})
            seen.clear()
            send("admin", plain.replace("<item id", "<item publisher='x' id"))
            self.assertEqual(seen, [])

    def test_traced(self) -> None:
        """What somebody publishes who is traced is in the log, however it came."""
        party = Party(lambda service: None)
        party.service.trace("admin", on=True)
        request = pubsub(f"<publish node='news'><item id='traced'>{ENTRY}</item></publish>")
        with capturedLogs() as events:
            party.over_bosh("admin", request.replace("<iq ", "<iq xmlns='jabber:client' "))
        written = [formatEvent(event) for event in events]
        self.assertTrue(any(" > " in line and "traced" in line for line in written))

    def test_not_plain(self) -> None:
        """What is more than one item with one payload is not read as plain."""
        plain = (
            f"<iq xmlns='jabber:client' type='set' id='p' to='{PUBSUB}'>"
            f"<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='n'><item id='1'>{ENTRY}</item>"
            "</publish></pubsub></iq>"
        )
        self.assertIsNotNone(publication(element(plain)))
        for was, now in (
            ("<iq", "<message"),
            ("type='set'", "type='get'"),
            ("id='p'", ""),
            ("node='n'", ""),
            ("node='n'", "node='n' a='b'"),
            ("<publish", " <publish"),
            ("</publish>", "</publish><publish-options/>"),
            ("<publish", "<retract"),
            ("protocol/pubsub'", "protocol/pubsub#owner'"),
            ("<item id='1'>", "<item id='1'>text"),
            (ENTRY, ""),
            (ENTRY, "text"),
        ):
            changed = plain.replace(was, now)
            for name in ("iq", "publish"):
                if was.lstrip(" <") == name:
                    changed = changed.replace(f"</{name}>", f"</{now.lstrip(' <')}>")
            self.assertIsNone(publication(element(changed)), changed)


class LongWayTests(test_created_nodes.PublisherTests):
    """XEP-0060 §7 again, where wokkel does it all."""

    def setUp(self) -> None:
        """There is no short way."""
        super().setUp()
        long_way(self.service)
