"""Where calls live; a plugin point: `ITelephonySystem`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twisted.application.service import IService
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from zope.interface import Attribute, Interface

from finesse_tx.telephony.core.events import Batch, Cause
from finesse_tx.telephony.core.inventory import AddressKind, Inventory
from finesse_tx.telephony.core.media import DigitRules

__all__ = ["ICallPlacer", "IOutsideLines", "IProvider", "IProviderListener", "ITelephonySystem"]


class IProviderListener(Interface):
    """Who a telephone system reports to: the engine."""

    def provider_changed(batch: Batch) -> None:
        """Something happened, be it asked for or not. All that is ever learned of calls is learned here.

        Called in a reactor turn of its own, never from within an operation. The batches of one call come in the
        order of what happened, each before the next one happens. Must not raise, and must not block; it may call
        the provider's operations. What raises is logged, and after three times it is not called again.
        """


class ITelephonySystem(Interface):
    """Where calls live: the simulator, Asterisk, someone's PBX. A plugin point.

    Found with ``twisted.plugin.getPlugins(ITelephonySystem, finesse_tx.plugins)``, so a plugin provides
    ``twisted.plugin.IPlugin`` too. ``docs/telephony.rst`` is for whoever writes one.
    """

    name: str = Attribute("The value of ``telephony.system`` that selects it.")

    def make_provider(
        options: Mapping[str, object], listener: IProviderListener, clock: IReactorTime
    ) -> IProvider:
        """Build, and do not start, the JTAPI Provider that reports to ``listener``.

        Called once, while the server is put together. Must not call the listener, connect or block.

        Args:
            options: ``telephony.options``, as the operator wrote it.
            listener: Told of everything from ``startService`` on.
            clock: The only clock there is.

        Raises:
            ConfigError: ``options`` has an unknown key or a value out of range; it names the key.
        """


class IProvider(IService):
    """JTAPI's Provider: a running telephone system, and what can be asked of it.

    The life cycle is a service's. Once the system is reached after ``startService``, one SNAPSHOT batch re-creates
    what it is doing: PROV_IN_SERVICE, ADDR_IN_SERVICE for each number of the inventory that can be reached, and the
    calls there are. When it is lost: PROV_OUT_OF_SERVICE; what was known of its calls is void then.

    Every operation is called in the reactor thread, at any time, also when the call in question is gone by now; it
    must not raise, block, or call the listener before it returns. Its Deferred fires when the switch confirms, or
    fails with `ProviderError`: cause CALL_CANCELLED when what it names is gone, `InvalidStateError` when it is in no
    state for that (any more), any other cause when the switch cannot do it. A failed operation has changed nothing.
    That it succeeded says only that the switch has taken it on; **the change is learned from the events**, which may
    come before or after. A connection is named by its call and its number, a terminal connection by its device
    besides.
    """

    def inventory() -> Inventory:
        """The system's numbers and devices, in and out of service.

        Called after PROV_IN_SERVICE, and whenever else. JTAPI's ``getAddresses()`` and ``getTerminals()``.
        """

    def connect(terminal: str, address: str, digits: str) -> Deferred[int]:
        """Make a call from one of our phones: ``createCall()`` and ``Call.connect()``.

        Args:
            terminal: The device; it must have no active call.
            address: Its line.
            digits: What is dialled. That nobody answers to it shows later, in the call.

        Returns:
            Fires with the new call's id: 2**24 or more, less than 2**32 - 1, never used before in this run.
        """

    def accept(call_id: int, address: str) -> Deferred[None]:
        """Take on a call that is OFFERED to a CTI port: it rings there now."""

    def reject(call_id: int, address: str, cause: Cause) -> Deferred[None]:
        """Refuse a call that is OFFERED to, or ALERTING at, a number of ours, or end its ringing outside.

        When the call was redirected there and the redirecting number still holds it, it stays there; else its
        caller hears why. Fails once it has been answered, so that it can be used to end ringing without the risk
        of ending a conversation.

        Args:
            call_id: The call.
            address: Where it is offered.
            cause: BUSY or CALL_NOT_ANSWERED: what the other side is told.
        """

    def redirect(call_id: int, address: str, destination: str) -> Deferred[None]:
        """Send a call on, to a number of ours or outside, without losing it when nobody takes it.

        A number that holds the caller in a conversation (a CTI port that is ESTABLISHED) stays in the call while
        the destination is offered it and rings. On answer it leaves, with cause REDIRECTED. When the destination
        does not answer, refuses or vanishes, only the destination leaves, and the caller is where he was. A number
        that has not answered (a route point) leaves as soon as the destination has been offered the call.

        Returns:
            Fires when the destination is offered the call; fails, and nothing has changed, when it is busy or
            out of service.
        """

    def answer(call_id: int, address: str, terminal: str) -> Deferred[None]:
        """Answer a call that is ringing at a device of ours; it must have no other active call."""

    def hold(call_id: int, address: str, terminal: str) -> Deferred[None]:
        """Put a device's part on hold. When it is on hold already, nothing more happens."""

    def unhold(call_id: int, address: str, terminal: str) -> Deferred[None]:
        """Take it off hold; the device must have no other active call. When it is not on hold, nothing happens."""

    def disconnect(call_id: int, address: str) -> Deferred[None]:
        """Take a number out of a call; fewer than two parties in conversation end the call."""

    def drop(call_id: int) -> Deferred[None]:
        """End a call for everyone in it."""

    def consult(call_id: int, address: str, terminal: str, digits: str) -> Deferred[int]:
        """Make a second call from a device: its call is put on hold, if it is not, and the new one dialled.

        The new call's CALL_ACTIVE names the first one as its ``other_call_id``.

        Args:
            call_id: The call, in which the device is in conversation or on hold.
            address: The line, in both calls.
            terminal: The device; it must have no other active call.
            digits: What is dialled, as for `connect`.

        Returns:
            Fires with the new call's id.
        """

    def alternate(call_id: int, other_call_id: int, terminal: str) -> Deferred[None]:
        """Put a device's call on hold, and go on with its other one, which is on hold or rings: both or neither.

        Told with cause ALTERNATE; a ringing one's answer as any answer.
        """

    def transfer(call_id: int, other_call_id: int, terminal: str) -> Deferred[None]:
        """Bring two calls of a device together, and take the device out: JTAPI's ``Call.transfer(Call)``.

        One batch tells it: TRANSFER_STARTED; the device leaves the other call; CALL_CHANGED for each connection that goes
        on in the first call, in its state, be it answered or not; the other call's CALL_INVALID; the device leaves the
        first call; TRANSFER_ENDED. When nobody had answered in the other call, and refuses, the device rings again.

        Args:
            call_id: The call that survives.
            other_call_id: The one that ends.
            terminal: The device, in conversation or on hold in both.
        """

    def transfer_to(call_id: int, address: str, digits: str) -> Deferred[None]:
        """Send those in a call with a number of ours to another number, and take ours out: ``Call.transfer(String)``.

        Told as `transfer`, without another call; when nobody answers there, ours rings again. Fails when the
        destination is busy or cannot be reached: the call goes on then.
        """

    def conference(call_id: int, other_call_id: int, terminal: str) -> Deferred[None]:
        """Bring two calls of a device together, the device among them: JTAPI's ``Call.conference(Call)``.

        Told as `transfer` is, by CONFERENCE_STARTED to CONFERENCE_ENDED; the device is in conversation in the first call
        then. 16 parties at most; one call's beyond that fails with RESOURCES_NOT_AVAILABLE.
        """

    def add_party(call_id: int, number: str) -> Deferred[None]:
        """Offer a call to one more number: JTAPI's ``Call.addParty``. Those in conversation go on, answered or not."""

    def start_monitoring(
        terminal: str, address: str, call_id: int, number: str, whisper: bool
    ) -> Deferred[int]:
        """Let a device of ours listen in on another number of ours, which is in conversation in a call.

        A call of its own with the listening number alone, which is in conversation at once; MONITORING_STARTED follows. The
        monitored call is not altered. When the monitored number leaves it, the monitoring call ends.

        Args:
            terminal: The listening device; it must have no active call.
            address: Its line.
            call_id: The call to listen to.
            number: Who is monitored; one at a time may.
            whisper: Whether the listener is heard there, by nobody else.

        Returns:
            Fires with the monitoring call's id.
        """

    def update_monitoring(call_id: int, whisper: bool) -> Deferred[None]:
        """Whisper in a monitoring call from now on, or be silent again; told by MONITORING_UPDATED."""

    def start_recording(call_id: int, address: str) -> Deferred[None]:
        """Record what a number of ours says and hears in a call, until it leaves; told by RECORDING_STARTED."""

    def stop_recording(call_id: int, address: str) -> Deferred[None]:
        """Record it no more; told by RECORDING_ENDED. When it is not recorded, nothing happens."""

    def play(call_id: int, address: str, prompt: str, repeat: bool) -> Deferred[None]:
        """Let the caller who is connected to a CTI port hear something; it ends whatever happened there before.

        Told by MEDIA_PROMPT or MEDIA_MUSIC; a prompt's end by MEDIA_IDLE: with cause NORMAL when he has heard all of it,
        CALL_CANCELLED when something else was wanted first. That the port leaves the call ends it without a word. While
        the call is being redirected the port stays, and so does what it plays.

        Args:
            call_id: The call.
            address: The port, which must be ESTABLISHED in it.
            prompt: What to play: a name that the system knows, such as ``welcome`` or a file's.
            repeat: Whether it is music: again and again, until something else is wanted.
        """

    def collect(call_id: int, address: str, rules: DigitRules) -> Deferred[None]:
        """Collect digits from the caller who is connected to a CTI port; it ends whatever happened there before.

        Told by MEDIA_COLLECTING; its end by MEDIA_IDLE, whose text is what was keyed: with cause NORMAL when there are
        enough digits or a terminator came, UNKNOWN when no further one came in time, CALL_CANCELLED when something else
        was wanted first.
        """

    def stop_media(call_id: int, address: str) -> Deferred[None]:
        """Play and collect nothing at a CTI port any more; told by MEDIA_IDLE with cause CALL_CANCELLED."""

    def send_dtmf(call_id: int, address: str, digits: str) -> Deferred[None]:
        """Key digits on behalf of a number in conversation; told by MEDIA_DTMF, whose text they are.

        Args:
            call_id: The call.
            address: Whose phone keys them.
            digits: 1 to 32 of ``0`` to ``9``, ``*``, ``#`` and ``A`` to ``D``.
        """


