"""Whether an OPEN_REQ opens a session (§10.1 of the CTI reference)."""

from __future__ import annotations

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.dialects import dialect_of
from finesse_tx.cti.core.enums import ConfigMask, CTIService
from finesse_tx.cti.core.errors import OpenRefusedError
from finesse_tx.cti.core.framing import Frame, frames
from finesse_tx.cti.core.layout import Dialect, Layout, Widths
from finesse_tx.cti.core.messages import OpenReq
from finesse_tx.cti.core.opening import Agent, Grant, Mode, Terms, judge
from tests.support.cti import bridge_request, ucce_request

UCCE = Terms(dialect=Dialect.UCCE)


def frame_of(request: OpenReq, widths: Widths | None = None) -> Frame:
    """An OPEN_REQ as it comes."""
    version = min(max(request.version_number, 9), 25)
    dialect = dialect_of(version, Dialect.UCCX) or Dialect.UCCX
    wire = Layout.of(dialect, version, widths).encode(request)
    return next(frames(bytearray(wire)))


def granted(request: OpenReq, terms: Terms | None = None) -> Grant:
    """What an OPEN_REQ gets."""
    return judge(frame_of(request), terms or Terms())[1]


class JudgeTests(SynchronousTestCase):
    """Each check, and their order."""

    def refused(self, request: OpenReq, terms: Terms | None = None) -> int:
        """The status that an OPEN_REQ is refused with."""
        error: OpenRefusedError = self.assertRaises(
            OpenRefusedError, judge, frame_of(request), terms or Terms()
        )
        self.assertIn(error.status.name, str(error))
        return error.status

    def agent_request(self, **changes: object) -> OpenReq:
        """An OPEN_REQ in agent mode."""
        request = bridge_request(services=7)
        return replace(request, agent_extension="1001", agent_id_long="asmith", **changes)  # type: ignore[arg-type]

    def test_bridge(self) -> None:
        """A bridge gets what it asks for of what there is."""
        request = bridge_request(services=0xFFFFFFFF & ~0x2001)
        grant = granted(request)
        self.assertEqual(grant.services, 0x00040096)
        self.assertEqual(
            (grant.mode, grant.agent, grant.client_id), (Mode.BRIDGE, None, "wallboard")
        )
        self.assertEqual((grant.call_msg_mask, grant.agent_state_mask), (0x7FFFFF, 0x3FFF))
        self.assertEqual((grant.idle_timeout_s, grant.layout), (100, Layout.of(Dialect.UCCX, 14)))

    def test_agent(self) -> None:
        """A session in agent mode is for whom it names."""
        grant = granted(self.agent_request())
        self.assertEqual(grant.mode, Mode.AGENT)
        self.assertEqual(grant.agent, Agent("asmith", "1001", ""))
        self.assertEqual(grant.agent and (grant.agent.device, grant.agent.key), ("1001", "1001"))
        self.assertEqual(Agent("asmith", "", "").key, "asmith")
        self.assertEqual(Agent("asmith", "1001", "1002").key, "1002")

    def test_neither(self) -> None:
        """A session may be without events."""
        self.assertEqual(granted(bridge_request(services=4)).mode, Mode.NOBODY)

    def test_versions(self) -> None:
        """Versions 9 to 25 are accepted, each in the dialect that has it; those next to them are not."""
        for version in range(9, 26):
            for preferred in Dialect:
                grant = granted(bridge_request(version), Terms(dialect=preferred))
                self.assertEqual(grant.layout.version, version)
                if version in {9, *range(19, 26)}:
                    self.assertTrue(grant.ucce)
                else:
                    self.assertEqual(grant.ucce, preferred is Dialect.UCCE and version != 18)
        for version in (0, 8, 26, 0xFFFFFFFF):
            self.assertEqual(self.refused(bridge_request(version)), 1)

    def test_widths(self) -> None:
        """The session's widths are those of its OPEN_REQ."""
        for widths in (Widths(1, 1), Widths(2, 1), Widths(2, 2)):
            _request, grant = judge(frame_of(bridge_request(18), widths), Terms())
            self.assertEqual(grant.layout.widths, widths)

    def test_malformed(self) -> None:
        """A body that is too short, or that no widths fit, is refused as such."""
        whole = frame_of(bridge_request()).body
        for body, status in ((b"", 1), (whole[:7], 1), (whole[:43], 25), (whole[:-1], 25)):
            error = self.assertRaises(OpenRefusedError, judge, Frame(3, body), Terms())
            self.assertEqual(error.status, status)

    def test_required(self) -> None:
        """ClientID and ClientPassword are required, but may be empty."""
        self.assertEqual(self.refused(replace(bridge_request(), client_id=None)), 6)
        self.assertEqual(self.refused(replace(bridge_request(), client_password=None)), 6)
        empty = replace(bridge_request(), client_id="", client_password=b"")
        self.assertEqual(granted(empty).client_id, "")

    def test_idle_timeout(self) -> None:
        """20 seconds are the least; 0xFFFFFFFF is never."""
        self.assertEqual(self.refused(replace(bridge_request(), idle_timeout=19)), 18)
        for asked, kept in ((20, 20), (0x7FFFFFFF, 0x7FFFFFFF), (0xFFFFFFFF, None)):
            self.assertEqual(
                granted(replace(bridge_request(), idle_timeout=asked)).idle_timeout_s, kept
            )

    def test_both_modes(self) -> None:
        """Bridge and agent mode together are refused."""
        self.assertEqual(self.refused(bridge_request(services=0x11)), 19)

    def test_standby(self) -> None:
        """A standby refuses with 92."""
        self.assertEqual(self.refused(bridge_request(), Terms(master=False)), 92)

    def test_credentials(self) -> None:
        """Where there are credentials, ClientID and ClientPassword must be among them."""
        terms = Terms(credentials={"wallboard": "s3cret", "": "empty"})
        for client_id, password, status in (
            ("wallboard", b"s3cret\0", 0),
            ("wallboard", b"s3cret", 0),
            ("", b"empty\0", 0),
            ("wallboard", b"s3cre\0", 36),
            ("wallboard", b"\0", 36),
            ("stranger", b"s3cret\0", 36),
            ("stranger", b"\0", 36),
        ):
            request = replace(bridge_request(client_id=client_id), client_password=password)
            if status:
                self.assertEqual(self.refused(request, terms), status)
            else:
                self.assertEqual(granted(request, terms).client_id, client_id)

    def test_agent_data(self) -> None:
        """Agent mode needs at least one of extension, instrument and id."""
        request = replace(self.agent_request(), agent_extension="", agent_id_long=None)
        self.assertEqual(self.refused(request), 6)
        self.assertEqual(granted(replace(request, agent_instrument="1001")).mode, Mode.AGENT)

    def test_order(self) -> None:
        """With everything wrong, each fault is told in the order of §10.1."""
        request = replace(
            bridge_request(8, services=0x11, client_id="stranger"),
            idle_timeout=0,
            client_password=None,
        )
        terms = Terms(master=False, credentials={})
        statuses = []
        for mend in (
            {"version_number": 14},
            {"client_password": b"\0"},
            {"idle_timeout": 20},
            {"services_requested": 1},
        ):
            statuses.append(self.refused(request, terms))
            request = replace(request, **mend)
        statuses.append(self.refused(request, terms))
        statuses.append(self.refused(request, replace(terms, master=True)))
        statuses.append(self.refused(request))
        self.assertEqual(statuses, [1, 6, 18, 19, 92, 36, 6])

    def test_ucce_services(self) -> None:
        """UCCE refuses bits without a row in §8.1; what has one is granted if it is ours, from its version on."""
        recorded = granted(ucce_request(15, services=0x001C0296), UCCE)
        self.assertEqual(recorded.services, 0x00040096)
        for bit in range(32):
            mask = 1 << bit
            request = ucce_request(15, services=mask)
            if bit in {16, 17, 23, 24, *range(26, 31)}:
                self.assertEqual(self.refused(request, UCCE), 19, bit)
            elif mask != 1:  # that names an agent, and none is
                expected = mask if mask in {2, 4, 0x10, 0x80, 0x2000, 0x40000} else 0
                self.assertEqual(granted(request, UCCE).services, expected, bit)
            self.assertEqual(granted(bridge_request(14, services=mask & ~1)).services & ~mask, 0)
        for version, expected in ((23, 0), (24, 0x02000000)):
            request = ucce_request(version, services=0x02000000)
            self.assertEqual(granted(request).services, expected)

    def test_state_control_only(self) -> None:
        """UCCX has that service from version 12 on."""
        for version, expected in ((11, 0), (12, 0x2000)):
            grant = granted(bridge_request(version, services=0x2000))
            self.assertEqual(grant.services, expected)

    def test_ucce_standby(self) -> None:
        """A standby has sessions for UCCE clients that have one on each side, and refuses others with 107."""
        standby = Terms(master=False, dialect=Dialect.UCCE)
        both = 0x02000000 | 0x00040096
        self.assertTrue(granted(ucce_request(24, services=both), standby).standby)
        self.assertFalse(granted(ucce_request(24, services=both), UCCE).standby)
        self.assertEqual(self.refused(ucce_request(24), standby), 107)
        self.assertEqual(self.refused(ucce_request(23, services=both), standby), 107)
        self.assertEqual(self.refused(bridge_request(18, services=both), standby), 92)

    def test_ucce_agent(self) -> None:
        """Agent mode of UCCE names our one peripheral, and the agent in AgentID."""
        request = replace(ucce_request(24, services=7), agent_id="asmith", agent_extension="1001")
        self.assertEqual(self.refused(request), 7)
        grant = granted(replace(request, peripheral_id=1))
        self.assertEqual(grant.agent, Agent("asmith", "1001", ""))

    def test_ucce_config_mask(self) -> None:
        """UCCE's bit for terminals is another than UCCX's, and comes with version 24; none is there in version 9."""
        for version, expected in ((9, 0), (10, 0x0F), (23, 0x0F), (24, 0x1F)):
            request = replace(ucce_request(version), config_msg_mask=0xFFFF)
            self.assertEqual(granted(request, UCCE).config_mask, ConfigMask(expected))
        call_types = replace(ucce_request(25), config_msg_mask=0x10)
        self.assertEqual(granted(call_types).config_mask, ConfigMask(0))

    def test_config_mask(self) -> None:
        """Terminals come with version 18, and nothing comes without the service."""
        devices = ConfigMask(0x0F)
        self.assertEqual(granted(bridge_request(17)).config_mask, devices)
        self.assertEqual(granted(bridge_request(18)).config_mask, ConfigMask(0x1F))
        without = bridge_request(services=CTIService.CTI_SERVICE_ALL_EVENTS)
        self.assertEqual(granted(without).config_mask, ConfigMask(0))
