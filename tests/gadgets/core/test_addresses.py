"""`finesse_tx.gadgets.core.addresses`: where a fetch for a gadget may go."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.addresses import (
    METADATA,
    SPECIAL_V4,
    SPECIAL_V6,
    inside,
    why_not,
)

PUBLIC = ("1.1.1.1", "9.255.255.255", "11.0.0.0", "172.32.0.0", "223.255.255.255", "2606:4700::1")

REFUSED = {
    "0.0.0.0": "unspecified",
    "10.255.255.255": "private",
    "100.64.0.1": "CGNAT",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "169.254.1.1": "link-local",
    "169.254.169.254": "metadata",
    "168.63.129.16": "metadata",
    "172.16.0.1": "private",
    "192.168.0.1": "private",
    "224.0.0.1": "multicast",
    "255.255.255.255": "broadcast",
    "::": "unspecified",
    "::1": "loopback",
    "::7f00:1": "leads to 127.0.0.1",
    "::ffff:127.0.0.1": "leads to 127.0.0.1",
    "::ffff:a9fe:a9fe": "metadata",
    "::ffff:0:10.0.0.1": "leads to 10.0.0.1",
    "64:ff9b::10.0.0.1": "leads to 10.0.0.1",
    "64:ff9b:1::1": "NAT64",
    "2002:7f00:1::": "leads to 127.0.0.1",
    "2606:4700::5efe:10.0.0.1": "leads to 10.0.0.1",
    "2001:0:1::1": "Teredo",
    "2001:db8::1": "documentation",
    "fc00::1": "private",
    "fd00:ec2::254": "metadata",
    "fe80::1": "link-local",
    "fe80::1%eth0": "interface",
    "2606:4700::1%1": "interface",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "4000::1": "not a public address",
}


class AddressTests(SynchronousTestCase):
    """Addresses, one by one."""

    def test_refused(self) -> None:
        """What is not public is refused, in words that say what it is."""
        for text, words in REFUSED.items():
            self.assertIn(words, why_not(ip_address(text)), text)

    def test_public(self) -> None:
        """What is public is not, to the edge of what is not; nor what leads to it."""
        for text in (*PUBLIC, "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::"):
            self.assertEqual(why_not(ip_address(text)), "", text)

    def test_every_edge(self) -> None:
        """The first and the last address of each special network are refused."""
        edges = [edge for network, _what in SPECIAL_V4 for edge in (network[0], network[-1])]
        self.assertEqual([edge for edge in edges if not why_not(edge)], [])
        wide = [edge for network, _what in SPECIAL_V6 for edge in (network[0], network[-1])]
        self.assertEqual([edge for edge in wide if not why_not(edge)], [])

    def test_allowed(self) -> None:
        """A network that is named is reached, its neighbours are not, and in whatever form."""
        allowed = (ip_network("10.1.0.0/16"), ip_network("fd12::/64"))
        for text in ("10.1.0.0", "10.1.255.255", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd12::1"):
            self.assertEqual(why_not(ip_address(text), allowed), "", text)
        for text in ("10.0.255.255", "10.2.0.0", "::ffff:10.2.0.0", "fd12:0:0:1::", "127.0.0.1"):
            self.assertNotEqual(why_not(ip_address(text), allowed), "", text)

    def test_metadata(self) -> None:
        """A cloud's metadata service is reached only when it is named itself, not by a network that holds it."""
        wide = (ip_network("0.0.0.0/0"), ip_network("::/0"))
        for address in METADATA:
            self.assertIn("metadata", why_not(address, wide))
            self.assertEqual(why_not(address, (ip_network(address),)), "")
        for text in ("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"):
            self.assertIn("metadata", why_not(ip_address(text), wide), text)
            self.assertEqual(why_not(ip_address(text), (ip_network(text),)), "", text)

    @settings(deadline=None)
    @given(st.ip_addresses(v=4))
    def test_embedded(self, address: IPv4Address) -> None:
        """Every IPv4 address is judged the same inside an IPv6 one."""
        number = int(address)
        for high in (0xFFFF << 32, 0x64_FF9B << 96):
            form = IPv6Address(high | number)
            self.assertEqual(inside(form), address)
            self.assertEqual(bool(why_not(form)), bool(why_not(address)), form)
