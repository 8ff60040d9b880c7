"""Objects of which the system has one each.

Spec: ``rest.md`` §12.2 (system objects), §12.3 (layouts).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from msgspec import Meta, Struct, field

from finesse_tx.webservices.core.declaration import item

__all__ = [
    "CTI",
    "MAX_ORIGINS",
    "SINGLES",
    "CORSConfig",
    "ChatConfig",
    "ChatNode",
    "CloudConnectConfig",
    "ClusterConfig",
    "ClusterNode",
    "ConfigInfo",
    "ECCVariable",
    "ECCVariableConfig",
    "EnterpriseDatabaseConfig",
    "LayoutConfig",
    "SystemConfig",
    "TeamLayoutConfig",
    "default_singles",
]

API = "/finesse/api"

Host = Annotated[str, Meta(max_length=255, pattern=r"^[A-Za-z0-9.:-]*$")]
NamedHost = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9.:-]*$")]
Port = Annotated[int, Meta(ge=1, le=65_535)]
MaybePort = Annotated[Port | None, item(empty=True)]
"""A public exporter of configurations reads ``backupPort`` without looking whether it is there."""


class CTI(Struct, frozen=True, rename="camel", kw_only=True):
    """Where the engine is."""

    host: NamedHost
    port: Port
    backup_host: Host = ""
    backup_port: MaybePort = None
    peripheral_id: Annotated[int, Meta(ge=0)]


class SystemConfig(Struct, frozen=True, kw_only=True):
    """How this system reaches its engine, from the next start on."""

    uri: str = f"{API}/SystemConfig"
    cti: CTI


class ClusterNode(Struct, frozen=True, kw_only=True):
    """A node of the cluster."""

    host: Host = ""


class ClusterConfig(Struct, frozen=True, rename="camel", kw_only=True):
    """The other node."""

    uri: str = f"{API}/ClusterConfig"
    secondary_node: ClusterNode = ClusterNode()


class EnterpriseDatabaseConfig(Struct, frozen=True, rename="camel", kw_only=True):
    """The database of a CCE's configuration. The password is never told."""

    uri: str = f"{API}/EnterpriseDatabaseConfig"
    host: NamedHost
    port: Port = 1433
    backup_host: Host = ""
    backup_port: MaybePort = None
    database_name: Annotated[str, Meta(min_length=1, max_length=128)]
    domain: Annotated[str, Meta(max_length=128)] = ""
    username: Annotated[str, Meta(min_length=1, max_length=128)]
    password: Annotated[str, Meta(max_length=128)] = ""


class ECCVariable(Struct, frozen=True, kw_only=True):
    """A named variable of calls, and how many bytes its value may have."""

    name: Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^(user\.|BA)\S*$")]
    length: Annotated[int, Meta(ge=1, le=210)]


class ECCVariableConfig(Struct, frozen=True, kw_only=True):
    """The named variables of calls."""

    of: Annotated[tuple[ECCVariable, ...], item(), Meta(max_length=200)] = field(
        name="ECCVariable", default=()
    )


class ChatNode(Struct, frozen=True, kw_only=True):
    """A chat server, as the browser reaches it."""

    host: Host = ""
    port: MaybePort = None


class ChatConfig(Struct, frozen=True, rename="camel", kw_only=True):
    """The chat servers; without a host there is no chat."""

    uri: str = f"{API}/ChatConfig"
    primary_node: ChatNode = ChatNode()
    secondary_node: ChatNode = ChatNode()


class CloudConnectConfig(Struct, frozen=True, rename="camel", kw_only=True):
    """The server of cloud services. The password is never told."""

    uri: str = f"{API}/CloudConnectConfig"
    host: NamedHost
    port: Port = 8445
    username: Annotated[str, Meta(min_length=1, max_length=128)]
    password: Annotated[str, Meta(max_length=128)] = ""


MAX_ORIGINS: Final = 100
"""How many origins administrators may allow."""


class CORSConfig(Struct, frozen=True, rename="camel", kw_only=True):
    """Origins whose pages may use us, besides those of the server's own configuration file; as browsers send them."""

    allowed_origins: Annotated[tuple[str, ...], item("allowedOrigin"), Meta(max_length=MAX_ORIGINS)]


class ConfigInfo(Struct, frozen=True, rename="camel", kw_only=True):
    """What this server is."""

    cti_version: int
    deployment_type: str
    uri: str = f"{API}/ConfigInfo"
    version: str


class LayoutConfig(Struct, frozen=True, kw_only=True):
    """The layout of the desktop, as a text of XML."""

    uri: str = f"{API}/LayoutConfig/default"
    layoutxml: Annotated[str, item(verbatim=True), Meta(min_length=1)]


class TeamLayoutConfig(Struct, frozen=True, rename="camel", kw_only=True):
    """The layout of a team's desktops, unless they have the default one."""

    ELEMENT: ClassVar[str] = "TeamLayoutConfig"

    use_default: bool
    layoutxml: Annotated[str, item(verbatim=True)] = ""


SINGLES: Final[Mapping[str, type[Struct]]] = {
    kind.__name__: kind
    for kind in (
        SystemConfig,
        ClusterConfig,
        EnterpriseDatabaseConfig,
        ECCVariableConfig,
        ChatConfig,
        CloudConnectConfig,
        CORSConfig,
        LayoutConfig,
    )
}
"""What is kept under its own name, and what it is kept as."""

_ECC: Final = (
    ECCVariable(name="user.layout", length=40),
    *(
        ECCVariable(name=name, length=32)
        for name in (
            "BAAccountNumber",
            "BABuddyName",
            "BACampaign",
            "BADialedListID",
            "BAResponse",
            "BAStatus",
            "BATimeZone",
        )
    ),
)
"""What our engine itself sends."""


def default_singles(
    cti_host: str, cti_port: int, backup: tuple[str, int] | None, secondary_host: str
) -> Mapping[str, Struct]:
    """What is shown until somebody configures it: what the operator's configuration says.

    Args:
        cti_host: Where the engine is.
        cti_port: Likewise.
        backup: Its other side; None for none.
        secondary_host: The other node; empty for a single one.
    """
    host, port = backup or ("", None)
    values: tuple[Struct, ...] = (
        SystemConfig(
            cti=CTI(
                host=cti_host,
                port=cti_port,
                backup_host=host,
                backup_port=port,
                peripheral_id=1,
            )
        ),
        ClusterConfig(secondary_node=ClusterNode(host=secondary_host)),
        # Nothing is known of a database; what has to be there is asked for with the first PUT.
        EnterpriseDatabaseConfig(host="", database_name="", username=""),
        ECCVariableConfig(of=_ECC),
        ChatConfig(),
    )
    return {type(value).__name__: value for value in values}
