"""An agent who signs in while his phone rings, on the wire.

Spec: ``cti.md`` §11.3 (SNAPSHOT_DEVICE), §11.4; ``engine.md`` §2.2.
"""

from __future__ import annotations

from finesse_tx.cti.core.enums import AgentState, CallType
from finesse_tx.cti.core.messages import (
    AnswerCallConf,
    AnswerCallReq,
    BeginCallEvent,
    CallDeliveredEvent,
    CallEstablishedEvent,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
)
from tests.support.centre import CALLER
from tests.support.sequences import (
    AGENT,
    CALL,
    CALLING,
    LCS,
    NEW,
    NO_DEVICE,
    SequenceCase,
    addressed,
    cleared,
    connection,
    ends,
    leaves,
    part,
    stands,
    state,
)
from tests.support.sequences import PHONE as OUTSIDE

DATA = addressed(CALLER, "1001")
CALLED = part("called", "1001", AGENT)
NOT_REDIRECTED = part("last_redirect", None, NO_DEVICE)


class RingingTests(SequenceCase):
    """Somebody calls 1001, where nobody is signed in yet."""

    def setUp(self) -> None:
        """It rings, and nobody is told."""
        super().setUp()
        self.customer_calls("1001")
        self.check()

    def test_told(self) -> None:
        """The states come first, then BEGIN_CALL and CALL_DELIVERED, as if it had begun to ring now."""
        confirmed, *_ = self.sign_in(1)
        self.assertEqual(self.floor.seen.pop(0), confirmed)
        self.check(
            state(1, AgentState.LOGIN),
            state(1, AgentState.NOT_READY, 32760),
            BeginCallEvent(call_type=CallType.CALLTYPE_OTHER_IN, **connection("1001"), **DATA),
            CallDeliveredEvent(
                **connection("1001"),
                **part("alerting", "1001", AGENT),
                **CALLING,
                **CALLED,
                **NOT_REDIRECTED,
                **stands(LCS.LCS_ALERTING, NEW),
                **DATA,
            ),
        )

    def test_answered(self) -> None:
        """He answers it from his desktop, and its end is told."""
        self.sign_in(1)
        (snapshot,) = self.floor.request(SnapshotDeviceReq, agent_instrument="1001")
        assert isinstance(snapshot, SnapshotDeviceConf)
        self.assertEqual(
            [(c.call_connection_call_id, c.call_state) for c in snapshot.calls],
            [(CALL, LCS.LCS_ALERTING)],
        )
        self.floor.take()
        self.floor.request(AnswerCallReq, connection_call_id=CALL, connection_device_id="1001")
        confirmed, *told = self.floor.take()
        self.assertIsInstance(confirmed, AnswerCallConf)
        self.assertEqual(
            told,
            [
                CallEstablishedEvent(
                    **connection("1001"),
                    **part("answering", "1001", AGENT),
                    **CALLING,
                    **CALLED,
                    **NOT_REDIRECTED,
                    **stands(LCS.LCS_CONNECT, NEW),
                )
            ],
        )
        self.customer_leaves()
        self.check(leaves(CALLER, OUTSIDE), leaves("1001", AGENT), cleared("1001"), ends("1001"))

    def test_not_answered(self) -> None:
        """The caller gives up: that is told, too."""
        self.sign_in(1)
        self.floor.take()
        self.customer_leaves()
        self.check(leaves(CALLER, OUTSIDE), leaves("1001", AGENT), cleared("1001"), ends("1001"))
