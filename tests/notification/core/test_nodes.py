"""`finesse_tx.notification.core.nodes`: nodes that somebody created."""

from collections.abc import Callable
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.node_config import NodeConfig
from finesse_tx.notification.core.nodes import (
    MAX_AFFILIATIONS,
    MAX_NAME_BYTES,
    Affiliation,
    Item,
    Node,
    Nodes,
)
from finesse_tx.notification.core.refusals import PubsubError, Refusal

OWNER, OTHER = "admin@d", "agent1@d"
TIME = "2026-01-01T00:00:00Z"


def item(name: str, payload: str = "<x/>") -> Item:
    """An item."""
    return Item(name, payload, TIME)


def node_for(affiliation: Affiliation, **config: str) -> Node:
    """A node to which OTHER is that."""
    node = Node("n", OWNER, NodeConfig(**config))  # type: ignore[arg-type]
    node.affiliate({OTHER: affiliation})
    return node


class RefusedTestCase(SynchronousTestCase):
    """With a shorter way to say that something is refused."""

    def assertRefused(self, refusal: Refusal, call: Callable[..., object], *args: object) -> None:
        """It is, with this."""
        error: PubsubError = self.assertRaises(PubsubError, call, *args)
        self.assertEqual(error.refusal, refusal)


class AffiliationTests(RefusedTestCase):
    """XEP-0060 §4.1: the table of privileges, row for row."""

    def test_access(self) -> None:
        """Who may subscribe and retrieve, by affiliation and access model."""
        a = Affiliation
        may = {
            *product((a.OWNER, a.PUBLISHER, a.MEMBER), ("open", "whitelist")),
            (a.NONE, "open"),
        }
        for found, model in product(a, ("open", "whitelist")):
            node = node_for(found, access_model=model)
            self.assertEqual(node.admits(OTHER), (found, model) in may, (found, model))

    def test_why_not(self) -> None:
        """A stranger to a whitelist is told so; an outcast and who may only publish are forbidden."""
        for model in ("open", "whitelist"):
            for found in (Affiliation.OUTCAST, Affiliation.PUBLISH_ONLY):
                self.assertRefused(
                    Refusal.FORBIDDEN, node_for(found, access_model=model).check_access, OTHER
                )
        self.assertRefused(
            Refusal.CLOSED_NODE,
            node_for(Affiliation.NONE, access_model="whitelist").check_access,
            OTHER,
        )

    def test_publish(self) -> None:
        """Who may publish, by affiliation, publish model and subscription."""
        a = Affiliation
        for found, model, subscribed in product(
            a, ("publishers", "subscribers", "open"), (False, True)
        ):
            node = node_for(found, publish_model=model)
            allowed = found in {a.OWNER, a.PUBLISHER, a.PUBLISH_ONLY} or (
                found is not a.OUTCAST
                and (model == "open" or (model == "subscribers" and subscribed))
            )
            try:
                node.check_publisher(OTHER, is_subscribed=subscribed)
            except PubsubError as error:
                self.assertEqual(error.refusal, Refusal.FORBIDDEN)
                self.assertFalse(allowed, (found, model, subscribed))
            else:
                self.assertTrue(allowed, (found, model, subscribed))

    def test_owner(self) -> None:
        """Only owners own."""
        for found in Affiliation:
            node = node_for(found)
            if found is Affiliation.OWNER:
                node.check_owner(OTHER)
            else:
                self.assertRefused(Refusal.FORBIDDEN, node.check_owner, OTHER)

    def test_last_owner(self) -> None:
        """The last owner stays; then nothing of the request is done."""
        node = Node("n", OWNER, NodeConfig())
        changes = {OWNER: Affiliation.NONE, OTHER: Affiliation.MEMBER}
        self.assertRefused(Refusal.NOT_ACCEPTABLE, node.affiliate, changes)
        self.assertEqual(node.affiliations, {OWNER: Affiliation.OWNER})
        node.affiliate({OWNER: Affiliation.NONE, OTHER: Affiliation.OWNER})
        self.assertEqual(node.affiliations, {OTHER: Affiliation.OWNER})

    def test_bound(self) -> None:
        """So many affiliations fit, one more does not."""
        node = Node("n", OWNER, NodeConfig())
        node.affiliate({f"{n}@d": Affiliation.MEMBER for n in range(MAX_AFFILIATIONS - 1)})
        self.assertRefused(Refusal.NO_ROOM, node.affiliate, {"one@d": Affiliation.MEMBER})
        node.affiliate({"0@d": Affiliation.OUTCAST})


