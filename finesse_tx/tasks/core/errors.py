"""Why task routing does not do what it is asked for.

The names and numbers are those of the agent reporting interface behind the original; the types are the texts that
clients read beside them.

Spec: ``rest.md`` §10.1 (``Agent already logged into MRD``); the public REST guide, "Errors for Dialogs" and "Errors for
Agent State and Mode Changes".
"""

from __future__ import annotations

from enum import Enum

from finesse_tx.errors import FinesseError

__all__ = ["NoSuchTargetError", "Refusal", "TaskRefusedError", "TooManyTasksError"]


class Refusal(Enum):
    """A refusal: its number, its constant, its type."""

    ALREADY_SIGNED_IN = (1, "E_ARM_STAT_AGENT_ALREADY_LOGGED_IN", "Agent already logged into MRD")
    NO_SUCH_DOMAIN = (3, "E_ARM_STAT_MRD_LIST_ENTRY_NOT_FOUND", "Invalid MRD")
    NOT_SIGNED_IN = (6, "E_ARM_STAT_AGENT_NOT_LOGGED_IN", "Agent not logged into MRD")
    NO_SUCH_TASK = (18, "E_ARM_STAT_TASK_OBJECT_NOT_FOUND", "Dialog Not Found")
    WRONG_ORDER = (19, "E_ARM_STAT_INVALID_MESSAGE_SEQUENCE", "Invalid State")
    INTERRUPTED = (
        30,
        "E_ARM_STAT_NOT_VALID_AFTER_INTERRUPT_ADVISORY_ACCEPT",
        "Invalid State",
    )

    def __init__(self, code: int, constant: str, error_type: str) -> None:
        self.code, self.constant, self.error_type = code, constant, error_type


class TaskRefusedError(FinesseError):
    """What an agent asks for is not possible now.

    Attributes:
        refusal: Why.
        domain_id: In which media routing domain.
    """

    def __init__(self, refusal: Refusal, domain_id: int) -> None:
        super().__init__(refusal, domain_id)
        self.refusal, self.domain_id = refusal, domain_id

    def __str__(self) -> str:
        return f"{self.refusal.constant} in domain {self.domain_id}"


class NoSuchTargetError(FinesseError):
    """There is no script selector of that name.

    Attributes:
        dialed_number: The name.
    """

    def __init__(self, dialed_number: str) -> None:
        super().__init__(dialed_number)
        self.dialed_number = dialed_number

    def __str__(self) -> str:
        return f"there is no script selector {self.dialed_number!r}"


class TooManyTasksError(FinesseError):
    """There are as many tasks as there may be.

    Attributes:
        limit: How many that is.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit

    def __str__(self) -> str:
        return f"there are {self.limit} tasks already"
