"""XEP-0060's examples, replayed on the wire: for each the request, and the structure of the answer and of what is told.

The requests are ours, about the node and in the situations of the examples; the numbers are those of version 1.30.0. Every
example of the sections 5 to 8 is either here or in `LEFT_OUT`, with the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.subscriptions import MAX_PER_USER
from tests.notification.test_created_nodes import CreatedTestCase, form
from tests.support.notification import DOMAIN, PUBSUB
from tests.support.pubsub import (
    ANY,
    NS,
    SOME,
    StructureTestCase,
    differences,
    event,
    owner,
    pubsub,
    query,
    shown,
)
from tests.support.xmpp import Wire

NODE = "princely_musings"
ITEM = "ae890ac52d0df67ed7cfdf51b644e901"
ENTRY = "<entry xmlns='urn:entry'><title>Soliloquy</title></entry>"
OWNER, ME, OTHER = (f"{name}@{DOMAIN}" for name in ("admin", "agent1", "agent2"))
FULL = f"{ME}/r"


@dataclass(frozen=True)
class Scene:
    """How it stands before.

    Attributes:
        config: Of the node; None: there is no node.
        subscribed: Who is subscribed, with the bare address.
        items: The ids of what was published.
        affiliations: Who is what, beside the owner.
    """

    config: dict[str, str] | None = field(default_factory=dict)
    subscribed: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    affiliations: dict[str, str] = field(default_factory=dict)


THERE = Scene()
NOWHERE = Scene(config=None)
SUBSCRIBED = Scene(subscribed=(ME,))
PUBLISHED = Scene(subscribed=(ME,), items=(ITEM,))
NOTHING_KEPT = Scene({"persist_items": "0"}, subscribed=(ME,))
CLOSED = Scene({"access_model": "whitelist"})


@dataclass(frozen=True)
class Example:
    """One example, or the two of a request and its answer.

    Attributes:
        number: Of the example with the answer.
        section: Where it stands.
        request: What is in the iq.
        answer: What is in the result, empty for nothing; or ``error``, its type and its conditions.
        scene: How it stands before.
        who: Who asks.
        kind: The type of the iq.
        told: What is in the messages that the subscriber gets for it, in order.
    """

    number: int
    section: str
    request: str
    answer: str = ""
    scene: Scene = THERE
    who: str = ME
    kind: str = "set"
    told: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of its test."""
        return f"test_example_{self.number:03}_of_section_{self.section.replace('.', '_')}"


def subscription(state: str = "subscribed", jid: str = ME) -> str:
    """One as it is told to who has it."""
    return f"<subscription node='{NODE}' jid='{jid}' subscription='{state}' subid='{ANY}'/>"


SUBSCRIBE = pubsub(f"<subscribe node='{NODE}' jid='{ME}'/>")
UNSUBSCRIBE = pubsub(f"<unsubscribe node='{NODE}' jid='{ME}'/>")
OPTIONS = f"<options node='{NODE}' jid='{ME}'{{}}>{{}}</options>"
ITEMS = pubsub(f"<items node='{NODE}'/>")
PUBLISH = pubsub(f"<publish node='{NODE}'><item id='{ITEM}'>{ENTRY}</item></publish>")
RETRACT = pubsub(f"<retract node='{NODE}' notify='true'><item id='{ITEM}'/></retract>")
CREATE = pubsub(f"<create node='{NODE}'/>")
CONFIGURE = owner(f"<configure node='{NODE}'/>")
DELETE = owner(f"<delete node='{NODE}'/>")
PURGE = owner(f"<purge node='{NODE}'/>")
SUBSCRIPTIONS = owner(f"<subscriptions node='{NODE}'/>")
AFFILIATIONS = owner(f"<affiliations node='{NODE}'/>")
KEPT = f"<item id='{ITEM}'>{ENTRY}</item>"
END = f"<subscription jid='{ME}' subscription='none'/>"
PUBLISHER = f"<affiliation jid='{ME}' affiliation='publisher'/>"

