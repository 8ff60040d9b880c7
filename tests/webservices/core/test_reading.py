"""`finesse_tx.webservices.core.reading` and its JSON sibling: bodies in, declared structs out."""

import json
from typing import Annotated, ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta, Struct, field
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.declaration import item, nested
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.jsonbinding import json_document, wants_json
from finesse_tx.webservices.core.reading import MAX_DEPTH, draft, is_json, read
from finesse_tx.webservices.core.xmlbinding import document

MAX = 10_000


class Leaf(Struct, frozen=True, rename="camel"):
    """Something within something."""

    some_text: Annotated[str, Meta(min_length=1, max_length=3)]


class Tree(Struct, frozen=True, rename="camel", kw_only=True):
    """One of each kind of field."""

    ELEMENT: ClassVar[str] = "Wood"

    kind: Annotated[str, item(attribute=True)] = ""
    label: Annotated[str, Meta(min_length=1, max_length=5)]
    number: Annotated[int, Meta(ge=1, le=9)] | None = None
    yes: bool | None = None
    text: Annotated[str, item(verbatim=True)] = ""
    leaf: Leaf | None = None
    names: Annotated[tuple[str, ...], item("name")] = ()
    leaves: Annotated[tuple[Leaf, ...] | None, item("Leaf")] = None
    entries: Annotated[tuple[Leaf, ...], item()] = field(default=(), name="Entry")


class Owned(Struct, frozen=True, kw_only=True):
    """Something with a path of its own."""

    ELEMENT: ClassVar[str] = "Wood"

    uri: str = ""
    label: str
    number: int = 0


WHOLE = Tree(
    kind="k",
    label="oak",
    number=3,
    yes=True,
    text=" a  b ",
    leaf=Leaf("x"),
    names=("p", "q"),
    leaves=(Leaf("y"),),
    entries=(Leaf("z"), Leaf("zz")),
)


