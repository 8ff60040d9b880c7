"""`finesse_tx.metrics`: what Prometheus reads."""

from ipaddress import ip_network
from typing import cast

from prometheus_client.parser import text_string_to_metric_families
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.server import Request
from twisted.web.test.requesthelper import DummyRequest

from finesse_tx.cti.core.counters import (
    Ended,
    LinkCounters,
    LinkStatus,
    ServerCounters,
    ServerStatus,
    SessionKind,
)
from finesse_tx.cti.core.metrics import link_families, server_families
from finesse_tx.metrics.core.families import (
    PREFIX,
    Family,
    Histogram,
    Kind,
    by_label,
    counter,
    gauge,
)
from finesse_tx.metrics.exposition import MetricsResource
from finesse_tx.notification.core.metrics import notification_families
from finesse_tx.webservices.core.counters import ServiceCounters
from finesse_tx.webservices.core.metrics import service_families
from tests.support.metrics import sources
from tests.support.notification import SYSTEM_INFO, notification_service, user
from tests.support.xmpp import HEADER, Wire, auth

LOCAL = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
SESSION = SessionKind("bridge", "uccx", 14)


class MetricsTestCase(SynchronousTestCase):
    """With a client of ``/metrics``."""

    def get(
        self, *families: Family | Histogram, peer: IAddress | None = None, code: int | None = None
    ) -> str:
        """Ask, and return the text."""
        request = DummyRequest([b""])
        request.client = peer or IPv4Address("TCP", "127.0.0.1", 4_000)
        body = MetricsResource([lambda: families], LOCAL).render_GET(cast("Request", request))
        self.assertEqual(request.responseCode, code)
        return body.decode()

    def numbers(self, *families: Family | Histogram) -> dict[str, float]:
        """What Prometheus' own parser reads of ours, by name and labels."""
        return {
            sample.name.removeprefix(PREFIX)
            + "".join(f" {value}" for value in sample.labels.values()): sample.value
            for family in text_string_to_metric_families(self.get(*families))
            for sample in family.samples
            if sample.name.startswith(PREFIX)
        }


class ExpositionTests(MetricsTestCase):
    """The text."""

    def test_kinds(self) -> None:
        """A counter has its suffix, a gauge has not; labels are told apart, whatever is in them."""
        odd = 'a"b\\\n'
        found = self.numbers(
            counter("calls", "Calls.", 3),
            gauge("agents", "Agents.", 2.5),
            by_label(Kind.COUNTER, "ends", "Ends.", "why", {odd: 1, "x": 2}),
            by_label(Kind.GAUGE, "none", "None.", "why", {}),
        )
        self.assertEqual(
            found, {"calls_total": 3, "agents": 2.5, f"ends_total {odd}": 1, "ends_total x": 2}
        )

    def test_histogram(self) -> None:
        """Each bucket has what is in the ones before it too; beside them stand the number and the sum."""
        seen = Histogram(
            "wait_seconds", "Waits.", ("who",), (0.5, 1.0), ((("ann",), (3, 0, 2), 9.5),)
        )
        self.assertEqual(
            self.numbers(seen),
            {
                "wait_seconds_bucket 0.5 ann": 3,
                "wait_seconds_bucket 1.0 ann": 3,
                "wait_seconds_bucket +Inf ann": 5,
                "wait_seconds_count ann": 5,
                "wait_seconds_sum ann": 9.5,
            },
        )

    def test_process(self) -> None:
        """The process's own figures come along."""
        text = self.get()
        for name in ("process_resident_memory_bytes ", "process_cpu_seconds_total ", "python_info"):
            self.assertIn(name, text)

    def test_who_may_ask(self) -> None:
        """Addresses of the networks, IPv4 also as IPv6; nobody else."""
        for peer, code in (
            (IPv4Address("TCP", "127.9.9.9", 1), None),
            (IPv6Address("TCP", "::1", 1), None),
            (IPv6Address("TCP", "::ffff:127.0.0.1", 1), None),
            (IPv4Address("TCP", "10.0.0.1", 1), 403),
            (IPv6Address("TCP", "fe80::1%eth0", 1), 403),
            (UNIXAddress(None), 403),
        ):
            text = self.get(peer=peer, code=code)
            self.assertEqual("web.metrics_from" in text, code == 403, peer)


class PartsTests(MetricsTestCase):
    """Every number of every part is there."""

    def test_cti_server(self) -> None:
        """Sessions by kind, ends by cause: those that never happened are 0 and not missing."""
        counters = ServerCounters(events=7)
        counters.open_now[SESSION] = 2
        counters.ended[Ended.SLOW] = 1
        counters.requests["HOLD_CALL_REQ"] = 4
        found = self.numbers(*server_families(ServerStatus(counters, 3, 1, 50, 40)))
        self.assertEqual(found["cti_server_sessions uccx bridge 14"], 2)
        self.assertEqual(found["cti_server_ended_total slow"], 1)
        self.assertEqual(found["cti_server_ended_total idle"], 0)
        self.assertEqual(found["cti_server_requests_total HOLD_CALL_REQ"], 4)
        self.assertEqual(found["cti_server_events_total"], 7)
        self.assertEqual(found["cti_server_longest_queue_bytes"], 40)

    def test_cti_link(self) -> None:
        """Whether it is open, and with which side."""
        counters = LinkCounters(heartbeats_missed=2)
        status = LinkStatus(counters, "OPEN", "ccx1:12028", SESSION, 5, 6, heartbeat_missed=False)
        found = self.numbers(*link_families(status))
        self.assertEqual((found["cti_link_open"], found["cti_link_side ccx1:12028"]), (1, 1))
        self.assertEqual(found["cti_link_heartbeats_missed_total"], 2)
        self.assertEqual(found["cti_link_unanswered_requests"], 5)
        lost = LinkStatus(counters, "CLOSED", "", None, 0, 0, heartbeat_missed=False)
        self.assertEqual(self.numbers(*link_families(lost))["cti_link_open"], 0)

    def test_web_services(self) -> None:
        """Whether they serve."""
        found = self.numbers(*service_families(ServiceCounters(outages=1), in_service=True))
        self.assertEqual((found["in_service"], found["outages_total"]), (1, 1))

    def test_notification(self) -> None:
        """Streams by transport, sessions, deliveries, refusals and ends."""
        service = notification_service()
        wire, stranger = Wire(service.xmpp_factory), Wire(service.xmpp_factory)
        wire.sign_in()
        stranger.send(HEADER)
        stranger.send(auth("agent2", "wrong"))
        service.publish(SYSTEM_INFO, "<Update/>")
        service.publish(user("agent9"), "<Update/>")
        found = self.numbers(*notification_families(service.status()))
        self.assertEqual(found["xmpp_streams xmpp"], 2)
        self.assertEqual(found["xmpp_streams bosh"], 0)
        self.assertEqual((found["xmpp_sessions"], found["xmpp_sessions_available"]), (1, 1))
        self.assertEqual(found["xmpp_sign_ins_total"], 1)
        self.assertEqual(found["xmpp_sign_ins_refused_total not-authorized"], 1)
        self.assertEqual(
            (found["pubsub_published_total"], found["pubsub_deliveries_total"]), (1, 1)
        )
        wire.send("<rubbish/>")
        found = self.numbers(*notification_families(service.status()))
        self.assertEqual(found["xmpp_streams_ended_total unsupported-stanza-type"], 1)

    def test_names(self) -> None:
        """No name comes twice."""
        names = [family.name for source in sources() for family in source]
        self.assertEqual(len(names), len(set(names)))