EXAMPLES = (
    # §5, entities
    Example(
        8,
        "5.1",
        query("info"),
        query(
            "info",
            f"<identity category='pubsub' type='service' {SOME}=''/><feature var='{NS}'/>",
            more=f" {SOME}=''",
        ),
        kind="get",
    ),
    Example(
        10,
        "5.2",
        query("items"),
        query("items", f"<item node='{NODE}' name='Princely' jid='{PUBSUB}'/>", more=f" {SOME}=''"),
        Scene({"title": "Princely"}),
        kind="get",
    ),
    Example(
        12,
        "5.3",
        query("info", node=NODE),
        query("info", "<identity category='pubsub' type='leaf'/>", NODE, f" {SOME}=''"),
        kind="get",
    ),
    Example(
        14,
        "5.4",
        query("info", node=NODE),
        query(
            "info",
            f"<feature var='{NS}'/>"
            + shown("result", "meta-data", title="Princely", access_model="open", owner=OWNER),
            NODE,
            f" {SOME}=''",
        ),
        Scene({"title": "Princely"}),
        kind="get",
    ),
    Example(
        15,
        "5.5",
        query("items", node=NODE),
        query("items", f"<item jid='{PUBSUB}' name='a'/><item jid='{PUBSUB}' name='b'/>", NODE),
        Scene(items=("a", "b")),
        kind="get",
    ),
    Example(
        17,
        "5.6",
        pubsub("<subscriptions/>"),
        pubsub(f"<subscriptions {SOME}=''>{subscription()}</subscriptions>"),
        SUBSCRIBED,
        kind="get",
    ),
    Example(
        18,
        "5.6",
        pubsub(f"<subscriptions node='{NODE}'/>"),
        pubsub(f"<subscriptions node='{NODE}'/>"),
        kind="get",
    ),
    Example(
        21,
        "5.6",
        pubsub(f"<subscriptions node='{NODE}'/>"),
        pubsub(f"<subscriptions node='{NODE}'>{subscription()}</subscriptions>"),
        SUBSCRIBED,
        kind="get",
    ),
    Example(
        23,
        "5.7",
        pubsub("<affiliations/>"),
        pubsub(f"<affiliations><affiliation node='{NODE}' affiliation='owner'/></affiliations>"),
        who=OWNER,
        kind="get",
    ),
    Example(24, "5.7", pubsub("<affiliations/>"), pubsub("<affiliations/>"), kind="get"),
    Example(
        27,
        "5.7",
        pubsub(f"<affiliations node='{NODE}'/>"),
        pubsub(
            f"<affiliations node='{NODE}'><affiliation node='{NODE}' affiliation='owner'/></affiliations>"
        ),
        who=OWNER,
        kind="get",
    ),
    # §6.1, subscribe
    Example(29, "6.1.2", SUBSCRIBE, pubsub(subscription())),
    Example(
        30,
        "6.1.3.1",
        pubsub(f"<subscribe node='{NODE}' jid='{OTHER}'/>"),
        "error modify bad-request invalid-jid",
    ),
    Example(33, "6.1.3.4", SUBSCRIBE, "error cancel not-allowed closed-node", CLOSED),
    Example(37, "6.1.3.8", SUBSCRIBE, "error auth forbidden", Scene(affiliations={ME: "outcast"})),
    Example(41, "6.1.3.12", SUBSCRIBE, "error cancel item-not-found", NOWHERE),
    Example(
        46,
        "6.1.7",
        SUBSCRIBE,
        pubsub(subscription()),
        Scene({"send_last_published_item": "on_sub"}, items=("older", ITEM)),
        told=(
            event(f"<items node='{NODE}'>{KEPT}</items>")
            + f"<delay xmlns='urn:xmpp:delay' stamp='{ANY}'/>",
        ),
    ),
    # §6.2, unsubscribe
    Example(48, "6.2.2", UNSUBSCRIBE, "", SUBSCRIBED),
    Example(50, "6.2.3.2", UNSUBSCRIBE, "error cancel unexpected-request not-subscribed"),
    Example(
        53,
        "6.2.3.5",
        pubsub(f"<unsubscribe node='{NODE}' jid='{ME}' subid='991'/>"),
        "error modify not-acceptable invalid-subid",
        SUBSCRIBED,
    ),
    Example(52, "6.2.3.4", UNSUBSCRIBE, "error cancel item-not-found", NOWHERE),
    # §6.3, options
    Example(
        54,
        "6.3.1",
        query("info"),
        query("info", f"<feature var='{NS}#subscription-options'/>", more=f" {SOME}=''"),
        kind="get",
    ),
    Example(
        56,
        "6.3.3",
        pubsub(OPTIONS.format("", "")),
        pubsub(OPTIONS.format("", shown("form", "subscribe_options", deliver="1"))),
        SUBSCRIBED,
        kind="get",
    ),
    Example(
        58,
        "6.3.4.2",
        pubsub(OPTIONS.format("", "")),
        "error modify unexpected-request not-subscribed",
        kind="get",
    ),
    Example(
        59,
        "6.3.4.3",
        pubsub(f"<options node='{NODE}'/>"),
        "error modify bad-request jid-required",
        SUBSCRIBED,
        kind="get",
    ),
    Example(
        61,
        "6.3.4.5",
        pubsub(OPTIONS.format(" subid='991'", "")),
        "error modify not-acceptable invalid-subid",
        SUBSCRIBED,
        kind="get",
    ),
    Example(
        63,
        "6.3.4.7",
        pubsub(OPTIONS.format("", "")),
        "error cancel item-not-found",
        NOWHERE,
        kind="get",
    ),
    Example(
        65,
        "6.3.6.1",
        pubsub(OPTIONS.format("", form("subscribe_options", deliver="1"))),
        "",
        SUBSCRIBED,
    ),
    Example(
        66,
        "6.3.6.2",
        pubsub(OPTIONS.format("", form("subscribe_options", deliver="perhaps"))),
        "error modify bad-request invalid-options",
        SUBSCRIBED,
    ),
    Example(
        68,
        "6.3.7",
        pubsub(
            f"<subscribe node='{NODE}' jid='{ME}'/>"
            f"<options>{form('subscribe_options', deliver='0')}</options>"
        ),
        pubsub(
            subscription()
            + f"<options>{shown('result', 'subscribe_options', deliver='0')}</options>"
        ),
    ),
    # §6.4, their defaults
    Example(
        71,
        "6.4.2",
        pubsub(f"<default node='{NODE}'/>"),
        pubsub(
            f"<default node='{NODE}'>{shown('result', 'subscribe_options', deliver='1')}</default>"
        ),
        kind="get",
    ),
    # §6.5, retrieve
    Example(
        75,
        "6.5.3",
        ITEMS,
        pubsub(f"<items node='{NODE}'>{KEPT}</items>"),
        PUBLISHED,
        kind="get",
    ),
    Example(
        79,
        "6.5.6",
        pubsub(f"<items node='{NODE}'><item id='{ITEM}'/></items>"),
        pubsub(f"<items node='{NODE}'>{KEPT}</items>"),
        Scene(items=("a", ITEM, "b")),
        kind="get",
    ),
    Example(
        81,
        "6.5.7",
        pubsub(f"<items node='{NODE}' max_items='2'/>"),
        pubsub(
            f"<items node='{NODE}'><item id='b'>{ENTRY}</item><item id='c'>{ENTRY}</item></items>"
        ),
        Scene(items=("a", "b", "c")),
        kind="get",
    ),
    Example(82, "6.5.7", ITEMS, pubsub(f"<items node='{NODE}'/>"), kind="get"),
    Example(
        87,
        "6.5.9.4",
        ITEMS,
        "error cancel feature-not-implemented unsupported:persistent-items",
        NOTHING_KEPT,
        kind="get",
    ),
    Example(91, "6.5.9.8", ITEMS, "error cancel not-allowed closed-node", CLOSED, kind="get"),
    Example(
        93,
        "6.5.9.10",
        ITEMS,
        "error auth forbidden",
        Scene(affiliations={ME: "outcast"}),
        kind="get",
    ),
    Example(94, "6.5.9.11", ITEMS, "error cancel item-not-found", NOWHERE, kind="get"),
    Example(
        95,
        "6.5.9.12",
        pubsub(f"<items node='{NODE}'><item id='none'/></items>"),
        pubsub(f"<items node='{NODE}'/>"),
        PUBLISHED,
        kind="get",
    ),
    # §7.1, publish
    Example(
        98,
        "7.1.2",
        PUBLISH,
        pubsub(f"<publish node='{NODE}'><item id='{ITEM}'/></publish>"),
        who=OWNER,
    ),
    Example(
        99,
        "7.1.2",
        pubsub(f"<publish node='{NODE}'><item>{ENTRY}</item></publish>"),
        pubsub(f"<publish node='{NODE}'><item id='{ANY}'/></publish>"),
        who=OWNER,
    ),
    Example(
        100,
        "7.1.2.1",
        PUBLISH,
        pubsub(f"<publish node='{NODE}'><item id='{ITEM}'/></publish>"),
        SUBSCRIBED,
        OWNER,
        told=(event(f"<items node='{NODE}'>{KEPT}</items>"),),
    ),
    Example(
        101,
        "7.1.2.2",
        PUBLISH,
        pubsub(f"<publish node='{NODE}'><item id='{ITEM}'/></publish>"),
        Scene({"deliver_payloads": "0"}, subscribed=(ME,)),
        OWNER,
        told=(event(f"<items node='{NODE}'><item id='{ITEM}'/></items>"),),
    ),
    Example(105, "7.1.3.1", PUBLISH, "error auth forbidden", SUBSCRIBED),
    Example(107, "7.1.3.3", PUBLISH, "error cancel item-not-found", NOWHERE, OWNER),
    Example(
        109,
        "7.1.3.5",
        PUBLISH,
        "error modify not-acceptable payload-too-big",
        Scene({"max_payload_size": "10"}),
        OWNER,
    ),
    Example(
        110,
        "7.1.3.6",
        pubsub(f"<publish node='{NODE}'><item>{ENTRY}{ENTRY}</item></publish>"),
        "error modify bad-request invalid-payload",
        who=OWNER,
    ),
    Example(
        111,
        "7.1.3.7",
        pubsub(f"<publish node='{NODE}'/>"),
        "error modify bad-request item-required",
        who=OWNER,
    ),
    Example(
        112,
        "7.1.3.7",
        pubsub(f"<publish node='{NODE}'><item id='{ITEM}'/></publish>"),
        "error modify bad-request payload-required",
        who=OWNER,
    ),
    Example(
        113,
        "7.1.3.7",
        PUBLISH,
        "error modify bad-request item-forbidden",
        Scene({"persist_items": "0", "deliver_payloads": "0"}),
        OWNER,
    ),
    Example(
        114,
        "7.1.5",
        pubsub(
            f"<publish node='{NODE}'><item id='{ITEM}'>{ENTRY}</item></publish>"
            f"<publish-options>{form('publish-options', access_model='presence')}</publish-options>"
        ),
        "error cancel conflict precondition-not-met",
        who=OWNER,
    ),
    # §7.2, retract
    Example(116, "7.2.2", RETRACT, "", Scene(items=(ITEM,)), OWNER),
    Example(
        117,
        "7.2.2.1",
        RETRACT,
        "",
        PUBLISHED,
        OWNER,
        told=(event(f"<items node='{NODE}'><retract id='{ITEM}'/></items>"),),
    ),
    Example(119, "7.2.3.1", RETRACT, "error auth forbidden", PUBLISHED),
    Example(120, "7.2.3.2", RETRACT, "error cancel item-not-found", THERE, OWNER),
    Example(
        121,
        "7.2.3.3",
        pubsub(f"<retract><item id='{ITEM}'/></retract>"),
        "error modify bad-request nodeid-required",
        who=OWNER,
    ),
    Example(
        122,
        "7.2.3.4",
        pubsub(f"<retract node='{NODE}'/>"),
        "error modify bad-request item-required",
        PUBLISHED,
        OWNER,
    ),
    Example(
        123,
        "7.2.3.5",
        RETRACT,
        "error cancel feature-not-implemented unsupported:persistent-items",
        NOTHING_KEPT,
        OWNER,
    ),
    # §8.1, create
    Example(128, "8.1.1", CREATE, "error auth forbidden", NOWHERE),
    Example(129, "8.1.1", CREATE, "error cancel conflict", who=OWNER),
    Example(132, "8.1.1", pubsub("<create/>"), pubsub(f"<create node='{ANY}'/>"), NOWHERE, OWNER),
    Example(135, "8.1.2", CREATE, "", NOWHERE, OWNER),
    Example(
        136,
        "8.1.2",
        pubsub(
            f"<create node='{NODE}'/><configure>{form('node_config', access_model='roster')}</configure>"
        ),
        "error modify not-acceptable unsupported-access-model",
        NOWHERE,
        OWNER,
    ),
    Example(
        138,
        "8.1.3",
        pubsub(
            f"<create node='{NODE}'/>"
            f"<configure>{form('node_config', title='Princely', max_items='10')}</configure>"
        ),
        "",
        NOWHERE,
        OWNER,
    ),
    # §8.2, configure
    Example(
        140,
        "8.2.2",
        CONFIGURE,
        owner(
            f"<configure node='{NODE}'>"
            + shown("form", "node_config", title="Princely", deliver_payloads="1")
            + "</configure>"
        ),
        Scene({"title": "Princely"}),
        OWNER,
        "get",
    ),
    Example(142, "8.2.3.2", CONFIGURE, "error auth forbidden", kind="get"),
    Example(
        143,
        "8.2.3.3",
        owner("<configure/>"),
        "error modify bad-request nodeid-required",
        who=OWNER,
        kind="get",
    ),
    Example(145, "8.2.3.5", CONFIGURE, "error cancel item-not-found", NOWHERE, OWNER, "get"),
    Example(
        148,
        "8.2.5.1",
        owner(f"<configure node='{NODE}'>{form('node_config', title='Other')}</configure>"),
        who=OWNER,
    ),
    Example(
        149,
        "8.2.5.2",
        owner(f"<configure node='{NODE}'>{form('node_config', max_items='-1')}</configure>"),
        "error modify not-acceptable",
        who=OWNER,
    ),
    Example(
        150,
        "8.2.5.3",
        owner(f"<configure node='{NODE}'>{form('node_config', title='Other')}</configure>"),
        "",
        Scene({"notify_config": "1"}, subscribed=(ME,)),
        OWNER,
        told=(event(f"<configuration node='{NODE}'/>"),),
    ),
    # §8.3, defaults
    Example(
        154,
        "8.3.3",
        owner("<default/>"),
        owner(f"<default>{shown('form', 'node_config', persist_items='1')}</default>"),
        kind="get",
    ),
    # §8.4, delete
    Example(159, "8.4.2", DELETE, "", THERE, OWNER),
    Example(160, "8.4.2", DELETE, "", SUBSCRIBED, OWNER, told=(event(f"<delete node='{NODE}'/>"),)),
    Example(161, "8.4.3.1", DELETE, "error auth forbidden", SUBSCRIBED),
    Example(162, "8.4.3.2", DELETE, "error cancel item-not-found", NOWHERE, OWNER),
    # §8.5, purge
    Example(164, "8.5.2", PURGE, "", Scene(items=(ITEM,)), OWNER),
    Example(165, "8.5.2", PURGE, "", PUBLISHED, OWNER, told=(event(f"<purge node='{NODE}'/>"),)),
    Example(167, "8.5.3.2", PURGE, "error auth forbidden", PUBLISHED),
    Example(
        168,
        "8.5.3.3",
        PURGE,
        "error cancel feature-not-implemented unsupported:persistent-items",
        NOTHING_KEPT,
        OWNER,
    ),
    Example(169, "8.5.3.4", PURGE, "error cancel item-not-found", NOWHERE, OWNER),
    # §8.8, subscriptions
    Example(
        185,
        "8.8.1.2",
        SUBSCRIPTIONS,
        owner(
            f"<subscriptions node='{NODE}'><subscription jid='{ME}' subscription='subscribed' subid='{ANY}'/>"
            "</subscriptions>"
        ),
        SUBSCRIBED,
        OWNER,
        "get",
    ),
    Example(187, "8.8.1.3.2", SUBSCRIPTIONS, "error auth forbidden", SUBSCRIBED, kind="get"),
    Example(188, "8.8.1.3.3", SUBSCRIPTIONS, "error cancel item-not-found", NOWHERE, OWNER, "get"),
    Example(
        190,
        "8.8.2.2",
        owner(f"<subscriptions node='{NODE}'>{END}</subscriptions>"),
        "",
        SUBSCRIBED,
        OWNER,
        told=(
            event(f"<subscription node='{NODE}' jid='{ME}' subscription='none'/>"),
        ),  # also 196, §8.8.4
    ),
    Example(
        192,
        "8.8.2.3.2",
        owner(f"<subscriptions node='{NODE}'>{END}</subscriptions>"),
        "error auth forbidden",
        SUBSCRIBED,
    ),
    Example(
        193,
        "8.8.2.3.3",
        owner(f"<subscriptions node='{NODE}'>{END}</subscriptions>"),
        "error cancel item-not-found",
        NOWHERE,
        OWNER,
    ),
    Example(
        195,
        "8.8.2.4",
        owner(
            f"<subscriptions node='{NODE}'>{END}<subscription jid='{OTHER}' subscription='subscribed'/>"
            "</subscriptions>"
        ),
        owner(
            f"<subscriptions node='{NODE}'><subscription jid='{OTHER}' subscription='none'/></subscriptions>"
        )
        + "error modify not-acceptable",
        SUBSCRIBED,
        OWNER,
    ),
    # §8.9, affiliations
    Example(
        198,
        "8.9.1.2",
        AFFILIATIONS,
        owner(
            f"<affiliations node='{NODE}'><affiliation jid='{OWNER}' affiliation='owner'/>"
            f"<affiliation jid='{OTHER}' affiliation='outcast'/></affiliations>"
        ),
        Scene(affiliations={OTHER: "outcast"}),
        OWNER,
        "get",
    ),
    Example(200, "8.9.1.3.2", AFFILIATIONS, "error auth forbidden", kind="get"),
    Example(201, "8.9.1.3.3", AFFILIATIONS, "error cancel item-not-found", NOWHERE, OWNER, "get"),
    Example(
        203,
        "8.9.2.2",
        owner(f"<affiliations node='{NODE}'>{PUBLISHER}</affiliations>"),
        who=OWNER,
    ),
    Example(
        206,
        "8.9.2.3.3",
        owner(f"<affiliations node='{NODE}'>{PUBLISHER}</affiliations>"),
        "error auth forbidden",
    ),
    Example(
        207,
        "8.9.2.3.4",
        owner(f"<affiliations node='{NODE}'>{PUBLISHER}</affiliations>"),
        "error cancel item-not-found",
        NOWHERE,
        OWNER,
    ),
    Example(
        209,
        "8.9.2.4",
        owner(
            f"<affiliations node='{NODE}'><affiliation jid='{OWNER}' affiliation='none'/>{PUBLISHER}</affiliations>"
        ),
        owner(
            f"<affiliations node='{NODE}'><affiliation jid='{OWNER}' affiliation='owner'/></affiliations>"
        )
        + "error modify not-acceptable",
        who=OWNER,
    ),
)