class IOutsideLines(Interface):
    """The public network's side of a telephone system that can play it: what simulated customers need.

    A provider may provide this too; the simulator does. Its methods are called in the reactor thread.
    """

    def observe(listener: Callable[[Batch], None]) -> Callable[[], None]:
        """Tell ``listener`` every batch, after the engine was told; the rules of `IProviderListener` hold.

        Returns:
            Call it to end this.
        """

    def kind(number: str) -> AddressKind:
        """What a number stands for; EXTERNAL for whatever is not the system's own."""

    def place_call(to: str, from_: str) -> int:
        """Let an outside caller dial a number of ours.

        Args:
            to: A route point or a phone.
            from_: The caller's number.

        Returns:
            The call's id; the call itself begins in a later reactor turn.

        Raises:
            UnknownNumberError: ``to`` is no number of ours that takes calls, or ``from_`` no outside number.
            ProviderError: The system is not in service.
        """

    def answer_outside(call_id: int, number: str) -> Deferred[None]:
        """Let an outside party answer a call that is ringing there; fails as the provider's operations do."""

    def hang_up_outside(call_id: int, number: str) -> Deferred[None]:
        """Let an outside party leave a call; fails as the provider's operations do."""

    def refuse_outside(call_id: int, number: str, cause: Cause) -> Deferred[None]:
        """Let an outside party that is called be busy, or not answer; fails as the provider's operations do."""

    def key_outside(call_id: int, number: str, digits: str) -> Deferred[None]:
        """Let an outside party key digits; fails as the provider's operations do."""


class ICallPlacer(Interface):
    """Makes customers call, now: a simulator's own way in."""

    def place_call(
        to: str,
        from_: str | None = None,
        patience_s: float | None = None,
        talk_s: float | None = None,
    ) -> tuple[int, str]:
        """Let a customer call.

        Args:
            to: A route point or an agent's extension.
            from_: The customer's number; None: any.
            patience_s: After how long without an answer the customer hangs up; None: as customers do on average.
            talk_s: How long the customer talks before hanging up; None: as customers do on average.

        Returns:
            The call's id and the customer's number.

        Raises:
            FinesseError: That number cannot be called, or this telephone system has no customers to command.
        """
