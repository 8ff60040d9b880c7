"""The key that a CCE's router has given to a call, as the dialog shows it."""

from dataclasses import replace
from typing import Any

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import MediaProperties
from tests.webservices.core import events
from tests.webservices.core.test_model import Case

KEY: dict[str, Any] = {"router_call_key_day": 152_018, "router_call_key_call_id": 217}


class KeyTests(Case):
    """``rest.md`` §4.1."""

    def offer(self, **key: Any) -> None:
        """A call rings at Ann's."""
        self.tell(events.state("ann", AgentState.AVAILABLE))
        begun, *rest = events.queued()
        assert isinstance(begun, messages.BeginCallEvent)
        self.tell(replace(begun, **key), *rest, *events.offered())

    def shown(self, model: Model | None = None) -> tuple[str | None, str | None, str | None]:
        """Ann's dialog's three elements."""
        (dialog,) = (model or self.model).dialogs("ann")
        found: MediaProperties = dialog.media_properties
        return found.call_key_prefix, found.call_key_call_id, found.call_key_sequence_num

    def test_told(self) -> None:
        """Each part is there, and a snapshot, which has no sequence, does not take it away."""
        self.offer(**KEY, router_call_key_sequence_number=1)
        self.assertEqual(self.shown(), ("152018", "217", "1"))
        snapshot = messages.SnapshotCallConf(invoke_id=0, **KEY)
        self.model.call_snapshot(events.CALL, snapshot, events.minute(2))
        self.assertEqual(self.shown(), ("152018", "217", "1"))

    def test_later(self) -> None:
        """What is routed anew has another one."""
        self.offer(**KEY, router_call_key_sequence_number=1)
        self.tell(
            messages.CallDataUpdateEvent(
                call_type=0,
                connection_call_id=events.CALL,
                connection_device_id="1001",
                new_connection_call_id=events.CALL,
                new_connection_device_id="1001",
                **KEY,
                router_call_key_sequence_number=2,
            )
        )
        self.assertEqual(self.shown(), ("152018", "217", "2"))

    def test_none(self) -> None:
        """Where the engine tells none, and a UCCX does not, the elements are not there."""
        self.offer()
        self.assertEqual(self.shown(), (None, None, None))
