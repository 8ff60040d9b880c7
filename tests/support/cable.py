"""A network cable between a browser and a server, for stories: it is pulled out, and plugged in again, perhaps elsewhere.

It runs in threads of its own, since a story keeps the thread that it is told in.
"""

import socket
from contextlib import suppress
from threading import Lock, Thread
from typing import Final

__all__ = ["Cable"]

PIECE: Final = 65_536


class Cable:
    """Carries what comes in on a port of its own to a port of loopback.

    Args:
        port: Where it is plugged in.

    Attributes:
        own: Where clients connect to, for good.
    """

    def __init__(self, port: int) -> None:
        self._port, self._is_in, self._lock = port, True, Lock()
        self._ends: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.own: int = self._listening.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def pull(self) -> None:
        """Pull it out: whatever is connected is lost, and nothing gets through."""
        with self._lock:
            self._is_in = False
            ends, self._ends = self._ends, []
        for end in ends:
            _close(end)

    def plug(self, port: int = 0) -> None:
        """Plug it in again.

        Args:
            port: Where; 0 for where it was.
        """
        with self._lock:
            self._port, self._is_in = port or self._port, True

    def close(self) -> None:
        """No more of it."""
        self._listening.close()
        self.pull()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                is_in, port = self._is_in, self._port
            try:
                if not is_in:
                    raise OSError("there is no cable")
                far = socket.create_connection(("127.0.0.1", port))
            except OSError:
                near.close()
                continue
            with self._lock:
                self._ends += [near, far]
            for from_, to in ((near, far), (far, near)):
                Thread(target=_carry, args=(from_, to), daemon=True).start()


def _carry(from_: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while data := from_.recv(PIECE):
            to.sendall(data)
    for end in (from_, to):
        _close(end)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        end.close()
