"""What every request passes: who asks, how often, and whether there is an engine to ask."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from finesse_tx.admin.core.sessions import ConsoleSessions
from finesse_tx.admin.sessions import Console
from finesse_tx.composition.given import Given
from finesse_tx.composition.signing_in import Entrance
from finesse_tx.directory.service import Directory
from finesse_tx.webservices.core.nodes import SecondaryNode
from finesse_tx.webservices.routes.gate import Gate, Limits
from finesse_tx.webservices.service import WebServices

__all__ = ["Reception", "build_reception"]


class Reception(NamedTuple):
    """Where requests come in.

    Attributes:
        gate: Lets those of the REST API in.
        limits: How many requests are taken of whom.
        console: Who is signed in at the administration console.
    """

    gate: Gate
    limits: Limits
    console: Console


def build_reception(
    given: Given, directory: Directory, entrance: Entrance, web: WebServices
) -> Reception:
    """One gate for all of REST; whoever is gone from the directory is gone from the console."""
    config, reactor = given.config, given.reactor
    limits = Limits(config.web.requests_per_s, config.web.requests_per_address_s, reactor.seconds)
    console = Console(ConsoleSessions(lambda: secrets.token_urlsafe(24)), directory, reactor)
    directory.follow(lambda turnover: console.end_all_of(turnover.gone | turnover.other_password))
    secondary: SecondaryNode | None = None
    if config.is_secondary:
        secondary = SecondaryNode(config.server.primary_host, config.engine.personality == "cce")
    gate = Gate(
        entrance.authenticator,
        web.in_service,
        config.web.max_body_bytes,
        entrance.tokens,
        limits,
        console=console,
        secondary=secondary,
        seconds=reactor.seconds,
    )
    return Reception(gate, limits, console)
