"""`finesse_tx.notification.created_nodes`: XEP-0060's examples, on the wire."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.created_nodes import RESERVED
from finesse_tx.notification.pubsub import FEATURES
from tests.support.notification import (
    DOMAIN,
    PUBSUB,
    SYSTEM_INFO,
    notification_service,
    team_users,
    user,
)
from tests.support.xmpp import Wire, pubsub

OWNER_NS = "http://jabber.org/protocol/pubsub#owner"
ENTRY = "<entry xmlns='urn:entry'><title>Soliloquy</title></entry>"
WRITTEN = '<entry xmlns="urn:entry"><title>Soliloquy</title></entry>'


def form(kind: str, **fields: str | list[str]) -> str:
    """A form that is submitted; fields are ``pubsub#`` and the name, ``_`` at the front for ``-``."""
    written = "".join(
        f"<field var='pubsub#{name}'>"
        + "".join(
            f"<value>{value}</value>" for value in ([said] if isinstance(said, str) else said)
        )
        + "</field>"
        for name, said in fields.items()
    )
    return (
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>"
        f"<value>http://jabber.org/protocol/pubsub#{kind}</value></field>{written}</x>"
    )


class CreatedTestCase(SynchronousTestCase):
    """An administrator and an agent are there."""

    def setUp(self) -> None:
        """Both have signed in."""
        self.service = notification_service()
        self.admin, self.agent = self.client("admin"), self.client("agent1")

    def client(self, name: str, presence: str = "<presence/>") -> Wire:
        """Somebody who has signed in."""
        wire = Wire(self.service.xmpp_factory)
        wire.sign_in(name, "r", presence)
        wire.said()
        return wire

    def create(self, node: str = "news", **config: str) -> None:
        """Create a node."""
        given = f"<configure>{form('node_config', **config)}</configure>" if config else ""
        self.assertResult(self.admin.send(pubsub(f"<create node='{node}'/>{given}")))

    def subscribe(self, node: str = "news", options: str = "") -> str:
        """The agent subscribes."""
        return self.agent.send(pubsub(f"<subscribe node='{node}' jid='agent1@{DOMAIN}'/>{options}"))

    def publish(self, content: str = f"<item id='1'>{ENTRY}</item>", node: str = "news") -> str:
        """The administrator publishes."""
        return self.admin.send(pubsub(f"<publish node='{node}'>{content}</publish>"))

    def owner(self, verb: str, kind: str = "set", wire: Wire | None = None) -> str:
        """A request of an owner."""
        return (wire or self.admin).send(
            f"<iq type='{kind}' id='o' to='{PUBSUB}'><pubsub xmlns='{OWNER_NS}'>{verb}</pubsub></iq>"
        )

    def assertResult(self, answer: str) -> None:
        """It is a result."""
        self.assertIn('type="result"', answer)

    def assertError(self, answer: str, kind: str, *conditions: str) -> None:
        """It is this error."""
        self.assertIn(f'<error type="{kind}"', answer)
        for condition in conditions:
            self.assertIn(f"<{condition} ", answer)


