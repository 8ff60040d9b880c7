"""What no type can say of the configuration: addresses, names, and keys that need each other.

The first thing that is wrong is told, in the order of `check`.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import Final

from finesse_tx.config.engine import CTI_VERSIONS
from finesse_tx.config.node import ListenConfig
from finesse_tx.config.notification import NotificationConfig
from finesse_tx.config.tasks import TasksConfig
from finesse_tx.config.values import addresses
from finesse_tx.config.whole import Config
from finesse_tx.errors import ConfigError
from finesse_tx.gadgets.core.outbound import HostRule
from finesse_tx.gadgets.core.places import Places
from finesse_tx.origin_names import NotAnOriginError, as_sent

__all__ = ["Wrong", "check"]

Wrong = Callable[[str, str, str], ConfigError]
"""Makes the error of a key, with what is wrong with it and what would be right."""

MAX_SELECTOR: Final = 32
"""How long a script selector's name may be."""


def check(config: Config, wrong: Wrong) -> None:
    """Check everything.

    Args:
        config: What was read.
        wrong: Knows where each key was written.

    Raises:
        ConfigError: Something is impossible.
    """
    _check_ports(config, wrong)
    _check_nodes(config, wrong)
    _check_sides(config, wrong)
    _check_origins(config, wrong)
    _check_isolation(config, wrong)
    _check_networks(config, wrong)
    _check_hosts(config, wrong)
    _check_link(config, wrong)
    _check_security(config, wrong)
    _check_web(config, wrong)
    _check_tasks(config.tasks, wrong)
    _check_components(config, wrong)


def _check_ports(config: Config, wrong: Wrong) -> None:
    """That where services listen are addresses, and that nobody from outside comes where he could do harm."""
    for name in ListenConfig.__struct_fields__:
        if name == "ephemeral":
            continue
        key = f"listen.{name}"
        try:
            found = addresses(getattr(config.listen, name))
        except ValueError as error:
            raise wrong(
                key, str(error), 'write "127.0.0.1:8082", a list of those, or "" for off'
            ) from None
        outside = [address for address in found if not address.is_loopback]
        if outside and name == "control":
            raise wrong(
                key, f"{outside[0]} is not loopback", "control commands are local by design"
            )
        if outside and config.demo.enabled:
            raise wrong(
                key,
                f"{outside[0]} is not loopback while demo.enabled is true, and everyone knows the demo's password",
                "set demo.enabled = false, or listen on 127.0.0.1",
            )
        if outside and name == "cti" and not config.cti.server.credentials_file:
            raise wrong(
                "cti.server.credentials_file",
                f"is missing while listen.cti is {outside[0]}, which is not loopback",
                "name a file with a line ClientID:password for each client",
            )


def _check_nodes(config: Config, wrong: Wrong) -> None:
    """That this node is one of two at most."""
    if config.is_secondary and config.server.secondary_host:
        raise wrong(
            "server.primary_host",
            "makes this node the secondary one, and server.secondary_host names another",
            "give primary_host on the secondary node alone, and secondary_host on the primary",
        )


def _check_sides(config: Config, wrong: Wrong) -> None:
    """That the sides of an engine are addresses."""
    for name in ("side_a", "side_b"):
        key = f"cti.client.{name}"
        try:
            addresses(getattr(config.cti.client, name))
        except ValueError as error:
            raise wrong(key, str(error), 'write "host:12028"') from None


def _check_origins(config: Config, wrong: Wrong) -> None:
    """That origins can be read."""
    isolated_origin = config.gadgets.isolated_origin
    for key, texts in (
        ("web.cors_origins", config.web.cors_origins),
        ("gadgets.desktop_origins", config.gadgets.desktop_origins),
        ("gadgets.isolated_origin", (isolated_origin,) if isolated_origin else ()),
    ):
        for text in texts:
            try:
                as_sent(text)
            except NotAnOriginError as error:
                raise wrong(
                    key,
                    f"{text!r} is not an origin: {error}",
                    'write "https://desk.example.com" or "https://desk.example.com:8445"',
                ) from None


def _check_isolation(config: Config, wrong: Wrong) -> None:
    """That what names gadgets can be read, and that isolated ones have an origin to be shown from."""
    gadgets = config.gadgets
    for key, texts in (
        ("gadgets.dev_only", gadgets.dev_only),
        ("gadgets.isolated", gadgets.isolated),
    ):
        for text in texts:
            try:
                Places([text])
            except ValueError as error:
                raise wrong(
                    key,
                    f"{text!r}: {error}",
                    'write hosts, such as "crm.example.com", or folders, such as "/3rdpartygadget/files/CRM/"',
                ) from None
    if gadgets.isolated and not addresses(config.listen.isolated):
        raise wrong(
            "gadgets.isolated",
            "names gadgets while listen.isolated is off",
            'give listen.isolated a port of its own, such as "0.0.0.0:8446"',
        )
    desktops = {as_sent(one) for one in (*gadgets.desktop_origins, *config.web.cors_origins)}
    if gadgets.isolated_origin and as_sent(gadgets.isolated_origin) in desktops:
        raise wrong(
            "gadgets.isolated_origin",
            "is also an origin of desktops",
            "isolated gadgets need an origin of their own",
        )


