"""The configuration: TOML into frozen structs, each key with its unit, its bounds and its meaning.

``etc/finesse.toml`` shows every key at its default; a test holds the two together. A part receives its own
struct, never the whole `Config`. Secrets are not keys: a key ending in ``_file`` names the file that holds one.

    node, people, web, notification, engine, gadgets, tasks    the sections   whole    all of them
    values      what several sections have      reading   files and ``--set``
    checking    what no type can say            explaining   what is told of a mistake
"""

from finesse_tx.config.engine import (
    CTI_VERSIONS,
    CTIClientConfig,
    CTIConfig,
    CTIServerConfig,
    EngineConfig,
    HistoryConfig,
    TelephonyConfig,
)
from finesse_tx.config.explaining import located
from finesse_tx.config.gadgets import GadgetsConfig, OutboundConfig
from finesse_tx.config.node import (
    DemoConfig,
    ListenConfig,
    LogConfig,
    ServerConfig,
    StoreConfig,
    TLSConfig,
)
from finesse_tx.config.notification import (
    BOSHConfig,
    ComponentConfig,
    NotificationConfig,
    PresenceConfig,
    PresenceTeamConfig,
)
from finesse_tx.config.people import (
    AccountsConfig,
    AXLConfig,
    DirectoryConfig,
    SecurityConfig,
    SSOConfig,
)
from finesse_tx.config.reading import load, read_options
from finesse_tx.config.tasks import TaskDomainConfig, TasksConfig, TaskSelectorConfig
from finesse_tx.config.values import Address, Listen, addresses
from finesse_tx.config.web import WebConfig
from finesse_tx.config.whole import Config

__all__ = [
    "CTI_VERSIONS",
    "AXLConfig",
    "AccountsConfig",
    "Address",
    "BOSHConfig",
    "CTIClientConfig",
    "CTIConfig",
    "CTIServerConfig",
    "ComponentConfig",
    "Config",
    "DemoConfig",
    "DirectoryConfig",
    "EngineConfig",
    "GadgetsConfig",
    "HistoryConfig",
    "Listen",
    "ListenConfig",
    "LogConfig",
    "NotificationConfig",
    "OutboundConfig",
    "PresenceConfig",
    "PresenceTeamConfig",
    "SSOConfig",
    "SecurityConfig",
    "ServerConfig",
    "StoreConfig",
    "TLSConfig",
    "TaskDomainConfig",
    "TaskSelectorConfig",
    "TasksConfig",
    "TelephonyConfig",
    "WebConfig",
    "addresses",
    "load",
    "located",
    "read_options",
]
