"""This process, as the operating system sees it.

Linux tells everything; elsewhere memory, threads and files are what Python itself knows, or 0.
"""

from __future__ import annotations

import os
import platform
import resource
import threading
import time
from contextlib import suppress
from pathlib import Path

from finesse_tx.webservices.core.figures import Figures, status_numbers

__all__ = ["Process"]


class Process:
    """This process; it begins now."""

    def __init__(self) -> None:
        self._began, self._monotonic = time.time(), time.monotonic()
        self._peak_threads = 0

    def __call__(self) -> Figures:
        """Its figures as of now: some ten system calls."""
        numbers: dict[str, int] = {}
        with suppress(OSError):
            numbers = status_numbers(Path("/proc/self/status").read_text())
        files = 0
        with suppress(OSError):
            files = len(os.listdir("/proc/self/fd"))
        used = resource.getrusage(resource.RUSAGE_SELF)
        threads = numbers.get("Threads", threading.active_count())
        self._peak_threads = max(self._peak_threads, threads)
        return Figures(
            pid=os.getpid(),
            name="finesse_tx",
            host=platform.node(),
            system=f"{platform.system()} {platform.release()}",
            python=platform.python_version(),
            started=self._began,
            uptime_s=time.monotonic() - self._monotonic,
            cpu_s=used.ru_utime + used.ru_stime,
            load=os.getloadavg()[0],
            cpus=os.cpu_count() or 1,
            memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            own_bytes=numbers.get("RssAnon", 0),
            mapped_bytes=numbers.get("RssFile", 0) + numbers.get("RssShmem", 0),
            peak_bytes=numbers.get("VmHWM", used.ru_maxrss * 1024),
            threads=threads,
            peak_threads=self._peak_threads,
            files=files,
            max_files=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        )
