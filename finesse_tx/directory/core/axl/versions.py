"""The versions of AXL's schema that we speak, and the names that go with each.

Spec: ``axl.md`` §2.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["API", "SERVICE", "SOAP", "VERSIONS", "namespace", "soap_action"]

VERSIONS: Final = ("12.5", "14.0", "15.0")
"""The oldest first."""

API: Final = "http://www.cisco.com/AXL/API/"
"""What the namespace of each version begins with."""

SERVICE: Final = "http://www.cisco.com/AXLAPIService/"
"""The namespace of the WSDL, whatever the version."""

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
"""SOAP 1.1."""

ACTION: Final = re.compile(r'"?CUCM:DB ver=(?P<version>\d+\.\d+)(?: (?P<operation>\w+))?"?')
"""What the header SOAPAction looks like."""


def namespace(version: str) -> str:
    """The namespace of a request and its answer."""
    return API + version


def soap_action(version: str, operation: str) -> str:
    """The header, without its quotes."""
    return f"CUCM:DB ver={version} {operation}"
