"""What AXL shows where nobody has said otherwise: the values that objects begin with, and derived phones and lines.

Spec: ``axl.md`` §7.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from finesse_tx.directory.core.axl.values import Values
from finesse_tx.directory.core.records import Person

__all__ = [
    "APP_USER_DEFAULTS",
    "CTI_GROUPS",
    "GROUPS",
    "LINE_DEFAULTS",
    "PHONE_DEFAULTS",
    "USER_DEFAULTS",
    "derived_line",
    "derived_phone",
    "derived_phone_name",
    "route_point_name",
]

PHONE_DEFAULTS: Final[Values] = {
    "description": "",
    "product": "Cisco 8861",
    "class": "Phone",
    "protocol": "SIP",
    "protocolSide": "User",
    "devicePoolName": "Default",
    "commonPhoneConfigName": "Standard Common Phone Profile",
    "locationName": "Hub_None",
    "useTrustedRelayPoint": "Default",
    "phoneTemplateName": "Standard 8861 SIP",
    "enableExtensionMobility": "false",
    "builtInBridgeStatus": "Default",
    "packetCaptureMode": "None",
    "allowCtiControlFlag": "true",
    "presenceGroupName": "Standard Presence group",
    "certificateOperation": "No Pending Operation",
    "deviceMobilityMode": "Default",
    "dndOption": "Ringer Off",
    "dndStatus": "false",
}
"""What a phone is where nobody has said otherwise."""

LINE_DEFAULTS: Final[Values] = {
    "description": "",
    "usage": "Device",
    "routePartitionName": "",
    "presenceGroupName": "Standard Presence group",
    "allowCtiControlFlag": "true",
    "active": "true",
}
"""The same of a line."""

USER_DEFAULTS: Final[Values] = {
    "enableCti": "true",
    "presenceGroupName": "Standard Presence group",
    "status": "1",
    "homeCluster": "true",
    "imAndPresenceEnable": "false",
}
"""The same of a person."""

APP_USER_DEFAULTS: Final[Values] = {
    "presenceGroupName": "Standard Presence group",
    "acceptPresenceSubscription": "false",
    "acceptOutOfDialogRefer": "false",
    "acceptUnsolicitedNotification": "false",
    "allowReplaceHeader": "false",
    "isStandard": "false",
}
"""The same of an application user."""

GROUPS: Final[Mapping[bool, tuple[str, tuple[str, ...]]]] = {
    False: (
        "Standard CCM End Users",
        ("Standard CCM End Users", "Standard CCMUSER Administration"),
    ),
    True: ("Standard CCM Super Users", ("Standard AXL API Access", "Standard CCM Admin Users")),
}
"""What a person is in where nobody has said otherwise, by whether it is an administrator."""

CTI_GROUPS: Final = (
    "Standard CTI Enabled",
    "Standard CTI Allow Control of All Devices",
)
"""What the application user is in that controls every phone."""


def derived_phone_name(extension: str) -> str:
    """What the phone of an extension is called that nobody has given one."""
    if extension.isascii() and extension.isdigit() and len(extension) <= 12:
        return f"SEP{extension:0>12}"
    return f"SEP{sha256(extension.encode()).hexdigest()[:12].upper()}"


def route_point_name(number: str) -> str:
    """What a route point is called."""
    return f"CTIRP_{number}"


def derived_phone(extension: str, person: Person) -> Values:
    """What is kept of a derived phone once somebody changes it."""
    name = f"{person.first_name} {person.last_name}".strip()
    button: Values = {
        "index": "1",
        "label": f"{name} - {extension}",
        "display": name,
        "dirn": {"pattern": extension, "routePartitionName": ""},
    }
    return {
        "description": f"{name} - {extension}",
        "lines": {"line": (button,)},
        "ownerUserName": person.login_id,
    }


def derived_line(extension: str, person: Person) -> Values:
    """The same of a derived line."""
    name = f"{person.first_name} {person.last_name}".strip()
    return {"pattern": extension, "description": name, "alertingName": name}
