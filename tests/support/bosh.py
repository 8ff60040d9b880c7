"""A BOSH session without a network: requests in, answers written down."""

from collections.abc import Mapping
from xml.etree import ElementTree

from finesse_tx.notification.core.body import Reply
from finesse_tx.notification.core.bosh import Session, restarts, terminates
from finesse_tx.notification.core.terms import Bounds, agree, opening
from finesse_tx.notification.core.window import Request

__all__ = ["BOUNDS", "Exchange", "Talk", "attributes_of", "stanzas_of"]

BOUNDS = Bounds(
    wait_s=30, inactivity_s=30, polling_s=5, maxpause_s=300, requests=2, max_pending_bytes=1_000
)


def attributes_of(body: bytes) -> dict[str, str]:
    """The attributes of a ``<body/>``, without namespaces."""
    return {name.rpartition("}")[2]: value for name, value in ElementTree.fromstring(body).items()}


def stanzas_of(body: bytes) -> list[str]:
    """The ids of the stanzas in a ``<body/>``."""
    return [child.get("id", "") for child in ElementTree.fromstring(body)]


class Exchange:
    """One request and what it was answered.

    Attributes:
        replies: None, or the one answer.
    """

    def __init__(self, rid: int) -> None:
        self.rid = rid
        self.replies: list[Reply] = []

    def answer(self, reply: Reply) -> None:
        """The session answers."""
        self.replies.append(reply)

    @property
    def open(self) -> bool:
        """Whether it is still waiting."""
        return not self.replies

    @property
    def body(self) -> bytes:
        """The answer."""
        (reply,) = self.replies
        return reply.body

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes of the answer."""
        return attributes_of(self.body)

    @property
    def stanzas(self) -> list[str]:
        """The ids of the stanzas in the answer."""
        return stanzas_of(self.body)


class Talk:
    """A session, and what it made of our requests.

    Attributes:
        now: The time.
        arrived: The payloads, in the order in which they were handed on.
        restarted: How often the stream was restarted.
        closed: Whether the client ended it.
        first: The request that made the session.
    """

    RID = 1_000

    def __init__(self, bounds: Bounds = BOUNDS, *, old: bool = False, **attributes: str) -> None:
        asked = {"wait": "30", "hold": "1", "ver": "1.6", **attributes}
        if old:
            del asked["ver"]
        self.now, self.arrived, self.restarted, self.closed = 0.0, list[object](), 0, False
        self.first = Exchange(self.RID)
        request = Request(self.RID, asked, (), self.first.answer, self.now)
        terms = agree(asked, bounds)
        self.session = Session(terms, opening(terms, "sid", self.RID, "d", secure=False), request)

    def post(self, rid: int, *payload: str, **attributes: str) -> Exchange:
        """Send a request."""
        exchange = Exchange(rid)
        names: Mapping[str, str] = {
            ("urn:xmpp:xbosh restart" if name == "restart" else name): value
            for name, value in attributes.items()
        }
        request = Request(rid, names, payload, exchange.answer, self.now)
        for due in self.session.receive(request, self.now):
            self.restarted += restarts(due)
            self.arrived.extend(due.payload)
            self.closed = self.closed or terminates(due)
        self.session.settle(self.now)
        return exchange

    def publish(self, *names: str) -> None:
        """Stanzas arrive for the client."""
        for name in names:
            self.session.send(f'<message id="{name}"/>'.encode())
        self.session.settle(self.now)

    def start(self) -> "Talk":
        """Have the first request answered, as the stream's features do."""
        self.publish("features")
        return self

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        if self.session.deadline() <= self.now:
            self.session.expire(self.now)

    def lose(self, exchange: Exchange) -> None:
        """The connection of that request breaks."""
        self.session.lost(exchange.answer, self.now)
