"""The steps of a script, as they are written: one class for each, whose fields are the step's keys.

The first field is the step's own key, which names it. Texts marked *filled in* may hold ``{name}`` for the value of a
variable.

Spec: ``engine.md`` §3.5; ``docs/scripts.rst`` is written for who writes scripts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from finesse_tx.engine.core.scripts.calendars import Calendar

__all__ = [
    "PATTERNS",
    "STEPS",
    "Agent",
    "Delay",
    "Dequeue",
    "Digits",
    "Get",
    "Go",
    "HangUp",
    "If",
    "Menu",
    "Music",
    "Name",
    "Open",
    "Placed",
    "Play",
    "Priority",
    "Queue",
    "Redirect",
    "Script",
    "Set",
    "Statistic",
    "Step",
    "Text",
    "Variable",
    "Wait",
]

_NAME: Final = r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$"
_NAME_OR_NONE: Final = r"^([A-Za-z_][A-Za-z0-9_-]{0,63})?$"
_VARIABLE: Final = r"^[a-z][a-z0-9_]{0,63}$"
_TARGET: Final = r"^([a-z][a-z0-9_]{0,63}|CallVariable([1-9]|10)|user\.[A-Za-z0-9_.]{1,27})$"
_KEY: Final = r"^[0-9*#A-D]$"
_KEYS: Final = r"^[0-9*#A-D]*$"

PATTERNS: Final[Mapping[str, str]] = {
    _NAME: "a name: letters, digits, - and _, no digit first",
    _NAME_OR_NONE: "a name, or nothing",
    _VARIABLE: "a variable: small letters, digits and _, a letter first",
    _TARGET: "a variable, CallVariable1 to CallVariable10, or a named variable such as user.plan",
    _KEY: "a key of a phone: 0 to 9, *, #, A to D",
    _KEYS: "keys of a phone: 0 to 9, *, #, A to D",
}
"""What the patterns mean, for messages."""

Name = Annotated[str, Meta(pattern=_NAME)]
"""A label's or a calendar's name."""

Variable = Annotated[str, Meta(pattern=_VARIABLE)]
"""A variable of the script."""

Target = Annotated[str, Meta(pattern=_TARGET)]
"""What can be set: a variable, CallVariable1 to CallVariable10, or a named (ECC) variable."""

Text = Annotated[str, Meta(max_length=256)]
Words = Annotated[str, Meta(min_length=1, max_length=256)]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Key = Annotated[str, Meta(pattern=_KEY)]
"""What can be keyed on a phone."""

Statistic = Literal["position", "expected_wait", "waiting", "ready", "busy"]
"""Of a queue: where the caller stands in it, how long it will take (s), how many wait, how many agents it can select
now, how many of its agents have a call or wrap one up."""


class Play(Struct, frozen=True, forbid_unknown_fields=True):
    """Let the caller hear a prompt, to its end."""

    play: Text
    """Its name, filled in; empty: nothing."""


class Music(Struct, frozen=True, forbid_unknown_fields=True):
    """Let the caller hear something again and again, until something else begins."""

    music: Text
    """Its name, filled in; empty: nothing."""
    for_s: Seconds | None = None
    """How long the script waits with it; left out: not at all."""


class Delay(Struct, frozen=True, forbid_unknown_fields=True):
    """Wait."""

    delay_s: Seconds


class Menu(Struct, frozen=True, forbid_unknown_fields=True):
    """Let the caller choose by a key."""

    menu: Text
    """The prompt, filled in; his key ends it."""
    choices: Annotated[dict[Key, Name], Meta(min_length=1)]
    """The label for each key."""
    on_fail: Name
    """The label for who has chosen nothing that there is."""
    first_s: Seconds = 5.0
    """How long he may take, after the prompt."""
    tries: Annotated[int, Meta(ge=1, le=10)] = 3


class Digits(Struct, frozen=True, forbid_unknown_fields=True):
    """Let the caller key a number."""

    digits: Text
    """The prompt, filled in; his first key ends it."""
    into: Variable
    on_fail: Name
    """The label for who has keyed too few."""
    max_digits: Annotated[int, Meta(ge=1, le=32)] = 32
    min_digits: Annotated[int, Meta(ge=1, le=32)] = 1
    end: Annotated[str, Meta(pattern=_KEYS)] = "#"
    """Each of these keys ends it."""
    first_s: Seconds = 5.0
    between_s: Seconds = 3.0
    tries: Annotated[int, Meta(ge=1, le=10)] = 3


class Set(Struct, frozen=True, forbid_unknown_fields=True):
    """Give variables values."""

    set: Annotated[dict[Target, Text], Meta(min_length=1)]
    """The values, filled in."""


class Get(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask a queue for a figure, a whole number; what is not known is empty."""

    get: Statistic
    into: Variable
    csq: Words = "{queue}"
    """Its name, filled in; left out: the trigger's own."""


