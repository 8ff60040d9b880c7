"""The dialogues of Prosody's own tests of its publish-subscribe component, with our service in its place.

They are its scansion scripts ``pubsub_*.scs`` (of 13.0), told in our words: who asks what, in which order, and what is
answered and told. What those of personal eventing ask of an account (``pubsub_config``, ``pubsub_preconditions``) is asked
of a node of the service. Where Prosody differs without the specification saying so, ours is expected: notifications have
no type unless the node says ``headline``, items do not show their publisher, and nodes have other fields.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.notification.test_created_nodes import CreatedTestCase, form
from tests.support.notification import DOMAIN, PUBSUB
from tests.support.pubsub import SOME, StructureTestCase, event, owner, pubsub, query, shown
from tests.support.xmpp import Wire

NODE = "princely_musings"
ENTRY = "<entry xmlns='urn:entry'><title>Soliloquy</title><summary>Lorem ipsum</summary></entry>"
FOO, BAR = (f"<foo xmlns='urn:test'>{text}</foo>" for text in ("foo", "bar"))
ROMEO, JULIET, BALTHASAR = "agent2", "agent1", "admin"


@dataclass(frozen=True)
class Line:
    """One exchange.

    Attributes:
        who: Who asks.
        request: What.
        answer: What is in the result; or ``error`` with its type and conditions.
        kind: The type of the iq.
        told: What the others then get: whom, and what is in the message.
    """

    who: str
    request: str
    answer: str = ""
    kind: str = "set"
    told: tuple[tuple[str, str], ...] = ()


def full(who: str) -> str:
    """The address of somebody's session."""
    return f"{who}@{DOMAIN}/r"


def subscribe(who: str, whom: str = "") -> str:
    """A session asks for the node."""
    return pubsub(f"<subscribe node='{NODE}' jid='{full(whom or who)}'/>")


def unsubscribe(who: str) -> str:
    """It does not want it any more."""
    return pubsub(f"<unsubscribe node='{NODE}' jid='{full(who)}'/>")


def subscribed(who: str) -> str:
    """It has it."""
    return pubsub(
        f"<subscription jid='{full(who)}' node='{NODE}' subscription='subscribed' {SOME}=''/>"
    )


def publish(item: str, payload: str) -> str:
    """Something new."""
    return pubsub(f"<publish node='{NODE}'><item id='{item}'>{payload}</item></publish>")


def published(item: str) -> str:
    """It is there."""
    return pubsub(f"<publish node='{NODE}'><item id='{item}'/></publish>")


def items(*found: tuple[str, str], asked: str = "") -> str:
    """A request for items, or what is found."""
    inner = "".join(f"<item id='{number}'>{payload}</item>" for number, payload in found)
    return pubsub(f"<items node='{NODE}'{asked}>{inner}</items>")


def configure(**fields: str) -> str:
    """Another configuration."""
    return owner(f"<configure node='{NODE}'>{form('node_config', **fields)}</configure>")


CREATE = pubsub(f"<create node='{NODE}'/>")
DELETE = owner(f"<delete node='{NODE}'/>")
SHOWN = event(f"<items node='{NODE}'><item id='current'>{ENTRY}</item></items>")
AFFILIATIONS = f"<affiliation jid='{BALTHASAR}@{DOMAIN}' affiliation='owner'/>"
PUBLISHER = f"<affiliation jid='{ROMEO}@{DOMAIN}' affiliation='publisher'/>"
FORM = owner(
    f"<configure node='{NODE}'>"
    + shown(
        "form",
        "node_config",
        access_model="open",
        publish_model="publishers",
        deliver_notifications="1",
        deliver_payloads="1",
        persist_items="1",
        max_items="20",
    )
    + "</configure>"
)
LATER = SHOWN + f"<delay xmlns='urn:xmpp:delay' {SOME}=''/>"