_ASKED = "the request of the example after it"
_SERVED = "what it refuses is served here"
_MODEL = "an access model that there is not here"
_ONE = "an address has one subscription to a node here, so no SubID is ever needed"
_APPROVAL = "no access model of ours needs approval"

LEFT_OUT = {
    **dict.fromkeys(
        (7, 9, 11, 13, 16, 20, 22, 26, 28, 47, 55, 64, 67, 69, 70, 74, 78, 80, 83, 96, 97, 115),
        _ASKED,
    ),
    **dict.fromkeys(
        (125, 131, 133, 134, 137, 139, 146, 152, 153, 157, 163, 184, 189, 194, 197, 202, 208),
        _ASKED,
    ),
    **dict.fromkeys(
        (
            19,
            25,
            39,
            62,
            72,
            73,
            88,
            106,
            124,
            126,
            130,
            141,
            144,
            155,
            156,
            166,
            186,
            191,
            199,
            204,
        ),
        _SERVED,
    ),
    **dict.fromkeys((31, 32, 89, 90), _MODEL),
    **dict.fromkeys((34, 92), "nothing costs anything"),
    **dict.fromkeys((35, 127), "nobody is anonymous, or must register"),
    **dict.fromkeys((36, 42, *range(170, 184)), _APPROVAL),
    38: "has a test of its own: `BoundTests`",
    **dict.fromkeys((40, 158), "nodes do not move"),
    **dict.fromkeys((43, 44, 45), "options are never required"),
    **dict.fromkeys((49, 60, 84, 85, 104, 118), _ONE),
    51: "only one's own subscriptions can be named: that is invalid-jid, as in 30",
    57: "only one's own subscriptions can be named: that is invalid-jid, as in 30",
    76: "result sets (XEP-0059) are not served: a node has 1000 items at most",
    77: "all that are kept are returned, unless fewer are asked for: 81",
    86: "items are for whoever may subscribe",
    **dict.fromkeys((102, 103), "the publisher's address is not shown"),
    108: "at max_items the oldest item goes, as §7.1.3.4 allows",
    147: "`test_created_nodes` cancels a form",
    151: "that the configuration has changed is told, not what it is",
    196: "told in 190",
    205: "all affiliations are supported",
    210: "optional, and not done: §8.9.4",
}


