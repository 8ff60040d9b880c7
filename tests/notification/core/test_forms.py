"""`finesse_tx.notification.core.forms`, and the two forms: of nodes and of subscriptions."""

from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.forms import (
    MAX_TEXT,
    PREFIX,
    FieldType,
    Setting,
    changes,
    written,
)
from finesse_tx.notification.core.node_config import FIELDS, MAX_ITEMS, NodeConfig, configured
from finesse_tx.notification.core.options import (
    OPTIONS,
    SHOW_VALUES,
    SubscriptionOptions,
    with_options,
)
from finesse_tx.notification.core.refusals import PubsubError, Refusal


def possible(setting: Setting) -> st.SearchStrategy[object]:
    """Values that a setting may have."""
    match setting.kind:
        case FieldType.BOOLEAN:
            return st.booleans()
        case FieldType.LIST:
            return st.sampled_from(setting.choices)
        case FieldType.SEVERAL:
            return st.lists(st.sampled_from(setting.choices), unique=True).map(tuple)
        case _ if setting.choices:
            return st.integers(*map(int, setting.choices))
        case _:
            return st.text(max_size=MAX_TEXT)


class NodeConfigTests(SynchronousTestCase):
    """§16.4.4."""

    def refused(self, name: str, *values: str) -> Refusal:
        """Configure in vain, and return why."""
        form = {PREFIX + name: values}
        error: PubsubError = self.assertRaises(PubsubError, configured, NodeConfig(), form)
        return error.refusal

    @given(st.fixed_dictionaries({name: possible(setting) for name, setting in FIELDS.items()}))
    def test_round_trip(self, values: dict[str, object]) -> None:
        """What a form shows, submitted to another node, makes the same configuration, types included."""
        config = NodeConfig(**values)  # type: ignore[arg-type]
        form = {PREFIX + name: written(value) for name, value in config.values.items()}
        again = configured(NodeConfig(), form)
        self.assertEqual(again, config)
        self.assertEqual(
            [type(value) for value in asdict(again).values()],
            [type(value) for value in asdict(NodeConfig()).values()],
        )

    def test_fields(self) -> None:
        """Every attribute has a field, in order."""
        self.assertEqual(list(FIELDS), list(asdict(NodeConfig())))

    def test_partly(self) -> None:
        """What a form does not have stays; what nobody knows changes nothing."""
        config = NodeConfig(title="a", max_items=3)
        form = {"pubsub#title": ["b"], "pubsub#rubbish": ["1"], "title": ["c"]}
        self.assertEqual(configured(config, form), NodeConfig(title="b", max_items=3))

    def test_edges(self) -> None:
        """``max`` is the most, one more is refused; so are none, too long a text, and what is no boolean."""
        self.assertEqual(
            configured(NodeConfig(), {"pubsub#max_items": ["max"]}).max_items, MAX_ITEMS
        )
        for name, *values in (
            ("max_items", str(MAX_ITEMS + 1)),
            ("max_items", "0"),
            ("max_items", "many"),
            ("title", "x" * (MAX_TEXT + 1)),
            ("persist_items", "yes"),
            ("publish_model", "nobody"),
            ("title", "a", "b"),
        ):
            self.assertEqual(self.refused(name, *values), Refusal.NOT_ACCEPTABLE, name)

    def test_own_conditions(self) -> None:
        """An access model that is not there, and collections, have conditions of their own."""
        self.assertEqual(self.refused("access_model", "roster"), Refusal.UNSUPPORTED_ACCESS_MODEL)
        self.assertEqual(self.refused("node_type", "collection"), Refusal.NO_COLLECTIONS)
        self.assertEqual(configured(NodeConfig(), {"pubsub#node_type": ["leaf"]}), NodeConfig())


class OptionsTests(SynchronousTestCase):
    """§16.4.2."""

    def test_round_trip(self) -> None:
        """What a form shows makes the same options."""
        options = SubscriptionOptions(deliver=False, show_values=("dnd", "xa"))
        form = {PREFIX + name: written(value) for name, value in options.values.items()}
        self.assertEqual(with_options(SubscriptionOptions(), form), options)

    def test_admits(self) -> None:
        """Presence states are those that were asked for; all, if none were."""
        self.assertTrue(all(SubscriptionOptions().admits(show) for show in SHOW_VALUES))
        few = SubscriptionOptions(show_values=("chat", "online"))
        self.assertEqual([show for show in SHOW_VALUES if few.admits(show)], ["chat", "online"])
        self.assertFalse(SubscriptionOptions(deliver=False).admits("online"))

    def test_refused(self) -> None:
        """A state that nobody has."""
        error: PubsubError = self.assertRaises(
            PubsubError,
            with_options,
            SubscriptionOptions(),
            {"pubsub#show-values": ["online", "asleep"]},
        )
        self.assertEqual(error.refusal, Refusal.INVALID_OPTIONS)
        self.assertEqual(changes(OPTIONS, {"pubsub#deliver": ["2"]}), {"deliver": None})
