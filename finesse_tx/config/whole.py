"""All sections together."""

from __future__ import annotations

from msgspec import Struct

from finesse_tx.config.engine import CTIConfig, EngineConfig, HistoryConfig, TelephonyConfig
from finesse_tx.config.gadgets import GadgetsConfig
from finesse_tx.config.node import (
    DemoConfig,
    ListenConfig,
    LogConfig,
    ServerConfig,
    StoreConfig,
    TLSConfig,
)
from finesse_tx.config.notification import BOSHConfig, NotificationConfig, PresenceConfig
from finesse_tx.config.people import (
    AccountsConfig,
    AXLConfig,
    DirectoryConfig,
    SecurityConfig,
    SSOConfig,
)
from finesse_tx.config.tasks import TasksConfig
from finesse_tx.config.web import WebConfig

__all__ = ["Config"]


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything an operator can say."""

    server: ServerConfig = ServerConfig()
    listen: ListenConfig = ListenConfig()
    tls: TLSConfig = TLSConfig()
    log: LogConfig = LogConfig()
    demo: DemoConfig = DemoConfig()
    store: StoreConfig = StoreConfig()
    directory: DirectoryConfig = DirectoryConfig()
    security: SecurityConfig = SecurityConfig()
    sso: SSOConfig = SSOConfig()
    web: WebConfig = WebConfig()
    notification: NotificationConfig = NotificationConfig()
    accounts: AccountsConfig = AccountsConfig()
    axl: AXLConfig = AXLConfig()
    bosh: BOSHConfig = BOSHConfig()
    presence: PresenceConfig = PresenceConfig()
    cti: CTIConfig = CTIConfig()
    engine: EngineConfig = EngineConfig()
    history: HistoryConfig = HistoryConfig()
    telephony: TelephonyConfig = TelephonyConfig()
    gadgets: GadgetsConfig = GadgetsConfig()
    tasks: TasksConfig = TasksConfig()

    @property
    def host(self) -> str:
        """The name that clients dial."""
        return self.server.host or self.notification.domain

    @property
    def is_secondary(self) -> bool:
        """Whether this is the second of two nodes: the configuration is changed on the other one."""
        return bool(self.server.primary_host)
