"""Phones: which an extension has, and which of them somebody means.

Spec: ``rest.md`` §2.13, §2.2 (``activeDeviceId``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from finesse_tx.directory.core.axl.phones import Phone
from finesse_tx.directory.core.records import Person
from finesse_tx.store.core.errors import StoreError
from finesse_tx.webservices.core.agents import ChosenDevice
from finesse_tx.webservices.core.errors import ApiError, authorization_failure
from finesse_tx.webservices.core.objects import Device, Devices
from finesse_tx.webservices.core.reading import invalid
from finesse_tx.webservices.core.requests import address

__all__ = ["DeviceOperations", "PhonesAt", "no_phones"]

PhonesAt: TypeAlias = Callable[[str], Awaitable[tuple[Phone, ...]]]
"""The phones that have a line of a number."""


async def no_phones(_extension: str) -> tuple[Phone, ...]:
    """Where nobody knows of any."""
    return ()


class DeviceOperations:
    """The operations on phones.

    Args:
        phones_at: Knows them.
    """

    def __init__(self, phones_at: PhonesAt) -> None:
        self._phones_at = phones_at

    async def devices(self, viewer: Person, extension: str) -> Devices:
        """The phones of an extension, for agents, of whom supervisors are some.

        Raises:
            ApiError: 401, 400 for what is no extension, 404 where it has no phone.
        """
        if not viewer.is_agent:
            raise authorization_failure(viewer.login_id)
        found = await self._at(address(extension, "extension"))
        if not found:
            raise ApiError(404, "Not Found", "The extension has no device", extension)
        return Devices(found)

    async def chosen(self, extension: str, device_id: str) -> ChosenDevice:
        """The phone that somebody names, at a sign-in.

        Raises:
            ApiError: 400: the extension has no such phone.
        """
        found = await self._at(extension)
        if device_id not in {device.device_id for device in found}:
            raise invalid("activeDeviceId")
        return ChosenDevice(extension, device_id, found)

    async def _at(self, extension: str) -> tuple[Device, ...]:
        try:
            phones = await self._phones_at(extension)
        except StoreError as error:
            raise ApiError(503, "Service Unavailable", str(error)) from None
        return tuple(Device(phone.name, phone.model, phone.model_name) for phone in phones)
