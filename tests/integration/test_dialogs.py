"""Calls of two and three through a real server: every action over REST, its events by slixmpp.

Spec: ``rest.md`` §5; ``notifications.md`` §7.4, §7.6.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from tests.support.desk import Desk, Event
from tests.support.slix import run
from tests.support.twistd import Shared

CUSTOMER = "0612345678"


def to(number: str) -> str:
    """The element that says where to."""
    return f"<toAddress>{number}</toAddress>"


def param(name: str, value: str) -> str:
    """One parameter of an action."""
    return (
        f"<actionParams><ActionParam><name>{name}</name><value>{value}</value></ActionParam>"
        "</actionParams>"
    )


class Case(SynchronousTestCase):
    """A server, and desks that come and go.

    Attributes:
        shared: The server.
    """

    shared = Shared("demo.talk_s=600", "demo.patience_s=600")

    def play(
        self, names: dict[str, str], scenario: Callable[..., Coroutine[Any, Any, None]]
    ) -> None:
        """Play a scenario with people at their desks."""

        async def whole() -> None:
            desks = [Desk(self.shared.get(), *each) for each in names.items()]
            for desk in desks:
                await desk.come()
            await scenario(*desks)
            for desk in desks:
                await desk.leave()

        run(whole)

    async def customer_calls(self, desk: Desk) -> Event:
        """A customer calls somebody, who answers."""
        self.shared.get().call(desk.extension, CUSTOMER)
        ringing = await desk.until("POST", own="ALERTING")
        desk.act(ringing.dialog, "ANSWER", "answer")
        talking = await desk.until("PUT", own="ACTIVE")
        self.assertEqual(talking.request_id, "answer")
        return talking

    async def consult(self, desk: Desk, other: Desk, call: str) -> tuple[str, Event]:
        """Consult somebody, who answers; the consultation, and the other's event that it rings."""
        desk.act(call, "CONSULT_CALL", "consult", to(other.extension))
        held = await desk.until("PUT", dialog=call, own="HELD")
        self.assertEqual(held.request_id, "consult")
        begun = await desk.until("POST")
        self.assertEqual((begun.text("toAddress"), begun.own), ("", "INITIATING"))
        self.assertEqual(begun.text("mediaProperties/callType"), "CONSULT")
        ringing = await other.until("POST", dialog=begun.dialog, own="ALERTING")
        other.act(begun.dialog, "ANSWER")
        await other.until("PUT", own="ACTIVE")
        await desk.until("PUT", dialog=begun.dialog, own="ACTIVE")
        told = await desk.until("PUT", dialog=call, own="HELD")
        own = desk.participant(told.body)
        assert own is not None
        self.assertIn("TRANSFER", [action.text for action in own.findall("actions/action")])
        return begun.dialog, ringing


