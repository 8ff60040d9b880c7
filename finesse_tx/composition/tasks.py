"""Media other than voice: tasks, which agents get beside their calls; and what teams are told."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from twisted.logger import Logger

from finesse_tx.composition.given import Given, now
from finesse_tx.composition.notification import Notifications
from finesse_tx.composition.storage import Storage
from finesse_tx.config import TasksConfig
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.directory.service import Directory
from finesse_tx.store.task_records import TaskRecords
from finesse_tx.tasks.core.records import Domain, Selector
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.service import TaskRouting
from finesse_tx.webservices.media import MediaDesk
from finesse_tx.webservices.operations.people import People
from finesse_tx.webservices.service import WebServices

__all__ = ["Tasks", "build_tasks"]

_log = Logger()


class Tasks(NamedTuple):
    """Tasks, and who does them.

    Attributes:
        routing: Gives them to people.
        media: What the REST API knows of them.
    """

    routing: TaskRouting
    media: MediaDesk


def build_tasks(
    given: Given,
    storage: Storage,
    directory: Directory,
    notifications: Notifications,
    web: WebServices,
) -> Tasks:
    """The router of tasks, which follows the directory, between the web services and presence."""
    routing = _routing(given, storage, directory)
    people = People(web.model, directory)
    media = MediaDesk(routing, people, notifications.service, given.config.tasks.sign_out)
    routing.use(media)
    web.follow_users(media.user_changed)
    notifications.presence.use(web.sessions, media)
    directory.follow(lambda _turnover: routing.restaff())
    return Tasks(routing, media)


def _routing(given: Given, storage: Storage, directory: Directory) -> TaskRouting:
    """The router of tasks, with what was kept of them."""
    config = given.config.tasks
    selectors = _selectors(config)
    _warn_of_missing_queues(selectors, given.ready.snapshot)
    return TaskRouting(
        Roster(_domains(config), selectors, directory.snapshot),
        config.max_tasks,
        given.ready.tasks,
        given.ready.media,
        TaskRecords(storage.store),
        given.reactor,
        now,
        lambda: secrets.token_hex(16).upper(),
    )


def _domains(config: TasksConfig) -> list[Domain]:
    return [
        Domain(
            one.id,
            name,
            one.description,
            one.interruptible,
            one.start_timeout_s,
            one.max_task_s,
            frozenset(one.teams),
            one.sign_out_with_voice,
        )
        for name, one in config.domains.items()
    ]


def _selectors(config: TasksConfig) -> list[Selector]:
    numbers = {name: domain.id for name, domain in config.domains.items()}
    return [
        Selector(name, numbers[one.domain], one.description, one.queue, one.priority)
        for name, one in config.selectors.items()
    ]


def _warn_of_missing_queues(selectors: list[Selector], snapshot: Snapshot) -> None:
    queues = {csq.name for csq in snapshot.csqs}
    for selector in selectors:
        if selector.queue and selector.queue not in queues:
            _log.warn(
                "tasks.selectors.{name}.queue: there is no queue {queue} yet, and nobody gets its tasks",
                name=selector.dialed_number,
                queue=selector.queue,
            )
