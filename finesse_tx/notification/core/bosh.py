"""One BOSH session: requests in, stanzas out, and who waits for whom. No HTTP, no clock, no XMPP.

A request goes through `Session.receive`, which says whose payload is due now, in order. Their payload is dealt
with, which may `Session.send` stanzas, at once or later; `Session.settle` then answers what is to be answered.
`Session.expire` does the same when time has passed. Every answer goes through the request's own callable, once.

Spec: XEP-0124 1.11 §8 to §15 and §17. Left out: script syntax, multiple streams (§16), content encodings, and
charsets other than UTF-8; HTTP codes only for clients without ``ver``.
"""

from __future__ import annotations

from hashlib import sha1
from typing import Final

from finesse_tx.notification.core.body import EMPTY, BodyError, Reply, body, number, terminate
from finesse_tx.notification.core.namespaces import BOSH, XBOSH
from finesse_tx.notification.core.terms import Terms
from finesse_tx.notification.core.window import Answer, Place, Request, Window

__all__ = ["MAX_REPEATS", "REPORT_AFTER_S", "RESPONSE_BYTES", "Session", "restarts", "terminates"]

MAX_REPEATS: Final = 8
"""How often a client may repeat a request that is not answered yet."""

RESPONSE_BYTES: Final = 262_144
"""A response that has this much takes no further stanza; the next one does."""

REPORT_AFTER_S: Final = 1.0
"""A response that is not acknowledged this long after it was sent is reported."""

_RECOVERABLE: Final = f'<body xmlns="{BOSH}" type="error"/>'.encode()

_RESTART: Final = f"{XBOSH} restart"


def restarts(request: Request) -> bool:
    """Whether a request starts the stream anew (XEP-0206 §5)."""
    return request.attributes.get(_RESTART) in {"true", "1"}


def terminates(request: Request) -> bool:
    """Whether a request ends the session."""
    return request.attributes.get("type") == "terminate"


