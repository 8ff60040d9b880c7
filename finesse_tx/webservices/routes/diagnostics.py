"""``/finesse-dp/rest/DiagnosticPortal``: what monitoring tools ask, with this process's figures.

Spec: ``rest.md`` §13.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import finesse_tx
from finesse_tx.webservices.core.diagnostics import Item, property_list, reply
from finesse_tx.webservices.core.routing import Asker, Call, Reply, Route
from finesse_tx.webservices.serviceability import Serviceability

__all__ = ["DIAGNOSTICS", "PARTS"]

PARTS: Final = ("cti", "directory", "engine", "notification", "store", "telephony", "webservices")
"""What writes to the log; all at the level of ``log.level``."""

Operation = Any


def _told(command: str, around: tuple[str, ...], items: Iterable[Item]) -> Reply:
    body = reply(command, around, items)
    return Reply(body, content_type="application/xml;charset=UTF-8")


async def get_performance(running: Serviceability, _call: Call[None]) -> Reply:
    """Memory, threads, load, agents and calls as of now."""
    return _told(
        "GetPerformanceInformation",
        ("PerformanceInformation", "PropertyList"),
        property_list(running.performance()),
    )


async def get_version(_running: Serviceability, _call: Call[None]) -> Reply:
    """What runs, and in which version."""
    major, minor, maintenance = [*re.findall(r"\d+", finesse_tx.__version__), "0", "0", "0"][:3]
    version = {
        "Name": "finesse_tx",
        "Major": major,
        "Minor": minor,
        "Maintenance": maintenance,
        "VersionString": finesse_tx.__version__,
    }
    return _told("GetProductVersion", (), [("ProductVersion", version)])


async def get_license(running: Serviceability, _call: Call[None]) -> Reply:
    """What SystemInfo says of a licence: there is none to be had, and none is needed."""
    license_text = running.system_info().license or "none needed"
    return _told(
        "GetProductLicense",
        ("ProductLicense", "PropertyList"),
        property_list([("License", license_text)]),
    )


async def get_platform(running: Serviceability, _call: Call[None]) -> Reply:
    """The machine and the interpreter."""
    figures = running.figures()
    return _told(
        "GetPlatformInformation",
        ("PlatformInformation", "PropertyList"),
        property_list(
            [
                ("Host Name", figures.host),
                ("Operating System", figures.system),
                ("Python", figures.python),
                ("Processors", f"{figures.cpus}"),
                ("Memory", f"{figures.memory_bytes}"),
            ]
        ),
    )


async def list_processes(running: Serviceability, _call: Call[None]) -> Reply:
    """The one process that everything runs in."""
    figures = running.figures()
    process = {
        "Name": figures.name,
        "ProcessId": f"{figures.pid}",
        "Status": "UP",
        "UpTime": f"{int(figures.uptime_s)}",
    }
    return _told("ListProcesses", ("ProcessList",), [("Process", process)])


async def list_trace_components(_running: Serviceability, _call: Call[None]) -> Reply:
    """The parts that write to the log."""
    parts: list[Item] = [("TraceComponent", {"Name": f"finesse_tx.{part}"}) for part in PARTS]
    return _told("ListTraceComponents", ("TraceComponentList",), parts)


def _row(command: str, operation: Operation) -> Route[Serviceability, Any]:
    return Route(
        "GET",
        f"/DiagnosticPortal/{command}",
        (Asker.ADMINISTRATOR,),
        operation,
        media_type="application/xml",
        needs_service=False,
    )


DIAGNOSTICS: Final[tuple[Route[Serviceability, Any], ...]] = (
    _row("GetPerformanceInformation", get_performance),
    _row("GetProductVersion", get_version),
    _row("GetProductLicense", get_license),
    _row("GetPlatformInformation", get_platform),
    _row("ListProcesses", list_processes),
    _row("ListTraceComponents", list_trace_components),
)
"""The table, below ``/finesse-dp/rest``."""
