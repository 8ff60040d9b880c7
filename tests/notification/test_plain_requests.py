"""`finesse_tx.notification.plain_requests`: the short way ends where wokkel's does."""

import re
from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase
from twisted.words.xish.domish import Element

from finesse_tx.notification.core.plain import Publication
from finesse_tx.notification.core.sessions import Session
from finesse_tx.notification.plain_requests import PlainRequests, publication
from finesse_tx.notification.service import NotificationService
from finesse_tx.notification.stanzas import element
from finesse_tx.xmltext import escape
from tests.notification import test_created_nodes
from tests.notification.test_bosh import Client
from tests.notification.test_created_nodes import form
from tests.support.notification import (
    DOMAIN,
    PUBSUB,
    SYSTEM_INFO,
    notification_service,
    team_users,
    user,
)
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
    service._accounts._plain = None


class Seen(PlainRequests):
    """Writes down what is taken the short way.

    Attributes:
        taken: For each request whether it was.
    """

    def __init__(self, real: PlainRequests) -> None:
        self.taken: list[bool] = []
        self._real = real

    def answer(self, session: Session, iq: Element) -> bytes | None:
        """Take a stanza."""
        return self._seen(self._real.answer(session, iq))

    def publish(self, session: Session, asked: Publication) -> bytes | None:
        """Take a publish."""
        return self._seen(self._real.publish(session, asked))

    def answered(self) -> None:
        """Go on after an answer."""
        self._real.answered()

    def _seen(self, answer: bytes | None) -> bytes | None:
        self.taken.append(answer is not None)
        return answer


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
CONTENTS = st.one_of(ITEMS, ITEMS, ITEMS, ITEMS, ITEMS, st.lists(ITEMS, max_size=3).map("".join))
OPTIONS = st.sampled_from(
    [""] * 9 + [f"<publish-options>{form('publish-options', max_items='2')}</publish-options>"]
)
PUBLISHES = st.builds(
    "<iq xmlns='jabber:client' {} to='{}'{}><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
    "<publish node='{}'>{}</publish>{}</pubsub></iq>".format,
    st.sampled_from(["type='set' id='p'"] * 12 + ["id='p' type='set'", "type='get' id='p'", "type='set'"]),
    st.sampled_from([PUBSUB] * 20 + [PUBSUB.upper(), f"{PUBSUB}/x", DOMAIN, "a@b@c"]),
    st.sampled_from([""] * 9 + [f" from='agent9@{DOMAIN}/x'", " xml:lang='en'"]),
    st.sampled_from([*NODES, *NODES, *NODES, "missing", "", user("agent1"), SYSTEM_INFO]),
    CONTENTS,
    OPTIONS,
)  # fmt: skip
ADDRESSES = st.sampled_from(
    [
        *([f" jid='{name}@{DOMAIN}{rest}'" for name in ("admin", "agent1") for rest in ("", "", "/r", "/b")]),
        *("", " jid=''", " jid='a@b@c'", f" jid='AGENT1@{DOMAIN}'", f" jid='agent1@{DOMAIN}/'", f" jid='{DOMAIN}'"),
    ]
)  # fmt: skip
SUBSCRIBES = st.builds(
    "<iq xmlns='jabber:client' type='set' id='s' to='{}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>"
    "<{} node='{}'{}>{}</{}>{}</pubsub></iq>".format,
    st.just(PUBSUB),
    st.shared(st.sampled_from(["subscribe"] * 4 + ["unsubscribe"]), key="verb"),
    st.sampled_from([*NODES, "missing", "", user("agent1"), user("admin"), SYSTEM_INFO, team_users(1)]),
    ADDRESSES,
    st.sampled_from(["", "", "", "text", "<x xmlns='urn:x'/>"]),
    st.shared(st.sampled_from(["subscribe"] * 4 + ["unsubscribe"]), key="verb"),
    st.sampled_from(["", "", "", f"<options>{form('subscribe_options', deliver='0')}</options>"]),
)  # fmt: skip
REQUESTS = st.one_of(PUBLISHES, PUBLISHES, SUBSCRIBES)
WHO = st.sampled_from(["admin"] * 5 + ["agent1"])


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
        asked = [pubsub(f"<items node='{node}'/>", "get") for node in NODES]
        said += [self.wires["admin"].send(one) for one in asked]
        listed = pubsub("<subscriptions/>", "get")
        return said + [wire.send(listed) for wire in self.wires.values()]


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
        """Plain requests go the short way; what is refused is refused by wokkel, and what is odd is its matter."""
        party = Party(lambda _: None)
        real = party.service._accounts._plain
        assert real is not None
        plain = pubsub(f"<publish node='news'><item id='1'>{ENTRY}</item></publish>")
        plain = plain.replace("<iq ", "<iq xmlns='jabber:client' ")
        odd = plain.replace("<item id", "<item publisher='x' id")
        own = pubsub(f"<subscribe node='{SYSTEM_INFO}' jid='admin@{DOMAIN}'/>")
        own = own.replace("<iq ", "<iq xmlns='jabber:client' ")
        for send in (party.over_tcp, party.over_bosh):
            for who, request, is_taken, said in (
                ("admin", plain, True, 'type="result"'),
                ("agent1", plain, False, "forbidden"),
                ("admin", odd, False, 'type="result"'),
                ("admin", own, True, 'subscription="subscribed"'),
                ("agent1", own, False, "invalid-jid"),
            ):
                seen = party.service._accounts._plain = Seen(real)
                self.assertIn(said, "".join(send(who, request)))
                asked = seen.taken[:1] if send == party.over_tcp else seen.taken[:2]
                self.assertEqual(set(asked), {is_taken}, request)

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
