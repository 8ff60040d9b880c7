"""Media other than voice: ``[tasks]``."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from finesse_tx.config.values import Count, Seconds

__all__ = ["TaskDomainConfig", "TaskSelectorConfig", "TasksConfig"]


class TaskDomainConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A media routing domain; its name is the table's."""

    id: Annotated[int, Meta(ge=2, le=2_147_483_647)]
    """``mrdId``; 1 is voice."""
    description: str = ""
    """For people to read."""
    interruptible: bool = False
    """Whether a call, or a task of a domain that is not, comes before its tasks."""
    start_timeout_s: Seconds = 30.0
    """How long a task is offered to somebody before somebody else gets it."""
    max_task_s: Seconds = 28_800.0
    """How long somebody may have a task before it ends by itself."""
    teams: tuple[str, ...] = ()
    """The teams whose agents have it, by name; without any, all."""
    sign_out_with_voice: bool = True
    """With ``sign_out = "configured"``: whether signing out of voice signs out of it."""


class TaskSelectorConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A script selector, which tasks are sent to; its name is the table's."""

    domain: str
    """The name of the domain of its tasks."""
    description: str = ""
    """For people to read."""
    queue: str = ""
    """The contact service queue whose agents get them; empty: everybody who is in the domain."""
    priority: Annotated[int, Meta(ge=1, le=10)] = 1
    """10 goes first."""


def _task_domains() -> dict[str, TaskDomainConfig]:
    return {
        "Chat": TaskDomainConfig(5000, "Chats"),
        "Email": TaskDomainConfig(5001, "E-mails", interruptible=True, start_timeout_s=120.0),
    }


def _task_selectors() -> dict[str, TaskSelectorConfig]:
    return {"chat": TaskSelectorConfig("Chat"), "email": TaskSelectorConfig("Email")}


class TasksConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Task routing: media other than voice."""

    max_tasks: Count = 10_000
    """How many tasks there may be, those of the last five minutes included; one more is refused."""
    submitters: tuple[str, ...] = ()
    """Who may submit tasks, by login id, besides administrators."""
    feed_id: Annotated[int, Meta(ge=1, le=2_147_483_647)] = 100_000
    """The number of the feed that they are submitted to."""
    sign_out: Literal["all", "configured", "voice"] = "all"
    """What else an agent who signs out of voice, or whose desktop is gone, is signed out of."""
    domains: dict[str, TaskDomainConfig] = msgspec.field(default_factory=_task_domains)
    """The media routing domains, by name."""
    selectors: dict[str, TaskSelectorConfig] = msgspec.field(default_factory=_task_selectors)
    """The script selectors, by dialled number."""