class ExampleTests(CreatedTestCase, StructureTestCase):
    """Each example is a test; they are made below."""

    def stage(self, scene: Scene) -> None:
        """Make it so."""
        self.people: dict[str, Wire] = {OWNER: self.admin, ME: self.agent}
        if scene.config is None:
            return
        self.create(NODE, **scene.config)
        for number in scene.items:
            self.assertResult(self.publish(f"<item id='{number}'>{ENTRY}</item>", NODE))
        for who in scene.subscribed:
            asked = pubsub(f"<subscribe node='{NODE}' jid='{who}'/>")
            self.assertResult(self.ask(self.people[who], asked))
        if scene.affiliations:
            changes = "".join(
                f"<affiliation jid='{who}' affiliation='{said}'/>"
                for who, said in scene.affiliations.items()
            )
            self.assertResult(self.owner(f"<affiliations node='{NODE}'>{changes}</affiliations>"))
        self.agent.said()

    def ask(self, wire: Wire, request: str, kind: str = "set") -> str:
        """Send a request."""
        return wire.send(f"<iq type='{kind}' id='x' to='{PUBSUB}'>{request}</iq>")

    def replay(self, example: Example) -> None:
        """Play it, and look at everything that is said."""
        self.stage(example.scene)
        wire = self.people[example.who]
        said = wire.stanzas(self.ask(wire, example.request, example.kind))
        answers = [one for one in said if one.tag.endswith("}iq")]
        self.assertEqual(len(answers), 1, said)
        address = self.address(example.who)
        got = answers[0].attrib
        content, is_error, wanted = example.answer.partition("error ")
        kind = "error" if is_error else "result"
        self.assertEqual(got, {"type": kind, "id": "x", "from": PUBSUB, "to": address})
        children = list(answers[0])
        if is_error:
            self.refused(children.pop(), wanted.split())
            if not content:
                children = []  # what was asked may stand beside it (RFC 6120 §8.3.1)
        self.same(f"<all>{content}</all>", children)
        told = [one for one in said if one.tag.endswith("}message")]
        if wire is not self.agent:
            told += self.agent.stanzas(self.agent.said())
        self.assertEqual(len(told), len(example.told), told)
        for message, expected in zip(told, example.told, strict=True):
            self.assertEqual((message.get("from"), message.get("to")), (PUBSUB, ME))
            self.same(f"<all>{expected}</all>", list(message))

    @staticmethod
    def address(who: str) -> str:
        """The full address of somebody's session."""
        return f"{who}/r"


