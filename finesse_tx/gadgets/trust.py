"""Whose gadgets are rendered: the operator says, and so does who puts a gadget into a layout.

Spec: ``gadgets.md`` §13.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from twisted.logger import Logger

from finesse_tx.config import GadgetsConfig
from finesse_tx.gadgets.core.layout_hosts import hosts_of
from finesse_tx.gadgets.core.outbound import HostRule, Policy
from finesse_tx.gadgets.outbound import policy, trusted
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.administration.system import LayoutConfig

__all__ = ["ByPolicy", "Trust"]


class ByPolicy(Protocol):
    """What acts by a policy."""

    def use(self, policy: Policy) -> None:
        """Act by this one from now on."""


class Trust:
    """Tells who is trusted, whenever that changes.

    Args:
        config: What the operator says.
        fetcher: Gets what may be fetched at all.
        renderers: Each gets where gadgets are rendered from.
    """

    log = Logger()

    def __init__(
        self, config: GadgetsConfig, fetcher: ByPolicy, renderers: Sequence[ByPolicy]
    ) -> None:
        self._reachable, self._trusted = policy(config.outbound), trusted(config)
        self._fetcher, self._renderers = fetcher, renderers
        self._hosts: tuple[HostRule, ...] = ()

    def settings_changed(self, settings: Settings) -> None:
        """Trust the hosts of the layouts that are configured now, and of no earlier ones."""
        default = settings.single(LayoutConfig)  # the one of a new system has only parts of ours
        layouts = [default.layoutxml] if default is not None else []
        own = settings.team_layouts
        hosts = hosts_of([*layouts, *(own[team_id] for team_id in sorted(own))])
        if hosts == self._hosts:
            return
        self._hosts = hosts
        names = ", ".join(f"{rule.name}:{rule.port}" for rule in hosts)
        self.log.info("the layouts have gadgets from {hosts}", hosts=names or "nowhere else")
        rendered = replace(self._trusted, hosts=(*self._trusted.hosts, *hosts))
        for one in self._renderers:
            one.use(rendered)
        reachable = (*self._reachable.hosts, *rendered.hosts)
        self._fetcher.use(replace(self._reachable, hosts=reachable))
