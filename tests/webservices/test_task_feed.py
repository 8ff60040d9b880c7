"""``/ccp/task``: what applications submit, by HTTP, with who may and every limit."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from treq.testing import StubTreq
from twisted.web.resource import Resource

from finesse_tx.directory.core.records import Person
from finesse_tx.store.core.errors import StoreUnavailableError
from finesse_tx.tasks.core.states import Action
from finesse_tx.webservices.core.routing import Family
from finesse_tx.webservices.core.task_feed import (
    MAX_DESCRIPTION,
    MAX_SELECTOR,
    MAX_TAGS,
    MAX_TITLE,
)
from finesse_tx.webservices.routes.api import ApiResource
from finesse_tx.webservices.routes.gate import Gate
from finesse_tx.webservices.routes.task_feed import TASK_FEED
from finesse_tx.webservices.task_feed import TaskFeed
from tests.tasks.core.floor import CHAT, TAKES
from tests.webservices.routes.test_api import Answer, ApiCase

MAX_BODY = 65_536

MINIMAL = "<Task><name>Zoe</name><title>Help</title><scriptSelector>chat</scriptSelector></Task>"


def task(inner: str = "", **elements: str) -> str:
    """A task."""
    fields = {"name": "Zoe", "title": "Help", "scriptSelector": "chat"} | elements
    return (
        "<Task>"
        + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
        + f"{inner}</Task>"
    )


def variables(*pairs: tuple[str, str]) -> str:
    """Variables of a task."""
    return (
        "<variables>"
        + "".join(
            f"<variable><name>{name}</name><value>{value}</value></variable>"
            for name, value in pairs
        )
        + "</variables>"
    )


class FeedCase(ApiCase):
    """Bob's application may submit tasks; Ann takes chats."""

    def setUp(self) -> None:
        """The feed."""
        super().setUp()
        gate = Gate(self.authenticator, self.service.in_service, MAX_BODY, self.tokens, None)
        feed = TaskFeed(self.tasks, 100_000, ["bob"])
        root = Resource()
        root.putChild(b"ccp", ApiResource(gate, [Family(TASK_FEED, feed)], is_described=False))
        self.ccp: Any = StubTreq(root)

    def feed(
        self, method: str, path: str, body: str | None = None, who: str = "bob", **headers: str
    ) -> Answer:
        """Ask, as Bob's application unless told otherwise."""
        auth = (who, "finesse") if who != "-" else None
        data = body.encode() if body is not None else None
        answering = self.ccp.request(
            method, f"http://x{path}", data=data, auth=auth, headers=headers
        )
        response = self.successResultOf(answering)
        return Answer(response, self.successResultOf(self.ccp.content(response)))

    def submit(self, body: str = MINIMAL, who: str = "bob", base: str = "/ccp/task") -> str:
        """Submit one, and return its path."""
        answer = self.feed("POST", f"{base}/feed/100000", body, who)
        self.assertEqual((answer.status, answer.text), (201, ""))
        where = answer.header("location") or ""
        self.assertTrue(where.startswith("http://x/ccp/task/contact/"), where)
        return where.removeprefix("http://x")

    def status(self, path: str, who: str = "bob") -> dict[str, str]:
        """What has become of one."""
        answer = self.feed("GET", path, who=who)
        self.assertEqual(answer.status, 200)
        return {child.tag: child.text or "" for child in ElementTree.fromstring(answer.text)}

    def refused(self, body: str) -> tuple[int, str, str]:
        """What is not taken."""
        return self.feed("POST", "/ccp/task/feed/100000", body).error()


class StoryTests(FeedCase):
    """From the submission to the end."""

    def test_story(self) -> None:
        """The status follows the task: queued, reserved while an agent has it, handled."""
        path = self.submit()
        queued = {
            "estimatedWaitTime": "-1",
            "status": "QUEUED",
            "statusReason": "EXTERNALLY_ROUTED",
        }
        self.assertEqual(self.status(path), queued)
        self.tasks.sign_in("ann", CHAT.id, TAKES)
        self.tasks.set_ready("ann", CHAT.id, True, None)
        (held,) = self.tasks.tasks_of("ann", CHAT.id)
        reserved = {
            "status": "RESERVED",
            "statusReason": "EXTERNALLY_ROUTED",
            "taskID": held.dialog_id,
            "agentID": "ann",
        }
        self.assertEqual(self.status(path), reserved)
        for action in (Action.ACCEPT, Action.START, Action.CLOSE):
            self.tasks.act("ann", held.dialog_id, action, "")
        handled = reserved | {"status": "HANDLED", "statusReason": "EXTERNALLY_HANDLED"}
        self.assertEqual(self.status(path), handled)

    def test_cancelled(self) -> None:
        """What is cancelled is not known any more; what is accepted cannot be."""
        path = self.submit()
        self.assertEqual(self.feed("DELETE", path).status, 200)
        self.assertEqual(self.feed("GET", path).status, 404)
        self.assertEqual(self.feed("DELETE", path).status, 404)
        self.tasks.sign_in("ann", CHAT.id, TAKES)
        self.tasks.set_ready("ann", CHAT.id, True, None)
        path = self.submit()
        (held,) = self.tasks.tasks_of("ann", CHAT.id)
        self.tasks.act("ann", held.dialog_id, Action.ACCEPT, "")
        self.assertEqual(self.feed("DELETE", path).error()[:2], (400, "Invalid State"))

    def test_variables(self) -> None:
        """Agents see call variables and ECC variables; what is the application's own they do not."""
        given = variables(
            ("cv_1", "4711"), ("cv_10", "x"), ("user_layout", "Chat"), ("mediaType", "chat")
        )
        self.submit(
            task(f"<tags><tag>a</tag></tags><requeueOnRecovery>true</requeueOnRecovery>{given}")
        )
        self.tasks.sign_in("ann", CHAT.id, TAKES)
        self.tasks.set_ready("ann", CHAT.id, True, None)
        (held,) = self.tasks.tasks_of("ann", CHAT.id)
        seen = dict(held.submission.variables)
        self.assertEqual(
            seen, {"callVariable1": "4711", "callVariable10": "x", "user.layout": "Chat"}
        )
        self.assertTrue(held.submission.requeue_on_recovery)
        self.assertEqual(held.submission.tags, ("a",))

    def test_other_path(self) -> None:
        """Both paths of the guide lead here, and JSON is read and written too."""
        path = self.submit(base="/ccp/rest/task")
        self.assertEqual(self.feed("GET", path.replace("/ccp/", "/ccp/rest/")).status, 200)
        body = '{"name": "Zoe", "title": "Help", "scriptSelector": "chat"}'
        answer = self.feed(
            "POST", "/ccp/task/feed/100000", body, **{"Content-Type": "application/json"}
        )
        self.assertEqual(answer.status, 201)
        where = (answer.header("location") or "").removeprefix("http://x")
        self.assertIn('"QUEUED"', self.feed("GET", where, Accept="application/json").text)


