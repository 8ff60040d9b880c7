"""What the arguments of ``finesse-tx cti connect`` mean: where to, and which OPEN_REQ.

Spec: ``cti.md`` §8.1 to §8.4, §9.1.
"""

from __future__ import annotations

import getpass
import os
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from finesse_tx.config import CTIClientConfig
from finesse_tx.cti.client_session import open_request
from finesse_tx.cti.core.enums import AgentStateMask, CallMsgMask, ConfigMask, CTIService
from finesse_tx.cti.core.layout import Dialect
from finesse_tx.cti.core.messages import OpenReq
from finesse_tx.cti.core.naming import number_of
from finesse_tx.cti.core.unlisting import Choice
from finesse_tx.cti.core.wire import Enumeration
from finesse_tx.cti.tool import InputError

__all__ = ["address_of", "opening"]

AGENT_SERVICES: Final = (
    CTIService.CTI_SERVICE_CLIENT_EVENTS
    | CTIService.CTI_SERVICE_CALL_DATA_UPDATE
    | CTIService.CTI_SERVICE_CLIENT_CONTROL
)
"""What a session for one agent asks for (§8.1)."""

PORT: Final = 12_028
"""Where a UCCX engine listens."""


def address_of(text: str) -> tuple[str, int]:
    """Host and port.

    Raises:
        InputError: It is none.
    """
    host, colon, port = text.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = text, str(PORT)
    bare = ":" in host and not (host.startswith("[") and host.endswith("]"))
    if not host or bare or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise InputError(f"{text}: expected HOST:PORT, such as 10.0.0.1:{PORT} or [::1]:{PORT}")
    return host.removeprefix("[").removesuffix("]"), int(port)


def opening(options: Namespace, choice: Choice) -> Callable[[int], OpenReq]:
    """What makes the OPEN_REQ of each version.

    Raises:
        InputError: A mask or the password file cannot be used.
    """
    config = CTIClientConfig(client_id=options.user or f"finesse-tx-{os.getpid()}")
    password = _password(options)
    masks = {
        field: _mask(option, text, enumeration)
        for field, option, text, enumeration in (
            ("services_requested", "--services", options.services, CTIService),
            ("call_msg_mask", "--call-mask", options.call_mask, CallMsgMask),
            ("agent_state_mask", "--agent-mask", options.agent_mask, AgentStateMask),
            ("config_msg_mask", "--config-mask", options.config_mask, ConfigMask),
        )
        if text is not None
    }
    fields: dict[str, Any] = {}
    if options.agent or options.extension or options.instrument:
        fields["services_requested"] = AGENT_SERVICES
        ours = "agent_id" if choice.dialect is Dialect.UCCE else "agent_id_long"
        fields |= {ours: options.agent, "agent_extension": options.extension}
        fields["agent_instrument"] = options.instrument

    def request(version: int) -> OpenReq:
        return replace(open_request(config, version, password), **(fields | masks))

    return request


def _password(options: Namespace) -> str:
    if options.ask_password:
        try:
            return getpass.getpass("ClientPassword: ")
        except EOFError:
            raise InputError("--ask-password: there is nobody to ask") from None
    if options.password_file is None:
        return ""
    try:
        return Path(options.password_file).read_text("utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8"
        raise InputError(f"{options.password_file}: {reason}") from None


def _mask(option: str, text: str, enumeration: Enumeration) -> int:
    value = 0
    for part in text.split(","):
        try:
            value |= number_of(part.strip(), enumeration)
        except ValueError:
            known = ", ".join(enumeration.__members__)
            raise InputError(f"{option}: {part!r} is no number and none of {known}") from None
    if not 0 <= value <= 0xFFFF_FFFF:
        raise InputError(f"{option}: {text} does not fit 32 bits")
    return value
