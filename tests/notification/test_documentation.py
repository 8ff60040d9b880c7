"""``docs/notification.rst`` says what the code does."""

import re
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

from twisted.trial.unittest import SynchronousTestCase

import finesse_tx
from finesse_tx.notification.bosh_http import (
    BOSH_TIMEOUT_S,
    MAX_PIPELINED,
    MAX_UNDERWAY_BYTES,
)
from finesse_tx.notification.component import MAX_COMPONENTS
from finesse_tx.notification.core import nodes, sessions, subscriptions, terms
from finesse_tx.notification.core.acknowledgement import ASK_AFTER
from finesse_tx.notification.core.bosh import MAX_REPEATS, RESPONSE_BYTES
from finesse_tx.notification.core.event import EventForm
from finesse_tx.notification.core.forms import FieldType, written
from finesse_tx.notification.core.http import GZIP_MIN_BYTES, MAX_HEAD_BYTES, MAX_HEADERS
from finesse_tx.notification.core.node_config import FIELDS, NodeConfig
from finesse_tx.notification.core.strangers import SIGN_IN_BYTES, SIGN_IN_ELEMENTS
from finesse_tx.notification.core.stream import STEP, Input
from finesse_tx.notification.core.trace import MAX_CHARACTERS, MAX_TRACED
from finesse_tx.notification.sign_in import MAX_ATTEMPTS
from finesse_tx.notification.tcp import CLOSE_TIMEOUT_S
from finesse_tx.xmltext import MAX_DEPTH, MAX_ELEMENTS, MAX_NAMES_BYTES, MAX_NAMESPACE
from tests.notification.compliance import BOSH, DOCUMENT, SPECIFICATIONS, document, method
from tests.notification.test_event_tunnel import Type

TEXT = (Path(finesse_tx.__file__).parent.parent / "docs" / "notification.rst").read_text()


class ComplianceTests(SynchronousTestCase):
    """``docs/compliance.rst``."""

    def test_up_to_date(self) -> None:
        """It is what the catalogue says; ``python -m tests.notification.compliance`` writes it anew."""
        self.assertEqual(DOCUMENT.read_text(), document())

    def test_every_test_is_there(self) -> None:
        """Every test that it names is one."""
        for title, rules in SPECIFICATIONS.items():
            for rule in rules:
                for test in rule.tests:
                    self.assertTrue(callable(method(test)), f"{title}: {test}")
                self.assertTrue(rule.tests or rule.instead, f"{rule}: say why not")

    def test_sections(self) -> None:
        """Of XEP-0124, no section that applies is without a test that is named after it."""
        named = {rule.section.partition(".")[0] for rule in BOSH if rule.kept == "yes"}
        self.assertEqual(named, {str(section) for section in range(5, 20)})


class DocumentationTests(SynchronousTestCase):
    """The wire contract."""

    def test_stream_table(self) -> None:
        """The table of the stream is the code's, row for row."""
        rows = [
            f"{state.name:14} {event.name:14} {following.name:14} {action.value}"
            for (state, event), (following, action) in STEP.items()
            if event is not Input.FOOTER
        ]
        table = TEXT.partition("State          Input")[2].partition("any but CLOSED FOOTER")[0]
        self.assertEqual(sorted(table.strip().splitlines()[2:]), sorted(rows))

    def test_event(self) -> None:
        """The event that is shown is what is sent."""
        (shown,) = [
            line.strip() for line in TEXT.splitlines() if line.strip().startswith("<message")
        ]
        ElementTree.fromstring(shown)
        form = EventForm(
            "pubsub.finesse.local",
            "http://jabber.org/protocol/pubsub",
            "8d0f2d1e-7b1c-4a43-9b5f-2f0a5b8f7c0a",
        )
        event = form.event("/finesse/api/User/agent1", "<Update>…</Update>", "k3J9sQ2x")
        self.assertEqual(event.to(b"agent1@finesse.local").decode(), shown)

    def test_tunnel_types(self) -> None:
        """The table of the event tunnel has the messages of its script, and of its tests."""
        script = files("finesse_tx.notification").joinpath("event_tunnel", "tunnel.js").read_text()
        types = re.findall(r"^  ([A-Z_]+): (\d+),$", script, re.M)
        self.assertEqual({name: int(number) for name, number in types}, Type.__members__)
        table = TEXT.partition("Type Name ")[2].partition("After ``4|loaded``")[0]
        for name, number in types:
            self.assertRegex(table, rf"(?m)^({number}|\d+, {number}|{number}, \d+) .*\b{name}\b")

    def test_node_configuration(self) -> None:
        """The table of a node's configuration is the code's, row for row."""
        default = NodeConfig().values
        rows = []
        for name, setting in FIELDS.items():
            (value,) = written(default[name])
            match setting.kind:
                case FieldType.BOOLEAN:
                    choices = "0, 1"
                case FieldType.LIST:
                    choices = ", ".join(setting.choices)
                case _:
                    choices = " to ".join(setting.choices) or "text"
            rows.append(f"{name:27} {value:11} {choices}")
        table = TEXT.partition(".. begin node configuration")[2].partition(".. end node")[0]
        self.assertEqual(table.strip().splitlines()[3:-1], rows)

    def test_numbers(self) -> None:
        """The numbers in the text are the code's."""
        for said in (
            f"One person may have {sessions.MAX_PER_USER} sessions",
            f"more than {subscriptions.MAX_PER_USER} explicit subscriptions",
            f"at most {MAX_REPEATS} times",
            f"of {GZIP_MIN_BYTES} bytes or more is compressed",
            f"of up to {MAX_PIPELINED} requests",
            f"head over {MAX_HEAD_BYTES >> 10} KiB or {MAX_HEADERS} lines",
            f"At most {MAX_TRACED} people, and {MAX_CHARACTERS} characters",
            f"up to {RESPONSE_BYTES >> 10} KiB",
            f"XEP-0124 {terms.VERSION[0]}.{terms.VERSION[1]}",
            f"whole within {BOSH_TIMEOUT_S:.0f} seconds",
            f"connections of components         {MAX_COMPONENTS} ",
            f"nodes that people created         {nodes.MAX_NODES} ",
            f"the items of all of them          {nodes.MAX_STORED_BYTES >> 20} MiB ",
            f"affiliations of one node          {nodes.MAX_AFFILIATIONS} ",
            f"the name of a node or item        {nodes.MAX_NAME_BYTES} bytes ",
            f"depth of elements                 {MAX_DEPTH} ",
            f"attempts to sign in               {MAX_ATTEMPTS} ",
            f"what has not signed in may send   {SIGN_IN_BYTES} bytes, {SIGN_IN_ELEMENTS} elements ",
            f"elements of a stanza or request   {MAX_ELEMENTS} ",
            f"the name of a namespace           {MAX_NAMESPACE} ",
            f"different names of a stream       {MAX_NAMES_BYTES >> 10} KiB",
            f"requests that are not whole  {MAX_UNDERWAY_BYTES >> 20} MiB",
            f"has not acknowledged {ASK_AFTER}\n  stanzas",
            f"time to read our last words       {CLOSE_TIMEOUT_S:.0f} s",
        ):
            self.assertIn(said, TEXT)
