"""What the operator's commands ask of the running server (``finesse-tx call``, ``user``, ``directory`` and so on)."""

from __future__ import annotations

from finesse_tx.composition.administration import Configured
from finesse_tx.composition.engine import Embedded
from finesse_tx.composition.given import Given
from finesse_tx.composition.http import site
from finesse_tx.composition.web import Finesse
from finesse_tx.control.resource import MAX_BODY, control_resource
from finesse_tx.directory.editing import DirectoryEditing
from finesse_tx.directory.synchroniser import Synchroniser
from finesse_tx.preflight import CONTROL_TOKEN
from finesse_tx.site import BoundedSite

__all__ = ["build_control"]


def build_control(
    given: Given,
    embedded: Embedded | None,
    editing: DirectoryEditing,
    synchroniser: Synchroniser | None,
    configured: Configured,
    finesse: Finesse,
) -> BoundedSite:
    """The control endpoint; calls and campaigns are there where the engine is ours."""
    root = control_resource(
        given.home.secret(CONTROL_TOKEN),
        embedded.customers if embedded is not None else None,
        finesse.notifications.presence,
        finesse.notifications.service,
        embedded.campaigns if embedded is not None else None,
        editing,
        synchroniser,
        finesse.tasks.routing,
        configured.text,
    )
    return site(given, root, MAX_BODY)
