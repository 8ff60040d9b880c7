"""How agents and calls are treated, as far as an operator decides it."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    ring_no_answer_s: float = 20.0
    ready_after_ring_no_answer: bool = False
    ring_no_answer_skip_s: float = 15.0
    ready_after_other_call: bool = True
    requeue_at_tail: bool = False
    rtp_events: bool = False