class TwoCallsTests(Case):
    """Consultations, and what becomes of them."""

    def test_transfer(self) -> None:
        """The customer goes to the consulted agent, under the first call's id; who transferred has nothing left."""

        async def scenario(one: Desk, two: Desk) -> None:
            call = (await self.customer_calls(one)).dialog
            self.assertEqual(one.rest.act(call, "TRANSFER", "1001"), 400)
            second, ringing = await self.consult(one, two, call)
            self.assertEqual(ringing.text("mediaProperties/callType"), "TRANSFER")
            one.act(call, "TRANSFER", "transfer")
            await one.until("DELETE", dialog=call)
            self.assertIn("transfer", [event.request_id for event in one.told])
            self.assertIn(("DELETE", second), [(e.kind, e.dialog) for e in one.told])
            kept = await two.until("POST", dialog=call)
            self.assertEqual(kept.text("secondaryId"), second)
            await two.until("DELETE", dialog=second)
            (dialog,) = two.dialogs()
            self.assertEqual(dialog.findtext("id"), call)
            self.assertEqual(dialog.findtext("mediaProperties/callType"), "TRANSFER")
            self.assertEqual(dialog.findtext("fromAddress"), CUSTOMER)
            self.assertEqual(one.rest.ask("GET", "/User/agent1/Dialogs").text, "<Dialogs/>")
            two.act(call, "DROP")
            await two.until("DELETE", dialog=call)

        self.play({"agent1": "1001", "agent2": "1002"}, scenario)

    def test_conference(self) -> None:
        """All three are in one dialog, whichever dialog CONFERENCE was sent to; each may leave."""

        async def scenario(one: Desk, two: Desk) -> None:
            call = (await self.customer_calls(one)).dialog
            second, _ = await self.consult(one, two, call)
            one.act(second, "CONFERENCE", "join")
            await one.until("DELETE", dialog=second)
            await two.until("POST", dialog=call)
            await two.until("DELETE", dialog=second)
            for desk in (one, two):
                (dialog,) = desk.dialogs()
                states = {
                    p.findtext("mediaAddress"): p.findtext("state")
                    for p in dialog.findall("participants/Participant")
                }
                self.assertEqual(states, dict.fromkeys((CUSTOMER, "1001", "1002"), "ACTIVE"))
                self.assertEqual(dialog.findtext("mediaProperties/callType"), "CONFERENCE")
                self.assertNotIn("TRANSFER_SST", desk.may(call))
            one.act(call, "DROP")
            await one.until("DELETE", dialog=call)
            left = await two.until("PUT", dialog=call)
            self.assertEqual(left.text("mediaProperties/callType"), "CONFERENCE")
            two.act(call, "DROP")
            await two.until("DELETE", dialog=call)

        self.play({"agent1": "1001", "agent2": "1002"}, scenario)

    def test_single_step(self) -> None:
        """A blind transfer rings at the other agent, and takes the call from the first."""

        async def scenario(one: Desk, two: Desk) -> None:
            call = (await self.customer_calls(one)).dialog
            self.assertEqual(one.rest.act(call, "TRANSFER_SST", "1003", more=to("1003")), 400)
            one.act(call, "TRANSFER_SST", "blind", to("1004"))
            await one.until("DELETE", dialog=call)
            ringing = await two.until("POST", dialog=call, own="ALERTING")
            self.assertEqual(ringing.text("mediaProperties/callType"), "OFFERED")
            two.act(call, "ANSWER")
            await two.until("PUT", own="ACTIVE")
            two.act(call, "DROP")
            await two.until("DELETE", dialog=call)

        self.play({"agent3": "1003", "agent4": "1004"}, scenario)

    def test_in_a_call(self) -> None:
        """Data, digits, recording; what is wrong with them is said at once, or by an event."""

        async def scenario(one: Desk) -> None:
            call = (await self.customer_calls(one)).dialog
            data = (
                "<mediaProperties><wrapUpReason>Sale</wrapUpReason><callvariables><CallVariable>"
                "<name>callVariable3</name><value>42</value></CallVariable><CallVariable>"
                "<name>user.note[2]</name><value>x</value></CallVariable></callvariables></mediaProperties>"
            )
            one.act(call, "UPDATE_CALL_DATA", "data", data)
            told = await one.until("PUT", dialog=call)
            self.assertEqual(told.request_id, "data")
            self.assertEqual(told.text("mediaProperties/wrapUpReason"), "Sale")
            variables = {
                v.findtext("name"): v.findtext("value")
                for v in told.body.iterfind("mediaProperties/callvariables/CallVariable")
            }
            self.assertEqual((variables["callVariable3"], variables["user.note[2]"]), ("42", "x"))
            one.act(call, "SEND_DTMF", "keys", param("dtmfString", "1*#"))
            one.act(call, "SEND_DTMF", "letters", param("dtmfString", "A"))
            refused = await one.until("put")
            self.assertEqual(
                (refused.state, refused.request_id), ("CF_VALUE_OUT_OF_RANGE", "letters")
            )
            one.act(call, "START_RECORDING", "record")
            self.assertEqual((await one.until("PUT", own="ACTIVE")).request_id, "record")
            one.act(call, "HOLD", "hold")
            held = await one.until("PUT", own="HELD")
            self.assertEqual(held.request_id, "hold")
            self.assertEqual(one.rest.act(call, "START_RECORDING", "1005"), 401)
            self.assertEqual(one.rest.act(call, "PARTICIPANT_DROP", "1005"), 501)
            one.act(call, "CONSULT_CALL", "no", to("1006"))
            refused = await one.until("put")
            self.assertEqual(
                (refused.state, refused.request_id),
                ("INVALID_ACTION CONSULT_CALL on extension 1005", "no"),
            )
            one.act(call, "DROP")
            await one.until("DELETE", dialog=call)
            refused_ones = [event.request_id for event in one.told if event.kind == "put"]
            self.assertEqual(refused_ones, ["letters", "no"])  # recording and keys are no errors

        self.play({"agent5": "1005"}, scenario)