class ReadTests(SynchronousTestCase):
    """Bodies, in both forms."""

    def xml(self, body: str) -> Tree:
        """Read XML."""
        return read(Tree, body.encode(), MAX)

    def json(self, body: object) -> Tree:
        """Read JSON."""
        return read(Tree, json.dumps(body).encode(), MAX, json=True)

    def refused(self, body: str | bytes, *, json: bool = False, limit: int = MAX) -> ApiError:
        """What is wrong with a body."""
        raw = body if isinstance(body, bytes) else body.encode()
        error: ApiError = self.assertRaises(ApiError, read, Tree, raw, limit, json=json)
        self.assertEqual(error.status, 400)
        return error

    def test_round_trip(self) -> None:
        """What is written is read again, from XML and from JSON."""
        self.assertEqual(read(Tree, document(WHOLE), MAX), WHOLE)
        self.assertEqual(read(Tree, json_document(WHOLE), MAX, json=True), WHOLE)

    @given(
        st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=5),
        st.lists(st.text(st.characters(codec="utf-8", categories=["L", "P", "S"]), min_size=1)),
        st.integers(1, 9) | st.none(),
        st.booleans() | st.none(),
    )
    @settings(deadline=None)
    def test_any_round_trip(
        self, label: str, names: list[str], number: int | None, yes: bool | None
    ) -> None:
        """Whatever stands in it, but for blanks at the ends."""
        tree = Tree(label=label, names=tuple(names), number=number, yes=yes)
        self.assertEqual(read(Tree, document(tree), 1_000_000), tree)
        self.assertEqual(read(Tree, json_document(tree), 1_000_000, json=True), tree)

    def test_lenient(self) -> None:
        """Unknown elements are ignored, the order is free, the last of two counts, blanks are nothing."""
        tree = self.xml(
            "<Wood a='1'><yes>false</yes><x><label>no</label></x><label>elm</label> text "
            "<label>\n oak\t</label><number></number><Entry><someText>a</someText></Entry>"
            "<names><name>p</name><other/></names><names><name>q</name></names></Wood>"
        )
        self.assertEqual(tree, Tree(label="oak", yes=False, names=("q",), entries=(Leaf("a"),)))
        self.assertEqual(self.json({"x": [1], "label": "oak", "yes": False}).yes, False)

    def test_nothing_or_empty(self) -> None:
        """A list that is not there is not an empty one."""
        self.assertIsNone(self.xml("<Wood><label>a</label></Wood>").leaves)
        self.assertEqual(self.xml("<Wood><label>a</label><leaves/></Wood>").leaves, ())
        self.assertIsNone(self.json({"label": "a"}).leaves)

    def test_types(self) -> None:
        """A wrong type or a value out of its limits is told by the field's name, on whatever level."""
        for inner, name in (
            ("<number>x</number>", "number"),
            ("<number>0</number>", "number"),
            ("<number>10</number>", "number"),
            ("<number>1.5</number>", "number"),
            ("<yes>maybe</yes>", "yes"),
            ("<leaf><someText>abcd</someText></leaf>", "someText"),
            ("<leaves><Leaf><someText>abcd</someText></Leaf></leaves>", "someText"),
        ):
            error = self.refused(f"<Wood><label>oak</label>{inner}</Wood>")
            self.assertEqual((error.error_type, error.error_data), ("Invalid Input", name), inner)
        for edge in (1, 9):
            self.assertEqual(
                self.xml(f"<Wood><label>abcde</label><number>{edge}</number></Wood>").number, edge
            )
        error = self.refused("<Wood><label>abcdef</label></Wood>")
        self.assertEqual((error.error_type, error.error_data), ("Invalid Input", "label"))
        error = self.refused('{"label": [5]}', json=True)
        self.assertEqual((error.error_type, error.error_data), ("Invalid Input", "label"))

    def test_missing(self) -> None:
        """What is required and absent, or empty, is missing."""
        for body in ("<Wood/>", "<Wood><label> </label></Wood>"):
            error = self.refused(body)
            self.assertEqual((error.error_type, error.error_data), ("Parameter Missing", "label"))
        error = self.refused("<Wood><label>a</label><leaf/></Wood>")
        self.assertEqual((error.error_type, error.error_data), ("Parameter Missing", "someText"))
        self.assertEqual(self.refused("{}", json=True).error_type, "Parameter Missing")

    def test_not_well_formed(self) -> None:
        """What is neither XML nor JSON, is another object, or has a document type is a bad request."""
        bomb = '<!DOCTYPE x [<!ENTITY a "aa">]><Wood><label>&a;</label></Wood>'
        for body in (
            "",
            "label=oak",
            "<Wood>",
            bomb,
            "<Tree><label>a</label></Tree>",
            b"<Wood>\xff",
        ):
            self.assertEqual(self.refused(body).error_type, "Bad Request", body)
        for body in ("", "<Wood/>", "[1]", "null", "{", b'{"label": "\xff"}', "[" * 5_000):
            self.assertEqual(self.refused(body, json=True).error_type, "Bad Request", body)

    def test_limits(self) -> None:
        """So deep and so large, and no further."""
        inner = "<x>" * (MAX_DEPTH - 1) + "</x>" * (MAX_DEPTH - 1)
        self.assertEqual(self.xml(f"<Wood><label>a</label>{inner}</Wood>").label, "a")
        self.refused(f"<Wood><label>a</label><x>{inner}</x></Wood>")
        body = b"<Wood><label>a</label></Wood>"
        self.assertEqual(read(Tree, body, len(body)).label, "a")
        self.assertEqual(self.refused(body, limit=len(body) - 1).error_type, "Bad Request")
        body = b'{"label": "a"}'
        self.assertEqual(read(Tree, body, len(body), json=True).label, "a")
        self.refused(body, json=True, limit=len(body) - 1)

    def test_json_as_xml(self) -> None:
        """Null is nothing, blanks around a text are nothing, and a number is a text where one is wanted."""
        tree = self.json(
            {
                "label": 12,
                "number": None,
                "text": " a ",
                "leaf": {"someText": " x ", "y": 1},
                "names": [1, " b "],
            }
        )
        self.assertEqual(tree, Tree(label="12", text=" a ", leaf=Leaf("x"), names=("1", "b")))
        for label in ("true", "{}", "[]", "null"):
            self.refused(f'{{"label": {label}}}', json=True)

    def test_draft(self) -> None:
        """A body with some of an object changes that much of it; its path is never the client's to say."""
        body = b"<Wood><label>elm</label><uri>/mine</uri></Wood>"
        made = draft(Owned, body, MAX)
        self.assertEqual(
            made.onto(Owned(uri="/1", label="oak", number=3)),
            Owned(uri="/1", label="elm", number=3),
        )
        self.assertEqual(made.made(), Owned(label="elm"))
        for nothing in (b"<Wood/>", b"<Wood><uri>/x</uri><other/></Wood>"):
            error: ApiError = self.assertRaises(
                ApiError, draft(Owned, nothing, MAX).onto, Owned(label="a")
            )
            self.assertEqual((error.error_type, error.error_data), ("Parameter Missing", "Wood"))

    def test_nested(self) -> None:
        """A struct is known with all that is in it."""
        self.assertEqual(nested(Tree), (Tree, Leaf))


class NegotiationTests(SynchronousTestCase):
    """Which form a client sends, and which it takes."""

    def test_accept(self) -> None:
        """JSON only for who says so, and says nothing that XML would do as well."""
        for accept in (
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON, text/html",
            "application/xml;q=0.5, application/json",
            "application/json, */*;q=0",
        ):
            self.assertTrue(wants_json(accept), accept)
        for accept in (
            "",
            "*/*",
            "application/xml",
            "application/json, text/plain, */*",  # what libraries say by themselves
            "application/json, text/json, text/x-json, text/javascript, application/xml, text/xml",
            "application/json;q=0.4, text/xml;q=0.5",
            "application/json;q=0",
            "application/json;q=high",
        ):
            self.assertFalse(wants_json(accept), accept)

    def test_content_type(self) -> None:
        """Everything but JSON is read as XML."""
        self.assertTrue(is_json("application/json; charset=utf-8"))
        for content_type in ("", "application/xml", "text/xml", "text/plain", "application/jsonx"):
            self.assertFalse(is_json(content_type), content_type)
