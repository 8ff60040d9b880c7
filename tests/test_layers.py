"""The layers of ``design.md`` §3: imports point downward only, and cores know no I/O."""

import ast
from collections.abc import Iterator
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import finesse_tx

PACKAGE = Path(finesse_tx.__file__).parent

TOP = {
    "tap",
    "cli",
    "campaign_cli",
    "config_cli",
    "database_cli",
    "directory_cli",
    "user_cli",
    "composition",
    "lifecycle",
    "preflight",
    "plugins",
    "scenario",
}
"""Layer 4: all that may know every part; ``plugins`` only names what the parts offer, ``scenario`` plays with them all."""

INTERFACES = {
    "bounded_request",
    "interfaces",
    "config",
    "direct",
    "home",
    "origins",
    "site",
    "static",
    "turn",
}
"""Layer 1."""

SERVICES = {"service", "client", "server", "simulator", "asterisk", "customers"}
"""Module names of layer 3: they own ports and timers."""

OUTSIDE_CORES = {
    "twisted",
    "wokkel",
    "sqlalchemy",
    "treq",
    "autobahn",
    "time",
    "random",
    "socket",
    "asyncio",
}
"""What a core never imports."""

SEALED = {("webservices", "engine"), ("webservices", "telephony")}
"""Parts that may not import even the other's core: they meet over GED-188 only."""


def layer(module: str) -> int:
    """The layer of ``finesse_tx.…``; the package itself counts as layer 0."""
    names = module.split(".")[1:]
    if (
        not names
        or names[0] in {"errors", "origin_names", "toml_lines", "verbosity", "xmltext"}
        or "core" in names[1:2]
    ):
        return 0
    if names[0] in INTERFACES:
        return 1
    if names[0] in TOP:
        return 4
    return 3 if len(names) > 1 and names[1] in SERVICES else 2


def part(module: str) -> str:
    """The part a module belongs to: ``cti`` for ``finesse_tx.cti.core.framing``."""
    return [*module.split("."), ""][1]


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that a source imports, nested imports too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def wrong(module: str, imported: str) -> str:
    """Say what is wrong with this import; empty when nothing is."""
    if not imported.startswith("finesse_tx"):
        root = imported.split(".", maxsplit=1)[0]
        if layer(module) == 0 and root in OUTSIDE_CORES:
            return f"a core imports {root}"
        if imported in {"twisted.internet.reactor"} and module != "finesse_tx.tap":
            return "only tap imports the reactor"
        return ""
    if layer(module) == 4:
        return ""
    if layer(imported) > layer(module):
        return "an import that points upward"
    ours, theirs = part(module), part(imported)
    if (ours, theirs) in SEALED:
        return f"{ours} meets {theirs} over the wire only"
    if layer(imported) >= 2 and theirs != ours:
        return "another part's inside"
    return ""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the package, parsed."""
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE.parent).with_suffix("")
        name = ".".join(relative.parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text(), str(path))


class LayerTests(SynchronousTestCase):
    """The whole package."""

    def test_every_import(self) -> None:
        """No module imports upward, sideways into another part's inside, or I/O into a core."""
        found = [
            f"{module} imports {imported}: {fault}"
            for module, tree in modules()
            for imported in imports(tree)
            if (fault := wrong(module, imported))
        ]
        self.assertEqual(found, [])

    def test_plan(self) -> None:
        """The rooms of the wiring plan do not know the plan, and nobody outside knows a room."""
        outside, plan = "finesse_tx.composition", "finesse_tx.composition.plan"
        rooms = {module for module, _tree in modules() if module.startswith(f"{outside}.")}
        found = [
            f"{module} imports {imported}"
            for module, tree in modules()
            for imported in imports(tree)
            if imported in rooms
            and module != outside
            and (imported == plan or part(module) != "composition")
        ]
        self.assertEqual((found, plan in rooms), ([], True))

    def test_rule(self) -> None:
        """The rule itself finds each kind of fault."""
        for module, imported, fault in (
            ("finesse_tx.webservices.service", "finesse_tx.engine.core.agents", "over the wire"),
            ("finesse_tx.webservices.routes.user", "finesse_tx.engine.service", "upward"),
            ("finesse_tx.cti.core.framing", "finesse_tx.cti.protocol", "upward"),
            ("finesse_tx.cti.core.framing", "twisted.internet.defer", "imports twisted"),
            ("finesse_tx.notification.bosh", "finesse_tx.store.tables", "inside"),
            ("finesse_tx.notification.service", "twisted.internet.reactor", "only tap"),
            ("finesse_tx.config", "finesse_tx.interfaces.IDirectory", ""),
            ("finesse_tx.engine.service", "finesse_tx.cti.core.message.Message", ""),
            ("finesse_tx.composition.engine", "finesse_tx.engine.service", ""),
            ("finesse_tx.engine.service", "finesse_tx.composition.given", "upward"),
        ):
            found = wrong(module, imported)
            self.assertTrue(fault in found if fault else not found, (module, imported, found))
