"""Requests out of their envelopes, answers and faults into theirs: bytes in ``tests/vectors/axl``."""

import contextlib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

import tests
from finesse_tx.directory.core.axl.envelope import (
    MAX_ATTRIBUTES,
    MAX_BODY,
    MAX_DEPTH,
    answer_document,
    read_request,
)
from finesse_tx.directory.core.axl.faults import (
    AXLError,
    RefusedError,
    duplicate,
    fault_document,
    not_found,
    not_supported,
    unsupported_version,
)
from finesse_tx.directory.core.axl.versions import SOAP, VERSIONS

VECTORS = Path(tests.__file__).parent / "vectors" / "axl"


def vector(name: str) -> bytes:
    """The bytes of a file, without the line's end that editors put there."""
    return (VECTORS / name).read_bytes().removesuffix(b"\n")


def enveloped(inner: str, version: str = "15.0") -> bytes:
    """A request."""
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><a:getUser xmlns:a="http://www.cisco.com/AXL/API/{version}">'
        f"{inner}</a:getUser></s:Body></s:Envelope>"
    ).encode()


class RequestTests(SynchronousTestCase):
    """`read_request`."""

    def refused(self, body: bytes, action: str = "") -> AXLError:
        """The fault that it is answered with."""
        fault: AXLError = self.assertRaises(AXLError, read_request, body, action)
        return fault

    def test_clients(self) -> None:
        """What clients send is read, whatever their prefixes, with a header or without."""
        node = read_request(vector("node.xml"), '"CUCM:DB ver=15.0 doAuthenticateUser"')
        self.assertEqual((node.version, node.operation), ("15.0", "doAuthenticateUser"))
        self.assertEqual([child.tag for child in node.element], ["userid", "password"])
        python = read_request(vector("python.xml"), '"CUCM:DB ver=12.5 listUser"')
        self.assertEqual((python.version, python.operation), ("12.5", "listUser"))

    def test_versions(self) -> None:
        """Each version that we speak is read, any other is refused and told which we speak."""
        for version in VERSIONS:
            self.assertEqual(read_request(enveloped("", version), "").version, version)
        for version, action in (("9.0", ""), ("13.0", ""), ("15.0", "CUCM:DB ver=9.0"), ("", "")):
            refusal = self.assertRaises(RefusedError, read_request, enveloped("", version), action)
            self.assertEqual(refusal.status, 599)
            self.assertEqual(
                refusal.text, "Incorrect axl version. Supported axl versions: 12.5,14.0,15.0"
            )

    def test_oldest(self) -> None:
        """Version 1.0 without a SOAPAction is anybody's; with one it is none of ours."""
        asked = read_request(enveloped("", "1.0"), "")
        self.assertEqual((asked.version, asked.operation), ("1.0", "getUser"))
        action = "CUCM:DB ver=15.0 getUser"
        self.assertRaises(RefusedError, read_request, enveloped("", "1.0"), action)

    def test_action(self) -> None:
        """The header may be missing, empty, or of another kind; where it names another version or operation, that is a fault."""
        for action in ("", '""', "CUCM:DB ver=15.0", '"CUCM:DB ver=15.0 getUser"', "anything"):
            self.assertEqual(read_request(enveloped(""), action).operation, "getUser")
        self.assertEqual(self.refused(enveloped(""), "CUCM:DB ver=14.0 getUser").code, 5003)
        self.assertEqual(self.refused(enveloped(""), "CUCM:DB ver=15.0 listUser").code, 5003)

    def test_not_soap(self) -> None:
        """What is no XML, no envelope, one of SOAP 1.2, or empty is a fault of SOAP's own."""
        soap12 = (
            b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body/></e:Envelope>'
        )
        empty = f'<e:Envelope xmlns:e="{SOAP}"><e:Body/></e:Envelope>'.encode()
        bodiless = f'<e:Envelope xmlns:e="{SOAP}"/>'.encode()
        for body, code in (
            (b"", "Client"),
            (b"select", "Client"),
            (b"<html/>", "Client"),
            (empty, "Client"),
            (bodiless, "Client"),
            (soap12, "VersionMismatch"),
        ):
            fault = self.refused(body)
            self.assertEqual((fault.code, fault.faultcode), (None, code), body)

    def test_must_understand(self) -> None:
        """A header that must be understood is not; one that need not be is passed over."""
        text = enveloped("").decode()
        for flag, is_refused in (("1", True), ("0", False)):
            header = f'<s:Header><w:Security xmlns:w="urn:w" s:mustUnderstand="{flag}"/></s:Header><s:Body>'
            body = text.replace("<s:Body>", header, 1).encode()
            if is_refused:
                self.assertEqual(self.refused(body).faultcode, "MustUnderstand")
            else:
                self.assertEqual(read_request(body, "").operation, "getUser")

    def test_hostile(self) -> None:
        """A document type, with an entity or without, is refused before it is acted upon."""
        for start in (
            "<!DOCTYPE a>",
            '<!DOCTYPE a [<!ENTITY e "x">]>',
            '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        ):
            fault = self.refused(start.encode() + enveloped(""))
            self.assertIn("a document type is not allowed", fault.message)

    def test_limits(self) -> None:
        """As large, as deep and with as many attributes as the limits is read; one more is not."""
        room = MAX_BODY - len(enveloped(""))
        self.assertEqual(read_request(enveloped(" " * room), "").operation, "getUser")
        self.assertIn("larger", self.refused(enveloped(" " * (room + 1))).message)
        deepest = MAX_DEPTH - 3
        nested = "<a>" * deepest + "</a>" * deepest
        self.assertEqual(read_request(enveloped(nested), "").operation, "getUser")
        self.assertIn("deeper", self.refused(enveloped(f"<a>{nested}</a>")).message)
        many = " ".join(f'a{number}=""' for number in range(MAX_ATTRIBUTES))
        self.assertEqual(read_request(enveloped(f"<a {many}/>"), "").operation, "getUser")
        self.assertIn("attributes", self.refused(enveloped(f'<a {many} b=""/>')).message)

    @settings(deadline=None)
    @given(body=st.binary(max_size=200), action=st.text(max_size=60))
    def test_anything(self, body: bytes, action: str) -> None:
        """Whatever comes is a request or one of the two refusals."""
        with contextlib.suppress(AXLError, RefusedError):
            self.assertIn(read_request(body, action).version, VERSIONS)


class FaultTests(SynchronousTestCase):
    """`fault_document` and `answer_document`: golden bytes."""

    def test_faults(self) -> None:
        """Faults are written as the reference has them."""
        for name, fault, operation in (
            ("fault-5007.xml", not_found("User"), "getUser"),
            ("fault-5003.xml", not_supported("addSipTrunk"), "addSipTrunk"),
            ("fault-239.xml", duplicate(), "addUser"),
            ("fault-client.xml", AXLError(None, "not <XML> & no SOAP", "Client"), ""),
        ):
            self.assertEqual(fault_document(fault, operation), vector(name), name)

    def test_texts(self) -> None:
        """Refusals say for the log what they are."""
        self.assertEqual(
            str(not_found("Phone")),
            "Server 5007: Item not valid: The specified Phone was not found",
        )
        self.assertTrue(str(unsupported_version()).startswith("599: Incorrect axl version"))

    def test_answer(self) -> None:
        """An answer has the request's name and namespace."""
        asked = read_request(enveloped("", "14.0"), "")
        self.assertEqual(answer_document(asked, "<return/>"), vector("answer.xml"))