def _test(example: Example) -> Callable[[ExampleTests], None]:
    def test(self: ExampleTests) -> None:
        self.replay(example)

    test.__doc__ = f"Example {example.number}, §{example.section}."
    test.__name__ = example.name
    return test


for _example in EXAMPLES:
    setattr(ExampleTests, _example.name, _test(_example))


class CompletenessTests(SynchronousTestCase):
    """The table."""

    def test_every_example(self) -> None:
        """Every example of §5 to §8 is replayed once, or left out with a reason."""
        replayed = [example.number for example in EXAMPLES]
        self.assertEqual(sorted([*replayed, *LEFT_OUT]), list(range(7, 211)))

    def test_finds(self) -> None:
        """The comparison finds what is another: a name, an attribute, a text, a child too few or too many."""
        wanted = ElementTree.fromstring("<a b='1'><c>t</c></a>")
        for text in (
            "<x b='1'><c>t</c></x>",
            "<a b='2'><c>t</c></a>",
            "<a b='1' d='1'><c>t</c></a>",
            "<a><c>t</c></a>",
            "<a b='1'><c>u</c></a>",
            "<a b='1'/>",
            "<a b='1'><c>t</c><c>t</c></a>",
        ):
            self.assertTrue(list(differences(wanted, ElementTree.fromstring(text))), text)
        self.assertEqual(list(differences(wanted, wanted)), [])


class BoundTests(CreatedTestCase):
    """Example 38, §6.1.3.9."""

    def test_example_038_of_section_6_1_3_9(self) -> None:
        """The last subscription that is allowed is made, one more is refused."""
        for number in range(MAX_PER_USER):
            self.create(f"n{number}")
            self.assertResult(self.subscribe(f"n{number}"))
        self.create("more")
        self.assertError(
            self.subscribe("more"), "wait", "policy-violation", "too-many-subscriptions"
        )
