"""A transfer and a conference after the customer was talked to last: the consultation is the call that is left.

Spec: ``notifications.md`` §7.4 (which id survives); ``docs/engine.rst``.
"""

from typing import Any

from finesse_tx.cti.core.messages import (
    CallDataUpdateEvent,
    ConferenceCallReq,
    SetCallDataReq,
    TransferCallReq,
)
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.engine.core.data import CallData
from tests.engine.test_two_calls import CONSULT, TwoCallsCase, on
from tests.support.centre import CALLER
from tests.support.sequences import CALL


class AlternatedTests(TwoCallsCase):
    """Agent 1 has consulted agent 2, and is with the customer again."""

    def setUp(self) -> None:
        """He has gone over."""
        super().setUp()
        self.consulted()
        self.alternate(CONSULT, CALL)
        self.set_data(CALL, call_variables=("vip", "wants an offer"), call_wrapup_data="Sale")
        self.set_data(CONSULT, call_variables=(None, None, "asked twice"))
        self.floor.seen.clear()

    def set_data(self, call_id: int, **values: Any) -> None:
        """He writes something down."""
        self.floor.request(SetCallDataReq, **on(call_id, "1001"), **values)

    def join_now(self, kind: type[Any], **values: Any) -> CallData:
        """He brings the calls together; what is attached to the call that is left."""
        both = {"active_connection_call_id": CALL, "held_connection_call_id": CONSULT}
        self.ask(kind, active_connection_device_id="1001", **both, **values)
        return self.floor.service.engine.call(CONSULT).data

    def test_data(self) -> None:
        """What is known of the customer goes with him, and is told."""
        for kind in (TransferCallReq, ConferenceCallReq):
            data = self.join_now(kind)
            self.assertEqual(data.variables[:3], ("vip", "wants an offer", ""))
            self.assertEqual((data.named["user.x"], data.wrapup, data.ani), ("1", "Sale", CALLER))
            told = [m for m in self.floor.seen if isinstance(m, CallDataUpdateEvent)]
            self.assertIn("wants an offer", told[0].call_variables)
            self.setUp()

    def test_attached(self) -> None:
        """What the request attaches is on top."""
        more = {"call_variables": (None, "urgent"), "call_wrapup_data": "Other"}
        named = (NamedVariable("user.y", "2"),)
        data = self.join_now(TransferCallReq, named_variables=named, **more)
        self.assertEqual(data.variables[:2], ("vip", "urgent"))
        self.assertEqual(
            (data.wrapup, data.named["user.x"], data.named["user.y"]), ("Other", "1", "2")
        )