class WhoTests(FeedCase):
    """Who may."""

    def test_matrix(self) -> None:
        """Whoever is named, and administrators; each application sees its own tasks."""
        own = self.submit()
        for who, submits, asks in (
            ("-", 401, 401),
            ("ann", 401, 401),
            ("sue", 401, 401),
            ("adm", 201, 200),
        ):
            answer = self.feed("POST", "/ccp/task/feed/100000", MINIMAL, who)
            self.assertEqual(answer.status, submits, who)
            self.assertEqual(self.feed("GET", own, who=who).status, asks, who)
        others = self.submit(who="adm")
        self.assertEqual(self.feed("GET", others).status, 404)
        self.assertEqual(self.feed("DELETE", others).status, 404)
        self.assertEqual(self.feed("DELETE", own, who="adm").status, 200)

    def test_nobody_gone(self) -> None:
        """A name that is in the configuration alone may nothing."""
        person: Person | None = self.directory.snapshot().person("zoe")
        self.assertIsNone(person)
        self.assertEqual(self.feed("POST", "/ccp/task/feed/100000", MINIMAL, "zoe").status, 401)


class LimitTests(FeedCase):
    """What is wrong with a task, one step before each edge and one over."""

    def test_missing(self) -> None:
        """Name, title and selector must be there."""
        for name in ("name", "title", "scriptSelector"):
            self.assertEqual(self.refused(task(**{name: ""})), (400, "Parameter Missing", name))

    def test_long(self) -> None:
        """Texts have limits, and a name one line."""
        self.submit(task(name="é" * MAX_TITLE, title="t" * MAX_TITLE))
        self.submit(task(f"<description>{'d' * MAX_DESCRIPTION}</description>"))
        for body, name in (
            (task(name="é" * (MAX_TITLE + 1)), "name"),
            (task(name="a\nb"), "name"),
            (task(title="t" * (MAX_TITLE + 1)), "title"),
            (task(scriptSelector="s" * (MAX_SELECTOR + 1)), "scriptSelector"),
            (task(f"<description>{'d' * (MAX_DESCRIPTION + 1)}</description>"), "description"),
            (task(f"<tags>{'<tag>t</tag>' * (MAX_TAGS + 1)}</tags>"), "tags"),
            (task(f"<tags><tag>{'t' * (MAX_TITLE + 1)}</tag></tags>"), "tags"),
        ):
            self.assertEqual(self.refused(body), (400, "Invalid Input", name))
        self.submit(task(f"<tags>{'<tag>t</tag>' * MAX_TAGS}</tags>"))

    def test_long_variables(self) -> None:
        """A call variable has 40 bytes, a named one 210, all named ones 2000."""
        self.submit(task(variables(("cv_1", "x" * 40), ("user_a", "x" * 210))))
        for given, name in (
            (variables(("cv_1", "x" * 41)), "cv_1"),
            (variables(("user_a", "x" * 211)), "user_a"),
            (variables((f"user_{'a' * 28}", "x")), f"user_{'a' * 28}"),
            (variables(*((f"user_{number}", "x" * 200) for number in range(10))), "variables"),
            (variables(*((f"own{number}", "x") for number in range(51))), "variables"),
        ):
            self.assertEqual(self.refused(task(given)), (400, "Invalid Input", name))

    def test_nowhere(self) -> None:
        """There is no such selector, no such feed, no such contact."""
        self.assertEqual(self.refused(task(scriptSelector="fax")), (400, "Invalid Input", "fax"))
        for method, path, body in (
            ("POST", "/ccp/task/feed/1", MINIMAL),
            ("GET", "/ccp/task/contact/C99", None),
            ("DELETE", "/ccp/task/contact/C99", None),
        ):
            self.assertEqual(self.feed(method, path, body).error()[:2], (404, "Not Found"))

    def test_too_many(self) -> None:
        """At the bound the answer is 503, and so it is while nothing can be kept."""
        for _ in range(99):
            self.submit()
        self.task_records.error = StoreUnavailableError("gone")
        self.assertEqual(self.refused(MINIMAL), (503, "Service Unavailable", ""))
        self.task_records.error = None
        self.submit()
        self.assertEqual(self.refused(MINIMAL), (503, "Service Unavailable", ""))
