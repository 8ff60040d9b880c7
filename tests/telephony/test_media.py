"""`finesse_tx.telephony.core.media`, and the simulator's timers for it: what ports play and collect."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.telephony.core.errors import InvalidStateError, ProviderError
from finesse_tx.telephony.core.events import Cause, EventID
from finesse_tx.telephony.core.media import MAX_DIGITS, DigitRules
from finesse_tx.telephony.simulator import Simulator, SimulatorOptions
from tests.support.telephony import RecordingListener

CALLER = "0612345678"
PORT = "70001"


class MediaCase(SynchronousTestCase):
    """A caller at a port; prompts last 4 seconds."""

    def setUp(self) -> None:
        """Bring him there."""
        self.clock, self.listener = Clock(), RecordingListener()
        self.simulator = Simulator(
            SimulatorOptions(phones=("1001-1002",), ports=2), self.listener, self.clock
        )
        self.simulator.startService()
        self.call_id = self.simulator.place_call("6001", CALLER)
        self.simulator.redirect(self.call_id, "6001", PORT)
        self.simulator.accept(self.call_id, PORT)
        self.simulator.answer(self.call_id, PORT, f"CTIP{PORT}")
        self.clock.advance(0)
        self.listener.batches.clear()

    def tearDown(self) -> None:
        """No timer may be left."""
        self.simulator.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def do(self, name: str, *arguments: Any) -> None:
        """Ask for something that can be done."""
        done = getattr(self.simulator, name)(self.call_id, *arguments)
        self.clock.advance(0)
        self.successResultOf(done)

    def after(self, seconds: float) -> list[str]:
        """What was told of media once time has passed, and a turn."""
        self.clock.advance(seconds)
        self.clock.advance(0)
        batches, self.listener.batches = self.listener.batches, []
        return [
            f"{event.id.name.removeprefix('MEDIA_')} {event.text or '-'} {event.cause.name}"
            for batch in batches
            for event in batch.events
            if event.id.name.startswith("MEDIA_")
        ]

    def fails(self, name: str, *arguments: Any) -> ProviderError:
        """Ask for something that cannot be done: nothing happens."""
        done = getattr(self.simulator, name)(*arguments)
        self.assertEqual(self.after(0), [])
        error = self.failureResultOf(done, ProviderError).value
        assert isinstance(error, ProviderError)
        return error


class PlayTests(MediaCase):
    """Prompts and music."""

    def test_prompt(self) -> None:
        """A prompt is over when it has lasted as long as prompts do, not a moment before."""
        self.do("play", PORT, "welcome", False)
        self.assertEqual(self.after(3.999), ["PROMPT welcome NORMAL"])
        self.assertEqual(self.after(0.001), ["IDLE - NORMAL"])

    def test_music(self) -> None:
        """Music has no end of its own; stopping ends it, and stopping silence does nothing."""
        self.do("play", PORT, "vivaldi", True)
        self.assertEqual(self.after(100_000), ["MUSIC vivaldi NORMAL"])
        self.do("stop_media", PORT)
        self.assertEqual(self.after(0), ["IDLE - CALL_CANCELLED"])
        self.do("stop_media", PORT)
        self.assertEqual(self.after(0), [])

    def test_replaced(self) -> None:
        """What begins ends what was there; the old prompt's time means nothing to the new one."""
        self.do("play", PORT, "one", False)
        self.clock.advance(3)
        self.do("play", PORT, "two", False)
        self.assertEqual(
            self.after(3.999), ["PROMPT one NORMAL", "IDLE - CALL_CANCELLED", "PROMPT two NORMAL"]
        )
        self.assertEqual(self.after(0.001), ["IDLE - NORMAL"])

    def test_redirected(self) -> None:
        """While an agent's phone rings the music goes on; when he answers it is gone without a word."""
        self.do("play", PORT, "vivaldi", True)
        self.do("redirect", PORT, "1001")
        self.assertEqual(self.after(0), ["MUSIC vivaldi NORMAL"])
        self.do("answer", "1001", "SEP0000000003E9")
        self.assertEqual(self.after(0), [])

    def test_hangs_up(self) -> None:
        """Who hangs up in the middle leaves no timer, whatever he was hearing or keying."""
        self.do("collect", PORT, DigitRules(prompt="account"))
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.do("hang_up_outside", CALLER)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_too_late(self) -> None:
        """A prompt that ends in the turn in which another begins is not taken for that one."""
        self.do("play", PORT, "one", False)
        self.after(3.5)
        self.clock.callLater(0.5, self.simulator.play, self.call_id, PORT, "two", False)
        self.assertEqual(self.after(0.5), ["IDLE - NORMAL", "PROMPT two NORMAL"])
        self.assertEqual(self.after(4), ["IDLE - NORMAL"])

    def test_refused(self) -> None:
        """Only a port in conversation plays."""
        self.assertIs(
            self.fails("play", self.call_id + 1, PORT, "x", False).cause, Cause.CALL_CANCELLED
        )
        self.assertIs(
            self.fails("play", self.call_id, "70002", "x", False).cause, Cause.CALL_CANCELLED
        )
        other = self.simulator.place_call("6001", CALLER)
        self.simulator.redirect(other, "6001", "70002")
        self.assertIsInstance(self.fails("play", other, "70002", "x", False), InvalidStateError)
        phone = self.simulator.place_call("1001", CALLER)
        self.simulator.answer(phone, "1001", "SEP0000000003E9")
        self.assertIs(
            self.fails("play", phone, "1001", "x", False).cause, Cause.INCOMPATIBLE_DESTINATION
        )


