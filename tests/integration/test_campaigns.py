"""A campaign from the operator's command to the agent's desktop and the database, as real processes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from xml.etree import ElementTree

from sqlalchemy import URL, select
from sqlalchemy.orm import Session
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.outbound.records import RecordState, Result
from finesse_tx.store.outbound_tables import DialingAttemptRow, DialingRecordRow
from tests.support.database import inside
from tests.support.rest import Rest
from tests.support.twistd import LIMIT_S, QUIET, Twistd, finesse_tx


def soon(condition: Callable[[], object]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, "it never was"
        time.sleep(0.05)


class Case(SynchronousTestCase):
    """A server with a campaign."""

    SETTINGS: tuple[str, ...] = ()

    def start(self) -> None:
        """Start it, with agent1 READY."""
        self.server = Twistd((*QUIET, *self.SETTINGS), self.home).wait_ready()
        self.addCleanup(self.server.clean)
        self.agent = Rest(self.server, "agent1")
        self.agent.put_state("LOGIN", extension="1001")
        soon(lambda: self.state == "NOT_READY")
        self.agent.put_state("READY")

    @property
    def state(self) -> str:
        """The agent's state."""
        return self.agent.get("/User/agent1").findtext("state", "")

    def dialogs(self) -> list[ElementTree.Element]:
        """The agent's dialogs."""
        return self.agent.get("/User/agent1/Dialogs").findall("Dialog")

    def dialog(self, call_type: str) -> ElementTree.Element | None:
        """The one of that type."""
        found = (d for d in self.dialogs() if d.findtext("mediaProperties/callType") == call_type)
        return next(found, None)

    def command(self, *arguments: str) -> str:
        """Run ``finesse-tx campaign``."""
        done = finesse_tx("campaign", *arguments, "--home", str(self.home))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def kept(self) -> list[tuple[RecordState, int, list[Result | None]]]:
        """The campaign's records: state, attempts, and the result of each call."""

        def work(session: Session) -> list[tuple[RecordState, int, list[Result | None]]]:
            return [
                (
                    row.state,
                    row.attempts,
                    list(
                        session.scalars(
                            select(DialingAttemptRow.result)
                            .where(DialingAttemptRow.record_id == row.id)
                            .order_by(DialingAttemptRow.number)
                        )
                    ),
                )
                for row in session.scalars(
                    select(DialingRecordRow).where(DialingRecordRow.campaign_id == 2)
                )
            ]

        return inside(URL.create("sqlite", database=str(self.home / "finesse.db")), work)

    def begin(self) -> None:
        """Import one customer, start, and wait until he is shown."""
        self.home = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, self.home, ignore_errors=True)
        self.start()
        file = self.home / "customers.csv"
        file.write_text("phone,first_name\n0699000001,Ann\n")
        self.command(
            "create", "Renewals", "--csq=Sales", "--no-answer-retry-s=0", "--declined-retry-s=0"
        )
        said = self.command("import", str(file), "--campaign", "Renewals")
        self.assertEqual(said, "Renewals: 1 imported, 0 there already")
        soon(lambda: "Renewals (direct_preview) stopped: 1" in self.command("list"))
        self.command("start", "Renewals")
        soon(lambda: self.state == "RESERVED_OUTBOUND_PREVIEW")

    def accept(self) -> str:
        """The agent accepts; the id of the customer's call."""
        soon(lambda: self.dialog("OUTBOUND_DIRECT_PREVIEW") is not None)
        preview = self.dialog("OUTBOUND_DIRECT_PREVIEW")
        assert preview is not None
        actions = [a.text for a in preview.iterfind("participants/Participant/actions/action")]
        self.assertEqual(actions, ["ACCEPT", "REJECT", "CLOSE"])
        variables = {
            v.findtext("name"): v.findtext("value")
            for v in preview.iterfind("mediaProperties/callvariables/CallVariable")
        }
        self.assertEqual(variables["BAStatus"], "DIRECT_PREVIEW_OUTBOUND_RESERVATION")
        self.assertEqual(self.agent.act(preview.findtext("id", ""), "ACCEPT", "1001"), 202)
        soon(lambda: self.dialog("OUTBOUND") is not None)
        soon(lambda: self.state == "TALKING")
        call = self.dialog("OUTBOUND")
        assert call is not None
        self.assertEqual(call.findtext("toAddress"), "0699000001")
        return call.findtext("id", "")


class CampaignTests(Case):
    """One server, which is killed and started again."""

    def test_road(self) -> None:
        """Import, start, preview, ACCEPT, kill -9 in the call: one attempt, unknown; the second has its result."""
        self.begin()
        self.accept()
        self.assertEqual(self.state, "TALKING")
        self.server.process.kill()
        self.server.process.wait(LIMIT_S)
        (self.home / "endpoints.json").unlink()  # what a killed server leaves
        self.assertEqual(self.kept(), [(RecordState.ACTIVE, 1, [None])])

        self.start()
        soon(lambda: self.state == "RESERVED_OUTBOUND_PREVIEW")
        self.assertEqual(self.kept(), [(RecordState.PENDING, 1, [Result.UNKNOWN])])
        call = self.accept()
        self.agent.act(call, "DROP", "1001")
        soon(lambda: self.kept()[0][2] == [Result.UNKNOWN, Result.NO_ANSWER])
        self.assertIn("preview", self.command("list"))


class ResultTests(Case):
    """What an agent says of a customer, over REST."""

    SETTINGS = ("demo.talk_s=600", "demo.busy=0.0", "demo.no_answer=0.0")

    def act(self, call: str, action: str, **values: str) -> None:
        """Say something."""
        inner = "".join(
            f"<ActionParam><name>{name}</name><value>{value}</value></ActionParam>"
            for name, value in values.items()
        )
        more = f"<actionParams>{inner}</actionParams>" if values else ""
        self.assertEqual(self.agent.act(call, action, "1001", more=more), 202)

    def shown(self, call: str, path: str) -> str:
        """What the dialog says."""
        return self.agent.get(f"/Dialog/{call}").findtext(path, "")

    def test_results(self) -> None:
        """RECLASSIFY and callbacks are seen in the dialog, and kept with the record."""
        self.begin()
        call = self.accept()
        own = "participants/Participant[mediaAddress='1001']/state"
        soon(lambda: self.shown(call, own) == "ACTIVE")
        self.act(call, "RECLASSIFY", outboundClassification="ANS_MACHINE")
        soon(lambda: self.shown(call, "mediaProperties/outboundClassification") == "ANS_MACHINE")
        self.act(
            call,
            "UPDATE_SCHEDULED_CALLBACK",
            callbackTime="2031-02-03T10:30",
            callbackNumber="0699000009",
        )
        soon(lambda: self.shown(call, "scheduledCallbackInfo/callbackNumber") == "0699000009")
        self.assertEqual(self.shown(call, "scheduledCallbackInfo/callbackTime"), "2031-02-03T10:30")
        self.act(call, "CANCEL_SCHEDULED_CALLBACK")
        soon(lambda: self.agent.get(f"/Dialog/{call}").find("scheduledCallbackInfo") is None)
        self.act(call, "UPDATE_SCHEDULED_CALLBACK", callbackTime="2031-02-03T11:30")
        soon(lambda: self.shown(call, "scheduledCallbackInfo/callbackTime") == "2031-02-03T11:30")
        self.act(call, "DROP")
        soon(lambda: not self.dialogs())
        soon(lambda: self.kept() == [(RecordState.CALLBACK, 1, [Result.CALLBACK])])
