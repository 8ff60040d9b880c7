"""Where clients come in, and how they are shown out at the end."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.interfaces import IProtocolFactory
from twisted.protocols.tls import TLSMemoryBIOFactory

from finesse_tx.composition.axl import AXL
from finesse_tx.composition.engine import Embedded
from finesse_tx.composition.gadgets import Gadgets
from finesse_tx.composition.given import Given
from finesse_tx.composition.http import site
from finesse_tx.composition.notification import Notifications
from finesse_tx.composition.secret_files import secret_file
from finesse_tx.composition.web import Finesse
from finesse_tx.composition.web_ports import WebPorts
from finesse_tx.lifecycle import Door
from finesse_tx.notification.account_checks import MAX_BODY
from finesse_tx.notification.service import NotificationService
from finesse_tx.preflight import listening
from finesse_tx.site import BoundedSite

__all__ = ["build_doors", "drain"]


def build_doors(
    given: Given,
    web_ports: WebPorts,
    finesse: Finesse,
    embedded: Embedded | None,
    control: BoundedSite,
    axl: AXL,
    gadgets: Gadgets,
) -> list[Door]:
    """One for each service that there is and that ``listen`` gives an address, in the order of their names' lines."""

    def tls(factory: IProtocolFactory) -> IProtocolFactory:
        return TLSMemoryBIOFactory(given.ready.tls, False, factory)

    factories: dict[str, IProtocolFactory] = {
        "http": web_ports.clear,
        "https": tls(web_ports.secure),
    }
    notifications = finesse.notifications
    if (own := notifications.own) is not None:
        factories |= _notification(given, own, tls)
    if embedded is not None:
        factories["cti"] = embedded.server.factory
    factories["control"] = control
    if notifications.accounts is not None:
        factories["accounts"] = site(given, notifications.accounts, MAX_BODY)
    if axl.site is not None:
        factories["axl"] = tls(axl.site)
    if gadgets.second is not None:
        factories["isolated"] = tls(gadgets.second)
    listen = listening(given.config)
    return [
        Door(name, listen[name], factory) for name, factory in factories.items() if name in listen
    ]


def _notification(
    given: Given,
    own: NotificationService,
    tls: Callable[[IProtocolFactory], IProtocolFactory],
) -> dict[str, IProtocolFactory]:
    found: dict[str, IProtocolFactory] = {
        "bosh": own.bosh_factory,
        "boshs": tls(own.bosh_factory),
        "xmpp": own.xmpp_factory,
        "xmpps": tls(own.xmpps_factory),
    }
    if "component" in listening(given.config):
        path = given.config.notification.component_secret_file
        secret = secret_file("notification.component_secret_file", path)
        found["component"] = own.component_factory(secret)
    return found


async def drain(
    web_ports: WebPorts, notifications: Notifications, axl: AXL, gadgets: Gadgets
) -> None:
    """Show everybody out, once the doors are closed: finish what is under way.

    All together: the held polls that the notification service answers are the web ports' requests in flight.
    """
    gadgets.close()
    draining = [Deferred.fromCoroutine(notifications.service.drain()), web_ports.secure.drain()]
    if web_ports.clear is not web_ports.secure:
        draining.append(web_ports.clear.drain())
    draining += [other.drain() for other in (axl.site, gadgets.second) if other is not None]
    if notifications.own is not None:
        draining.append(notifications.own.bosh_factory.drain())
    await gatherResults(draining)
