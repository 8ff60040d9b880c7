"""`finesse_tx.webservices.core.route_table`: paths, and what there is at each."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.route_table import RouteTable
from finesse_tx.webservices.core.routing import parameters
from finesse_tx.webservices.routes.tables import TABLES

Found = tuple[str, dict[str, str]] | None

SEGMENTS = st.lists(st.text(min_size=1, max_size=5), max_size=5)


def table(*paths: str) -> RouteTable[str]:
    """A table of paths that may be asked with GET, each with itself."""
    made: RouteTable[str] = RouteTable()
    for path in paths:
        made.add("GET", path, path)
    return made


def find(made: RouteTable[str], path: str, method: str = "GET") -> Found:
    """What is found there."""
    found = made.find([segment for segment in path.split("/") if segment])
    return found.entry(method) if found is not None else None


class RouteTableTests(SynchronousTestCase):
    """Looking for paths."""

    def test_variable_parts(self) -> None:
        """Variable parts are given by their names, whatever other templates call them."""
        made = table("/User/{id}", "/User/{login}/Code/{code}")
        self.assertEqual(find(made, "/User/ann"), ("/User/{id}", {"id": "ann"}))
        self.assertEqual(
            find(made, "/User/ann/Code/7"),
            ("/User/{login}/Code/{code}", {"login": "ann", "code": "7"}),
        )

    def test_no_such_path(self) -> None:
        """The beginning of a path is none, nor is one that goes on; case counts."""
        made = table("/User/{id}/Dialogs")
        for path in ("", "/User", "/User/ann", "/User/ann/Dialogs/1", "/user/ann/Dialogs"):
            self.assertIsNone(find(made, path), path)

    def test_named_first(self) -> None:
        """What is named comes before what is left open, unless only that leads on."""
        made = table("/Media/config", "/Media/{id}", "/Media/{id}/Users")
        self.assertEqual(find(made, "/Media/config"), ("/Media/config", {}))
        self.assertEqual(find(made, "/Media/other"), ("/Media/{id}", {"id": "other"}))
        self.assertEqual(find(made, "/Media/config/Users"), ("/Media/{id}/Users", {"id": "config"}))

    def test_given_up(self) -> None:
        """What was taken for a variable part on the wrong way is none in the end."""
        made = table("/a/{x}/{y}/end", "/{z}/b/{w}")
        self.assertEqual(find(made, "/a/b/c"), ("/{z}/b/{w}", {"z": "a", "w": "c"}))

    def test_methods(self) -> None:
        """A path may have several methods, each once."""
        made = table("/User/{id}")
        made.add("PUT", "/User/{id}", "put")
        found = made.find(["User", "ann"])
        assert found is not None
        self.assertEqual(found.methods, ("GET", "PUT"))
        self.assertIsNone(found.entry("POST"))
        with self.assertRaises(ValueError):
            made.add("PUT", "/User/{other}", "again")

    @given(values=SEGMENTS)
    def test_all_routes(self, values: list[str]) -> None:
        """Each of our routes is found by its own path, with the values that stand in it; a slash in one is its own."""
        made: RouteTable[str] = RouteTable()
        for route in TABLES:
            made.add(route.method, route.path, route.path)
        for route in TABLES:
            names = parameters(route.path)
            given = dict(zip(names, [*values, "1", "2", "3"], strict=False))
            segments = [
                given[part[1:-1]] if part.startswith("{") else part
                for part in route.path.split("/")[1:]
            ]
            found = made.find(segments)
            assert found is not None
            entry = found.entry(route.method)
            if entry is None or entry[0] != route.path:  # a value that is another route's name
                self.assertTrue(set(segments) & set("/".join(r.path for r in TABLES).split("/")))
            else:
                self.assertEqual(entry[1], given)