def _check_networks(config: Config, wrong: Wrong) -> None:
    """That networks can be read."""
    for key, texts in (
        ("web.metrics_from", config.web.metrics_from),
        ("accounts.allowed_from", config.accounts.allowed_from),
        ("gadgets.outbound.private_networks", config.gadgets.outbound.private_networks),
    ):
        for text in texts:
            try:
                ip_network(text)
            except ValueError as error:
                raise wrong(key, str(error), 'write networks, such as "10.1.0.0/16"') from None


def _check_hosts(config: Config, wrong: Wrong) -> None:
    """That the hosts that gadgets may have something from can be read."""
    for key, texts in (
        ("gadgets.hosts", config.gadgets.hosts),
        ("gadgets.outbound.hosts", config.gadgets.outbound.hosts),
    ):
        for text in texts:
            try:
                HostRule.parse(text)
            except ValueError as error:
                raise wrong(
                    key,
                    f"{text!r}: {error}",
                    'write hosts, such as "crm.example.com", "*.example.com" or "10.1.2.3:8443"',
                ) from None


def _check_link(config: Config, wrong: Wrong) -> None:
    """That both ends of the link speak the same, and that side B is not alone."""
    client = config.cti.client
    if client.version not in CTI_VERSIONS[client.dialect]:
        raise wrong(
            "cti.client.version",
            f"is {client.version}, which {client.dialect.upper()} has not",
            f"choose one of {', '.join(map(str, CTI_VERSIONS[client.dialect]))}",
        )
    shared = client.version in CTI_VERSIONS["uccx"] and client.version in CTI_VERSIONS["ucce"]
    if not client.side_a and shared and client.dialect != config.cti.server.dialect:
        raise wrong(
            "cti.client.dialect",
            f"is {client.dialect} while cti.server.dialect, that of our own engine, is {config.cti.server.dialect}",
            "make them the same, or name an engine in cti.client.side_a",
        )
    if config.cti.client.side_b and not config.cti.client.side_a:
        raise wrong("cti.client.side_b", "there is no side A", "give cti.client.side_a first")


def _check_security(config: Config, wrong: Wrong) -> None:
    """That a certificate has its key, and argon2 enough memory."""
    if bool(config.tls.certificate_file) != bool(config.tls.key_file):
        key = "tls.key_file" if config.tls.certificate_file else "tls.certificate_file"
        raise wrong(key, "is missing", "a certificate and its key go together")
    if config.security.argon2_memory_kib < 8 * config.security.argon2_lanes:
        raise wrong(
            "security.argon2_memory_kib",
            f"is less than argon2 needs for {config.security.argon2_lanes} lanes",
            f"give it {8 * config.security.argon2_lanes} or more",
        )


def _check_web(config: Config, wrong: Wrong) -> None:
    """That nobody is sent to a port that is not there, and that tokens can be sent."""
    if config.web.redirect_http and not addresses(config.listen.https):
        raise wrong(
            "web.redirect_http", "is true while listen.https is off", "let listen.https listen"
        )
    if config.sso.mode != "NON_SSO" and "PLAIN" not in config.notification.sasl:
        raise wrong(
            "notification.sasl",
            f"has no PLAIN while sso.mode is {config.sso.mode}, and no other mechanism carries a token",
            'add "PLAIN"',
        )


def _check_tasks(config: TasksConfig, wrong: Wrong) -> None:
    """That domains have numbers of their own, and selectors domains."""
    numbers: dict[int, str] = {}
    for name, domain in config.domains.items():
        if domain.id in numbers:
            raise wrong(
                f"tasks.domains.{name}.id",
                f"is {domain.id}, which is {numbers[domain.id]}'s",
                "give each domain a number of its own",
            )
        numbers[domain.id] = name
    for name, selector in config.selectors.items():
        if not 1 <= len(name) <= MAX_SELECTOR:
            raise wrong(
                f"tasks.selectors.{name}", "is too long a name", f"use {MAX_SELECTOR} or fewer"
            )
        if selector.domain not in config.domains:
            raise wrong(
                f"tasks.selectors.{name}.domain",
                f"is {selector.domain}, which tasks.domains has not",
                "name one of its tables; who gives tasks.domains gives tasks.selectors too",
            )


def _check_components(config: Config, wrong: Wrong) -> None:
    """That whoever joins as a component, they or we, has a secret."""
    if config.notification.mode == "component":
        _check_component(config.notification, wrong)
    elif addresses(config.listen.component) and not config.notification.component_secret_file:
        raise wrong(
            "notification.component_secret_file",
            "is missing while listen.component is on",
            "name a file that holds the shared secret",
        )


def _check_component(config: NotificationConfig, wrong: Wrong) -> None:
    """What `ComponentConfig` needs to be of use."""
    found, section = config.component, "notification.component"
    if found.jid == config.domain:
        raise wrong(
            f"{section}.jid",
            f"is {found.jid}, the domain of the people",
            "give the publish-subscribe service a name of its own",
        )
    if not found.secret_file and not found.secret_env:
        raise wrong(
            f"{section}.secret_file",
            'is missing while notification.mode is "component"',
            "name a file, or in secret_env an environment variable, that holds the shared secret",
        )
    if found.secret_file and found.secret_env:
        raise wrong(
            f"{section}.secret_env",
            "is given beside secret_file",
            "the secret is in one place: give one of the two",
        )
