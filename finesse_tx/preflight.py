"""What can be found wrong before anything starts, each thing told in one line that names the key.

``twistd finesse`` runs this before it becomes a daemon, ``finesse-tx check`` without starting at all.
"""

from __future__ import annotations

import os
import resource
import socket
from contextlib import closing
from typing import Final

from finesse_tx.config import Address, Config, ListenConfig, addresses
from finesse_tx.errors import StartError

__all__ = [
    "CONTROL_TOKEN",
    "FEW_FILES",
    "MOST_FILES",
    "listen_addresses",
    "listening",
    "open_more_files",
    "ports_are_free",
]

MOST_FILES: Final = 100_000
"""No more files are asked for: as many as ``notification.max_sessions`` by default, and as many again for all else."""

FEW_FILES: Final = 4_096
"""With fewer the log warns: a desktop has one or two connections open, and gadgets and other clients theirs."""

CONTROL_TOKEN: Final = "control.token"  # noqa: S105  # a file's name
"""The secret, in the home folder, that commands to a running server show."""


def listen_addresses(config: ListenConfig) -> dict[str, tuple[Address, ...]]:
    """Where each service listens, in the order of the keys; a service that is off is left out."""
    found = {}
    for name in ListenConfig.__struct_fields__:
        if name == "ephemeral":
            continue
        wanted = addresses(getattr(config, name))
        if config.ephemeral:
            wanted = tuple(Address(address.host, 0) for address in wanted)
        if wanted:
            found[name] = wanted
    return found


_XMPP: Final = frozenset({"xmpp", "xmpps", "bosh", "boshs", "component"})
"""Where clients of the notification service come in: nowhere, when they sign in at somebody else's server."""


def listening(config: Config) -> dict[str, tuple[Address, ...]]:
    """Where each service that there is listens."""
    found = listen_addresses(config.listen)
    if config.notification.mode == "component":
        return {name: wanted for name, wanted in found.items() if name not in _XMPP}
    return found


def ports_are_free(config: Config) -> None:
    """Try each address that the server is going to listen on.

    Raises:
        StartError: One cannot be had; it names the key.
    """
    for name, wanted in listening(config).items():
        for address in wanted:
            _try(name, address)


_PRIVILEGED: Final = "a port below 1024 takes CAP_NET_BIND_SERVICE, which etc/finesse_tx.service can give; or choose another port"


def _try(name: str, address: Address) -> None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    fix = "choose another address, or set listen.ephemeral = true"
    try:
        with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Twisted does
            probe.bind((address.host, address.port))
            probe.listen(1)
    except PermissionError:
        if os.getuid() != 0:  # root, as ``--uid`` for now, binds as root
            raise StartError(
                f"listen.{name}: {address}: Permission denied; {_PRIVILEGED}"
            ) from None
    except socket.gaierror as error:
        raise StartError(f"listen.{name}: {address}: {error.strerror}; {fix}") from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise StartError(f"listen.{name}: {address}: {reason}; {fix}") from None


def open_more_files() -> int:
    """Let this process open as many files as it may ask for: each connection is one.

    Shells and systemd begin with 1,024 for the sake of programs that use select(2), and let others ask for more.

    Returns:
        How many it is now.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return MOST_FILES if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
