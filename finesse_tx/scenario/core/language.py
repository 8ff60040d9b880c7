"""The words of a scenario: who there is, and what each can do with which keys.

Every struct is a table, or a step, of the file; what its keys mean, in which unit and within which bounds, is here and
in ``docs/scenarios.rst``. What no type can say is checked in `finesse_tx.scenario.core.reading`.

Spec: issue 4, point 1 (scenario file); ``telephony.md`` §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

__all__ = [
    "PATTERNS",
    "VERBS",
    "Actor",
    "Agents",
    "Callers",
    "Comparison",
    "Customer",
    "Day",
    "Expectation",
    "Scenario",
    "Seconds",
    "Step",
]

NUMBER: Final = r"^\+?[0-9*#]{1,31}$"
DIGITS: Final = r"^[0-9*#]{1,64}$"
COMPARISON: Final = r"^(<=|>=|<|>|=)? *[0-9]{1,9}$"

PATTERNS: Final = {
    NUMBER: "a number that can be dialled",
    DIGITS: "digits that can be keyed",
    COMPARISON: 'a count such as 3 or ">= 3"',
}
"""What is said to people instead of a pattern."""

Number = Annotated[str, Meta(pattern=NUMBER)]
Digits = Annotated[str, Meta(pattern=DIGITS)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Chance = Annotated[float, Meta(ge=0, le=1)]
Text = Annotated[str, Meta(max_length=40)]
Span = tuple[Seconds, Seconds]
"""Two bounds, in seconds; each time something between them, evenly."""

Count = Annotated[int, Meta(ge=0)] | Annotated[str, Meta(pattern=COMPARISON)]
"""Exactly so many, or such as ``">= 3"``."""


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """What has only these keys."""


class Day(Table, frozen=True):
    """``[day]``: the centre and its day."""

    agents: Annotated[int, Meta(ge=1, le=20_000)] = 4
    """So many agents, and their teams, supervisors and queues, as in the demo."""
    seed: int = 1
    """All chance comes from it."""
    ends: Any = None
    """When it is over, as a moment; without it, a minute after the last step."""


class Customer(Table, frozen=True):
    """``[customer.NAME]``: somebody outside."""

    number: Number
    patience_s: Seconds = 600.0
    """How long this one waits for an agent."""
    talk_s: Seconds = 600.0
    """How long this one talks."""
    keys: str = ""
    """What this one keys when a machine asks for digits."""
    when_called: Literal["answers", "busy", "no answer"] = "answers"


class Callers(Table, frozen=True):
    """``[[callers]]``: customers without a name, who come by chance."""

    to: list[Number]
    """What they call; each one of these, evenly."""
    per_hour: Annotated[float, Meta(gt=0, le=10_000_000)] | None = None
    per_agent_hour: Annotated[float, Meta(gt=0, le=1_000)] | None = None
    """How many, on average, in an hour or for each of the day's agents in an hour; one of the two."""
    begin: Any = 0
    end: Any = None
    """Between these moments; without an end, as long as the day."""
    patience_s: Annotated[float, Meta(gt=0, le=86_400)] = 120.0
    """How long one waits, on average (exponential)."""
    talk_s: Annotated[float, Meta(gt=0, le=86_400)] = 60.0
    """How long one talks, on average (gamma, shape 2)."""


class Agents(Table, frozen=True):
    """``[[agents]]``: agents who work on their own."""

    who: list[str]
    """Login ids, and ranges such as ``"agent1-agent20"``."""
    begin: Any = 0
    """When they come; they sign in one after the other, evenly within ``sign_in_s``, and are ready."""
    end: Any = None
    """When they sign out; without it, never."""
    sign_in_s: Seconds = 60.0
    answer_s: Span = (1.0, 5.0)
    """How long their phones ring before they answer."""
    ignore: Chance = 0.0
    """How likely they let it ring."""
    ready_s: Span = (5.0, 30.0)
    """How long they are NOT_READY before they are ready again."""
    wrap_up_s: Span | None = None
    """How long they wrap up, where the queue's timer does not end it before; without it, until that ends it."""
    hold: Chance = 0.0
    """How likely they put a caller on hold, once."""
    hold_s: Span = (5.0, 30.0)
    transfer: Chance = 0.0
    """How likely they send a caller on."""
    transfer_to: Number = "6001"


