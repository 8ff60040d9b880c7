"""``docs/console.rst``: its edits are edits, and its table has every route."""

import re
import textwrap
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.editing import plan
from finesse_tx.directory.core.edits import Register
from finesse_tx.directory.core.forms import edits_of
from finesse_tx.webservices.core.routing import Route
from finesse_tx.webservices.routes.certificates import CERTIFICATES
from finesse_tx.webservices.routes.console import CONSOLE
from finesse_tx.webservices.routes.origins import ORIGINS
from tests.support.twistd import ROOT


class DocumentationTests(SynchronousTestCase):
    """The document."""

    def setUp(self) -> None:
        """Read it."""
        self.text = (ROOT / "docs/console.rst").read_text()

    def test_edits(self) -> None:
        """The example may be done to the demo's directory."""
        found = re.search(r"names? it::\n\n((?:    .*\n)+)", self.text)
        assert found is not None
        edits = edits_of(textwrap.dedent(found[1]).encode())
        self.assertEqual(len(plan(Register(demo(8)), edits).steps), 6)

    def test_tabs(self) -> None:
        """The preview of a layout calls Finesse's own tabs as the desktop does."""
        told = [
            re.findall(
                rf'"{prefix}\.tab\.(\w+)": ("[^"]*")', (ROOT / "finesse_tx" / path).read_text()
            )
            for prefix, path in (
                ("gadgets", "desktop/page/text/english/gadgets.js"),
                ("layout", "admin/console/text/english.js"),
            )
        ]
        self.assertEqual(told[0], told[1])
        self.assertNotEqual(told[0], [])

    def test_routes(self) -> None:
        """Every route is in the table."""
        routes: list[Route[Any, Any]] = [*CONSOLE, *CERTIFICATES, *ORIGINS]
        for route in routes:
            self.assertRegex(self.text, rf"\n{route.method} +``{route.path}``")
