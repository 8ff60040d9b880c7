"""Whatever is sent to any route: a documented answer, and never a fault of ours."""

from typing import Any
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from finesse_tx.webservices.core.declaration import Field, element_name, fields
from finesse_tx.webservices.core.routing import Route
from finesse_tx.webservices.routes.tables import TABLES
from finesse_tx.xmltext import escape
from tests.webservices.routes.test_authorisation import PATHS, SETTINGS
from tests.webservices.routes.test_exchanges import ExchangeCase

WORDS = st.sampled_from(
    [
        "", "1", "0", "-1", "65536", "9" * 30, "true", "NOT_READY", "ALL", "GLOBAL", "TEAM", "LOGIN", "1001", "null", "x",
        "/finesse/api/WorkflowAction/1", "callVariable1", "é" * 200, "a b", "\U0001f600", "CUSTOM", "BROWSER_POP",
    ]
)  # fmt: skip
"""Values at the edge of something, or right for something else."""


@st.composite
def elements(draw: st.DrawFn, struct: Any, name: str, depth: int = 0) -> str:
    """An element with some of a struct's fields in it, right ones and wrong ones."""

    def one(field: Field, tag: str) -> str:
        if field.struct is not None and depth < 4 and draw(st.integers(0, 5)):
            return draw(elements(field.struct, tag, depth + 1))
        return f"<{tag}>{escape(draw(WORDS))}</{tag}>"

    inner = []
    for field in fields(struct):
        times = draw(st.sampled_from([0, 1, 1, 1, 2]))
        if field.is_list and field.entry:
            inner.append(
                f"<{field.name}>{''.join(one(field, field.entry) for _ in range(times))}</{field.name}>"
            )
        elif not field.is_attribute:
            inner += [one(field, field.name) for _ in range(times)]
    return f"<{name}>{''.join(inner)}</{name}>"


@st.composite
def requests(draw: st.DrawFn) -> tuple[Route[Any, Any], str, str]:
    """A route, a path and a body."""
    route = draw(st.sampled_from(TABLES))
    object_id = PATHS.get(route.path.split("/")[1], "1")
    path = route.path
    while "{" in path:
        head, _, rest = path.partition("{")
        value = draw(st.sampled_from([object_id, object_id, "1", "default", "999", "-", "%00%ff"]))
        path = head + value + rest.partition("}")[2]
    if route.query and draw(st.booleans()):
        path += f"?{route.query[0]}={draw(st.sampled_from(['LOGOUT', 'ALL', 'x', '']))}"
    if route.reads is None:
        return (
            route,
            path,
            draw(st.sampled_from(["", "<", "First Name,Last Name,Phone Number,Notes\na"])),
        )
    return route, path, draw(elements(route.reads, element_name(route.reads)))


class AnythingTests(ExchangeCase):
    """Requests at random."""

    @given(asked=requests(), who=st.sampled_from(["adm", "ann", "sue"]))
    @settings(deadline=None, max_examples=300)
    def test_documented(self, asked: tuple[Route[Any, Any], str, str], who: str) -> None:
        """The answer has a status that the route documents, and is XML where it is anything."""
        route, path, body = asked
        self.administration.settings = SETTINGS
        answer = self.exchange(who, route.method, path, {}, body)
        self.assertEqual(self.flushLoggedErrors(), [])
        if "%ff" in path:
            self.assertEqual(answer.error(), (400, "Bad Request", ""))
            return
        self.assertIn(answer.status, route.statuses, f"{route.method} {path} {body}")
        self.assertLess(answer.status, 500, f"{route.method} {path} {body}")
        if answer.text and "csv" not in path:
            ElementTree.fromstring(answer.text)
