"""``docs/engine.rst`` and ``docs/telephony.rst``: their tables are the code's."""

import ast

from twisted.plugin import IPlugin
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.interfaces import ITelephonySystem
from finesse_tx.telephony.simulator import SimulatorOptions
from tests.support.tables import DOCUMENTS, TABLES, filled, names


class DocumentTests(SynchronousTestCase):
    """Both documents."""

    def test_tables(self) -> None:
        """Each table is as the code would make it now; ``python -m tests.support.tables`` makes it so."""
        for document in DOCUMENTS:
            text = document.read_text()
            self.assertEqual(text, filled(text), document)

    def test_all_there(self) -> None:
        """Every table is in one of them, once."""
        found = [name for document in DOCUMENTS for name in names(document.read_text())]
        self.assertEqual(sorted(found), sorted(TABLES))

    def test_example(self) -> None:
        """The plugin in the text is Python, and has what the interfaces ask for."""
        text = DOCUMENTS[1].read_text()
        source = text.partition("``ITelephonySystem``::\n")[2].partition("\n``telephony.system")[0]
        lines = [line.removeprefix("    ") for line in source.splitlines()]
        scope: dict[str, object] = {}
        exec(compile(ast.parse("\n".join(lines)), "telephony.rst", "exec"), scope)
        for interface in (IPlugin, ITelephonySystem):
            self.assertTrue(interface.providedBy(scope["example"]))

    def test_options(self) -> None:
        """Every key of the simulator is documented."""
        text = DOCUMENTS[1].read_text()
        for key in SimulatorOptions.__struct_fields__:
            self.assertIn(f"\n``{key}``\n", text)
