"""`finesse_tx.gadgets.sources`: whose gadgets are read, and how long what was fetched is kept."""

from pathlib import Path

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets import sources
from finesse_tx.gadgets.core.errors import SourceError, SpecError
from finesse_tx.gadgets.core.fetching import Answer, Fetch
from finesse_tx.gadgets.core.outbound import HostRule, Policy, Refusal, Why
from finesse_tx.gadgets.core.places import own_path
from finesse_tx.gadgets.files import Folder
from finesse_tx.gadgets.sources import ERROR_S, KEPT_S, STALE_S, SpecSource

URL = "https://crm.example.com/a.xml"
SPEC = "<Module><ModulePrefs title='{}'/><Content>x</Content></Module>"


def answer(title: str = "", status: int = 200, url: str = URL) -> Answer:
    """What a server says."""
    return Answer(url, status, (), SPEC.format(title).encode())


class SourceTests(SynchronousTestCase):
    """Reading gadgets."""

    def setUp(self) -> None:
        """A source whose fetches the test answers."""
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.clock = Clock()
        self.fetches: list[tuple[str, Deferred[Answer | Refusal]]] = []
        self.source = SpecSource(
            Folder(self.folder),
            Policy((HostRule.parse("crm.example.com"),)),
            self.fetch,
            self.clock,
        )

    def fetch(self, asked: Fetch) -> Deferred[Answer | Refusal]:
        """Stand in for the fetcher."""
        done: Deferred[Answer | Refusal] = Deferred()
        self.fetches.append((asked.url, done))
        return done

    def ask(self, url: str = URL, *, is_fresh: bool = False) -> Deferred[str]:
        """Ask for a gadget; its title."""

        async def read() -> str:
            found, _document = await self.source.spec(url, "finesse:8445", is_fresh=is_fresh)
            return found.prefs.title

        return Deferred.fromCoroutine(read())

    def get(self, found: Answer | Refusal | None, *, is_fresh: bool = False) -> str:
        """Ask, with what is fetched for it; None: nothing is."""
        asked = self.ask(is_fresh=is_fresh)
        if found is not None:
            self.fetches.pop()[1].callback(found)
        self.assertEqual(self.fetches, [])
        return self.successResultOf(asked)

    def fails(self, found: Answer | Refusal | None, *, is_fresh: bool = False) -> int:
        """Ask in vain; the status."""
        asked = self.ask(is_fresh=is_fresh)
        if found is not None:
            self.fetches.pop()[1].callback(found)
        self.assertEqual(self.fetches, [])
        error = self.failureResultOf(asked, SourceError).value
        assert isinstance(error, SourceError)
        return error.status

    def test_life(self) -> None:
        """Served for five minutes, then while it is renewed, then waited for."""
        self.assertEqual(self.get(answer("one")), "one")
        self.clock.advance(KEPT_S - 1)
        self.assertEqual(self.get(None), "one")
        self.clock.advance(1)
        for _ in range(2):
            self.assertEqual(self.successResultOf(self.ask()), "one")
        self.assertEqual(len(self.fetches), 1)
        self.fetches.pop()[1].callback(answer("two"))
        self.assertEqual(self.get(None), "two")
        self.clock.advance(STALE_S)
        self.assertEqual(self.get(answer("three")), "three")

    def test_fresh(self) -> None:
        """Who wants it fresh gets it fresh, and everybody after that."""
        self.get(answer("one"))
        self.assertEqual(self.get(answer("two"), is_fresh=True), "two")
        self.assertEqual(self.get(None), "two")

    def test_once(self) -> None:
        """All who wait for one gadget wait for one fetch; one who goes away takes nothing from the others."""
        asked = [self.ask() for _ in range(3)]
        asked[0].cancel()
        self.failureResultOf(asked[0])
        self.fetches.pop()[1].callback(answer("one"))
        self.assertEqual([self.successResultOf(one) for one in asked[1:]], ["one", "one"])
        self.assertEqual(self.fetches, [])

    def test_errors(self) -> None:
        """An error is kept for a minute, but not one that may be gone with the next request."""
        self.assertEqual(self.fails(answer(status=404)), 404)
        self.clock.advance(ERROR_S - 1)
        self.assertEqual(self.fails(None), 404)
        self.clock.advance(1)
        self.assertEqual(self.fails(answer(status=503)), 502)
        self.assertEqual(self.get(answer("one"), is_fresh=True), "one")
        self.source = SpecSource(
            Folder(self.folder),
            Policy((HostRule.parse("crm.example.com"),)),
            self.fetch,
            self.clock,
        )
        self.assertEqual(self.fails(answer(status=401)), 401)
        self.assertEqual(self.get(answer("one")), "one")

    def test_old_one_stays(self) -> None:
        """While its server is gone the old gadget is served, and asked for once a minute; who wants it fresh is told."""
        self.get(answer("one"))
        self.clock.advance(STALE_S)
        gone = Refusal(Why.UNREACHABLE, "gone")
        self.assertEqual(self.get(gone), "one")
        self.clock.advance(ERROR_S - 1)
        self.assertEqual(self.get(None), "one")
        self.clock.advance(1)
        self.assertEqual(self.get(gone), "one")
        self.assertEqual(self.fails(gone, is_fresh=True), 502)

    def test_statuses(self) -> None:
        """What a fetch came to, in words of HTTP; a redirect to a host that is not trusted is refused."""
        for found, status in (
            (Refusal(Why.TIME, "x"), 504),
            (Refusal(Why.BUSY, "x"), 503),
            (Refusal(Why.CERTIFICATE, "x"), 502),
            (Refusal(Why.ADDRESS, "x"), 403),
            (answer(status=500), 502),
            (answer(status=304), 502),
            (answer(url="https://evil.example.com/"), 403),
        ):
            self.assertEqual(self.fails(found, is_fresh=True), status)

    def test_not_trusted(self) -> None:
        """A host that is not listed is not asked, nor are other places of our own."""
        for url in (
            "https://evil.example.com/a.xml",
            "https://finesse:8445/finesse/api/Users",
            "http://localhost/metrics",
            "https://crm.example.com@evil.example.com/a.xml",
            "https://finesse:8445@evil.example.com/3rdpartygadget/files/a.xml",
            "http://169.254.169.254/latest",
            "https://crm.example.com:22/",
        ):
            error = self.failureResultOf(self.ask(url), SourceError).value
            assert isinstance(error, SourceError)
            self.assertEqual(error.status, 403, url)
        self.assertEqual(self.fetches, [])

    def test_own(self) -> None:
        """Ours are read from the folder, by whatever name, and anew each time."""
        (self.folder / "a b.xml").write_text(SPEC.format("one"))
        for start in ("https://finesse:8445", "https://FINESSE:8445", "http://localhost:8082", "http://[::1]"):  # fmt: skip
            url = f"{start}/3rdpartygadget/files/a%20b.xml?x=1"
            self.assertEqual(self.successResultOf(self.ask(url)), "one")
        (self.folder / "a b.xml").write_text(SPEC.format("two"))
        self.assertEqual(self.successResultOf(self.ask(url)), "two")
        (self.folder / "a b.xml").write_text("<Module>")
        self.failureResultOf(self.ask(url), SpecError)
        missing = self.ask("https://finesse:8445/3rdpartygadget/files/..%2fx.xml")
        self.failureResultOf(missing, SourceError)

    def test_ports(self) -> None:
        """A port that a scheme has anyway makes no other host."""
        for start, host, is_ours in (
            ("https://x:443", "x", True),
            ("https://x", "x:443", True),
            ("http://x:443", "x", False),
            ("https://x", "y", False),
        ):
            path = "/3rdpartygadget/files/a"
            self.assertEqual(own_path(start + path, host), path if is_ours else "")

    def test_elsewhere_on_this_machine(self) -> None:
        """What is not in the folder is no address of ours, such as of a server that somebody writes gadgets with."""
        for url in (
            "http://localhost:3000/a.xml",
            "https://x/a.xml",
            "https://x/3rdpartygadget/files",
        ):
            self.assertEqual(own_path(url, "x"), "")

    def test_cleared(self) -> None:
        """The operator throws away what is kept, also an error; what was under way is kept when it comes."""
        self.get(answer("one"))
        self.fails(answer(status=404), is_fresh=True)
        self.source.clear()
        self.assertEqual(self.get(answer("two")), "two")
        asked = self.ask(is_fresh=True)
        self.source.clear()
        self.fetches.pop()[1].callback(answer("three"))
        self.assertEqual(self.successResultOf(asked), "three")
        self.assertEqual(self.get(None), "three")

    def test_bounds(self) -> None:
        """No more documents are kept than the bound, nor more bytes."""
        self.source = SpecSource(
            Folder(self.folder),
            Policy((HostRule.parse("*"),)),
            lambda asked: succeed(self.counted(asked)),
            self.clock,
        )
        self.asked = 0
        self.patch(sources, "MAX_KEPT", 2)
        for name in ("a", "b", "a", "c", "a"):
            self.successResultOf(self.ask(f"https://{name}.example/"))
        self.assertEqual(self.asked, 3)
        self.successResultOf(self.ask("https://b.example/"))
        self.assertEqual(self.asked, 4)
        self.patch(sources, "MAX_KEPT_BYTES", 10)
        for _ in range(2):
            self.successResultOf(self.ask("https://d.example/"))
        self.assertEqual(self.asked, 6)

    def counted(self, asked: Fetch) -> Answer:
        """Answer, and count."""
        self.asked += 1
        return answer(url=asked.url)