class NodesTests(RefusedTestCase):
    """Creating, publishing, forgetting."""

    def setUp(self) -> None:
        """There is room for two nodes."""
        self.nodes = Nodes(max_nodes=2, max_stored_bytes=2_000)

    def create(self, name: str = "n", **config: object) -> Node:
        """Create a node."""
        return self.nodes.create(name, OWNER, NodeConfig(**config))  # type: ignore[arg-type]

    def test_create(self) -> None:
        """A name is taken once; at the bound no node is created; one that was deleted makes room."""
        first = self.create("a")
        self.assertRefused(Refusal.NODE_EXISTS, self.create, "a")
        self.create("b")
        self.assertRefused(Refusal.MAX_NODES_EXCEEDED, self.create, "c")
        self.nodes.delete(first)
        self.assertIsNone(self.nodes.get("a"))
        self.create("c")
        self.assertEqual([node.name for node in self.nodes], ["b", "c"])

    def test_name(self) -> None:
        """The longest name is taken, one byte more is not."""
        self.create("é" * (MAX_NAME_BYTES // 2) + "x")
        self.assertRefused(Refusal.NOT_ACCEPTABLE, self.create, "é" * (MAX_NAME_BYTES // 2 + 1))

    def test_max_items(self) -> None:
        """The oldest item goes; one with the same id is replaced and is the newest then."""
        node = self.create(max_items=2)
        self.nodes.publish(node, [item("1"), item("2")])
        self.nodes.publish(node, [item("1", "<y/>")])
        self.assertEqual(list(node.items), ["2", "1"])
        self.nodes.publish(node, [item("3")])
        self.assertEqual((list(node.items), node.last()), (["1", "3"], item("3")))

    def test_retrieve(self) -> None:
        """The newest so many, oldest first; or those that are named, as they are named."""
        node = self.create()
        self.nodes.publish(node, [item(name) for name in "123"])
        names = [
            "".join(found.id for found in node.retrieve(*arguments))
            for arguments in ((), ((), 2), ((), 9), (("3", "1", "x", "3"),))
        ]
        self.assertEqual(names, ["123", "23", "123", "31"])

    def test_retract(self) -> None:
        """All of them or none."""
        node = self.create()
        self.nodes.publish(node, [item("1"), item("2")])
        self.assertRefused(Refusal.NOT_FOUND, self.nodes.retract, node, ["1", "x"])
        self.assertEqual(list(node.items), ["1", "2"])
        self.nodes.retract(node, ["1", "1"])
        self.assertEqual(list(node.items), ["2"])

    def test_not_persistent(self) -> None:
        """A node that keeps nothing keeps nothing; who is configured so afterwards forgets."""
        node = self.create(persist_items=False)
        self.nodes.publish(node, [item("1")])
        self.assertEqual((node.items, self.nodes.stored_bytes), ({}, 0))
        other = self.create("o")
        self.nodes.publish(other, [item("1"), item("2")])
        self.nodes.configure(other, NodeConfig(max_items=1))
        self.assertEqual(list(other.items), ["2"])
        self.nodes.configure(other, NodeConfig(persist_items=False))
        self.assertEqual((other.items, self.nodes.stored_bytes), ({}, 0))

    def test_room(self) -> None:
        """What would not fit is refused, all of it; what is deleted makes room."""
        node = self.create(max_items=20)
        big = item("1", "x" * 1_500)
        self.nodes.publish(node, [big])
        self.assertRefused(
            Refusal.NO_ROOM, self.nodes.publish, node, [item("2"), item("3", "x" * 500)]
        )
        self.assertEqual(list(node.items), ["1"])
        self.nodes.delete(node)
        self.nodes.publish(self.create("o"), [big])

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["publish", "retract", "purge", "configure"]),
                st.lists(st.tuples(st.sampled_from("abcd"), st.text(max_size=9)), max_size=4),
                st.integers(1, 3),
            ),
            max_size=20,
        )
    )
    def test_counted(self, steps: list[tuple[str, list[tuple[str, str]], int]]) -> None:
        """Whatever happens, what is counted is what is there, and no node has more items than it may."""
        nodes = Nodes(max_stored_bytes=3_000)
        node = nodes.create("n", OWNER, NodeConfig(max_items=2))
        for what, items, size in steps:
            try:
                match what:
                    case "publish":
                        nodes.publish(node, [item(*one) for one in items])
                    case "retract":
                        nodes.retract(node, [name for name, _ in items])
                    case "purge":
                        nodes.purge(node)
                    case "configure":
                        nodes.configure(node, NodeConfig(max_items=size))
            except PubsubError:
                pass
            self.assertEqual(nodes.stored_bytes, sum(one.size for one in node.items.values()))
            self.assertLessEqual(len(node.items), node.config.max_items)