class DialogueTests(CreatedTestCase, StructureTestCase):
    """Each script."""

    def play(self, lines: Sequence[Line]) -> None:
        """Everybody is there, and says these lines."""
        people: dict[str, Wire] = {
            BALTHASAR: self.admin,
            JULIET: self.agent,
            ROMEO: self.client(ROMEO),
        }
        for line in lines:
            request = f"<iq type='{line.kind}' id='x' to='{PUBSUB}'>{line.request}</iq>"
            said = {line.who: people[line.who].stanzas(people[line.who].send(request))}
            for name, wire in people.items():
                if name != line.who:
                    said[name] = wire.stanzas(wire.said())
            answer = said[line.who].pop(0)
            wanted = line.answer.removeprefix("error ")
            self.assertEqual(answer.get("type"), "result" if wanted == line.answer else "error")
            if wanted == line.answer:
                self.same(f"<all>{wanted}</all>", list(answer))
            else:
                self.refused(list(answer)[-1], wanted.split())
            told = [(name, message) for name in people for message in said[name]]
            self.assertEqual([name for name, _ in told], [name for name, _ in line.told], line)
            for (name, message), (_, content) in zip(told, line.told, strict=True):
                self.assertEqual(message.get("from"), PUBSUB)
                self.assertEqual(message.get("to"), full(name))
                self.same(f"<all>{content}</all>", list(message))

    def test_createdelete(self) -> None:
        """A node is created once and deleted once."""
        self.play(
            [
                Line(BALTHASAR, CREATE),
                Line(BALTHASAR, CREATE, "error cancel conflict"),
                Line(BALTHASAR, DELETE),
                Line(BALTHASAR, DELETE, "error cancel item-not-found"),
            ]
        )

    def test_basic(self) -> None:
        """Create, subscribe, publish, unsubscribe, delete."""
        self.play(
            [
                Line(BALTHASAR, CREATE),
                Line(JULIET, subscribe(JULIET), subscribed(JULIET)),
                Line(
                    BALTHASAR,
                    publish("current", ENTRY),
                    published("current"),
                    told=((JULIET, SHOWN),),
                ),
                Line(JULIET, unsubscribe(JULIET)),
                Line(BALTHASAR, DELETE),
            ]
        )

    def test_advanced(self) -> None:
        """Who may create, whom one may subscribe, and who may publish once the owner says so."""
        self.play(
            [
                Line(ROMEO, CREATE, "error auth forbidden"),
                Line(BALTHASAR, CREATE),
                Line(BALTHASAR, CREATE, "error cancel conflict"),
                Line(JULIET, subscribe(JULIET, ROMEO), "error modify bad-request invalid-jid"),
                Line(JULIET, subscribe(JULIET), subscribed(JULIET)),
                Line(
                    BALTHASAR,
                    owner(f"<affiliations node='{NODE}'/>"),
                    owner(f"<affiliations node='{NODE}'>{AFFILIATIONS}</affiliations>"),
                    "get",
                ),
                Line(
                    BALTHASAR,
                    owner(f"<affiliations node='{NODE}'>{AFFILIATIONS}{PUBLISHER}</affiliations>"),
                ),
                Line(
                    ROMEO, publish("current", ENTRY), published("current"), told=((JULIET, SHOWN),)
                ),
                Line(JULIET, unsubscribe(JULIET)),
                Line(BALTHASAR, DELETE),
            ]
        )

    def test_max_items(self) -> None:
        """The newest item alone, and all of them."""
        self.play(
            [
                Line(BALTHASAR, CREATE),
                Line(BALTHASAR, owner(f"<configure node='{NODE}'/>"), FORM, "get"),
                Line(BALTHASAR, publish("a", FOO), published("a")),
                Line(BALTHASAR, publish("b", BAR), published("b")),
                Line(BALTHASAR, items(asked=" max_items='1'"), items(("b", BAR)), "get"),
                Line(BALTHASAR, items(), items(("a", FOO), ("b", BAR)), "get"),
                Line(BALTHASAR, DELETE),
            ]
        )

    def test_multi_items(self) -> None:
        """Several items by their ids, and all of them."""
        self.play(
            [
                Line(BALTHASAR, CREATE),
                Line(BALTHASAR, publish("a", FOO), published("a")),
                Line(BALTHASAR, publish("b", BAR), published("b")),
                Line(
                    BALTHASAR,
                    items(("a", ""), ("b", "")),
                    items(("a", FOO), ("b", BAR)),
                    "get",
                ),
                Line(BALTHASAR, items(), items(("a", FOO), ("b", BAR)), "get"),
                Line(BALTHASAR, DELETE),
            ]
        )

    def test_resend_on_sub(self) -> None:
        """The last item comes with a subscription where the node is configured so, and only there."""
        self.play(
            [
                Line(BALTHASAR, CREATE),
                Line(BALTHASAR, configure(send_last_published_item="never")),
                Line(BALTHASAR, publish("current", ENTRY), published("current")),
                Line(JULIET, subscribe(JULIET), subscribed(JULIET)),
                Line(JULIET, unsubscribe(JULIET)),
                Line(BALTHASAR, configure(send_last_published_item="on_sub")),
                Line(JULIET, subscribe(JULIET), subscribed(JULIET), told=((JULIET, LATER),)),
                Line(JULIET, unsubscribe(JULIET)),
                Line(BALTHASAR, DELETE),
            ]
        )

    def test_config(self) -> None:
        """A node's title is its name in discovery."""
        self.play(
            [
                Line(BALTHASAR, CREATE),
                Line(BALTHASAR, owner(f"<configure node='{NODE}'/>"), FORM, "get"),
                Line(BALTHASAR, configure(title="Nice tunes")),
                Line(
                    BALTHASAR,
                    query("items"),
                    query(
                        "items",
                        f"<item name='Nice tunes' node='{NODE}' jid='{PUBSUB}'/>",
                        more=f" {SOME}=''",
                    ),
                    "get",
                ),
            ]
        )

    def test_preconditions(self) -> None:
        """A publisher who takes the node for another does not publish; the form has no type, as the script writes it."""
        untyped = form("publish-options", access_model="whitelist").replace(" type='submit'", "")
        self.assertNotEqual(untyped, form("publish-options", access_model="whitelist"))
        asked = f"<publish node='{NODE}'><item id='current'>{ENTRY}</item></publish>"
        self.play(
            [
                Line(BALTHASAR, CREATE),
                Line(BALTHASAR, publish("current", ENTRY), published("current")),
                Line(BALTHASAR, configure(title="Nice tunes", access_model="open")),
                Line(
                    BALTHASAR,
                    pubsub(f"{asked}<publish-options>{untyped}</publish-options>"),
                    "error cancel conflict precondition-not-met",
                ),
            ]
        )
