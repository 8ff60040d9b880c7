"""Media and what is keyed: RTP_STARTED and RTP_STOPPED, SEND_DTMF_SIGNAL, DEFLECT_CALL, message by message.

Spec: ``cti.md`` §9.5, §9.8, §11.5 step 6, §11.7; ``telephony.md`` §4.5 (RTP_STOPPED comes first).
"""

from __future__ import annotations

from typing import Any

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.enums import (
    ControlFailureCode,
    EventCause,
    PeripheralErrorCode,
    RTPDirection,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AnswerCallReq,
    CallDivertedEvent,
    ConsultationCallReq,
    DeflectCallConf,
    DeflectCallReq,
    HoldCallReq,
    RetrieveCallReq,
    RtpStartedEvent,
    RtpStoppedEvent,
    SendDtmfSignalConf,
    SendDtmfSignalReq,
    TransferCallReq,
)
from finesse_tx.telephony.core.events import Batch, Event, EventID, MetaCode
from tests.support.sequences import (
    AGENT,
    CALL,
    LCS,
    SequenceCase,
    answered,
    connection,
    part,
    stands,
)

CF = ControlFailureCode


def stream(kind: type[Any], agent: int = 1, call_id: int = CALL) -> list[Message]:
    """Media starts or stops at an agent's phone, both ways."""
    phone = str(1000 + agent)
    return [
        kind(
            direction=direction,
            connection_call_id=call_id,
            connection_device_id=phone,
            agent_id_long=f"agent{agent}",
            agent_extension=phone,
            agent_instrument=phone,
        )
        for direction in (RTPDirection.INPUT, RTPDirection.OUTPUT)
    ]


class StreamTests(SequenceCase):
    """With ``engine.rtp_events``."""

    def setUp(self) -> None:
        """Agents 1 and 2 are READY."""
        self.start(1, 2, config=EngineConfig(rtp_events=True))

    def media(self) -> list[str]:
        """What was told of media, each way counted as one."""
        return [
            f"{type(m).__name__[3:7]} {m.connection_device_id} {m.connection_call_id - CALL}"
            for m in self.floor.take()
            if isinstance(m, RtpStartedEvent | RtpStoppedEvent) and m.direction == 0
        ]

    def test_off(self) -> None:
        """Without it nobody is told."""
        self.start(1)
        self.customer_calls()
        self.answer()
        self.assertEqual(self.media(), [])

    def test_call(self) -> None:
        """Started after the answer, stopped before who leaves is told."""
        self.customer_calls()
        self.floor.seen.clear()
        self.answer()
        self.floor.seen[:1] = []
        self.check(*answered(), *stream(RtpStartedEvent))
        self.customer_leaves()
        told = self.floor.take()
        self.assertEqual(told[:2], stream(RtpStoppedEvent))
        self.assertEqual(type(told[2]).__name__, "CallConnectionClearedEvent")

    def test_hold(self) -> None:
        """On hold nothing flows."""
        self.customer_calls()
        self.answer()
        self.floor.seen.clear()
        self.floor.request(HoldCallReq, **connection("1001"))
        self.assertEqual(self.floor.told()[1:3], ["RtpStoppedEvent 1001"] * 2)
        self.floor.request(
            RetrieveCallReq, held_connection_call_id=CALL, held_connection_device_id="1001"
        )
        self.assertEqual(self.floor.told()[2:], ["RtpStartedEvent 1001"] * 2)

    def test_transfer(self) -> None:
        """Media follows from call to call; nobody is left with a stream when all is over."""
        self.customer_calls()
        self.answer()
        self.media()
        self.floor.request(
            ConsultationCallReq,
            active_connection_call_id=CALL,
            active_connection_device_id="1001",
            dialed_number="1002",
            consult_type=1,
        )
        self.assertEqual(self.media(), ["Stop 1001 0"])
        consultation = {"connection_call_id": CALL + 1, "connection_device_id": "1002"}
        self.floor.request(AnswerCallReq, **consultation)
        self.assertEqual(self.media(), ["Star 1001 1", "Star 1002 1"])
        self.floor.request(
            TransferCallReq,
            active_connection_call_id=CALL + 1,
            active_connection_device_id="1001",
            held_connection_call_id=CALL,
        )
        self.assertEqual(self.media(), ["Stop 1001 1", "Stop 1002 1", "Star 1002 0"])
        self.customer_leaves()
        self.assertEqual(self.media(), ["Stop 1002 0"])

    def test_lost(self) -> None:
        """When the telephone system is lost every stream is stopped, once."""
        self.customer_calls()
        self.answer()
        self.media()
        lost = Batch(MetaCode.UNKNOWN, (Event(EventID.PROV_OUT_OF_SERVICE),))
        for _ in range(2):
            self.floor.service.provider_changed(lost)
        self.assertEqual(self.media(), ["Stop 1001 0"])
        self.assertEqual(len(self.flushLoggedErrors()), 1)  # it cannot be lost twice


