"""`finesse_tx.webservices.core.xmlbinding`: structs to XML, as clients expect it to the letter."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.objects import Dialogs, ReasonCode, ReasonCodes, UserState
from finesse_tx.webservices.core.xmlbinding import (
    DECLARATION,
    MAX_KEPT,
    document,
    kept_document,
    render,
)


class Inner(Struct, frozen=True, rename="camel"):
    """Something within something."""

    some_text: str


class Outer(Struct, frozen=True, rename="camel"):
    """One of each kind of field."""

    kind: Annotated[str, item("", attribute=True)]
    text: str = ""
    number: int = 0
    yes: bool = True
    gone: str | None = None
    moment: datetime | str = ""
    state: UserState = UserState.READY
    inner: Inner | None = None
    names: Annotated[tuple[str, ...], item("name")] = ()
    entries: Annotated[tuple[Inner, ...], item("")] = field(default=(), name="Entry")


class RenderTests(SynchronousTestCase):
    """What is written, and how nothing is."""

    def test_everything(self) -> None:
        """Fields stand in order, two blanks deeper for each level."""
        moment = datetime(2026, 3, 1, 18, 58, 21, 234_567, timezone(timedelta(hours=1)))
        outer = Outer(
            "k&",
            "t<",
            -1,
            False,
            "x",
            moment,
            UserState.NOT_READY,
            Inner("i"),
            ("a", "b"),
            (Inner(""),),
        )
        self.assertEqual(
            render(outer).splitlines(),
            [
                '<Outer kind="k&amp;">',
                "  <text>t&lt;</text>",
                "  <number>-1</number>",
                "  <yes>false</yes>",
                "  <gone>x</gone>",
                "  <moment>2026-03-01T17:58:21.234Z</moment>",
                "  <state>NOT_READY</state>",
                "  <inner>",
                "    <someText>i</someText>",
                "  </inner>",
                "  <names>",
                "    <name>a</name>",
                "    <name>b</name>",
                "  </names>",
                "  <Entry>",
                "    <someText></someText>",
                "  </Entry>",
                "</Outer>",
            ],
        )

    def test_nothing(self) -> None:
        """None is left out, an empty text keeps both tags, an empty collection is one tag."""
        text = render(Outer(""))
        self.assertNotIn("gone", text)
        self.assertNotIn("inner", text)
        self.assertNotIn("Entry", text)
        self.assertIn("  <text></text>\n", text)
        self.assertIn("  <names/>", text)

    def test_empty_collections(self) -> None:
        """A client compares the whole body with this."""
        self.assertEqual(document(Dialogs(())), b"<Dialogs/>")
        self.assertEqual(document(ReasonCodes("LOGOUT", ())), b'<ReasonCodes category="LOGOUT"/>')

    def test_declaration(self) -> None:
        """Every other body of a GET begins with the declaration; a rendered object does not."""
        code = ReasonCode("/finesse/api/ReasonCode/1", 1, "NOT_READY", 10, "Meeting", True, False)
        self.assertEqual(document(code).decode(), DECLARATION + render(code))

    def test_other_name(self) -> None:
        """A notification writes the same object under another name, at an indentation."""
        self.assertEqual(render(Inner("x"), "inner", "    ").splitlines()[0], "    <inner>")

    @given(st.text(), st.text(), st.lists(st.text()))
    def test_any_text(self, kind: str, text: str, names: list[str]) -> None:
        """Whatever people type, the document is well-formed, and has what XML can carry of it."""
        root = ElementTree.fromstring(document(Outer(kind, text, names=tuple(names))))
        self.assertEqual(len(root.findall("names/name")), len(names))

    def test_before_midnight(self) -> None:
        """A time without microseconds has its three digits too."""
        self.assertIn(
            "23:59:59.000Z", render(Outer("", moment=datetime(2026, 1, 1, 23, 59, 59, tzinfo=UTC)))
        )


class Asked(Struct, frozen=True, cache_hash=True):
    """Something that is asked for often."""

    number: int


class KeptDocumentTests(SynchronousTestCase):
    """Bodies that are written once."""

    def test_the_same(self) -> None:
        """An object is written as ever, and an equal one is not written again."""
        kept = kept_document(Asked(1))
        self.assertEqual(kept, document(Asked(1)))
        self.assertIs(kept_document(Asked(1)), kept)

    def test_forgotten(self) -> None:
        """So many are kept, and one more makes the one forgotten that was asked for longest ago."""
        kept = kept_document(Asked(0))
        for number in range(1, MAX_KEPT):
            kept_document(Asked(number))
        self.assertIs(kept_document(Asked(0)), kept)  # and is now the latest
        for number in range(MAX_KEPT, 2 * MAX_KEPT):
            kept_document(Asked(number))
        self.assertIsNot(kept_document(Asked(0)), kept)
