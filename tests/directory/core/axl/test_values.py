"""Fields from XML and to XML."""

from xml.etree.ElementTree import fromstring

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.axl.faults import SEMANTIC, AXLError
from finesse_tx.directory.core.axl.fields import Field, Type
from finesse_tx.directory.core.axl.values import (
    Values,
    boolean,
    children,
    items,
    read,
    read_tags,
    render,
    text,
)

FIELDS = (
    Field("name", required=True),
    Field("on", Type.BOOLEAN),
    Field("size", Type.INTEGER),
    Field("skip", Type.COUNT),
    Field("pool", Type.REFERENCE),
    Field(
        "lines", fields=(Field("line", many=True, fields=(Field("index"),), attributes=("uuid",)),)
    ),
    Field("devices", fields=(Field("device", many=True),)),
)


def values(inner: str) -> Values:
    """What is read of it."""
    return read(fromstring(f"<thing><name>x</name>{inner}</thing>"), FIELDS)


class ReadTests(SynchronousTestCase):
    """`read`."""

    def refused(self, inner: str) -> str:
        """What is said of it."""
        fault: AXLError = self.assertRaises(AXLError, values, inner)
        self.assertEqual(fault.code, SEMANTIC)
        return fault.message

    def test_booleans(self) -> None:
        """All that means true or false does so, and what is empty is not given; the rest is refused."""
        for given_, found in (
            ("true", "true"), ("t", "true"), ("1", "true"), ("True", "true"),
            ("false", "false"), ("f", "false"), ("0", "false"), (" f ", "false"), ("", ""),
        ):  # fmt: skip
            self.assertEqual(values(f"<on>{given_}</on>")["on"], found)
        self.assertIn("on is not true or false", self.refused("<on>yes</on>"))

    def test_numbers(self) -> None:
        """A number may be negative, a count may not; either may be empty, and neither be anything else."""
        self.assertEqual(values("<size> -7 </size><skip>9</skip>")["size"], "-7")
        self.assertEqual(values("<size/>")["size"], "")
        for inner in (
            "<skip>-1</skip>",
            "<size>1.5</size>",
            "<size>٣</size>",
            f"<skip>{'9' * 19}</skip>",
        ):
            self.assertIn("is not a number", self.refused(inner))
        self.assertEqual(values(f"<skip>{'9' * 18}</skip>")["skip"], "9" * 18)

    def test_references(self) -> None:
        """A reference is its text, and its uuid where it has one."""
        self.assertEqual(values("<pool>Default</pool>")["pool"], "Default")
        found = values('<pool uuid="{A}"/>')["pool"]
        self.assertEqual((text(found), children(found)["@uuid"]), ("", "{A}"))

    def test_wrappers(self) -> None:
        """A wrapper that is empty is there; what may come more than once comes as a tuple, once too."""
        self.assertEqual(values("<devices/>")["devices"], {})
        one = values("<devices><device>A</device></devices>")["devices"]
        self.assertEqual(items(one, "device"), ("A",))
        lines = values('<lines><line uuid="{B}"><index>1</index></line><line/></lines>')["lines"]
        self.assertEqual(items(lines, "line"), ({"@uuid": "{B}", "index": "1"}, {}))
        self.assertEqual(items(None, "device"), ())

    def test_twice_and_missing(self) -> None:
        """What may come once must not come twice, and what must be there is asked for by its name."""
        self.assertIn("name is given more than once", self.refused("<name>y</name>"))
        fault = self.assertRaises(AXLError, read, fromstring("<thing/>"), FIELDS)
        self.assertEqual(fault.message, "The mandatory tag name is missing in thing")

    def test_unknown(self) -> None:
        """What is not known is kept as it is, nested and repeated too."""
        found = values("<x>1</x><y><z>1</z><z>2</z></y><x>2</x>")
        self.assertEqual(found["x"], ("1", "2"))
        self.assertEqual(found["y"], {"z": ("1", "2")})

    def test_namespace(self) -> None:
        """Children with a namespace are read like those without."""
        element = fromstring('<t xmlns="urn:x"><name>x</name></t>')
        self.assertEqual(read(element, FIELDS), {"name": "x"})

    def test_yes(self) -> None:
        """A boolean is one."""
        self.assertTrue(boolean("true"))
        self.assertFalse(boolean("false") or boolean("") or boolean(None))


class RenderTests(SynchronousTestCase):
    """`render`."""

    def test_order(self) -> None:
        """Known fields come in their order, the rest after them by name; attributes and text go where they belong."""
        kept: Values = {
            "zeta": "1", "alpha": {"b": "2"}, "@uuid": "hidden",
            "lines": {"line": ({"index": "1", "@uuid": "{U}"}, {"index": "2"})},
            "pool": {"": "A&B", "@uuid": "{P}"}, "name": "", "bad name": "dropped",
        }  # fmt: skip
        self.assertEqual(
            render(kept, FIELDS),
            '<name/><pool uuid="{P}">A&amp;B</pool><lines><line uuid="{U}"><index>1</index></line>'
            "<line><index>2</index></line></lines><alpha><b>2</b></alpha><zeta>1</zeta>",
        )

    def test_tags(self) -> None:
        """Only what is wanted is shown, at each level; a tag without tags in it wants all that is there."""
        kept: Values = {
            "name": "x",
            "size": "1",
            "lines": {"line": ({"index": "1", "label": "l"},)},
        }
        tags = read_tags(
            fromstring("<returnedTags><name/><lines><line><index/></line></lines></returnedTags>")
        )
        self.assertEqual(
            render(kept, FIELDS, tags),
            "<name>x</name><lines><line><index>1</index></line></lines>",
        )
        tags = read_tags(fromstring("<returnedTags><lines/></returnedTags>"))
        self.assertIn("<label>l</label>", render(kept, FIELDS, tags))
        self.assertIsNone(read_tags(None))

    @settings(deadline=None)
    @given(found=st.text(st.characters(codec="utf-8"), max_size=40))
    def test_round_trip(self, found: str) -> None:
        """A text comes back, but for what XML cannot carry."""
        element = fromstring(f"<t>{render({'name': found}, FIELDS)}</t>")
        back = text(read(element, FIELDS)["name"])
        carried = "".join(
            char
            if char in "\t\n\r" or (ord(char) >= 0x20 and ord(char) not in {0xFFFE, 0xFFFF})
            else "\ufffd"
            for char in found
        )
        self.assertEqual(back, carried.replace("\r\n", "\n").replace("\r", "\n"))