class CampaignTable(Table, frozen=True):
    """``[campaign.NAME]``: customers who are called."""

    customers: list[str]
    """Their names, in the order in which they are called."""
    mode: Literal["preview", "progressive"] = "preview"
    queue: str = "Sales"
    """The queue whose agents talk to them."""
    lines_per_agent: Annotated[int, Meta(ge=1, le=3)] = 1
    max_attempts: Annotated[int, Meta(ge=1, le=99)] = 1


class Actor(Enum):
    """Who does something."""

    AGENT = "an agent"
    CUSTOMER = "a customer"
    PHONE = "a phone"
    SWITCH = "the switch"
    LINK = "the CTI link"
    CAMPAIGN = "a campaign"
    STAFF = "the agents who work on their own"


class Nothing(Table, frozen=True):
    """No keys of its own."""


class SignIn(Table, frozen=True):
    """Where; the agent's own extension if it is not said."""

    phone: Number | None = None


class WithReason(Table, frozen=True):
    """Why, as a reason code."""

    reason: Annotated[int, Meta(ge=0, le=65_535)] = 0


class To(Table, frozen=True):
    """Whom."""

    to: Number


class Transfer(Table, frozen=True):
    """Whom, in a single step; the one who was consulted if it is not said."""

    to: Number | None = None


class Press(Table, frozen=True):
    """Which."""

    digits: Digits


class Note(Table, frozen=True):
    """Which of the ten call variables gets which value."""

    variable: Annotated[int, Meta(ge=1, le=10)]
    value: Text


class WrapUp(Table, frozen=True):
    """The wrap-up reason."""

    reason: Text


class Of(Table, frozen=True):
    """Which agent."""

    agent: str


class Say(Table, frozen=True):
    """What of a campaign's customer, as BAResponse has it."""

    response: Text


class Call(Table, frozen=True):
    """Whom, and for how long this time."""

    to: Number
    patience_s: Seconds | None = None
    talk_s: Seconds | None = None


class Unregister(Table, frozen=True):
    """Why."""

    cause: Literal[
        "DEVICE_UNREGISTERED", "DEVICE_FAILURE", "DEVICE_RESTRICTED", "LINE_RESTRICTED"
    ] = "DEVICE_UNREGISTERED"


class Slow(Table, frozen=True):
    """How long everything takes there from now on."""

    seconds: Annotated[float, Meta(ge=0, le=10)]


VERBS: Final[dict[Actor, dict[str, type[Table]]]] = {
    Actor.AGENT: {
        "sign in": SignIn,
        "ready": Nothing,
        "not ready": WithReason,
        "sign out": WithReason,
        "wrap up": Nothing,
        "call": To,
        "answer": Nothing,
        "hold": Nothing,
        "retrieve": Nothing,
        "hang up": Nothing,
        "consult": To,
        "alternate": Nothing,
        "reconnect": Nothing,
        "transfer": Transfer,
        "conference": Nothing,
        "press": Press,
        "note": Note,
        "give wrap-up reason": WrapUp,
        "say": Say,
        "record": Nothing,
        "stop recording": Nothing,
        "call for help": Nothing,
        "listen in": Of,
        "whisper": Of,
        "barge in": Of,
        "intercept": Of,
        "leave": Of,
        "make ready": Of,
        "make not ready": Of,
        "make sign out": Of,
        "ignore calls": Nothing,
        "answer calls": Nothing,
    },
    Actor.CUSTOMER: {"call": Call, "hang up": Nothing, "press": Press},
    Actor.PHONE: {"unregister": Unregister, "register": Nothing},
    Actor.SWITCH: {"fail": Nothing, "recover": Nothing, "slow": Slow},
    Actor.LINK: {"cut": Nothing, "mend": Nothing, "slow": Slow},
    Actor.STAFF: {"ignore calls": Nothing, "answer calls": Nothing},
    Actor.CAMPAIGN: {"start": Nothing, "pause": Nothing, "stop": Nothing},
}
"""What each can do, and with which keys."""