class SupervisionTests(Case):
    """A supervisor listens to an agent, and joins."""

    def test_monitor(self) -> None:
        """The supervisor has a dialog about the agent's, the agent notices nothing; DROP ends it."""

        async def scenario(agent: Desk, boss: Desk) -> None:
            self.assertEqual(boss.rest.begin("SILENT_MONITOR", "2001", "1007", "early"), 202)
            refused = await boss.until("put")
            self.assertEqual((refused.request_id, refused.dialog), ("early", "Dialogs"))
            call = (await self.customer_calls(agent)).dialog
            seen = len(agent.told)
            self.assertEqual(boss.rest.begin("SILENT_MONITOR", "2001", "1007", "listen"), 202)
            monitor = await boss.until("POST")
            self.assertEqual(monitor.request_id, "listen")
            self.assertEqual(monitor.text("mediaProperties/callType"), "SUPERVISOR_MONITOR")
            self.assertEqual(monitor.text("associatedDialogUri"), f"/finesse/api/Dialog/{call}")
            self.assertEqual(boss.may(monitor.dialog), ["DROP"])
            boss.act(monitor.dialog, "DROP")
            await boss.until("DELETE", dialog=monitor.dialog)
            self.assertEqual(len(agent.told), seen)
            self.assertEqual(agent.rest.begin("SILENT_MONITOR", "1007", "2001"), 401)
            agent.act(call, "DROP")
            await agent.until("DELETE", dialog=call)

        self.play({"agent7": "1007", "supervisor1": "2001"}, scenario)

    def test_barge(self) -> None:
        """From listening into the call: the monitoring dialog goes, the agent's comes, and all three talk."""

        async def scenario(agent: Desk, boss: Desk) -> None:
            call = (await self.customer_calls(agent)).dialog
            self.assertEqual(boss.rest.begin("SILENT_MONITOR", "2001", "1007"), 202)
            monitor = (await boss.until("POST")).dialog
            about = f"<associatedDialogUri>/finesse/api/Dialog/{monitor}</associatedDialogUri>"
            self.assertEqual(boss.rest.begin("BARGE_CALL", "2001", "1007"), 400)
            self.assertEqual(boss.rest.begin("BARGE_CALL", "2001", "1007", "barge", about), 202)
            await boss.until("DELETE", dialog=monitor)
            ringing = await boss.until("POST", dialog=call, own="ALERTING")
            self.assertEqual(ringing.request_id, "barge")
            self.assertEqual(ringing.text("mediaProperties/callType"), "SUPERVISOR_BARGE")
            boss.act(call, "ANSWER")
            await boss.until("PUT", dialog=call, own="ACTIVE")
            (dialog,) = agent.dialogs()
            present = [
                p.findtext("mediaAddress") for p in dialog.iterfind("participants/Participant")
            ]
            self.assertEqual(present, [CUSTOMER, "1007", "2001"])
            self.leave_together(agent, boss, call)
            await agent.until("DELETE", dialog=call)

        self.play({"agent7": "1007", "supervisor1": "2001"}, scenario)

    def leave_together(self, agent: Desk, boss: Desk, call: str) -> None:
        """Both leave."""
        self.assertNotIn("PARTICIPANT_DROP", boss.may(call))
        boss.act(call, "DROP")
        agent.act(call, "DROP")


class CCESupervisionTests(SupervisionTests):
    """The same on a CCE, where supervisors may take agents out."""

    shared = Shared("demo.talk_s=600", "demo.patience_s=600", 'engine.personality="cce"')

    def leave_together(self, agent: Desk, boss: Desk, call: str) -> None:
        """The supervisor takes the agent out, and leaves."""
        self.assertIn("PARTICIPANT_DROP", boss.may(call))
        self.assertNotIn("PARTICIPANT_DROP", agent.may(call))
        self.assertEqual(boss.rest.act(call, "PARTICIPANT_DROP", CUSTOMER), 400)
        self.assertEqual(boss.rest.act(call, "PARTICIPANT_DROP", "1007", "out"), 202)
        self.addCleanup(boss.rest.act, call, "DROP", "2001")