class OwnerTests(CreatedTestCase):
    """XEP-0060 §8."""

    def test_create(self) -> None:
        """§8.1.2: an administrator creates a node; example 133. Nobody else may, and nobody one that is there."""
        answer = self.admin.send(pubsub("<create node='news'/>"))
        self.assertResult(answer)
        self.assertNotIn("<create", answer)
        self.assertError(self.admin.send(pubsub("<create node='news'/>")), "cancel", "conflict")
        self.assertError(self.agent.send(pubsub("<create node='mine'/>")), "auth", "forbidden")

    def test_instant(self) -> None:
        """§8.1.4: without a name, one is made up and told."""
        answer = self.admin.send(pubsub("<create/>"))
        (iq,) = self.admin.stanzas(answer)
        created = iq[0][0]
        self.assertEqual(created.tag, "{http://jabber.org/protocol/pubsub}create")
        self.assertResult(self.publish(node=str(created.get("node"))))

    def test_finesse(self) -> None:
        """Finesse's own nodes are there already, their names are nobody's, and they have no owner."""
        for node in (user("admin"), team_users(1), SYSTEM_INFO):
            self.assertError(
                self.admin.send(pubsub(f"<create node='{node}'/>")), "cancel", "conflict"
            )
        self.assertError(
            self.admin.send(pubsub(f"<create node='{RESERVED}x'/>")), "modify", "not-acceptable"
        )
        for verb in ("<delete node='{}'/>", "<purge node='{}'/>"):
            self.assertError(self.owner(verb.format(SYSTEM_INFO)), "auth", "forbidden")
        self.assertError(
            self.owner(f"<configure node='{SYSTEM_INFO}'/>", "get"), "auth", "forbidden"
        )
        self.assertError(self.publish(node=SYSTEM_INFO), "auth", "forbidden")

    def test_create_and_configure(self) -> None:
        """§8.1.3, example 130: and what is configured is shown, §8.2.1, example 137."""
        self.create(title="Princely Musings", max_items="7", deliver_payloads="0")
        shown = self.owner("<configure node='news'/>", "get")
        for name, kind, value in (
            ("title", "text-single", "Princely Musings"),
            ("max_items", "text-single", "7"),
            ("deliver_payloads", "boolean", "0"),
            ("access_model", "list-single", "open"),
        ):
            self.assertIn(f'<field var="pubsub#{name}" type="{kind}"', shown)
            self.assertIn(f"<value>{value}</value>", shown)
        self.assertIn("<option><value>whitelist</value></option>", shown)

    def test_create_refused(self) -> None:
        """A configuration that cannot be creates nothing."""
        given = form("node_config", access_model="roster")
        answer = self.admin.send(pubsub(f"<create node='news'/><configure>{given}</configure>"))
        self.assertError(answer, "modify", "not-acceptable", "unsupported-access-model")
        self.create()

    def test_default(self) -> None:
        """§8.3: the defaults can be asked for; there are no collections."""
        self.assertIn("pubsub#persist_items", self.owner("<default/>", "get"))
        asked = form("node_config", node_type="collection")
        self.assertError(
            self.owner(f"<default>{asked}</default>", "get"),
            "cancel",
            "feature-not-implemented",
            "unsupported",
        )

    def test_configure(self) -> None:
        """§8.2.4: subscribers are told where the node is configured so; cancelling changes nothing."""
        self.create(notify_config="1")
        self.subscribe()
        given = form("node_config", title="b")
        self.assertResult(self.owner(f"<configure node='news'>{given}</configure>"))
        self.assertIn('<configuration node="news"/>', self.agent.said())
        cancelled = "<x xmlns='jabber:x:data' type='cancel'/>"
        cancelled = form("node_config", title="c").replace("submit", "cancel")
        self.assertResult(self.owner(f"<configure node='news'>{cancelled}</configure>"))
        self.assertIn("<value>b</value>", self.owner("<configure node='news'/>", "get"))
        self.assertError(
            self.owner("<configure node='news'/>", "get", self.agent), "auth", "forbidden"
        )
        self.assertError(self.owner("<configure node='news'/>"), "modify", "bad-request")
        twice = given.replace("</x>", "<field var='pubsub#title'><value>d</value></field></x>")
        self.assertError(
            self.owner(f"<configure node='news'>{twice}</configure>"), "modify", "bad-request"
        )

    def test_delete(self) -> None:
        """§8.4: the node is gone, subscribers are told, and are not subscribed to the next of that name."""
        self.create()
        self.subscribe()
        self.assertError(self.owner("<delete node='news'/>", wire=self.agent), "auth", "forbidden")
        self.assertResult(self.owner("<delete node='news'/>"))
        self.assertIn('<delete node="news"/>', self.agent.said())
        self.assertError(self.publish(), "cancel", "item-not-found")
        self.create()
        self.publish()
        self.assertEqual(self.agent.said(), "")

    def test_purge(self) -> None:
        """§8.5: all items are gone, in one notification."""
        self.create()
        self.subscribe()
        self.publish(f"<item>{ENTRY}</item><item>{ENTRY}</item>")
        self.agent.said()
        self.assertResult(self.owner("<purge node='news'/>"))
        self.assertIn(
            '<event xmlns="http://jabber.org/protocol/pubsub#event"><purge node="news"/>',
            self.agent.said(),
        )
        self.assertNotIn("<item ", self.agent.send(pubsub("<items node='news'/>", "get")))

    def test_affiliations(self) -> None:
        """§8.9: an outcast loses the subscription, is told, and may not come back; a publisher may publish."""
        self.create()
        self.subscribe()
        change = "<affiliations node='news'><affiliation jid='agent1@{}' affiliation='{}'/></affiliations>"
        self.assertResult(self.owner(change.format(DOMAIN, "outcast")))
        self.assertIn(
            f'<subscription node="news" jid="agent1@{DOMAIN}" subscription="none"/>',
            self.agent.said(),
        )
        self.assertError(self.subscribe(), "auth", "forbidden")
        self.owner(change.format(DOMAIN, "publisher"))
        shown = self.owner("<affiliations node='news'/>", "get")
        self.assertIn(f'<affiliation jid="agent1@{DOMAIN}" affiliation="publisher"/>', shown)
        self.assertIn(f'<affiliation jid="admin@{DOMAIN}" affiliation="owner"/>', shown)
        publish = pubsub(f"<publish node='news'><item>{ENTRY}</item></publish>")
        self.assertResult(self.agent.send(publish))
        self.assertIn(
            '<affiliation node="news" affiliation="publisher"/>',
            self.agent.send(pubsub("<affiliations/>", "get")),
        )
        self.assertError(self.owner(change.format(DOMAIN, "king")), "modify", "not-acceptable")

    def test_whitelist(self) -> None:
        """§4.5: a node that becomes a whitelist keeps its members and loses the others."""
        self.create()
        self.subscribe()
        given = form("node_config", access_model="whitelist")
        self.owner(f"<configure node='news'>{given}</configure>")
        self.assertIn('subscription="none"', self.agent.said())
        self.assertError(self.subscribe(), "cancel", "not-allowed", "closed-node")
        query = "<query xmlns='http://jabber.org/protocol/disco#items'/>"
        ask = f"<iq type='get' id='1' to='{PUBSUB}'>{query}</iq>"
        self.assertNotIn('node="news"', self.agent.send(ask))
        self.assertIn('node="news"', self.admin.send(ask))

    def test_manage_subscriptions(self) -> None:
        """§8.8: an owner sees who is subscribed, and ends it; all of them or none."""
        self.create()
        self.subscribe()
        shown = self.owner("<subscriptions node='news'/>", "get")
        self.assertIn(
            f'<subscription jid="agent1@{DOMAIN}" subscription="subscribed" subid=', shown
        )
        end = f"<subscription jid='agent1@{DOMAIN}' subscription='none'/>"
        stranger = "<subscription jid='x@y' subscription='none'/>"
        self.assertError(
            self.owner(f"<subscriptions node='news'>{end}{stranger}</subscriptions>"),
            "modify",
            "not-acceptable",
        )
        self.assertEqual(self.agent.said(), "")
        self.assertResult(self.owner(f"<subscriptions node='news'>{end}</subscriptions>"))
        self.assertIn('subscription="none"', self.agent.said())
        other = end.replace("none", "subscribed")
        self.assertError(
            self.owner(f"<subscriptions node='news'>{other}</subscriptions>"),
            "modify",
            "not-acceptable",
        )


