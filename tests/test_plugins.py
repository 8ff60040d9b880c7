"""docs/plugins.rst: the package that it shows, written out as it stands there, is found and does what it says."""

import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

from twisted.internet.defer import Deferred, execute
from twisted.plugin import getPlugins
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

import finesse_tx.plugins
from finesse_tx.directory.core.errors import SourceError
from finesse_tx.errors import ConfigError
from finesse_tx.gadgets.features import library
from finesse_tx.interfaces import (
    IDirectoryProvider,
    IDirectorySource,
    IGadgetFeature,
    ITelephonySystem,
    IWorkers,
)

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "plugins.rst").read_text()


@implementer(IWorkers)
class AtOnce:
    """Workers without threads."""

    def run(self, work: Callable[[], Any]) -> Deferred[Any]:
        """Run it."""
        return execute(work)


class PackageTests(SynchronousTestCase):
    """The package, on Python's path as pip would put it there."""

    def setUp(self) -> None:
        """Write it out."""
        self.folder = Path(self.mktemp()).absolute()
        for name, block in re.findall(r"``([^`\s]+)``::\n\n((?:(?: {4}.*)?\n)+)", TEXT):
            path = self.folder / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(block).strip() + "\n")
        (self.folder / "finesse_acme" / "__init__.py").touch()
        before, modules = sys.path[:], set(sys.modules)
        self.addCleanup(self.forget, before, modules, list(finesse_tx.plugins.__path__))
        sys.path.insert(0, str(self.folder))
        finesse_tx.plugins.__path__.append(str(self.folder / "finesse_tx" / "plugins"))

    def forget(self, path: list[str], modules: set[str], plugins: list[str]) -> None:
        """Leave no trace."""
        sys.path[:], finesse_tx.plugins.__path__[:] = path, plugins
        for name in [name for name in sys.modules if "acme" in name and name not in modules]:
            del sys.modules[name]
        importlib.invalidate_caches()

    def found(self, point: type[Any], name: str) -> Any:
        """The plugin of that name."""
        (plugin,) = (one for one in getPlugins(point, finesse_tx.plugins) if one.name == name)
        verifyObject(point, plugin)
        return plugin

    def test_points(self) -> None:
        """Every plugin point that there is is in the table, and no other."""
        named = set(re.findall(r"^``(I\w+)``  ", TEXT, re.MULTILINE))
        points = {IDirectoryProvider, IGadgetFeature, ITelephonySystem}
        self.assertEqual(named, {point.__name__ for point in points})
        files = (ROOT / "finesse_tx" / "interfaces").glob("*.py")
        code = "".join(path.read_text() for path in files)
        self.assertEqual(code.count("A plugin point."), len(points))

    def test_feature(self) -> None:
        """The feature is served with what it needs before it, and with its configuration."""
        served = library([self.found(IGadgetFeature, "acme-clock")])
        names = served.all_for(["acme-clock"])
        self.assertEqual(names[-1], "acme-clock")
        self.assertIn("core.util", names)
        self.assertIn("gadgets.acmeClock = ", served.script(["acme-clock"]))
        zone = {"acme-clock": {"zone": "Europe/Amsterdam"}}
        self.assertEqual(served.configured(["acme-clock"]), zone)

    def test_directory(self) -> None:
        """People and passwords come out of the file, and its mistakes are told as the contract asks."""
        provider = self.found(IDirectoryProvider, "file")
        self.assertRaises(ConfigError, provider.make_source, {"pat": "x"}, AtOnce(), None)
        path = self.folder / "tmp" / "people.json"
        source = provider.make_source({"path": str(path)}, AtOnce(), None)
        verifyObject(IDirectorySource, source)
        (person,) = self.successResultOf(source.people())
        self.assertEqual((person.login_id, person.extension), ("zed", "1501"))
        for login_id, password, is_right in (
            ("zed", "correct horse", True),
            ("zed", "Correct horse", False),
            ("zoe", "correct horse", False),
        ):
            answer = self.successResultOf(source.authenticate(login_id, password))
            self.assertIs(answer, is_right)
        path.write_text("[")
        self.failureResultOf(source.people(), SourceError)
        self.successResultOf(source.close())
