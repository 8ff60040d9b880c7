"""A document's share of outbound: its campaigns, without the customers whom they call.

Whether a campaign runs is no configuration: one that is new does not, the others go on as they are. With a campaign
its customers would go, and what came of their calls: a document removes none that has any.

Spec: ``engine.md`` §4, §6 (Campaign).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from finesse_tx.configuration.core.document import CampaignEntry, Fault
from finesse_tx.configuration.core.naming import Names
from finesse_tx.configuration.core.text import Source
from finesse_tx.directory.core.records import CSQ
from finesse_tx.engine.core.outbound.records import LIMITS, MAX_WINDOWS, Campaign
from finesse_tx.engine.core.outbound.windows import ALWAYS, Window, WindowError, parse, written
from finesse_tx.toml_lines import Path
from finesse_tx.webservices.core.administration.changes import AuditEntry

__all__ = ["CampaignStep", "CampaignWishes", "campaign_audit", "campaigns_after", "entry_of"]


@dataclass(frozen=True, slots=True)
class CampaignStep:
    """One campaign that is new, changed or gone.

    Attributes:
        before: What there was; None for nothing.
        after: What there will be; None for nothing. Ids below 0 are stand-ins, that of its queue too.
    """

    before: Campaign | None
    after: Campaign | None

    def resolved(self, ids: Mapping[tuple[type, int], int]) -> CampaignStep:
        """The same, with the store's id in place of its queue's stand-in."""
        if self.after is None:
            return self
        csq_id = ids.get((CSQ, self.after.csq_id), self.after.csq_id)
        return replace(self, after=replace(self.after, csq_id=csq_id))


class CampaignWishes:
    """What a document wants of campaigns.

    Args:
        source: The document.
        campaigns: What there is.
        called: The ids of those that have customers.
        queues: Every queue's id, by name.
        prune: Whether what is not in the document goes.
        faults: Gets what is wrong.
    """

    def __init__(
        self,
        source: Source,
        campaigns: tuple[Campaign, ...],
        called: Set[int],
        queues: Names,
        *,
        prune: bool,
        faults: list[Fault],
    ) -> None:
        self._source, self._campaigns, self._called = source, campaigns, called
        self._queues, self._prune, self._faults = queues, prune, faults

    def steps(self) -> Iterator[CampaignStep]:
        """What to do, in an order in which it can be done."""
        wanted = self._source.document.campaigns
        names = Names(
            self._source,
            "Campaign",
            {one.name: one.id for one in self._campaigns},
            [entry.name for entry in wanted],
            self._faults,
            closed=self._prune,
        )
        there = {one.id: one for one in self._campaigns}
        for number in names.spare if self._prune else ():
            was = there[number]
            if number in self._called:
                reason = (
                    "it has customers, and is not removed with them: put it into the file, "
                    "or remove it with finesse-tx campaign remove"
                )
                self._faults.append(self._source.fault(("Campaign", was.name), reason))
            yield CampaignStep(was, None)
        for index, entry in enumerate(wanted):
            number = names[entry.name]
            before = there.get(number)
            after = self._campaign(number, entry, before, ("Campaign", index))
            if after != before:
                yield CampaignStep(before, after)

    def _campaign(
        self, number: int, entry: CampaignEntry, was: Campaign | None, path: Path
    ) -> Campaign:
        csq_id = self._queues.find(entry.queue, (*path, "queue"))
        numbers = {name: getattr(entry, name) for name in LIMITS}
        for name, allowed in LIMITS.items():
            if numbers[name] not in allowed:
                reason = f"{numbers[name]}; {allowed.start} to {allowed.stop - 1}"
                self._wrong((*path, _camel(name)), reason)
        if not _is_zone(entry.time_zone):
            self._wrong((*path, "timeZone"), f'there is no time zone "{entry.time_zone}"')
        made = Campaign(
            id=number,
            name=entry.name,
            mode=entry.mode,
            csq_id=0 if csq_id is None else csq_id,
            windows=self._windows(entry.windows, (*path, "windows")),
            time_zone=entry.time_zone,
            **numbers,
        )
        return made if was is None else replace(made, state=was.state)

    def _windows(self, text: str, path: Path) -> tuple[Window, ...]:
        try:
            windows = parse(text)
        except WindowError as error:
            self._wrong(path, str(error))
            return ALWAYS
        if len(written(windows)) > MAX_WINDOWS:
            self._wrong(path, f"longer than {MAX_WINDOWS} characters")
        return windows

    def _wrong(self, path: Path, reason: str) -> None:
        self._faults.append(self._source.fault(path, reason))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def campaigns_after(
    campaigns: tuple[Campaign, ...], steps: tuple[CampaignStep, ...]
) -> tuple[Campaign, ...]:
    """What steps make of campaigns, in the order of the ids."""
    found = {one.id: one for one in campaigns}
    for step in steps:
        if step.before is not None:
            del found[step.before.id]
        if step.after is not None:
            found[step.after.id] = step.after
    return tuple(found[number] for number in sorted(found))


def entry_of(campaign: Campaign, queues: Mapping[int, str]) -> CampaignEntry:
    """A campaign, as a document has it.

    Args:
        campaign: It.
        queues: Their names, by id.
    """
    return CampaignEntry(
        name=campaign.name,
        mode=campaign.mode,
        queue=queues[campaign.csq_id],
        windows=written(campaign.windows),
        time_zone=campaign.time_zone,
        **{name: getattr(campaign, name) for name in LIMITS},
    )


_URI: Final = "/finesse/api/Campaign"
"""What the audit log calls them: no client sees them there."""


def campaign_audit(
    at: datetime, login_id: str, peer: str, before: Campaign | None, after: Campaign | None
) -> AuditEntry:
    """What the audit log says of a campaign that was made, changed or removed.

    Args:
        at: When, in UTC.
        login_id: Who did it.
        peer: From where.
        before: What there was; None for nothing.
        after: What there is, with the store's ids; None for nothing.
    """
    about = after or before
    assert about is not None, "there was one, or there is"  # noqa: S101
    action = "DELETE" if after is None else "POST" if before is None else "PUT"
    uri = f"{_URI}/{about.id}"
    return AuditEntry(at, login_id, peer, action, uri, _shown(before), _shown(after))


def _shown(campaign: Campaign | None) -> str:
    if campaign is None:
        return ""
    built: dict[str, Any] = msgspec.to_builtins(replace(campaign, windows=()))
    return msgspec.json.encode(built | {"windows": written(campaign.windows)}).decode()