class PublisherTests(CreatedTestCase):
    """XEP-0060 §7."""

    def test_publish(self) -> None:
        """§7.1.2, examples 99 to 101: the id comes back, subscribers get the payload, once, in one write."""
        self.create()
        self.subscribe()
        self.agent.transport.writes.clear()
        answer = self.publish()
        self.assertIn('<publish node="news"><item id="1"/></publish>', answer)
        (written,) = self.agent.transport.writes
        (message,) = self.agent.stanzas(written.decode())
        self.assertEqual((message.get("from"), message.get("to")), (PUBSUB, f"agent1@{DOMAIN}"))
        self.assertIn(f'<items node="news"><item id="1">{WRITTEN}</item></items>', written.decode())

    def test_id_is_made(self) -> None:
        """§7.1.2: an item without an id gets one."""
        self.create()
        (iq,) = self.admin.stanzas(self.publish(f"<item>{ENTRY}</item>"))
        self.assertTrue(iq[0][0][0].get("id"))

    def test_not_a_publisher(self) -> None:
        """§7.1.3.1: refused, unless the node is open to subscribers or to all."""
        publish = pubsub(f"<publish node='news'><item>{ENTRY}</item></publish>")
        self.create()
        self.assertError(self.agent.send(publish), "auth", "forbidden")
        given = form("node_config", publish_model="subscribers")
        self.owner(f"<configure node='news'>{given}</configure>")
        self.assertError(self.agent.send(publish), "auth", "forbidden")
        self.subscribe()
        self.assertResult(self.agent.send(publish))

    def test_refused(self) -> None:
        """§7.1.3: what a node does not take."""
        self.create(max_payload_size="80", type="urn:entry", max_items="2")
        item = f"<item>{ENTRY}</item>"
        for content, kind, *conditions in (
            ("", "modify", "bad-request", "item-required"),
            ("<item/>", "modify", "bad-request", "payload-required"),
            (f"<item>{ENTRY}{ENTRY}</item>", "modify", "bad-request", "invalid-payload"),
            ("<item><x xmlns='urn:x'/></item>", "modify", "bad-request", "invalid-payload"),
            (
                f"<item>{ENTRY.replace('Soli', 'x' * 80)}</item>",
                "modify",
                "not-acceptable",
                "payload-too-big",
            ),
            (item * 3, "cancel", "not-allowed", "max-items-exceeded"),
        ):
            self.assertError(self.publish(content), kind, *conditions)
        self.assertResult(self.publish(item * 2))

    def test_transient(self) -> None:
        """§7.1.3.6: a node that has neither items nor payloads is told of with nothing in it."""
        self.create(persist_items="0", deliver_payloads="0")
        self.subscribe()
        self.assertError(self.publish(), "modify", "bad-request", "item-forbidden")
        self.assertResult(self.publish(""))
        self.assertIn('<items node="news"/>', self.agent.said())

    def test_no_payload(self) -> None:
        """§4.3: a node that delivers no payloads tells the id."""
        self.create(deliver_payloads="0")
        self.subscribe()
        self.publish()
        self.assertIn('<items node="news"><item id="1"/></items>', self.agent.said())
        self.assertIn(WRITTEN, self.agent.send(pubsub("<items node='news'/>", "get")))

    def test_silent_and_headline(self) -> None:
        """A node can tell nothing, or in headlines."""
        self.create(deliver_notifications="0")
        self.create("loud", notification_type="headline")
        self.subscribe()
        self.subscribe("loud")
        self.publish()
        self.assertEqual(self.agent.said(), "")
        self.publish(node="loud")
        (message,) = self.agent.stanzas(self.agent.said())
        self.assertEqual(message.get("type"), "headline")

    def test_precondition(self) -> None:
        """§7.1.5: options that are not the node's configuration stop the publish."""
        self.create(persist_items="1")

        def publish(value: str) -> str:
            given = form("publish-options", persist_items=value)
            return self.admin.send(
                pubsub(
                    f"<publish node='news'><item>{ENTRY}</item></publish>"
                    f"<publish-options>{given}</publish-options>"
                )
            )

        self.assertError(publish("0"), "cancel", "conflict", "precondition-not-met")
        self.assertResult(publish("1"))

    def test_retract(self) -> None:
        """§7.2: items go by id, subscribers are told; what is not there cannot go."""
        self.create(notify_retract="0")
        self.subscribe()
        self.publish()
        self.agent.said()
        retract = "<retract node='news'{}><item id='1'/></retract>"
        self.assertError(self.agent.send(pubsub(retract.format(""))), "auth", "forbidden")
        self.assertResult(self.admin.send(pubsub(retract.format(" notify='true'"))))
        self.assertIn('<items node="news"><retract id="1"/></items>', self.agent.said())
        self.assertError(self.admin.send(pubsub(retract.format(""))), "cancel", "item-not-found")
        self.assertError(
            self.admin.send(pubsub("<retract node='news'/>")), "modify", "item-required"
        )
        self.publish()
        self.agent.said()
        self.assertResult(self.admin.send(pubsub(retract.format(""))))
        self.assertEqual(self.agent.said(), "")


