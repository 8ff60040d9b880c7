"""The notification service: our own XMPP server, or a part of somebody else's; and who is there."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from functools import partial
from ipaddress import ip_network
from typing import NamedTuple

from twisted.internet.endpoints import HostnameEndpoint

from finesse_tx.composition.administration import Configured
from finesse_tx.composition.given import Given, now
from finesse_tx.composition.secret_files import component_secret, secret_file
from finesse_tx.composition.signing_in import Entrance
from finesse_tx.directory.service import Directory, Turnover
from finesse_tx.extauth import ACCOUNTS_TOKEN
from finesse_tx.interfaces import IUserSessions
from finesse_tx.notification.account_checks import AccountChecks
from finesse_tx.notification.client import ComponentNotification
from finesse_tx.notification.remote import People as AccountPeople
from finesse_tx.notification.service import NotificationService
from finesse_tx.origins import Origins
from finesse_tx.preflight import listening
from finesse_tx.webservices.policy import NodePolicy
from finesse_tx.webservices.presence import Presence

__all__ = ["Notifications", "build_notifications"]


class Notifications(NamedTuple):
    """What tells clients what happens.

    Attributes:
        service: Publishes.
        own: The same, where clients connect to us: it has ports.
        joined: The same, where it is a part of somebody else's XMPP server: it has a link there.
        presence: Who is there, and signs out whose desktop is gone.
        accounts: What somebody else's XMPP server may ask about accounts; None where it may not.
    """

    service: NotificationService | ComponentNotification
    own: NotificationService | None
    joined: ComponentNotification | None
    presence: Presence
    accounts: AccountChecks | None


def build_notifications(
    given: Given,
    directory: Directory,
    entrance: Entrance,
    configured: Configured,
    outage: Callable[[str], None],
) -> Notifications:
    """The service that ``notification.mode`` says; whoever is gone from the directory, or leaves a desktop, is gone from it.

    Args:
        given: What every room starts from.
        directory: Who works here.
        entrance: Who may come in.
        configured: Has whose pages may connect.
        outage: Is told why nobody gets notifications; empty when they do again.

    Raises:
        ConfigError: A secret, ours for somebody else's XMPP server or its for us, cannot be read.
    """
    presence = Presence(given.config.presence, directory, given.reactor, now)
    accounts = _accounts(given, directory, entrance)
    if given.config.notification.mode == "component":
        joined = _joined(given, directory, presence, outage)
        found = Notifications(joined, None, joined, presence, accounts)
    else:
        own = _own(given, directory, entrance, presence, configured.origins)
        found = Notifications(own, own, None, presence, accounts)
    directory.follow(partial(_end_sessions, found.service))
    entrance.sessions.follow(found.service.end_sign_in)
    return found


def _own(
    given: Given, directory: Directory, entrance: Entrance, presence: Presence, origins: Origins
) -> NotificationService:
    return NotificationService(
        given.config.notification,
        given.config.bosh,
        entrance.authenticator,
        _policy(given, directory),
        given.reactor,
        _new_id,
        str(uuid.uuid4()),
        tls=given.ready.tls,
        listener=presence,
        scram=entrance.scram,
        origins=origins,
    )


def _joined(
    given: Given, directory: Directory, presence: Presence, outage: Callable[[str], None]
) -> ComponentNotification:
    link = given.config.notification.component
    return ComponentNotification(
        given.config.notification,
        component_secret(given.config),
        directory,
        _policy(given, directory),
        HostnameEndpoint(given.reactor, link.host, link.port),
        given.reactor,
        _new_id,
        str(uuid.uuid4()),
        presence,
        outage,
    )


def _accounts(given: Given, directory: Directory, entrance: Entrance) -> AccountChecks | None:
    if "accounts" not in listening(given.config):
        return None
    config = given.config.accounts
    told = secret_file("accounts.token_file", config.token_file)
    return AccountChecks(
        given.config.notification.domain,
        told or given.home.secret(ACCOUNTS_TOKEN),
        [ip_network(text) for text in config.allowed_from],
        config.checks_per_s,
        entrance.authenticator,
        AccountPeople(directory),
        given.reactor,
    )


def _policy(given: Given, directory: Directory) -> NodePolicy:
    return NodePolicy(directory, has_media=bool(given.config.tasks.domains))


def _new_id() -> str:
    return secrets.token_urlsafe(16)


def _end_sessions(sessions: IUserSessions, turnover: Turnover) -> None:
    """Nobody stays signed in who could not sign in again."""
    sessions.end_sessions(turnover.gone, "the account is disabled or removed")
    sessions.end_sessions(turnover.other_password, "the password has changed")
