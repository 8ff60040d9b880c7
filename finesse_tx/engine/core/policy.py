"""How agents and calls are treated, as far as an operator decides it."""

from __future__ import annotations

from dataclasses import dataclass

from finesse_tx.engine.core.states import Personality

__all__ = ["Policy"]


@dataclass(frozen=True, slots=True)
class Policy:
    """The engine's settings.

    Attributes:
        ring_no_answer_s: How long a phone rings before the contact goes back to its queue.
        ready_after_ring_no_answer: Whether an agent who did not answer stays READY.
        ring_no_answer_skip_s: For how long such an agent is then passed over; 0: not at all.
        ready_after_other_call: Whether an agent who was READY before a call that the engine did not route is READY
            after it.
        requeue_at_tail: Whether a contact whose agent did not answer waits behind the others of its priority.
        rtp_events: Whether clients are told when media starts and stops at a phone.
        personality: Whose tables hold.
        reason_required: Whether NOT_READY and LOGOUT need a reason while the agent's team has some to choose from.
        logout_on_disconnect: In CCE personality: whether an agent whose desktop is gone is signed out, not NOT_READY.
        client_grace_s: How long an agent's own CTI client may be gone before he is signed out; 0: for ever.
        missed_calls: In CCE personality: how many calls in a row an agent who stays READY may miss.
    """

    ring_no_answer_s: float = 20.0
    ready_after_ring_no_answer: bool = False
    ring_no_answer_skip_s: float = 15.0
    ready_after_other_call: bool = True
    requeue_at_tail: bool = False
    rtp_events: bool = False
    personality: Personality = Personality.CCX
    reason_required: bool = False
    logout_on_disconnect: bool = False
    missed_calls: int = 2
    client_grace_s: float = 60.0
