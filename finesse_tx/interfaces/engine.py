"""What the engine leaves behind, and whom it calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from twisted.internet.defer import Deferred
from zope.interface import Interface

from finesse_tx.engine.core.outbound.records import CampaignData, CampaignState, RecordChange
from finesse_tx.engine.core.records import AgentStateDetail, CallRecord, Entry
from finesse_tx.webservices.core.agent_history import AgentCall, AgentStateChange

__all__ = ["IAgentHistory", "ICampaignRecords", "ICampaigns", "IHistoryRecords"]

T = TypeVar("T")


class IHistoryRecords(Interface):
    """Where the history is kept for reports, behind the engine's journal."""

    def add(journal: str, after: int, last: int, entries: Sequence[Entry]) -> Deferred[int]:
        """Take in records, whole and exactly once.

        Args:
            journal: The journal's name.
            after: The last record that was taken in before these.
            last: The last of these.
            entries: What they hold.

        Returns:
            Fires with the last record that has been taken in: ``last``, or another one where ``after`` was not it,
            and then these were not; or fails with a `StoreError`.
        """

    def fold(
        since: datetime,
        until: datetime,
        next_session: int,
        work: Callable[[Iterable[AgentStateDetail], Iterable[CallRecord]], T],
    ) -> Deferred[T]:
        """Make something of the records of a time, in another thread.

        Args:
            since: Its first moment.
            until: The first moment after it.
            next_session: Calls from this session on are left out.
            work: Is given the changes of agents' states, in order, and the legs that began then; both can be gone
                through once, one after the other.

        Returns:
            Fires with what ``work`` returned, or fails with a `StoreError`.
        """

    def purge(before: datetime) -> Deferred[int]:
        """Remove some of what began before that moment.

        Returns:
            Fires with how much it was, 0 when there is no more; or fails with a `StoreError`.
        """


class IAgentHistory(Interface):
    """What single agents have done, for their own desktops."""

    def calls(
        login_id: str, since: datetime, until: datetime, limit: int
    ) -> Deferred[tuple[AgentCall, ...]]:
        """The calls that an agent had something to do with.

        Args:
            login_id: The agent.
            since: The first moment; a call belongs to when it came to the agent.
            until: The first moment after it.
            limit: How many at most.

        Returns:
            Fires with them, the latest first; or fails with a `StoreError`.
        """

    def states(
        login_id: str, since: datetime, until: datetime, limit: int
    ) -> Deferred[tuple[AgentStateChange, ...]]:
        """The changes of an agent's state; as `calls` has it."""


class ICampaignRecords(Interface):
    """What campaigns keep where it survives."""

    def recover(utc: float) -> Deferred[int]:
        """Give the result UNKNOWN to calls whose end an earlier run did not see; before the first `load`.

        Returns:
            Fires with how many there were, or fails with a `StoreError`.
        """

    def load(newest: Mapping[int, int]) -> Deferred[CampaignData]:
        """Read all campaigns, and whom nobody calls.

        Args:
            newest: By campaign id: only records with a higher id than this are wanted; without an entry, all.

        Returns:
            Fires with it, or fails with a `StoreError`.
        """

    def keep(changes: Sequence[RecordChange]) -> Deferred[None]:
        """Keep what has become of records, all of it or nothing; a second time it changes nothing.

        Returns:
            Fires when it survives whatever happens to this process, or fails with a `StoreError`.
        """

    def set_state(campaign_id: int, state: CampaignState) -> None:
        """Keep whether a campaign runs. It may take a while."""


class ICampaigns(Interface):
    """The operator's commands to campaigns."""

    def campaigns() -> list[dict[str, object]]:
        """All campaigns, each with its name, mode, state and statistics."""

    def set_campaign_state(name: str, state: CampaignState) -> None:
        """Let a campaign run, pause or stop.

        Raises:
            FinesseError: There is none of that name, or it may not run here.
        """

    def reload() -> Deferred[None]:
        """Go by what is kept now: another process has made, changed or removed campaigns, or imported customers.

        Returns:
            Fires when that is so; also where it could not be read, of which the log tells.
        """
