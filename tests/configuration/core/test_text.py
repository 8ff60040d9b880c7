"""`finesse_tx.configuration.core.text`: documents read and written."""

from __future__ import annotations

import tomllib
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.configuration.core.document import MAX_FAULTS, DocumentRefusedError
from finesse_tx.configuration.core.text import MAX_BYTES, Format, lines_of, read, written
from tests.support.documents import DOCUMENTS, SAMPLE, source_of

FORMS: tuple[Format, Format] = ("toml", "json")

TABLES = st.recursive(
    st.booleans() | st.integers(-(2**31), 2**31) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


class TextTests(SynchronousTestCase):
    """Reading and writing."""

    def refused(self, text: str | bytes) -> str:
        """What is said of a text that is no document."""
        data = text if isinstance(text, bytes) else text.encode()
        return str(self.assertRaises(DocumentRefusedError, read, data))

    def test_sample(self) -> None:
        """Everything that a document can say is read, and written as it was; JSON says the same."""
        source = read(SAMPLE.encode())
        self.assertEqual(written(source.document, "toml").decode(), SAMPLE)
        again = read(written(source.document, "json"))
        self.assertEqual(again.document, source.document)

    @settings(deadline=None, max_examples=25)
    @given(raw=DOCUMENTS)
    def test_round_trip(self, raw: dict[str, Any]) -> None:
        """Whatever is written is read as the same document, in both forms, and written as the same bytes."""
        document = source_of(raw).document
        for form in FORMS:
            data = written(document, form)
            self.assertEqual(read(data).document, document)
            self.assertEqual(written(read(data).document, form), data)

    @settings(deadline=None)
    @given(table=st.dictionaries(st.text(min_size=1), TABLES, max_size=4))
    def test_any_table(self, table: dict[str, Any]) -> None:
        """Lines of TOML are read as what was written, whatever is in it: quotes, ends of lines, tables in lists."""
        self.assertEqual(tomllib.loads("\n".join(lines_of(table))), table)

    def test_not_a_document(self) -> None:
        """What is no text, no TOML and no JSON is refused, with the line where one can be told."""
        for text, said in (
            (b"format = 1\n\xff", "line 2: this is not UTF-8"),
            (
                "format = 1\nx",
                "not TOML: Expected '=' after a key in a key/value pair (at end of document)",
            ),
            (
                '{"format": 1,\n}',
                "line 2: not JSON: Expecting property name enclosed in double quotes",
            ),
            ('{"format": 1, "format": 1}', '"format" is there twice in one object'),
            ('{"format": NaN}', "NaN is no number"),
            ("format = 2", "line 1: format: Invalid enum value 2"),
            ("", "Object missing required field `format`"),
        ):
            self.assertEqual(self.refused(text), said)
        self.assertIn("too deep", self.refused('{"format": ' + "[" * 100_000))

    def test_wrong_value(self) -> None:
        """A value of another type is refused with its key and its line."""
        self.assertEqual(
            self.refused('format = 1\n[[Team]]\nname = "Night"\n\nlayoutxml = 3\n'),
            'line 5: Team "Night": layoutxml: Expected `str`, got `int`',
        )
        self.assertEqual(
            self.refused('{"format": 1, "Team": [{}, {"name": "Night", "workflows": [1]}]}'),
            "Team[0]: Object missing required field `name`",
        )
        self.assertIn("skills", self.refused(SAMPLE.replace("Sales = 7", 'Sales = "7"')))

    def test_unknown_keys(self) -> None:
        """Every key that there is not is named with its line, also within what REST has; ids and paths are none."""
        text = SAMPLE.replace("maxSessions = 5", "maxSesions = 5").replace(
            "peripheralId = 1 }", 'peripheralId = 1, tls = true }\nuri = "/x"'
        )
        lines = text.splitlines()
        typo, path = lines.index("maxSesions = 5") + 1, lines.index('uri = "/x"') + 1
        self.assertEqual(
            self.refused(text).splitlines(),
            [
                f'line {typo}: Trigger "6100": maxSesions: there is no such key',
                f"line {path - 1}: SystemConfig: cti.tls: there is no such key",
                f"line {path}: SystemConfig: uri: there is no such key",
            ],
        )

    def test_many_faults(self) -> None:
        """Of very many faults the first are told."""
        for count, more in ((MAX_FAULTS, 0), (MAX_FAULTS + 1, 1)):
            text = "format = 1\n" + "".join(f"x{number} = 1\n" for number in range(count))
            lines = self.refused(text).splitlines()
            self.assertEqual(len(lines), MAX_FAULTS + more)
            self.assertEqual(lines[-1] == "and 1 more", bool(more))

    def test_size(self) -> None:
        """A document is as large as may be, and not one byte larger."""
        start = b"format = 1\n#"
        read(start + b"x" * (MAX_BYTES - len(start)))
        self.assertIn("larger than", self.refused(start + b"x" * (MAX_BYTES - len(start) + 1)))

    def test_no_secrets(self) -> None:
        """A password is read, and never written."""
        text = SAMPLE.replace('username = "finesse"', 'username = "finesse"\npassword = "secret"')
        document = read(text.encode()).document
        self.assertEqual(
            msgspec.to_builtins(document)["EnterpriseDatabaseConfig"]["password"], "secret"
        )
        for form in FORMS:
            self.assertNotIn(b"secret", written(document, form))
