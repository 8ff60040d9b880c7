"""What the handling of requests needs of whoever runs the engine, and how a request is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from twisted.internet.defer import Deferred

from finesse_tx.cti.core.enums import StatusCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.messages import ControlFailureConf, FailureConf
from finesse_tx.engine.core.configuration import Configuration
from finesse_tx.engine.core.engine import Engine
from finesse_tx.engine.core.events import Operation

__all__ = ["Command", "Commands", "Reply", "Runner", "failure", "refusal"]

Reply = Callable[[Message], None]

Command = Callable[[Any, Reply], None]
"""Carries a request out, or raises `ControlFailureError`; may reply later."""

Commands = dict[type[Message], Command]


class Runner(Protocol):
    """Who runs the engine."""

    @property
    def engine(self) -> Engine:
        """The engine."""

    @property
    def configuration(self) -> Configuration:
        """What clients are configured with."""

    def now(self) -> float:
        """The time for the engine."""

    def settle(self) -> None:
        """Tell and ask for everything that the engine's last command caused."""

    def operate(self, operation: Operation) -> Deferred[Any]:
        """Let the telephone system do something."""


def refusal(request: Request, error: ControlFailureError) -> Message:
    """The engine, or the telephone system, does not do it."""
    return ControlFailureConf(
        invoke_id=request.invoke_id,
        failure_code=error.failure_code,
        peripheral_error_code=error.peripheral_error_code,
    )


def failure(request: Request, status: StatusCode = StatusCode.E_CTI_UNSPECIFIED_FAILURE) -> Message:
    """The request was not understood, or we failed."""
    return FailureConf(invoke_id=request.invoke_id, status=status)
