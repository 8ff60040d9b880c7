"""`finesse_tx.toml_lines`: the same document as tomllib's, with its lines."""

import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.toml_lines import Path, toml_lines

DOCUMENT = '''\
# A comment with [brackets] and "quotes".
title = "x # no comment = 1" # one

[a . "b.c"]   # dotted and quoted
d.e = 1
'f g' = """
two lines, "" and \\""" inside""""
text = \'\'\'
[not.a.table]
x = 1\'\'\'
when = 1979-05-27 07:32:00

[[rows]]
name = "first"
[rows.inner]
deep = true
[[rows]]
steps = [
    { play = "a,]}", n = [1, [2, "]"]] }, # one
    # nothing
    { "go\\u0020on" = {x = -1.5, y = {}} },
    [],
]
[[rows.more]]
z = 0
'''


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where everything is in what tomllib found."""
    if path:
        yield path
    pairs: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for name, inner in pairs:
        yield from paths(inner, (*path, name))


KEYS = st.text(st.sampled_from("ab.\"' #[]=\\é"), max_size=4)
LEAVES = st.integers() | st.booleans() | st.text(st.sampled_from("a\"'\\#,]}{[=\n"), max_size=6)
INLINE = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def quoted(text: str) -> str:
    """A TOML string."""
    escaped = "".join(f"\\u{ord(letter):04x}" if letter in '"\\\n' else letter for letter in text)
    return f'"{escaped}"'


def written(value: Any, gap: str) -> str:
    """A value in TOML, with something between its elements where that is allowed."""
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, str):
        if "'" not in value and "\n" not in value:
            return f"'{value}'"
        return quoted(value)
    if isinstance(value, list):
        return "[" + "".join(f"{gap}{written(one, gap)}{gap}," for one in value) + f"{gap}]"
    inner = ", ".join(f"{quoted(name)} = {written(one, '')}" for name, one in value.items())
    return "{ " + inner + " }"


class TomlLinesTests(SynchronousTestCase):
    """`toml_lines`."""

    def test_document(self) -> None:
        """Each key and element is found on its line, whatever the strings and comments around it look like."""
        found = toml_lines(DOCUMENT)
        for path, line in (
            (("title",), 2),
            (("a", "b.c"), 4),
            (("a", "b.c", "d", "e"), 5),
            (("a", "b.c", "f g"), 6),
            (("a", "b.c", "text"), 8),
            (("a", "b.c", "when"), 11),
            (("rows", 0), 13),
            (("rows", 0, "inner", "deep"), 16),
            (("rows", 1, "steps", 0, "n", 1, 1), 19),
            (("rows", 1, "steps", 1, "go on", "x"), 21),
            (("rows", 1, "steps", 2), 22),
            (("rows", 1, "more", 0, "z"), 25),
        ):
            self.assertEqual(found.get(path), line, path)
        implied = {("a",), ("a", "b.c", "d")}
        self.assertEqual(set(found), set(paths(tomllib.loads(DOCUMENT))) - implied)

    @given(
        st.dictionaries(KEYS, st.dictionaries(KEYS, INLINE, max_size=3), max_size=3),
        st.sampled_from(["", " ", "\n", " # ]\n", "\r\n\t"]),
    )
    def test_any(self, document: dict[str, dict[str, Any]], gap: str) -> None:
        """Whatever a document holds, the same values are found as tomllib finds, in the order of their lines."""
        text = ""
        for name, table in document.items():
            text += f"[ {quoted(name)} ]{gap}\n"
            for key, value in table.items():
                text += f"{quoted(key)} = {written(value, gap)} # end\n"
        self.assertEqual(tomllib.loads(text), document)
        found = toml_lines(text)
        self.assertEqual(list(found), list(paths(document)))
        self.assertEqual(list(found.values()), sorted(found.values()))

    def test_empty(self) -> None:
        """A document without anything has no lines."""
        for text in ("", "\n", "# only this"):
            self.assertEqual(toml_lines(text), {})
