"""What a process says of itself, under the names that monitoring tools of the original ask for.

Only what there is here is told: no Tomcat, no queues inside a CTI client, so those names are left out, and none is
given a number that nobody measured.

Spec: ``rest.md`` §13 (``GetPerformanceInformation``, ``/performance``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from finesse_tx.webservices.core.call_totals import CallTotals
from finesse_tx.webservices.core.request_times import RequestTimes

__all__ = ["NOTIFICATION_PREFIX", "Figures", "attributes", "performance", "status_numbers"]

NOTIFICATION_PREFIX: Final = "openfire//"
"""What asks for the notification service's process: here it is the same one."""

_LINE: Final = re.compile(r"^(?P<name>\w+):\s+(?P<number>\d+)(?P<unit> kB)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Figures:
    """A process, at a moment.

    Attributes:
        pid: Its number.
        name: What it calls itself.
        host: The machine.
        system: The operating system, with its version.
        python: The interpreter's version.
        started: When it started, in seconds since 1970.
        uptime_s: How long ago that is.
        cpu_s: How long it has computed.
        load: The machine's load over a minute.
        cpus: How many processors there are.
        memory_bytes: The machine's memory.
        own_bytes: What of it is the process's own: what a Java process has on its heap.
        mapped_bytes: What is files and shared memory: what that one has beside the heap.
        peak_bytes: The most that it ever had, of both.
        threads: How many threads.
        peak_threads: The most that were seen when somebody asked.
        files: How many files and connections are open.
        max_files: How many may be.
    """

    pid: int = 0
    name: str = ""
    host: str = ""
    system: str = ""
    python: str = ""
    started: float = 0.0
    uptime_s: float = 0.0
    cpu_s: float = 0.0
    load: float = 0.0
    cpus: int = 1
    memory_bytes: int = 0
    own_bytes: int = 0
    mapped_bytes: int = 0
    peak_bytes: int = 0
    threads: int = 1
    peak_threads: int = 1
    files: int = 0
    max_files: int = 0


def status_numbers(text: str) -> dict[str, int]:
    """The numbers in Linux's ``/proc/PID/status``, those in kB as bytes."""
    return {
        found["name"]: int(found["number"]) * (1024 if found["unit"] else 1)
        for found in _LINE.finditer(text)
    }


def performance(
    figures: Figures, agents: int, calls: int, times: RequestTimes, totals: CallTotals
) -> tuple[tuple[str, str], ...]:
    """Names and values of ``GetPerformanceInformation``.

    Args:
        figures: The process.
        agents: How many are signed in.
        calls: How many calls somebody is in.
        times: How long requests took; told in milliseconds, as Tomcat counts.
        totals: How many calls there have been.
    """
    return (
        ("Tomcat/Heap Memory Utilized", f"{figures.own_bytes}"),
        ("Tomcat/Non Heap Memory Utilized", f"{figures.mapped_bytes}"),
        ("Tomcat/Average Request Process Time", f"{times.average_s * 1_000:.1f}"),
        ("Tomcat/Longest Request Process Time", f"{times.longest_s * 1_000:.1f}"),
        ("Thread Count", f"{figures.threads}"),
        ("Peak Thread Count", f"{figures.peak_threads}"),
        ("Average System Load", f"{figures.load:.2f}"),
        ("Active Totals/Logged In Agents", f"{agents}"),
        ("Active Totals/Current Calls", f"{calls}"),
        ("Running Totals/Calls Received or Initiated", f"{totals.begun}"),
        ("Running Totals/Calls Failed", f"{totals.failed}"),
    )


def attributes(figures: Figures) -> Mapping[str, Mapping[str, Any]]:
    """The attributes that ``/performance`` reads, by the name of their bean."""
    resident = figures.own_bytes + figures.mapped_bytes

    def memory(used: int) -> dict[str, int]:
        return {"init": 0, "used": used, "committed": used, "max": figures.memory_bytes}

    return {
        "java.lang:type=Memory": {
            "HeapMemoryUsage": memory(figures.own_bytes),
            "NonHeapMemoryUsage": memory(figures.mapped_bytes),
        },
        "java.lang:type=Threading": {
            "ThreadCount": figures.threads,
            "PeakThreadCount": figures.peak_threads,
        },
        "java.lang:type=OperatingSystem": {
            "Name": figures.system,
            "AvailableProcessors": figures.cpus,
            "SystemLoadAverage": figures.load,
            "ProcessCpuTime": round(figures.cpu_s * 1e9),
            "TotalPhysicalMemorySize": figures.memory_bytes,
            "CommittedVirtualMemorySize": resident,
            "OpenFileDescriptorCount": figures.files,
            "MaxFileDescriptorCount": figures.max_files,
        },
        "java.lang:type=Runtime": {
            "Name": f"{figures.pid}@{figures.host}",
            "VmName": "CPython",
            "VmVersion": figures.python,
            "StartTime": round(figures.started * 1000),
            "Uptime": round(figures.uptime_s * 1000),
        },
    }