class If(Struct, frozen=True, forbid_unknown_fields=True):
    """Go elsewhere if a variable has a certain value."""

    if_: Variable = msgspec.field(name="if")
    go: Name
    is_: Text | None = msgspec.field(name="is", default=None)
    """That value, filled in."""
    above: float | None = None
    below: float | None = None
    """Or a number above, below; what is no number is neither."""


class Open(Struct, frozen=True, forbid_unknown_fields=True):
    """Go elsewhere if it is closed."""

    open: Name
    """The calendar."""
    else_: Name = msgspec.field(name="else")


class Go(Struct, frozen=True, forbid_unknown_fields=True):
    """Go elsewhere."""

    go: Name


class Queue(Struct, frozen=True, forbid_unknown_fields=True):
    """Let the caller wait in queues, too; the script goes on, and is over as soon as an agent answers."""

    queue: Words | Annotated[list[Words], Meta(min_length=1, max_length=25)]
    """Their names, filled in: the first that has an agent gives hers."""
    on_fail: Name | None = None
    """The label if one of them is not there; left out: then the script does not even load, or fails."""


class Agent(Struct, frozen=True, forbid_unknown_fields=True):
    """Let the caller wait for one agent, too."""

    agent: Words
    """The login id, filled in."""
    on_fail: Name
    """The label if there is no such agent, or he is not signed in."""


class Wait(Struct, frozen=True, forbid_unknown_fields=True):
    """Do the steps of a label again and again, until an agent answers."""

    wait: Annotated[str, Meta(pattern=_NAME_OR_NONE)]
    """The label; empty: nothing is done."""
    for_s: Seconds | None = None
    """After so long the script goes on here; left out: never."""


class Dequeue(Struct, frozen=True, forbid_unknown_fields=True):
    """Take the caller out of queues."""

    dequeue: Words | list[Words] | Literal[True]
    """Their names, filled in; true: all, the wanted agent's too."""


class Priority(Struct, frozen=True, forbid_unknown_fields=True):
    """Give the caller another priority."""

    priority: Annotated[int, Meta(ge=1, le=10)]
    """10 is the highest; everybody begins with 1."""


class Redirect(Struct, frozen=True, forbid_unknown_fields=True):
    """Send the caller to another number, and out of all queues; when it answers, the script is over."""

    redirect: Words
    """A phone, or another route point, filled in."""
    on_fail: Name
    """The label if it is busy, does not answer or cannot be reached."""
    for_s: Annotated[float, Meta(gt=0, le=600)] = 20.0
    """How long it may ring."""


class HangUp(Struct, frozen=True, forbid_unknown_fields=True):
    """End the call."""

    hang_up: Literal[True]


Step = (
    Play
    | Music
    | Delay
    | Menu
    | Digits
    | Set
    | Get
    | If
    | Open
    | Go
    | Queue
    | Agent
    | Wait
    | Dequeue
    | Priority
    | Redirect
    | HangUp
)

STEPS: Final[Mapping[str, type[Step]]] = {
    kind.__struct_encode_fields__[0]: kind
    for kind in (
        *(Play, Music, Delay, Menu, Digits, Set, Get, If, Open),
        *(Queue, Agent, Wait, Dequeue, Priority, Redirect, HangUp, Go),
    )
}
"""By the key that names it; ``go`` last, for it is a key of ``if`` too."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A step, and where it stands.

    Attributes:
        step: The step.
        line: Its line in the file.
    """

    step: Step
    line: int


@dataclass(frozen=True, slots=True)
class Script:
    """A script.

    Attributes:
        name: Its name.
        source: The file that it is in.
        line: Where it begins there.
        labels: Its steps, by label; it begins with ``start``.
        variables: What its variables begin with.
        language: What its prompts are spoken in, unless the trigger says otherwise.
        calendars: Those of its file, by name.
    """

    name: str
    source: str
    line: int
    labels: Mapping[str, tuple[Placed, ...]]
    variables: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