class AgentIs(Table, frozen=True):
    """What is expected of an agent; what is not said is not looked at."""

    state: Literal["LOGOUT", "NOT_READY", "READY", "TALKING", "WORK", "RESERVED", "HOLD"] | None = (
        None
    )
    reason: int | None = None
    calls: Count | None = None
    """At the agent's phone."""


class CustomerIs(Table, frozen=True, rename={"is_": "is"}):
    """What is expected of a customer's last call."""

    is_: Literal["waiting", "talking", "gone"] | None = None
    answered_by: str | None = None
    """An agent, ``"somebody"``, or ``"nobody"``; by now, whatever came afterwards."""


class CountsAre(Table, frozen=True):
    """What is expected of all the customers' calls together, since the beginning."""

    calls: Count | None = None
    answered: Count | None = None
    abandoned: Count | None = None
    refused: Count | None = None
    lost: Count | None = None
    underway: Count | None = None


class CampaignIs(Table, frozen=True):
    """What is expected of a campaign's figures."""

    to_call: Count | None = None
    preview: Count | None = None
    accepted: Count | None = None
    rejected: Count | None = None
    closed: Count | None = None
    answered: Count | None = None
    busy: Count | None = None
    no_answer: Count | None = None
    callback: Count | None = None
    do_not_call: Count | None = None


Expected = AgentIs | CustomerIs | CountsAre | CampaignIs


@dataclass(frozen=True, slots=True)
class Comparison:
    """A count that is expected.

    Attributes:
        sign: ``=``, ``<``, ``<=``, ``>`` or ``>=``.
        number: What it is compared with.
    """

    sign: str
    number: int

    @classmethod
    def of(cls, count: int | str) -> Comparison:
        """Read one."""
        if isinstance(count, int):
            return cls("=", count)
        digits = count.lstrip("<>=").strip()
        return cls(count[: -len(digits)].strip() or "=", int(digits))

    def holds(self, count: int) -> bool:
        """Whether a count is as it should be."""
        match self.sign:
            case "<":
                return count < self.number
            case "<=":
                return count <= self.number
            case ">":
                return count > self.number
            case ">=":
                return count >= self.number
            case _:
                return count == self.number

    def __str__(self) -> str:
        return str(self.number) if self.sign == "=" else f"{self.sign} {self.number}"


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody does something.

    Attributes:
        at: When, in seconds from the day's beginning.
        where: The file and the line, for messages.
        who: The agent's login id, the customer's or the campaign's name, the phone's number.
        actor: What that is.
        does: One of `VERBS`.
        keys: The verb's keys.
        refused: What the engine is expected to answer: None that it is done, empty that it is not, or the
            failure code's name.
    """

    at: float
    where: str
    who: str
    actor: Actor
    does: str
    keys: Table
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """Something is so.

    Attributes:
        at: When, in seconds from the day's beginning; after all that happens in that moment.
        where: The file and the line, for messages.
        of: The agent's login id, the customer's or the campaign's name, or ``calls``.
        expected: What is so.
    """

    at: float
    where: str
    of: str
    expected: Expected


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole file, checked; moments are in seconds from the day's beginning.

    Attributes:
        day: The centre and its day.
        ends: When the day is over.
        customers: Those with a name.
        campaigns: By name.
        callers: Those without, with their begin and end.
        agents: Those who work on their own: their login ids, their ways, their begin and end.
        steps: What happens and is expected, in order.
        engine: ``[engine]``, as it was written.
        telephony: ``[telephony.options]``, as it was written.
    """

    day: Day
    ends: float
    customers: dict[str, Customer]
    campaigns: dict[str, CampaignTable]
    callers: tuple[tuple[Callers, float, float], ...]
    agents: tuple[tuple[tuple[str, ...], Agents, float, float | None], ...]
    steps: tuple[Step | Expectation, ...]
    engine: dict[str, Any]
    telephony: dict[str, Any]