class DtmfTests(SequenceCase):
    """SEND_DTMF_SIGNAL."""

    def setUp(self) -> None:
        """A customer talks to agent 1."""
        self.start(1)
        self.customer_calls()

    def key(self, digits: str | None, device: str = "1001") -> dict[str, Any]:
        """A request's fields."""
        return connection(device) | {"dtmf_string": digits}

    def test_sent(self) -> None:
        """The tones are heard in the call; clients are told nothing but the confirmation."""
        self.answer()
        heard: list[str] = []
        self.floor.simulator.observe(
            lambda batch: heard.extend(
                f"{e.address} {e.text}" for e in batch.events if e.id is EventID.MEDIA_DTMF
            )
        )
        self.floor.seen.clear()
        self.floor.request(SendDtmfSignalReq, **self.key("0123456789*#ABCD"))
        self.check(SendDtmfSignalConf(invoke_id=self.floor.next_invoke_id - 1))
        self.assertEqual(heard, ["1001 0123456789*#ABCD"])

    def test_refused(self) -> None:
        """Not while it rings, not what cannot be keyed, not somebody else's phone."""
        refused = self.refused
        self.assertEqual(refused(SendDtmfSignalReq, **self.key("1"))[0], CF.CF_NO_ACTIVE_CALL)
        self.answer()
        range_error = (CF.CF_VALUE_OUT_OF_RANGE, PeripheralErrorCode.INVALID_ARGUMENT)
        for digits in (None, "x"):
            self.assertEqual(refused(SendDtmfSignalReq, **self.key(digits)), range_error)
        self.assertEqual(
            refused(SendDtmfSignalReq, **self.key("1", "1002"))[0],
            CF.CF_INVALID_CSTA_DEVICE_IDENTIFIER,
        )


class DeflectTests(SequenceCase):
    """DEFLECT_CALL."""

    def deflect(self, to: str) -> dict[str, Any]:
        """A request's fields."""
        return connection("1001") | {"called_device_id": to}

    def test_deflected(self) -> None:
        """A call past the engine that rings is sent on: CALL_DIVERTED, END_CALL, and it rings elsewhere."""
        self.start(1, 2)
        self.customer_calls("1001")
        self.floor.seen.clear()
        self.floor.request(DeflectCallReq, **self.deflect("1002"))
        told = self.floor.take()
        self.assertEqual(told[0], DeflectCallConf(invoke_id=self.floor.next_invoke_id - 1))
        self.assertIn(
            CallDivertedEvent(
                **connection("1001"),
                **part("diverting", "1001", AGENT),
                **part("called", "1002", AGENT),
                **stands(LCS.LCS_NULL, EventCause.CEC_REDIRECTED),
            ),
            told,
        )
        names = [type(message).__name__ for message in told]
        self.assertEqual(names.count("EndCallEvent"), 1)
        self.floor.request(AnswerCallReq, **connection("1002"))
        self.customer_leaves()
        self.assertEqual(self.floor.service.engine.calls.by_id, {})

    def test_refused(self) -> None:
        """Not a routed call, not one that is answered, not to oneself or to nobody."""
        self.start(1)
        self.customer_calls()
        self.assertEqual(
            self.refused(DeflectCallReq, **self.deflect("1002"))[0], CF.CF_INVALID_OBJECT_STATE
        )
        for to in ("1001", ""):
            self.assertEqual(
                self.refused(DeflectCallReq, **self.deflect(to))[0], CF.CF_INVALID_DESTINATION
            )
        self.answer()
        self.assertEqual(
            self.refused(DeflectCallReq, **self.deflect("1002"))[0], CF.CF_NO_CALL_TO_ANSWER
        )
