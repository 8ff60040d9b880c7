"""CTI sessions in captures."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.captures import Packet, packets
from finesse_tx.cti.core.framing import MHDR
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.listening import MAX_CONNECTIONS, Listener
from finesse_tx.cti.core.messages import FailureEvent, HeartbeatConf, HeartbeatReq
from finesse_tx.cti.core.unlisting import Choice
from tests.support.captures import CLIENT, SERVER, Talk, ethernet, pcap
from tests.support.cti import bridge_request

UCCX_18 = Layout.of(Dialect.UCCX, 18)
OPEN = UCCX_18.encode(bridge_request(18))
BEAT = UCCX_18.encode(HeartbeatReq(invoke_id=1))
BEATEN = UCCX_18.encode(HeartbeatConf(invoke_id=1))
EVENTS = b"".join(UCCX_18.encode(FailureEvent(status=n, text="x" * n)) for n in range(1, 30))


def heard(capture: bytes, listener: Listener | None = None) -> list[dict[str, Any]]:
    """Everything in a capture."""
    listener = listener or Listener(Choice())
    found = [line for packet in packets([capture]) for line in listener.hear(packet)]
    return [*found, *listener.end()]


def told(lines: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """Direction and message, or what is wrong."""
    return [(line.get("direction", "")[:6], line.get("message") or line["error"]) for line in lines]


OPENED = [("client", "OPEN_REQ"), ("server", "HEARTBEAT_CONF"), ("client", "HEARTBEAT_REQ")]


def opened(client: tuple[str, int] = CLIENT, server: tuple[str, int] = SERVER) -> Talk:
    """A session of three messages."""
    talk = Talk(client, server).open().say(OPEN, client=True)
    return talk.say(BEATEN, client=False).say(BEAT, client=True)


class SessionTests(SynchronousTestCase):
    """Whole captures."""

    def test_session(self) -> None:
        """Both directions are told in the order in which things were said, by whom, to whom, and when."""
        lines = heard(pcap(opened().close().sent))
        self.assertEqual(told(lines), OPENED)
        self.assertEqual([line["offset"] for line in lines], [0, 0, len(OPEN)])
        self.assertEqual({line["client"] for line in lines}, {"10.0.0.9:40000"})
        self.assertEqual({line["server"] for line in lines}, {"10.0.0.1:12028"})
        self.assertEqual(lines[0]["time"], "2026-03-01T12:00:01.500000Z")
        self.assertEqual({line["protocol_version"] for line in lines}, {18})
        self.assertFalse(any("assumed" in line for line in lines))

    def test_ipv6(self) -> None:
        """So are those of IPv6."""
        lines = heard(pcap(opened(client=("fe80::9", 5), server=("fe80::1", 42_027)).sent))
        self.assertEqual(told(lines), OPENED)
        self.assertEqual(lines[0]["server"], "[fe80::1]:42027")

    def test_several(self) -> None:
        """Connections that are going on at once each have their version."""
        old = Layout.of(Dialect.UCCX, 10)
        first, second = opened(), Talk(client=("10.0.0.8", 40_000)).open()
        second.say(old.encode(bridge_request(10)), client=True)
        second.say(old.encode(FailureEvent(status=1, text="old")), client=False)
        mixed = [sent for pair in zip(first.sent, second.sent, strict=False) for sent in pair]
        lines = heard(pcap([*mixed, *first.sent[len(second.sent) :]]))
        versions = {line["client"]: line["protocol_version"] for line in lines}
        self.assertEqual(versions, {"10.0.0.9:40000": 18, "10.0.0.8:40000": 10})
        self.assertEqual(len(lines), 5)

    @given(st.integers(1, 40), st.integers())
    def test_network(self, size: int, seed: int) -> None:
        """However segments are cut, repeated and out of order by a few, each message is told once, in order."""
        chance = Random(seed)
        talk = Talk().open().say(OPEN, client=True, size=size)
        start = len(talk.sent)
        talk.say(EVENTS, client=False, size=size)
        sent = []
        for place, datagram in enumerate(talk.sent[start:]):
            sent.append((place + chance.random() * 3, datagram))
            if chance.random() < 0.3:
                sent.append((place + chance.random() * 6, datagram))
        late = [datagram for _place, datagram in sorted(sent, key=lambda pair: pair[0])]
        lines = heard(pcap([*talk.sent[:start], *late]))
        self.assertFalse([line for line in lines if "error" in line])
        events = [line for line in lines if line["message"] == "FAILURE_EVENT"]
        self.assertEqual([line["fixed"][0]["value"] for line in events], list(range(1, 30)))

    def test_gap(self) -> None:
        """A segment that is not there is a gap in its direction; the messages around it are told."""
        talk = Talk().open().say(OPEN, client=True).say(BEATEN * 4, client=False, size=18)
        talk.say(BEAT, client=True)
        lines = heard(pcap([*talk.sent[:4], *talk.sent[5:]]))
        (gap, *_) = [line for line in told(lines) if line[0] == "server"]
        self.assertEqual(
            gap[1], "offset 0: expected 18 bytes; found a gap: the capture does not have them"
        )
        self.assertEqual(
            [line["offset"] for line in lines if line.get("message_type") == 6], [24, 36]
        )

    def test_cut_packets(self) -> None:
        """Packets of which the capture kept only the beginning are gaps too."""
        talk = Talk().open().say(OPEN, client=True).say(BEAT, client=True).say(BEAT, client=True)
        listener = Listener(Choice())
        lines = [
            line
            for sent in talk.sent
            for line in listener.hear(Packet(None, 1, ethernet(sent)[:90]))
        ]
        lines += listener.end()
        gap = "offset 36: expected 33 bytes of the 69 bytes of OPEN_REQ, which has begun; "
        self.assertEqual(
            told(lines),
            [
                ("client", f"{gap}found a gap: the capture does not have them"),
                ("client", "HEARTBEAT_REQ"),
                ("client", "HEARTBEAT_REQ"),
            ],
        )
        self.assertNotIn("time", lines[0])

    def test_from_the_middle(self) -> None:
        """A connection whose beginning is not there is read from its first whole message, in an assumed version."""
        talk = Talk().open().say(OPEN + BEAT * 2, client=True, size=20)
        talk.say(BEATEN, client=False)
        lines = heard(pcap(talk.sent[4:]))
        self.assertIn("skipped", lines[0]["error"])
        self.assertEqual(told(lines)[1:], [("client", "HEARTBEAT_REQ")] * 2 + OPENED[1:2])
        self.assertEqual({line.get("assumed") for line in lines}, {True})
        (first, *_) = heard(pcap(talk.sent[4:]), Listener(Choice(version=18)))
        self.assertNotIn("assumed", first)

    def test_server_first(self) -> None:
        """Who is the server is known from the port, and from SYN and ACK where both ports are servers'."""
        talk = opened(client=("10.0.0.9", 42_027))
        for sent in (talk.sent, talk.sent[1:]):
            lines = heard(pcap(sent))
            self.assertEqual({line["server"] for line in lines}, {"10.0.0.1:12028"})
            self.assertEqual(told(lines), OPENED)
        talk = Talk().say(BEATEN, client=False)
        self.assertEqual(told(heard(pcap(talk.sent))), OPENED[1:2])

    def test_dialects(self) -> None:
        """What is spoken on a port that nobody has said anything about is the reference's; else it is what was said."""
        for port, ports, choice, dialect in (
            (12_028, None, Choice(), "uccx"),
            (42_027, None, Choice(), "ucce"),
            (43_027, None, Choice(), "ucce"),
            (43_027, None, Choice(Dialect.UCCX), "uccx"),
            (99, {99: Dialect.UCCX}, Choice(), "uccx"),
        ):
            talk = Talk(server=("10.0.0.1", port)).open().say(BEAT, client=True)
            listener = Listener(choice, ports) if ports else Listener(choice)
            self.assertEqual(
                [line["dialect"] for line in heard(pcap(talk.sent), listener)], [dialect]
            )

    def test_other_ports(self) -> None:
        """What is on other ports is not CTI's."""
        self.assertEqual(heard(pcap(opened(server=("10.0.0.1", 80)).sent)), [])

    def test_same_ports_again(self) -> None:
        """A connection between the ports of an earlier one is another, whether that one was closed or just vanished."""
        for first in (opened().close(), opened().close(flags=4), opened()):
            again = (
                Talk(first=(77_000_000, 5)).open().say(OPEN, client=True).say(BEATEN, client=False)
            )
            lines = heard(pcap([*first.sent, *again.sent]))
            self.assertEqual(told(lines), OPENED + OPENED[:2])
            self.assertEqual([line["offset"] for line in lines][3:], [0, 0])

    def test_same_ports_without_handshake(self) -> None:
        """So is one whose handshake is not there, by the distance of its numbers."""
        again = Talk(first=(777_000_000, 777_000_000)).say(OPEN, client=True)
        lines = heard(pcap([*opened().sent, *again.sent]))
        self.assertEqual(told(lines), OPENED + OPENED[:1])

    def test_repeated_handshake(self) -> None:
        """A SYN that is sent again begins nothing anew, and segments that come after the end say nothing."""
        talk = opened().close()
        sent = [talk.sent[0], *talk.sent[:2], *talk.sent[1:], *talk.sent[3:]]
        self.assertEqual(told(heard(pcap(sent))), OPENED)

    def test_torn_at_the_end(self) -> None:
        """A message that the end of its connection cuts is told, once."""
        for end in (0, 1, 4):
            talk = Talk().open().say(BEAT + BEAT[:9], client=True)
            lines = heard(pcap((talk.close(flags=end) if end else talk).sent))
            self.assertEqual(
                told(lines),
                [
                    OPENED[2],
                    (
                        "client",
                        "offset 12: expected the 12 bytes of HEARTBEAT_REQ; found the end after 9 bytes",
                    ),
                ],
            )

    def test_unknown_link(self) -> None:
        """A kind of packet that is not read is told once."""
        listener = Listener(Choice())
        lines = [line for _ in range(3) for line in listener.hear(Packet(0, 105, bytes(60)))]
        self.assertEqual(
            told(lines),
            [
                (
                    "",
                    "offset 0: expected packets of Ethernet, Linux SLL or SLL2, loopback or raw IP; found link type 105: skipped",
                )
            ],
        )

    def test_impossible_time(self) -> None:
        """A packet from after the year 9999 is told without its time."""
        listener = Listener(Choice())
        (sent,) = Talk().say(BEAT, client=True).sent
        (line,) = listener.hear(Packet(1 << 90, 1, ethernet(sent)))
        self.assertNotIn("time", line)
        (line,) = Listener(Choice()).hear(Packet(123_456_789, 1, ethernet(sent)))
        self.assertEqual(line["time"], "1970-01-01T00:00:00.123456789Z")

    def test_most_connections(self) -> None:
        """So many connections are followed; with one more, the one that was silent longest is given up, and told."""
        listener = Listener(Choice())
        torn = BEAT[: MHDR.size]
        found = []
        for port in range(MAX_CONNECTIONS):
            (sent,) = Talk(client=("10.0.0.9", 20_000 + port)).say(torn, client=True).sent
            found += [*listener.hear(Packet(0, 1, ethernet(sent)))]
        self.assertEqual(found, [])
        talk = Talk(client=("10.0.0.9", 10_000)).say(torn, client=True)
        (line,) = listener.hear(Packet(0, 1, ethernet(talk.sent[0])))
        self.assertEqual(line["client"], "10.0.0.9:20000")
        self.assertEqual(len(listener._connections), MAX_CONNECTIONS)

    def test_redaction(self) -> None:
        """Passwords can be left out."""
        for redact, value in ((False, "00"), (True, None)):
            lines = heard(pcap(opened().sent), Listener(Choice(), redact=redact))
            self.assertEqual(lines[0]["floating"][1]["value"], value)
