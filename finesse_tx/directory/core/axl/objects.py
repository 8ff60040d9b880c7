"""The objects that we have, each with its fields in the order of AXL's schema.

A field that is not here and comes in a request is kept as it is, and shown by ``get`` after those that are here.

Spec: ``axl.md`` §7, §7.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from finesse_tx.directory.core.axl.fields import (
    EXACT,
    KEPT,
    SHOWN,
    WRITTEN,
    Field,
    In,
    Kind,
    Thing,
    Type,
)

__all__ = ["APP_USER", "CTI_ROUTE_POINT", "LINE", "PHONE", "THINGS", "USER"]


def _flag(name: str, **more: object) -> Field:
    return Field(name, Type.BOOLEAN, **more)  # type: ignore[arg-type]


def _link(name: str, **more: object) -> Field:
    return Field(name, Type.REFERENCE, **more)  # type: ignore[arg-type]


_DEVICES: Final = Field("associatedDevices", where=KEPT, fields=(Field("device", many=True),))

_GROUPS: Final = Field(
    "associatedGroups",
    where=KEPT,
    fields=(
        Field(
            "userGroup",
            many=True,
            fields=(
                Field("name", required=True),
                Field("userRoles", fields=(Field("userRole", many=True),)),
            ),
        ),
    ),
)

_CREDENTIALS: Final = (
    ("CredPolicyName", Type.REFERENCE),
    ("CredUserCantChange", Type.BOOLEAN),
    ("CredUserMustChange", Type.BOOLEAN),
    ("CredDoesNotExpire", Type.BOOLEAN),
    ("CredTimeChanged", Type.TEXT),
    ("CredTimeAdminLockout", Type.TEXT),
    ("CredLockedByAdministrator", Type.BOOLEAN),
)


def _credentials(which: str) -> Field:
    fields = tuple(Field(which + name, kind) for name, kind in _CREDENTIALS)
    return Field(
        {"pwd": "passwordCredentials", "pin": "pinCredentials"}[which], where=KEPT, fields=fields
    )


USER: Final = Thing(
    Kind.USER,
    (
        Field("firstName"),
        Field("displayName", where=KEPT),
        Field("middleName"),
        Field("lastName", required=True),
        Field("userid", where=EXACT, required=True),
        Field("password", where=WRITTEN),
        Field("pin", where=WRITTEN),
        Field("mailid"),
        Field("department"),
        Field("manager"),
        Field("userLocale"),
        _DEVICES,
        Field(
            "primaryExtension",
            fields=(Field("pattern", required=True), Field("routePartitionName")),
        ),
        _GROUPS,
        _flag("enableCti"),
        Field("digestCredentials", where=WRITTEN),
        Field(
            "phoneProfiles",
            where=KEPT,
            fields=(_link("profileName", many=True),),
        ),
        _link("presenceGroupName", where=KEPT, required=True),
        _credentials("pwd"),
        _credentials("pin"),
        Field("status", Type.INTEGER, where=SHOWN),
        _flag("homeCluster"),
        _flag("imAndPresenceEnable"),
        _link("serviceProfile"),
        Field("directoryUri"),
        Field("telephoneNumber"),
        Field("title"),
        Field("mobileNumber"),
        _link("userProfile", where=KEPT),
        _link("ldapDirectoryName", where=KEPT),
        Field("userIdentity"),
        _link("ipccExtension", where=KEPT),
        _link("ipccRoutePartition", where=KEPT),
        _link("customerName"),
    ),
    key=("userid",),
    criteria=("firstName", "lastName", "userid", "department", "customerName"),
    renames=(("userid", "newUserid"),),
)

_DIRN: Final = Field(
    "dirn",
    fields=(Field("pattern", required=True), _link("routePartitionName")),
    attributes=("uuid",),
)

_PHONE_LINES: Final = Field(
    "lines",
    where=KEPT,
    fields=(
        Field(
            "line",
            many=True,
            fields=(
                Field("index", Type.INTEGER, required=True),
                Field("label"),
                Field("display"),
                _DIRN,
                Field("displayAscii"),
                Field("e164Mask"),
                Field("maxNumCalls", Type.INTEGER),
                Field("busyTrigger", Type.INTEGER),
                Field(
                    "associatedEndusers",
                    fields=(Field("enduser", many=True, fields=(Field("userId"),)),),
                ),
            ),
            attributes=("uuid",),
        ),
    ),
)

PHONE: Final = Thing(
    Kind.PHONE,
    (
        Field("name", where=EXACT, required=True),
        Field("description"),
        Field("product", where=EXACT, required=True),
        Field("model", where=SHOWN),
        Field("class", where=EXACT, required=True),
        Field("protocol", where=EXACT, required=True),
        Field("protocolSide", where=EXACT, required=True),
        _link("callingSearchSpaceName"),
        _link("devicePoolName", required=True),
        _link("commonDeviceConfigName"),
        _link("commonPhoneConfigName"),
        _link("locationName", required=True),
        _link("automatedAlternateRoutingCssName"),
        Field("useTrustedRelayPoint"),
        _link("securityProfileName"),
        _link("sipProfileName"),
        _PHONE_LINES,
        _link("phoneTemplateName"),
        _link("softkeyTemplateName"),
        Field("loginUserId", where=SHOWN),
        _link("defaultProfileName"),
        _flag("enableExtensionMobility"),
        _link("currentProfileName", where=SHOWN),
        Field("loginTime", Type.INTEGER, where=SHOWN),
        Field("loginDuration", Type.INTEGER, where=SHOWN),
        Field("builtInBridgeStatus"),
        _link("ownerUserName"),
        Field("packetCaptureMode"),
        _link("subscribeCallingSearchSpaceName"),
        _flag("allowCtiControlFlag"),
        _link("presenceGroupName"),
        Field("certificateOperation"),
        Field("deviceMobilityMode"),
        Field("dndOption"),
        _flag("dndStatus"),
    ),
    key=("name",),
    criteria=(
        "name",
        "description",
        "protocol",
        "callingSearchSpaceName",
        "devicePoolName",
        "securityProfileName",
    ),
    renames=(("name", "newName"),),
    deltas=(("removeLines", "lines", False), ("addLines", "lines", True)),
    attributes=("ctiid", "uuid"),
)

LINE: Final = Thing(
    Kind.LINE,
    (
        Field("pattern", where=EXACT, required=True),
        Field("description"),
        Field("usage", where=EXACT),
        _link("routePartitionName", where=EXACT),
        Field("aarDestinationMask"),
        Field("autoAnswer"),
        Field("alertingName"),
        Field("asciiAlertingName"),
        _link("presenceGroupName"),
        _link("shareLineAppearanceCssName"),
        _link("voiceMailProfileName"),
        _flag("allowCtiControlFlag"),
        Field("associatedDevices", where=In.GET, fields=(Field("device", many=True),)),
        _flag("active", where=KEPT),
    ),
    key=("pattern", "routePartitionName"),
    criteria=("pattern", "description", "usage", "routePartitionName"),
    renames=(("pattern", "newPattern"), ("routePartitionName", "newRoutePartitionName")),
)

APP_USER: Final = Thing(
    Kind.APP_USER,
    (
        Field("userid", where=EXACT, required=True),
        Field("password", where=WRITTEN),
        _link("presenceGroupName"),
        _flag("acceptPresenceSubscription"),
        _flag("acceptOutOfDialogRefer"),
        _flag("acceptUnsolicitedNotification"),
        _flag("allowReplaceHeader"),
        _flag("isStandard", where=SHOWN),
        _DEVICES,
        _GROUPS,
    ),
    key=("userid",),
    criteria=("userid",),
    renames=(("userid", "newUserid"),),
)

CTI_ROUTE_POINT: Final = Thing(
    Kind.CTI_ROUTE_POINT,
    (
        Field("name", where=SHOWN),
        Field("description", where=SHOWN),
        Field("product", where=SHOWN),
        Field("model", where=SHOWN),
        Field("class", where=SHOWN),
        Field("protocol", where=SHOWN),
        Field("protocolSide", where=SHOWN),
        _link("callingSearchSpaceName", where=SHOWN),
        _link("devicePoolName", where=SHOWN),
        _link("locationName", where=SHOWN),
        replace(_PHONE_LINES, where=In.GET),
    ),
    key=("name",),
    criteria=("name", "description", "callingSearchSpaceName", "devicePoolName"),
)

THINGS: Final[Mapping[Kind, Thing]] = {
    thing.kind: thing for thing in (USER, PHONE, LINE, APP_USER, CTI_ROUTE_POINT)
}
"""All of them."""
