"""`finesse_tx.webservices.core.administration.desktop_layout`: what a layout may be, and on which line it is not."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.administration.default_desktop import DEFAULT_DESKTOP
from finesse_tx.webservices.core.administration.desktop_layout import (
    GRAMMAR,
    MAX_COLUMNS,
    NAMESPACE,
    check_layout,
)
from finesse_tx.webservices.core.errors import ApiError

LAYOUT = "<layout><role>Agent</role></layout>"


def whole(inner: str) -> str:
    """A layout with this in it, which begins on line 2."""
    return f'<finesseLayout xmlns="{NAMESPACE}">\n{inner}\n</finesseLayout>'


def tab(inner: str) -> str:
    """A layout with a tab with this in it."""
    return whole(
        "<layout><role>Agent</role><tabs><tab><id>home</id><label>Home</label>"
        f"{inner}</tab></tabs></layout>"
    )


def header(inner: str) -> str:
    """A layout with this in a column of its header."""
    return whole(f"<header><leftAlignedColumns>{inner}</leftAlignedColumns></header>{LAYOUT}")


class GrammarTests(SynchronousTestCase):
    """The table."""

    def test_closed(self) -> None:
        """Every element that may be somewhere has a rule, and every rule's element may be somewhere."""
        mentioned = {name for rule in GRAMMAR.values() for name, _, _ in rule.children}
        self.assertEqual(mentioned | {"finesseLayout"}, set(GRAMMAR))

    def test_default(self) -> None:
        """What a new system has is right."""
        check_layout(DEFAULT_DESKTOP)


class CheckTests(SynchronousTestCase):
    """Layouts of administrators."""

    def refused(self, text: str) -> str:
        """What is wrong with it, beginning with the line."""
        error: ApiError = self.assertRaises(ApiError, check_layout, text)
        self.assertEqual((error.status, error.error_type), (400, "Invalid Input"))
        self.assertTrue(
            error.error_message.lower().startswith(f"{error.error_data}:"), error.error_message
        )
        return error.error_message

    def test_right(self) -> None:
        """Old files without a version and a header, gadgets' own preferences, comments, all the roles."""
        gadget = '<gadget id="1" hidden="true" maxRows="5" mine="x">/a.js</gadget>'
        columns = "".join(
            f"<column><gadgets>{gadget}</gadgets></column>" for _ in range(MAX_COLUMNS)
        )
        component = '<component id="c" order="1"><url>/u.js</url><stylesheet>/s.css</stylesheet></component>'
        roles = "".join(
            f"<layout><role>{role}</role><page>{gadget}</page></layout>"
            for role in ("Agent", "Supervisor", "Admin")
        )
        for text in (
            whole(LAYOUT),
            whole(roles),
            whole(f"<!-- remark -->\n<version>1252.02</version><configs/>{LAYOUT}"),
            tab(""),
            tab(f"<gadgets>{gadget}</gadgets>"),
            tab(f"<columns>{columns}</columns>"),
            header(f'<headercolumn width="30.5%">{component}</headercolumn><headercolumn/>'),
            header(f'<headercolumn width="300px">{gadget}</headercolumn>'),
        ):
            check_layout(text)

    def test_lines(self) -> None:
        """The line that is named is that of the element at fault."""
        text = whole(f"{LAYOUT}\n{LAYOUT}\n<layout>\n  <role>\nBoss\n</role>\n</layout>")
        self.assertEqual(self.refused(text), 'Line 5: role must not be "Boss"')
        self.assertIn("Line 3: ", self.refused(whole("<layout>\n<unknown/></layout>")))
        self.assertIn("Line 2: layout needs role", self.refused(whole("<layout/>")))
        self.assertIn("Line 3: mismatched tag", self.refused(whole("<layout>")))

    def test_wrong(self) -> None:
        """Each rule, broken."""
        gadget = "<gadget>/a.js</gadget>"
        column = "<column/>"
        for text, reason in (
            ("", "no element found"),
            ("<a/>", "must be a finesseLayout element"),
            ("<finesseLayout/>", "is not in the namespace"),
            (whole(""), "needs layout"),
            (whole(LAYOUT * 4), "too many of layout"),
            (whole(f"<version>one</version>{LAYOUT}"), 'version must not be "one"'),
            (whole(f"{LAYOUT}<version>1.0</version>"), "version must stand before layout"),
            (whole(f"<tab/>{LAYOUT}"), "tab cannot be in finesseLayout"),
            (whole(f"<configs><config key='a'/></configs>{LAYOUT}"), "needs the attribute value"),
            (
                whole(f"<configs><config key='a1' value=''/></configs>{LAYOUT}"),
                'key of config must not be "a1"',
            ),
            (
                whole(f"<configs><config key='a' value='' x='1'/></configs>{LAYOUT}"),
                "config has no attribute x",
            ),
            (whole(f"<header/>{LAYOUT}"), "header is empty"),
            (header(""), "needs headercolumn"),
            (header('<headercolumn width="wide"/>'), "width of headercolumn"),
            (
                header(
                    f'<headercolumn>{gadget}<component id="c"><url>/u</url></component></headercolumn>'
                ),
                "not both",
            ),
            (
                header("<headercolumn><component><url>/u</url></component></headercolumn>"),
                "needs the attribute id",
            ),
            (tab(f"<columns>{column * (MAX_COLUMNS + 1)}</columns>"), "too many of column"),
            (tab("<columns/>"), "needs column"),
            (tab(f"<gadgets/><columns>{column}</columns>"), "not both"),
            (tab("<gadgets><gadget>two words</gadget></gadgets>"), "gadget must not be"),
            (tab("<gadgets>text</gadgets>"), "gadgets has no text of its own"),
            ('<!DOCTYPE a [<!ENTITY b "c">]>' + whole(LAYOUT), "document type"),
            (whole(LAYOUT + "<layout>" * 20), "layout cannot be in layout"),
        ):
            self.assertIn(reason, self.refused(text), text)

    def test_long(self) -> None:
        """A long file is checked in one pass over its lines."""
        many = "\n".join(f"<tab><id>t{n}</id><label>T</label></tab>" for n in range(999))
        check_layout(whole(f"<layout><role>Agent</role><tabs>\n{many}</tabs></layout>"))
        wrong = whole(f"<layout><role>Agent</role><tabs>\n{many}<tab/></tabs></layout>")
        self.assertIn("Line 1001: tab needs id", self.refused(wrong))
