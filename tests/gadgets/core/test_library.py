"""`finesse_tx.gadgets.core.library`: features put together."""

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.errors import UnknownFeatureError
from finesse_tx.gadgets.core.features import KnownFeature, Standing
from finesse_tx.gadgets.core.library import Library, script_json

FEATURES = {
    "a": KnownFeature("a", (), Standing.SERVED),
    "b": KnownFeature("b", ("a",), Standing.SERVED),
    "c": KnownFeature("c", ("b", "a"), Standing.SERVED),
    "old": KnownFeature("old", (), Standing.LEFT_OUT),
}
LIBRARY = Library(FEATURES, {"a": "A;", "b": "B;"}, {"b": {"x": 1}})

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


class LibraryTests(SynchronousTestCase):
    """Three features."""

    def test_order(self) -> None:
        """What a feature needs comes before it, each once, without what is loaded and what that needs."""
        self.assertEqual(LIBRARY.all_for(["c", "a"]), ("a", "b", "c"))
        self.assertEqual(LIBRARY.all_for(["c"], ["b"]), ("c",))
        self.assertEqual(LIBRARY.all_for(["a"], ["c"]), ())
        self.assertEqual(LIBRARY.script(["a", "b", "c"]), "A;B;")
        self.assertEqual(LIBRARY.configured(["a", "b", "c"]), {"b": {"x": 1}})

    def test_not_served(self) -> None:
        """What is unknown or left out cannot be had."""
        for name in ("old", "nothing", ""):
            self.assertFalse(LIBRARY.is_served(name))
            error = self.assertRaises(UnknownFeatureError, LIBRARY.all_for, ["a", name])
            self.assertEqual((error.name, str(error)), (name, f"there is no feature {name}"))

    def test_digest(self) -> None:
        """Another script or setting is another version."""
        others = [
            Library(FEATURES, {"a": "A;", "b": "B"}, {"b": {"x": 1}}),
            Library(FEATURES, {"a": "A;", "b": "B;"}, {"b": {"x": 2}}),
            Library(FEATURES, {"a": "A;B;"}, {"b": {"x": 1}}),
        ]
        self.assertEqual(len({LIBRARY.digest, *(one.digest for one in others)}), 4)

    @given(value=VALUES)
    def test_json_in_a_script(self, value: object) -> None:
        """Nothing ends the script, begins another, or is no JavaScript; and it is the value."""
        text = script_json(value)
        self.assertFalse(set(text) & set("<>&\u2028\u2029"))
        self.assertEqual(json.loads(text), value)
