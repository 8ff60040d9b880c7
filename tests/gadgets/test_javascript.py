"""`finesse_tx.gadgets.features` and `finesse_tx.gadgets.javascript`: scripts, from the package and from plugins."""

import subprocess
from collections.abc import Mapping, Sequence
from email.message import Message
from pathlib import Path

from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.errors import ConfigError
from finesse_tx.gadgets.core.features import FEATURES, Standing
from finesse_tx.gadgets.features import MAX_SCRIPT, library
from finesse_tx.gadgets.javascript import FOREVER_S, JavaScript
from finesse_tx.interfaces import IGadgetFeature
from finesse_tx.site import BoundedSite
from tests.support.node import NODE


@implementer(IGadgetFeature)
class Feature:
    """A plugin's."""

    def __init__(self, name: str = "weather", needs: Sequence[str] = ("rpc",)) -> None:
        self.name, self.needs, self.text = name, needs, "gadgets.weather = 'rain';\n"

    def script(self) -> str:
        """Its script."""
        return self.text

    def configuration(self) -> Mapping[str, object]:
        """What it is told."""
        return {"town": "</script>"}


class FeatureTests(SynchronousTestCase):
    """The library."""

    def test_ours(self) -> None:
        """Each script of the package is a feature's that is served; what has none needs none."""
        served = {name for name, one in FEATURES.items() if one.standing is Standing.SERVED}
        found = library()
        without = {name for name in served if not found.script([name])}
        self.assertEqual(
            without, {"content-rewrite", "collapsible", "locked-domain", "security-token"}
        )

    def test_all_together(self) -> None:
        """Every feature loads in one page, in whatever order they are asked for."""
        folder = Path(self.mktemp())
        folder.mkdir()
        found = library()
        served = [name for name, one in FEATURES.items() if one.standing is Standing.SERVED]
        for names in (served, served[::-1]):
            (folder / "all.js").write_text(found.script(found.all_for(names)))
            done = subprocess.run(
                [NODE, "--check", folder / "all.js"], capture_output=True, text=True, check=False
            )
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_plugin(self) -> None:
        """A plugin's feature is served with what it needs, and is told its configuration."""
        plugin = Feature()
        verifyObject(IGadgetFeature, plugin)
        found = library([plugin])
        self.assertEqual(found.all_for(["weather"], ["rpc"]), ("weather",))
        self.assertEqual(found.configured(["weather"]), {"weather": {"town": "</script>"}})

    def test_bad_plugins(self) -> None:
        """A name that is taken, a need that there is not, and a script that is too long stop the start."""
        long = Feature()
        long.text = "x" * (MAX_SCRIPT + 1)
        for plugins, told in (
            ([Feature("rpc")], "gadget feature rpc has a name that is taken"),
            ([Feature(), Feature()], "gadget feature weather has a name that is taken"),
            ([Feature(needs=("sun",))], "gadget feature weather needs sun"),
            ([Feature(needs=("caja",))], "gadget feature weather needs caja"),
            ([long], "gadget feature weather is too long"),
        ):
            error = self.assertRaises(ConfigError, library, plugins)
            self.assertIn(told.rpartition(" ")[2], str(error))
        long.text = "x" * MAX_SCRIPT
        library([long])


class ScriptTests(SynchronousTestCase):
    """``/gadgets/js``."""

    def setUp(self) -> None:
        """Serve them, with a plugin's."""
        self.library = library([Feature()])
        self.root = Resource()
        self.root.putChild(b"js", JavaScript(self.library))

    def ask(self, path: str) -> tuple[int, Message, str]:
        """Ask for something."""
        channel = BoundedSite(self.root, 1_000, 60.0, clock := Clock()).buildProtocol(None)
        assert channel is not None
        transport = StringTransport()
        channel.makeConnection(transport)
        channel.dataReceived(f"GET /js/{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        clock.advance(0)
        head, _, body = transport.value().decode().partition("\r\n\r\n")
        status, _, rest = head.partition("\r\n")
        headers = Message()
        for line in rest.split("\r\n"):
            name, _, value = line.partition(": ")
            headers[name] = value
        return int(status.split()[1]), headers, body

    def test_script(self) -> None:
        """What is asked for, with what it needs, and its configuration at the end, which ends no script element."""
        status, headers, body = self.ask("rpc:weather.js")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/javascript; charset=utf-8"))
        self.assertLess(body.index("gadgets.rpc = "), body.index("gadgets.weather = "))
        last = body.rstrip().rpartition("\n")[2]
        self.assertTrue(last.startswith("gadgets.config.init({"), last)
        self.assertIn('"weather":{"town":"\\u003c/script\\u003e"}', last)
        self.assertNotIn("gadgets.config.init({", self.ask("rpc:weather.js?init=0")[2])
        _, _, less = self.ask("rpc:weather!rpc.js")
        self.assertNotIn("gadgets.rpc = ", less)
        self.assertIn("gadgets.weather = ", less)

    def test_caching(self) -> None:
        """For an hour; with the right version for ever; not at all for who does not want that."""
        for query, caching in (
            ("", "public, max-age=3600"),
            ("?v=other", "public, max-age=3600"),
            (f"?v={self.library.digest}", f"public, max-age={FOREVER_S}, immutable"),
            (f"?v={self.library.digest}&nocache=1", "no-cache"),
            ("?nocache=0", "public, max-age=3600"),
        ):
            self.assertEqual(self.ask(f"rpc.js{query}")[1]["Cache-Control"], caching, query)

    def test_onload(self) -> None:
        """A function's name is called at the end; anything else is refused."""
        self.assertTrue(self.ask("rpc.js?onload=my.begin")[2].endswith("my.begin();\n"))
        for wrong in ("alert(1)", "a%3Bb", "a..b", "1a", "%3Cscript"):
            self.assertEqual(self.ask(f"rpc.js?onload={wrong}")[0], 400, wrong)

    def test_not_there(self) -> None:
        """No features, unknown ones, and those that are left out are 404; a page may ask for Shindig's own."""
        for path in (
            "",
            ".js",
            "rpc",
            "rpc:nothing.js",
            "caja.js",
            "a<b.js",
            "rpc!x'y.js",
            "a/b.js",
        ):
            self.assertEqual(self.ask(path)[0], 404, path)
        self.assertEqual(self.ask(":".join(["rpc"] * 101) + ".js")[0], 404)
        asked = "shindig-container:osapi:pubsub-2:loadingindicator.js"
        self.assertEqual((self.ask(asked)[0], self.ask(f"{asked}?c=1&debug=1")[0]), (404, 200))
