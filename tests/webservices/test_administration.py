"""`finesse_tx.webservices.administration`: in turn, to the end, and written down."""

import json
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.directory.core.records import ReasonCategory, ReasonCode
from finesse_tx.interfaces import IAdministrationRecords, IReasonCodes
from finesse_tx.store.core.errors import (
    StoreBusyError,
    StoreConflictError,
    StoreRefusedError,
    StoreUnavailableError,
)
from finesse_tx.webservices.administration import (
    MAX_WAITING,
    Administration,
    Step,
)
from finesse_tx.webservices.core.administration.changes import MAX_AUDITED, Add, Put, Remove
from finesse_tx.webservices.core.administration.objects import WrapUpReason
from finesse_tx.webservices.core.administration.settings import Settings, numbered
from finesse_tx.webservices.core.administration.system import CloudConnectConfig
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.routing import Call, Origin
from tests.support.webservices import FakeAdministrationRecords, FakeDirectory
from tests.webservices.core import events

URI = "/finesse/api/WrapUpReason"


def adding(label: str) -> Step:
    """One more wrap-up reason."""
    value = WrapUpReason(label=label, for_all=True)
    return Step("POST", URI, Add(value), None, value)


class AdministrationTests(SynchronousTestCase):
    """Changes."""

    def setUp(self) -> None:
        """Nothing is configured."""
        self.directory = directory = FakeDirectory(events.DIRECTORY)
        self.records = FakeAdministrationRecords(directory)
        self.administration = Administration(
            directory, directory, self.records, Settings(), lambda: events.START
        )
        person = events.DIRECTORY.person("adm")
        assert person
        self.call = Call(person, None, origin=Origin("192.0.2.7", "https://x"))
        verifyObject(IAdministrationRecords, self.records)
        verifyObject(IReasonCodes, directory)

    def change(self, step: Step) -> Deferred[tuple[int, ...]]:
        """Ask for a change."""
        return Deferred.fromCoroutine(self.administration.change(self.call, lambda: step))

    def labels(self) -> list[str]:
        """What there is."""
        return [one.label for one in self.administration.settings.all(WrapUpReason)]

    def refusal(self, asked: Deferred[Any]) -> tuple[int, str, str]:
        """Status, type and message of a refusal."""
        error = self.failureResultOf(asked, ApiError).value
        return error.status, error.error_type, error.error_message

    def test_audited(self) -> None:
        """Who, when, from where, before and after: in the records and in the log."""
        with capturedLogs() as logged:
            (number,) = self.successResultOf(self.change(adding("Sale")))
        was = self.administration.settings.get(WrapUpReason, number)
        uri = f"{URI}/{number}"
        self.successResultOf(self.change(Step("DELETE", uri, Remove(WrapUpReason, number), was)))
        first, second = self.records.entries
        self.assertEqual(
            (first.at, first.login_id, first.peer, first.action, first.uri, first.before),
            (events.START, "adm", "192.0.2.7", "POST", URI, ""),
        )
        self.assertEqual(json.loads(first.after)["label"], "Sale")
        self.assertEqual(json.loads(second.before)["label"], "Sale")
        self.assertEqual((second.uri, second.after), (uri, ""))
        (line,) = [event for event in logged if event.get("action") == "POST"]
        self.assertEqual((line["user"], line["peer"], line["uri"]), ("adm", "192.0.2.7", uri))

    def test_no_passwords(self) -> None:
        """A password is in no audit log, and a long object is not there without end."""
        value = CloudConnectConfig(host="h", username="u", password="secret")
        put = Put("CloudConnectConfig", value)
        self.successResultOf(self.change(Step("PUT", "/x", put, value, value)))
        (entry,) = self.records.entries
        self.assertNotIn("secret", entry.before + entry.after)
        self.assertIn("****", entry.after)
        long = tuple("x" * 1_000 for _ in range(100))
        self.successResultOf(self.change(Step("PUT", "/x", put, None, long)))
        self.assertEqual(len(self.records.entries[-1].after), MAX_AUDITED)

    def test_refresh(self) -> None:
        """What somebody else has changed is gone by when no change is under way; what cannot be read changes nothing."""
        self.records.kept = Settings(team_layouts={1: "<x/>"})
        self.records.holding = []
        change = self.change(adding("Sale"))
        refreshing = Deferred.fromCoroutine(self.administration.refresh())
        self.assertNoResult(refreshing)
        self.records.holding.pop().callback(None)
        self.successResultOf(change)
        self.successResultOf(refreshing)
        self.assertEqual(self.administration.settings, self.records.kept)
        self.records.failing = StoreUnavailableError("away")
        again = Deferred.fromCoroutine(self.administration.refresh())
        self.failureResultOf(again, StoreUnavailableError)
        self.assertEqual(self.administration.settings, self.records.kept)

    def test_in_turn(self) -> None:
        """A change is decided when the one before it is done: of two of the same name the second is refused."""
        self.records.holding = []
        first, second = self.change(adding("Sale")), self.change(adding("Sale"))
        self.assertNoResult(first)
        self.assertEqual(self.labels(), [])
        self.records.holding.pop().callback(None)
        self.successResultOf(first)
        self.assertEqual(self.refusal(second)[:2], (400, "Finesse API Error"))
        self.assertEqual(self.labels(), ["Sale"])

    def test_client_gone(self) -> None:
        """A change whose client is gone is made all the same, in the store and in memory."""
        self.records.holding = []
        asked = self.change(adding("Sale"))
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.records.holding.pop().callback(None)
        self.assertEqual(self.labels(), ["Sale"])
        self.records.holding = None
        self.successResultOf(self.change(adding("Other")))

    def test_client_gone_and_store_fails(self) -> None:
        """What fails when nobody waits is in the log, when it is our fault."""
        self.records.holding = []
        asked = self.change(adding("Sale"))
        asked.cancel()
        self.failureResultOf(asked, CancelledError)
        self.records.holding.pop().errback(ZeroDivisionError())
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_too_many(self) -> None:
        """So many may wait, and one more is told to come back."""
        self.records.holding = []
        waiting = [self.change(adding(f"R{number}")) for number in range(MAX_WAITING + 1)]
        self.assertEqual(
            self.refusal(self.change(adding("one more")))[:2], (503, "Service Unavailable")
        )
        for asked in waiting[:-1]:
            self.records.holding.pop().callback(None)
            self.successResultOf(asked)
        self.assertEqual(self.refusal(waiting[-1])[1], "Maximum Exceeded")  # of wrap-up reasons

    def test_store(self) -> None:
        """What the store says is a refusal, and nothing has changed."""
        for error, expected in (
            (StoreConflictError("x"), (400, "Finesse API Error", "DB_CONSTRAINT_VIOLATION")),
            (StoreBusyError(1), (503, "Service Unavailable", "DB_BUSY")),
            (StoreUnavailableError("gone"), (503, "Service Unavailable", "DB_UNAVAILABLE")),
            (StoreRefusedError("no"), (500, "Internal Server Error", "DB_RUNTIME_EXCEPTION")),
        ):
            self.records.failing = error
            self.assertEqual(self.refusal(self.change(adding("Sale"))), expected)
        self.assertEqual((self.labels(), self.records.entries), ([], []))

    def test_made_all_the_same(self) -> None:
        """A change that was refused with 503 and was made is known with the next change: asked again, it is there."""
        gone = StoreUnavailableError("gone in the commit")
        self.records.failing = gone
        self.assertEqual(self.refusal(self.change(adding("Sale")))[0], 503)
        self.records.failing = None
        sale = WrapUpReason(label="Sale", for_all=True)
        self.records.kept = Settings({WrapUpReason: {7: numbered(sale, 7)}})
        status, _, said = self.refusal(self.change(adding("sale")))
        self.assertEqual((status, said), (400, "Duplicate WrapUpReason label"))
        self.assertEqual(self.labels(), ["Sale"])

    def test_made_elsewhere(self) -> None:
        """What contradicts what another node has made is told as what it is, and what that has made is shown."""
        sale = WrapUpReason(label="Sale", for_all=True)
        self.records.kept = Settings({WrapUpReason: {7: numbered(sale, 7)}})
        self.records.holding = []
        asked = self.change(adding("Sale"))
        self.records.holding.pop().errback(StoreConflictError("UNIQUE"))
        self.assertEqual(self.refusal(asked)[2], "Duplicate WrapUpReason label")
        self.assertEqual(self.labels(), ["Sale"])

    def test_not_shown(self) -> None:
        """A change that is kept is made, though the directory cannot be read just then; that is in the log."""
        self.directory.failing = StoreUnavailableError("locked")
        code = ReasonCode(0, ReasonCategory.LOGOUT, 5, "Home")
        with capturedLogs() as logged:
            self.successResultOf(self.change(Step("POST", "/x", Add(code), None, code)))
        self.assertTrue(any("with the next change" in event["log_format"] for event in logged))

    def test_refused(self) -> None:
        """What may not be is neither kept nor audited."""
        self.successResultOf(self.change(adding("Sale")))
        entries = len(self.records.entries)
        self.assertEqual(self.refusal(self.change(adding("SALE")))[0], 400)
        self.assertEqual(len(self.records.entries), entries)

    def test_team(self) -> None:
        """Teams are the directory's, as of now."""
        self.assertTrue(self.administration.has_team(1))
        self.assertFalse(self.administration.has_team(-1))
