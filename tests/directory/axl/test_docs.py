"""``docs/axl.rst``: its exchanges are what happens, and everything is tried with somebody else's client."""

from __future__ import annotations

import re
from pathlib import Path

from finesse_tx.directory.core.axl.operations import OPERATIONS
from tests.support.axl import AXLCase
from tests.support.axl_tables import peers

DOCUMENT = Path(__file__).parents[3] / "docs" / "axl.rst"


class DocsTests(AXLCase):
    """The document."""

    def test_exchanges(self) -> None:
        """Each request in it is answered as it says, to the byte."""
        blocks = re.findall(r"^    (<.*>)$", DOCUMENT.read_text(), re.M)
        self.assertGreaterEqual(len(blocks), 4)
        for request, wanted in zip(blocks[::2], blocks[1::2], strict=True):
            answer = self.send("POST", "/axl/", request.encode(), Authorization=self.basic("admin"))
            self.assertEqual(answer.body.decode(), wanted)

    def test_peers(self) -> None:
        """Each operation is asked for with zeep, and each with another client that we did not write, but for one."""
        asked = peers()
        self.assertEqual(asked["zeep"], frozenset(OPERATIONS))
        self.assertEqual(
            asked["ciscoaxl"] & OPERATIONS.keys() | asked["cisco-axl"],
            OPERATIONS.keys() - {"listChange"},
        )
