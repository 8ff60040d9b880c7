"""Ports that nobody listens at, for programs that cannot be told to let the system choose."""

import random
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Final

__all__ = ["free_ports"]

_RANGE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
"""The first and the last port that the system gives to whoever connects, or listens at port 0."""

_FIRST: Final = 13_000
"""Above those that finesse_tx itself has by default."""


def free_ports(count: int) -> list[int]:
    """Find some, each once.

    They are none of those that the system may give to somebody else before the program listens there.
    """
    end = int(_RANGE.read_text().split()[0]) if _RANGE.exists() else 0
    candidates = random.sample(range(_FIRST, end), 100) if end > _FIRST + 1_000 else [0] * count
    found: list[int] = []
    with ExitStack() as stack:
        while len(found) < count:
            try:
                one = socket.create_server(("", candidates.pop()))
            except OSError:
                continue
            found.append(int(stack.enter_context(one).getsockname()[1]))
    return found