class SubscriberTests(CreatedTestCase):
    """XEP-0060 §5 and §6."""

    def test_last_item(self) -> None:
        """§6.1.7: who subscribes gets the last item, with its time; not again when asking again."""
        self.create(send_last_published_item="on_sub")
        self.publish("<item id='1'><a xmlns='urn:a'/></item><item id='2'><b xmlns='urn:b'/></item>")
        said = self.subscribe()
        self.assertIn('<item id="2"><b xmlns="urn:b"/></item>', said)
        self.assertNotIn('<item id="1"', said)
        self.assertIn('<delay xmlns="urn:xmpp:delay" stamp="1970-01-01T00:00:00Z"/>', said)
        self.assertNotIn("<message", self.subscribe())

    def test_items(self) -> None:
        """§6.5: all, the newest, or those that are named; nothing for who may not see them."""
        self.create()
        for number in "123":
            self.publish(f"<item id='{number}'>{ENTRY}</item>")

        def ids(verb: str) -> list[str | None]:
            (iq,) = self.agent.stanzas(self.agent.send(pubsub(verb, "get")))
            return [item.get("id") for item in iq[0][0]]

        self.assertEqual(ids("<items node='news'/>"), ["1", "2", "3"])
        self.assertEqual(ids("<items node='news' max_items='2'/>"), ["2", "3"])
        self.assertEqual(ids("<items node='news'><item id='2'/></items>"), ["2"])
        for wrong in ("0", "x"):
            answer = self.agent.send(pubsub(f"<items node='news' max_items='{wrong}'/>", "get"))
            self.assertError(answer, "modify", "bad-request")
        self.create("closed", access_model="whitelist")
        self.assertError(
            self.agent.send(pubsub("<items node='closed'/>", "get")), "cancel", "closed-node"
        )
        self.create("none", persist_items="0")
        self.assertError(
            self.agent.send(pubsub("<items node='none'/>", "get")),
            "cancel",
            "feature-not-implemented",
            "unsupported",
        )

    def test_options(self) -> None:
        """§6.3: what is delivered, and in which presence states."""
        self.create()
        given = form("subscribe_options", **{"show-values": ["chat", "online"]})
        self.assertResult(self.subscribe(options=f"<options>{given}</options>"))
        options = f"<options node='news' jid='agent1@{DOMAIN}'>{{}}</options>"
        shown = self.agent.send(pubsub(options.format(""), "get"))
        self.assertIn('<field var="pubsub#show-values" type="list-multi"', shown)
        self.assertIn("<value>chat</value><value>online</value>", shown)
        self.agent.send("<presence><show>dnd</show></presence>")
        self.publish()
        self.assertNotIn("<message", self.agent.said())
        self.agent.send("<presence/>")
        self.publish()
        self.assertIn("<message", self.agent.said())
        silent = form("subscribe_options", deliver="0")
        self.assertResult(self.agent.send(pubsub(options.format(silent))))
        self.publish()
        self.assertEqual(self.agent.said(), "")

    def test_options_refused(self) -> None:
        """§6.3.4: no subscription, another subid, a value that cannot be, an automatic subscription."""
        self.create()
        options = f"<options node='news' jid='agent1@{DOMAIN}'{{}}/>"
        self.assertError(
            self.agent.send(pubsub(options.format(""), "get")),
            "modify",
            "unexpected-request",
            "not-subscribed",
        )
        self.subscribe()
        self.assertError(
            self.agent.send(pubsub(options.format(" subid='x'"), "get")),
            "modify",
            "not-acceptable",
            "invalid-subid",
        )
        wrong = form("subscribe_options", deliver="maybe")
        self.assertError(
            self.agent.send(
                pubsub(f"<options node='news' jid='agent1@{DOMAIN}'>{wrong}</options>")
            ),
            "modify",
            "bad-request",
            "invalid-options",
        )
        automatic = f"<options node='{user('agent1')}' jid='agent1@{DOMAIN}'/>"
        self.assertError(
            self.agent.send(pubsub(automatic, "get")), "cancel", "feature-not-implemented"
        )

    def test_finesse_options(self) -> None:
        """Explicit subscriptions to Finesse's nodes have options too."""
        node = f"{user('agent1')}/Queues"
        silent = form("subscribe_options", deliver="0")
        self.assertResult(self.subscribe(node, f"<options>{silent}</options>"))
        self.service.publish(node, "<Update/>")
        self.assertEqual(self.agent.said(), "")

    def test_outlives_the_session(self) -> None:
        """A bare address stays subscribed while nobody is there; unless it may not be by then."""
        self.create()
        self.subscribe()
        self.agent.hang_up()
        self.agent = self.client("agent1")
        self.publish()
        self.assertIn("<message", self.agent.said())

    def test_disco(self) -> None:
        """§5: the service's features; a node's identity, metadata and items."""
        self.create(title="News")
        self.publish()
        query = "<query xmlns='http://jabber.org/protocol/disco#{}'{}/>"

        def ask(about: str, node: str = "") -> str:
            of = f" node='{node}'" if node else ""
            return self.agent.send(
                f"<iq type='get' id='1' to='{PUBSUB}'>{query.format(about, of)}</iq>"
            )

        service = ask("info")
        for feature in FEATURES:
            self.assertIn(f'<feature var="http://jabber.org/protocol/pubsub#{feature}"/>', service)
        node = ask("info", "news")
        self.assertIn('><identity category="pubsub" type="leaf"/><feature', node)
        self.assertIn("http://jabber.org/protocol/pubsub#meta-data", node)
        self.assertIn("<value>News</value>", node)
        self.assertIn('node="news"', ask("items"))
        self.assertIn(f'<item jid="{PUBSUB}" name="1"/>', ask("items", "news"))

    def test_listed(self) -> None:
        """§5.6: subscriptions, of one node if it is named."""
        self.create()
        self.subscribe()
        one = self.agent.send(pubsub("<subscriptions node='news'/>", "get"))
        self.assertEqual((one.count("<subscription "), one.count('node="news"')), (1, 2))
        self.assertGreater(
            self.agent.send(pubsub("<subscriptions/>", "get")).count("<subscription "), 1
        )
