"""`finesse_tx.gadgets.core.layout_hosts`: whom a layout has gadgets from."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.layout_hosts import MAX_HOSTS, MAX_LAYOUT_BYTES, hosts_of
from finesse_tx.gadgets.core.outbound import HostRule
from finesse_tx.webservices.core.administration.default_desktop import DEFAULT_DESKTOP
from finesse_tx.webservices.core.administration.desktop_layout import check_layout


def layout(*gadgets: str) -> str:
    """A layout with these elements."""
    return (
        '<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><layout><role>Agent</role><page>'
        f"{''.join(gadgets)}</page><tabs><tab><id>home</id><label>x</label></tab></tabs></layout></finesseLayout>"
    )


def named(*layouts: str) -> list[str]:
    """Their hosts."""
    return [f"{rule.name}:{rule.port}" for rule in hosts_of(layouts)]


class HostsTests(SynchronousTestCase):
    """The hosts of layouts."""

    def test_hosts(self) -> None:
        """Each host with its port, once, and those that a gadget is looked for besides."""
        text = layout(
            "<gadget>https://CUIC.example.com:8444/cuic/g.xml?teamName=CL%20teamName</gadget>",
            "<gadget> http://crm.example.com/a.xml </gadget>",
            '<gadget id="x" alternateHosts="b.example.com, c.example.com:8443">https://a.example.com/x.xml</gadget>',
            "<gadget>https://a.example.com/y.xml</gadget>",
            "<gadget>https://[fd00::1]:8443/y.xml</gadget>",
        )
        check_layout(text)
        self.assertEqual(
            named(text),
            [
                "cuic.example.com:8444",
                "crm.example.com:80",
                "a.example.com:443",
                "b.example.com:443",
                "c.example.com:8443",
                "fd00::1:8443",
            ],
        )

    def test_nobody(self) -> None:
        """Our own parts, what is written in no clear way, and what is no layout trust nobody."""
        self.assertEqual(named(DEFAULT_DESKTOP), [])
        for gadget in (
            "/3rdpartygadget/files/a.xml",
            "//crm.example.com/a.xml",
            "https://*/a.xml",
            "https://*.example.com/a.xml",
            "https://ann@crm.example.com/a.xml",
            "https://0x7f000001/a.xml",
            "https://crm.example.com:99999/a.xml",
            "https://[/a.xml",
            "ftp://crm.example.com/a.xml",
            "javascript:alert(1)",
            "https://",
        ):
            self.assertEqual(named(layout(f"<gadget>{gadget}</gadget>")), [], gadget)
        wild = '<gadget alternateHosts="*,*.example.com,a b,x@y">https://a.example.com/</gadget>'
        self.assertEqual(named(layout(wild)), ["a.example.com:443"])
        for text in ("", "<finesseLayout>", "<!DOCTYPE x><finesseLayout/>", "\ud800"):
            self.assertEqual(named(text), [])

    def test_bounds(self) -> None:
        """So many hosts, and layouts of such a size."""
        many = [f"<gadget>https://h{n}.example.com/</gadget>" for n in range(MAX_HOSTS + 1)]
        found = hosts_of([layout(*many)])
        self.assertEqual(len(found), MAX_HOSTS)
        self.assertEqual(found[0], HostRule("h0.example.com", False, 443))
        one = layout("<gadget>https://a.example.com/</gadget>")
        self.assertEqual(named(one + " " * (MAX_LAYOUT_BYTES - len(one))), ["a.example.com:443"])
        self.assertEqual(named(one + " " * (MAX_LAYOUT_BYTES - len(one) + 1)), [])
