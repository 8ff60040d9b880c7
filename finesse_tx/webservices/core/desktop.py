"""What a desktop asks before anybody has signed in.

Spec: ``rest.md`` §14.
"""

from __future__ import annotations

from msgspec import Struct

from finesse_tx.webservices.core.objects import SystemInfo

__all__ = ["DesktopConfig", "DesktopFault", "Languages", "desktop_config"]


class DesktopConfig(Struct, frozen=True, rename="camel", kw_only=True):
    """The system, as the page for signing in needs it; the one truth value in quotes is so in the original."""

    deployment_type: str
    security_banner_message: str
    system_status: str
    host: str
    is_alternate_system_available: bool
    desktop_licensed: bool
    system_auth_mode: str
    enable_mobile_agent_login: str
    is_proxy_request: bool
    redirect_to_alternate_host: bool
    alternate_host: str


class Languages(Struct, frozen=True, kw_only=True):
    """The languages of the desktop: those of its ``page/core/locale.js``."""

    languages: tuple[str, ...] = ("en_US", "fr_FR")


class DesktopFault(Struct, frozen=True, rename="camel", kw_only=True):
    """A refusal, in the names of `ApiErrors`."""

    error_type: str
    error_message: str


def desktop_config(info: SystemInfo, banner: str, *, is_secondary: bool = False) -> DesktopConfig:
    """Make it.

    Args:
        info: The system as of now.
        banner: What is shown before the sign-in; may be empty.
        is_secondary: Whether this is the second of two nodes.
    """
    own, other = info.primary_node, info.secondary_node
    if is_secondary:
        own, other = other, own
    return DesktopConfig(
        deployment_type=info.deployment_type,
        security_banner_message=banner,
        system_status=info.status.value,
        host=_place(own.host, own.https_port),
        # Whether the other node serves is its own to say: the desktop asks its SystemInfo.
        is_alternate_system_available=bool(other.host),
        desktop_licensed=True,
        system_auth_mode=info.system_auth_mode,
        enable_mobile_agent_login="false",
        is_proxy_request=False,
        redirect_to_alternate_host=False,
        alternate_host=_place(other.host, other.https_port or own.https_port),
    )


def _place(host: str, port: int | None) -> str:
    return f"{host}:{port}" if host and port else host
