"""The web services, and the CTI link that they get everything by: from our own engine, or from somebody else's."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from twisted.internet.endpoints import HostnameEndpoint

from finesse_tx.composition.axl import AXL
from finesse_tx.composition.engine import Embedded
from finesse_tx.composition.given import Given, Ports, now
from finesse_tx.composition.notification import Notifications
from finesse_tx.composition.secret_files import secret_file
from finesse_tx.composition.tasks import Tasks
from finesse_tx.config import Address, Config, addresses
from finesse_tx.cti.client import CTIClient, Side
from finesse_tx.directory.service import Directory
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.administration.system import ClusterConfig, SystemConfig
from finesse_tx.webservices.core.objects import Node
from finesse_tx.webservices.core.system_info import NodeFacts
from finesse_tx.webservices.core.vocabulary import WORDS, Words
from finesse_tx.webservices.service import WebServices

__all__ = ["Finesse", "build_link", "build_web"]


class Finesse(NamedTuple):
    """What makes a Finesse of it: the parts that speak to an engine by the link alone, and to clients.

    Attributes:
        notifications: Tells clients what happens.
        web: Agents, dialogs and queues, as the link tells of them.
        link: The link.
        tasks: Media other than voice.
    """

    notifications: Notifications
    web: WebServices
    link: CTIClient
    tasks: Tasks


def build_web(
    given: Given,
    directory: Directory,
    embedded: Embedded | None,
    notifications: Notifications,
    axl: AXL,
) -> WebServices:
    """Agents, dialogs and queues as the REST API has them; AXL knows whose phones are where."""
    config = given.config
    knows_sessions = embedded is not None or config.presence.session_ids
    return WebServices(
        directory,
        notifications.service,
        _node_facts(config, given.ready.settings, given.ports),
        given.reactor,
        now,
        words=_words(config),
        new_session_id=partial(secrets.token_hex, 5) if knows_sessions else None,
        replay=config.web.replay_after_outage,
        queue_statistics_s=config.web.queue_statistics_s,
        phones_at=axl.application.phones_at,
    )


def build_link(given: Given, web: WebServices) -> CTIClient:
    """The web services' only way to an engine, ours or not.

    Raises:
        ConfigError: ClientPassword cannot be read.
    """
    config = given.config.cti.client
    link = CTIClient(
        config,
        _sides(given),
        given.reactor,
        now,
        web,
        password=secret_file("cti.client.password_file", config.password_file),
        cce=given.config.engine.personality == "cce",
    )
    web.use(link)
    return link


def _sides(given: Given) -> list[Callable[[], Side]]:
    """What the CTI link connects to; our own engine's port is known when it listens.

    Where there is another engine, what an administrator has put into SystemConfig goes before the configuration file.
    """

    def side(address: Address) -> Side:
        return Side(str(address), HostnameEndpoint(given.reactor, address.host, address.port))

    client = given.config.cti.client
    if not client.side_a:
        return [lambda: side(given.ports.address("cti"))]
    found = [*addresses(client.side_a), *addresses(client.side_b)]
    if (configured := given.ready.settings.single(SystemConfig)) is not None:
        cti = configured.cti
        found = [Address(cti.host, cti.port)]
        if cti.backup_host:
            found.append(Address(cti.backup_host, cti.backup_port or cti.port))
    return [partial(side, address) for address in found]


def _words(config: Config) -> Words:
    """What the engine's numbers mean, and what its agents may do."""
    words = WORDS[config.engine.personality]
    if words.drop_policy is None:
        return words
    return replace(words, drop_policy=config.web.drop_participants)


def _node_facts(config: Config, settings: Settings, ports: Ports) -> Callable[[], NodeFacts]:
    """What SystemInfo says of this node and the other one, with the ports that are listened on, whoever chose them."""
    cluster = settings.single(ClusterConfig)
    other = cluster.secondary_node.host if cluster else config.server.secondary_host
    facts = NodeFacts(
        primary=Node(config.server.primary_host),
        secondary=Node(other),
        xmpp_domain=config.notification.domain,
        xmpp_pub_sub_domain=config.notification.pubsub_domain,
        cti_version=config.cti.client.version,
        cti_heartbeat_s=config.cti.client.heartbeat_s,
        auth_mode=config.sso.mode,
        deployment_type="UCCE" if config.engine.personality == "cce" else "UCCX",
    )
    told: dict[str, int] = {}  # also when the doors are closed, at the stop
    if config.notification.mode == "component":
        theirs = config.notification.component
        told = {"xmpp": theirs.xmpp_port, "xmpps": theirs.xmpps_port}

    def port(name: str) -> int | None:
        with suppress(KeyError):
            told[name] = ports.address(name).port
        return told.get(name) or None

    def as_of_now() -> NodeFacts:
        own = Node(config.host, port("https"), port("xmpp"), port("xmpps"))
        return replace(facts, secondary=own) if config.is_secondary else replace(facts, primary=own)

    return as_of_now