class Session:
    """One session, from the request that made it.

    Args:
        terms: What was agreed.
        opening: The attributes of its first response.
        request: The request that made it.

    Attributes:
        terms: As given.
        ended: Why it is over; empty while it is not. Another word for it than the client may read.
        told: Whether the client knows that it is over.
        replays: How many responses were sent again.
    """

    __slots__ = (
        "_closing",
        "_grace_s",
        "_held",
        "_idle_since",
        "_key",
        "_latest",
        "_opening",
        "_out",
        "_pending",
        "_report",
        "_said",
        "_window",
        "ended",
        "replays",
        "terms",
        "told",
    )

    def __init__(self, terms: Terms, opening: str, request: Request) -> None:
        self.terms, self._opening = terms, opening
        self._window = Window(request.rid, terms.bounds.requests)
        self._held = [request]
        self._out: list[bytes] = []
        self._pending = self.replays = 0
        self._key = request.attributes.get("newkey", "")
        self._latest = (
            request.arrived,
            False,
        )  # when the newest request came, and whether it was empty
        self._said = True  # whether the newest response had a payload
        self._report: tuple[int, int] | None = None
        self._idle_since, self._grace_s = request.arrived, terms.bounds.inactivity_s
        self._closing = self.told = False
        self.ended = ""

    @property
    def pending_bytes(self) -> int:
        """How much waits for the client."""
        return self._pending

    @property
    def held(self) -> int:
        """How many requests wait for something to be sent."""
        return sum(request.answer is not None for request in self._held)

    # In ---------------------------------------------------------------------------------------------------------

    def receive(self, request: Request, now: float) -> list[Request]:
        """Take a request.

        Returns:
            The requests whose payload is due, in order. Deal with each, then call `settle`.
        """
        if self.ended:
            self._tell(request, self.ended)
            return []
        place = self._window.place(request.rid)
        if place is Place.REPEATED:
            self._repeated(request, now)
            return []
        if place is Place.OUTSIDE:
            self._fail("item-not-found", request)
            return []
        if place is Place.EARLY:
            self._supersede(self._window.park(request), request)
            if request.repeats > MAX_REPEATS:
                self._fail("policy-violation", None)
            return []
        due: list[Request] = []
        following: Request | None = request
        while following is not None:
            if fault := self._fault(following):
                self._fail(fault, following)
                break
            due.append(following)
            self._admit(following, now)
            following = self._window.due()
        return due

    def refuse(self, request: Request, condition: str) -> None:
        """Take what is no request, though it names this session: that ends it."""
        if self.ended:
            self._tell(request, self.ended)
        else:
            self._fail(condition, request)

    def lost(self, answer: Answer, now: float) -> None:
        """The connection of a request that is not answered yet is gone."""
        for request in (*self._held, *self._window.early()):
            if request.answer == answer:
                request.answer = None
                if not self._live():
                    self._idle_since = now

    def send(self, stanza: bytes) -> bool:
        """Queue a stanza; `settle` sends it.

        Returns:
            False when so much waits that the session must end.
        """
        if self.ended:
            return True
        self._out.append(stanza)
        self._pending += len(stanza)
        return self._pending <= self.terms.bounds.max_pending_bytes

    # Out --------------------------------------------------------------------------------------------------------

    def settle(self, now: float) -> None:
        """Answer what is to be answered: with what waits, or because more is held than agreed."""
        if self.ended:
            return
        if self._closing:
            self._finish("closed", terminate("", b"".join(self._out)), Reply(EMPTY))
            return
        while self._held and (len(self._held) > self.terms.hold or self._out or self._report):
            oldest = self._held[0]
            if oldest.answer is None and len(self._held) <= self.terms.hold and not self._live():
                return  # nobody is there to hear; the client will repeat it, or come with its next
            self._held.pop(0)
            self._respond(oldest, now)

    def expire(self, now: float) -> None:
        """Answer what has been held for long enough; end the session if the client is gone."""
        while self._held and self._held[0].arrived + self.terms.wait_s <= now:
            self._respond(self._held.pop(0), now)
        if not self.ended and not self._live() and self._idle_since + self._grace_s <= now:
            self._finish("inactivity", terminate("item-not-found"), terminate("item-not-found"))
            self.told = True

    def deadline(self) -> float:
        """When to call `expire` next."""
        if self._live():
            return self._held[0].arrived + self.terms.wait_s
        return self._idle_since + self._grace_s

    def end(self, condition: str, content: bytes = b"") -> None:
        """End the session from our side; one that the client is ending just now ends as it asked.

        Args:
            condition: Of XEP-0124 §17.2: ``remote-stream-error`` with the stream error as content, or
                ``system-shutdown`` and the like. Everyone who waits is told.
            content: A stream error.
        """
        if not self.ended and not self._closing:
            first = terminate(condition, b"".join((*self._out, content)))
            self._finish(condition, first, terminate(condition, content))
            self._out = [content]  # for a client that comes too late

    # ------------------------------------------------------------------------------------------------------------

    def _live(self) -> bool:
        for request in self._held:  # noqa: SIM110 - asked several times for each poll; any() takes twice as long
            if request.answer is not None:
                return True
        return False

    def _fault(self, request: Request) -> str:
        """What a request in its turn does wrong: a condition, or nothing."""
        attributes = request.attributes
        try:
            number(attributes, "ack", 0)
            number(attributes, "pause", 0)
        except BodyError as error:
            return error.condition
        if self._key:
            key = attributes.get("key", "")
            # XEP-0124 §15 demands SHA-1; it only ties one request to the next.
            if sha1(key.encode(), usedforsecurity=False).hexdigest() != self._key.lower():
                return "item-not-found"
        if terminates(request) or "pause" in attributes:
            return ""
        if not self._held and not self.terms.polls:
            return ""  # the only one: nearly all are
        arrived, was_empty = self._latest
        hasty = request.arrived - arrived < self.terms.bounds.polling_s
        empty = not request.payload and not restarts(request)
        if self.terms.polls:
            return "policy-violation" if empty and was_empty and hasty and not self._said else ""
        open_now = 1 + sum(other.answer is not None for other in self._held)
        allowed = self.terms.bounds.requests
        too_many = open_now > allowed or (open_now == allowed and empty and hasty)
        return "policy-violation" if too_many else ""

    def _admit(self, request: Request, now: float) -> None:
        attributes = request.attributes
        self._window.last = request.rid
        self._grace_s = self.terms.bounds.inactivity_s  # a repeated pause is still one
        self._latest = (request.arrived, not request.payload and not restarts(request))
        if self._key or "newkey" in attributes:
            self._key = attributes.get("newkey") or attributes.get("key", "")
        if self.terms.client_acks:
            self._acknowledged(request, now)
        self._held.append(request)
        if terminates(request):
            self._closing = True
        elif "pause" in attributes:
            self._pause(request, now)

    def _pause(self, request: Request, now: float) -> None:
        """Answer everyone, without payload; the client comes back within that time."""
        pause_s = number(request.attributes, "pause", 0)
        if pause_s > self.terms.bounds.maxpause_s:
            return
        while self._held:
            self._answer(self._held.pop(0), b"", now)
        self._grace_s = pause_s

    def _acknowledged(self, request: Request, now: float) -> None:
        """See whether a response got lost: the client names the last that it has, when that is not all."""
        missing = number(request.attributes, "ack", request.rid) + 1
        sent = self._window.answered_at(missing) if missing < request.rid else None
        if sent is not None and now - sent >= REPORT_AFTER_S:
            self._report = (missing, round((now - sent) * 1_000))

    def _repeated(self, request: Request, now: float) -> None:
        for held in self._held:
            if held.rid == request.rid:
                self._supersede(held, request)
                held.answer, held.repeats = request.answer, request.repeats
                if held.repeats > MAX_REPEATS:
                    self._fail("policy-violation", None)
                return
        before = self._window.reply(request.rid)
        if before is None or request.answer is None:
            self._fail("item-not-found", request)
            return
        if not self._live():
            self._idle_since = now
        self.replays += 1
        request.answer(Reply(before, 200, self.terms.content_type))

    @staticmethod
    def _supersede(before: Request | None, request: Request) -> None:
        """Answer the older of two with the same id: "to be repeated" (XEP-0124 §14.3, §17.3)."""
        if before is not None:
            request.repeats = before.repeats + 1
            if before.answer is not None:
                before.answer(Reply(_RECOVERABLE))

    def _respond(self, request: Request, now: float) -> None:
        """Answer one request with what waits; one whose connection is gone, with nothing."""
        content = b"" if request.answer is None else self._take()
        self._answer(request, content, now)

    def _take(self) -> bytes:
        if len(self._out) == 1:
            self._pending = 0
            return self._out.pop()
        taken, size = 0, 0
        for stanza in self._out:
            if taken and size + len(stanza) > RESPONSE_BYTES:
                break
            taken, size = taken + 1, size + len(stanza)
        content = b"".join(self._out[:taken])
        del self._out[:taken]
        self._pending -= size
        return content

    def _answer(self, request: Request, content: bytes, now: float) -> None:
        attributes, self._opening = self._opening, ""
        if not attributes and self.terms.acks and self._window.last != request.rid:
            attributes = f' ack="{self._window.last}"'
        if self._report:
            attributes += ' report="{}" time="{}"'.format(*self._report)
            self._report = None
        document = body(attributes, content)
        self._window.answered(request.rid, document, now)
        self._said = bool(content)
        if request.answer is not None:
            self._idle_since = now
            request.answer(Reply(document, 200, self.terms.content_type))

    def _fail(self, condition: str, culprit: Request | None) -> None:
        """End the session for something that the client did; ``culprit`` is not among those held."""
        legacy = self.terms.version is None
        if culprit is not None:
            self._out.clear()
            self._tell(culprit, condition)
        reply = terminate("other-request" if culprit else condition, legacy=legacy)
        self._finish(condition, reply, reply)
        self.told = True

    def _tell(self, request: Request, condition: str) -> None:
        self.told = True
        if request.answer is not None:
            known = condition if condition not in {"closed", "inactivity"} else "item-not-found"
            content = b"".join(self._out)
            reply = terminate(known, content, legacy=self.terms.version is None)
            request.answer(reply._replace(content_type=self.terms.content_type))

    def _finish(self, reason: str, first: Reply, others: Reply) -> None:
        self.ended = reason
        waiting = [*self._held, *self._window.early()]
        self._held.clear()
        self._out.clear()
        reply = first
        for request in waiting:
            if request.answer is not None:
                self.told = True
                request.answer(reply._replace(content_type=self.terms.content_type))
                reply = others