class CollectTests(MediaCase):
    """Digits."""

    def key(self, digits: str) -> None:
        """The caller keys something."""
        self.do("key_outside", CALLER, digits)

    def test_enough(self) -> None:
        """As many as wanted end it at once; what is keyed beyond is not counted."""
        self.do("collect", PORT, DigitRules(4))
        self.key("12")
        self.key("345")
        self.assertEqual(
            self.after(0),
            ["COLLECTING - NORMAL", "DTMF 12 NORMAL", "DTMF 345 NORMAL", "IDLE 1234 NORMAL"],
        )

    def test_terminator(self) -> None:
        """A terminator ends it and is not one of the digits; another rule may make it one."""
        self.do("collect", PORT, DigitRules(4))
        self.key("1#")
        self.assertEqual(self.after(0)[-1], "IDLE 1 NORMAL")
        self.do("collect", PORT, DigitRules(2, terminators=""))
        self.key("*#")
        self.assertEqual(self.after(0)[-1], "IDLE *# NORMAL")

    def test_times(self) -> None:
        """The first digit has its time after the prompt, each further one its own; then it ends with what there is."""
        rules = DigitRules(4, first_s=5, between_s=2, prompt="account")
        self.do("collect", PORT, rules)
        self.assertEqual(self.after(8.999), ["COLLECTING account NORMAL"])
        self.assertEqual(self.after(0.001), ["IDLE - UNKNOWN"])
        self.do("collect", PORT, rules)
        self.after(8)
        for digit in "12":
            self.key(digit)
            self.assertEqual(self.after(1.999), [f"DTMF {digit} NORMAL"])
        self.assertEqual(self.after(0.001), ["IDLE 12 UNKNOWN"])

    def test_replaced(self) -> None:
        """When something else is wanted, what was keyed is told."""
        self.do("collect", PORT, DigitRules(4))
        self.key("12")
        self.after(0)
        self.do("play", PORT, "sorry", False)
        self.assertEqual(self.after(0), ["IDLE 12 CALL_CANCELLED", "PROMPT sorry NORMAL"])

    def test_nobody_collects(self) -> None:
        """Without a collection digits are told and forgotten."""
        self.key("9")
        self.do("collect", PORT, DigitRules(1))
        self.assertEqual(self.after(0), ["DTMF 9 NORMAL", "COLLECTING - NORMAL"])

    def test_what_can_be_keyed(self) -> None:
        """1 to 32 of the sixteen keys, by somebody in conversation."""
        self.key("0123456789*#ABCD")
        self.key("1" * MAX_DIGITS)
        self.after(0)
        for digits in ("", "x", "1 2", "1" * (MAX_DIGITS + 1)):
            error = self.fails("send_dtmf", self.call_id, CALLER, digits)
            self.assertIs(error.cause, Cause.INCOMPATIBLE_DESTINATION)
        self.do("redirect", PORT, "1001")
        self.assertIsInstance(self.fails("send_dtmf", self.call_id, "1001", "1"), InvalidStateError)

    def test_rules(self) -> None:
        """Rules that cannot be are refused when they are made."""
        for values in (
            {"max_digits": 0},
            {"max_digits": MAX_DIGITS + 1},
            {"first_s": -0.1},
            {"between_s": -0.1},
            {"terminators": "E"},
        ):
            self.assertRaises(ValueError, DigitRules, **values)
        DigitRules(MAX_DIGITS, 0, 0, "*#ABCD")

    def test_not_logged(self) -> None:
        """Digits may be secrets: what an event looks like in the log does not have them."""
        self.key("4711")
        (event,) = self.listener.batches[-1].events
        self.assertIs(event.id, EventID.MEDIA_DTMF)
        self.assertEqual(event.text, "4711")
        self.assertNotIn("4711", str(event))
