"""AXL's messages, written and read by zeep after our own WSDL; any thread may do it, one at a time for one `Messages`.

zeep is synchronous and never sees the network: it reads the two files of ours, writes envelopes, and reads answers that
`finesse_tx.xmltext` has read before it: no document type, no entity, of bounded size, depth and number of elements.
What a server says besides what our schema knows is passed over.

Spec: ``axl.md`` §2 (namespace, SOAPAction), §4 (faults), §6 (the two texts of throttling), §9 (parser).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, NamedTuple

from lxml import etree
from typing_extensions import override
from zeep import Client, Settings
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault
from zeep.transports import Transport

from finesse_tx.directory.axl.errors import (
    FaultError,
    ThrottledError,
    TooLargeError,
    VersionError,
)
from finesse_tx.directory.core.errors import SourceError
from finesse_tx.xmltext import XMLRefusedError, parse

__all__ = ["MAX_ANSWER", "MAX_ELEMENTS", "VERSIONS", "Messages", "Reply", "rows", "soap_action"]

VERSIONS: Final = ("15.0", "14.0", "12.5")
"""The versions of the schema that we speak, the newest first."""

MAX_ANSWER: Final = 10 * 2**20
"""No answer is larger, in bytes: a CUCM's are 8 MB at most."""

MAX_ELEMENTS: Final = 200_000
"""Nor has one more elements."""

_FILES: Final = Path(__file__).parent / "wsdl"
_WRITTEN_IN: Final = "15.0"
_SOAP: Final = "{http://schemas.xmlsoap.org/soap/envelope/}"
_API: Final = "http://www.cisco.com/AXL/API/"
_SAID: Final = 200
"""So many characters are shown of what a server says."""

_SUPPORTED: Final = re.compile(r"[Ss]upported axl versions?:\s*([0-9., ]+)")
_THROTTLED: Final = re.compile(r"Maximum AXL Memory Allocation|[Rr]equest throttled")
_TOO_LARGE: Final = re.compile(r"request too large|[Ss]uggest\w* [Rr]ow [Ff]etch")
_SUGGESTED: Final = re.compile(r"[Ss]uggest\w* [Rr]ow [Ff]etch: less than (\d+)")


def soap_action(version: str, operation: str) -> str:
    """The header SOAPAction, with its quotes."""
    return f'"CUCM:DB ver={version} {operation}"'


class Reply(NamedTuple):
    """An answer as it came.

    Attributes:
        status: HTTP's.
        content: The body.
        retry_after: The header; empty for none.
    """

    status: int
    content: bytes
    retry_after: str = ""


class _Files(Transport):
    """Our own files, in the words of one version, and nothing else."""

    def __init__(self, version: str) -> None:
        super().__init__()
        self._version = version

    @override
    def load(self, url: str) -> bytes:
        text = (_FILES / Path(url).name).read_text()
        for word in ("AXL/API/", "ver="):
            text = text.replace(word + _WRITTEN_IN, word + self._version)
        return text.encode()

    @override
    def post(self, *_arguments: object) -> None:
        raise SourceError("a bug: zeep is not to speak to the network")

    get = post_xml = post


class _Response(NamedTuple):
    """What zeep asks of an answer."""

    status_code: int
    content: bytes
    headers: dict[str, str]
    encoding: str = "utf-8"


class Messages:
    """The messages of one version; making it reads the WSDL, which takes a while.

    Args:
        version: One of `VERSIONS`.

    Attributes:
        version: As given.
    """

    def __init__(self, version: str) -> None:
        self.version = version
        settings = Settings(
            # Real servers say more than our schema, and before what it knows.
            strict=False,
            xsd_ignore_sequence_order=True,
            forbid_dtd=True,
            forbid_entities=True,
            forbid_external=True,
            xml_huge_tree=False,
        )
        self._client = Client("AXLAPI.wsdl", transport=_Files(version), settings=settings)
        self._binding = self._client.service._binding  # noqa: SLF001  # zeep has no other way

    def request(self, operation: str, fields: dict[str, Any]) -> bytes:
        """Write a request."""
        envelope = self._client.create_message(self._client.service, operation, **fields)
        written: bytes = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        return written

    def answer(self, operation: str, reply: Reply) -> Any:
        """Read an answer.

        Returns:
            What is in ``return``; None where that is empty.

        Raises:
            VersionError: It is not spoken there.
            ThrottledError: Later, perhaps.
            TooLargeError: In smaller pieces, perhaps.
            FaultError: It refuses.
            SourceError: It is no answer that can be understood.
        """
        self._refuse_status(reply)
        try:
            root = parse(reply.content, max_bytes=MAX_ANSWER, max_elements=MAX_ELEMENTS)
        except XMLRefusedError as error:
            raise SourceError(f"AXL {operation}: the answer cannot be read: {error}") from None
        wanted = f"{{{_API}{self.version}}}{operation}Response/return"
        if (
            root.find(f"{_SOAP}Body/{_SOAP}Fault") is None
            and root.find(f"{_SOAP}Body/{wanted}") is None
        ):
            # zeep would take it for an empty one: nobody is there any more.
            raise SourceError(f"AXL {operation}: the answer is another's")
        response = _Response(reply.status, reply.content, {})
        try:
            found = self._binding.process_reply(
                self._client, self._binding.get(operation), response
            )
            return found["return"]
        except Fault as fault:
            raise _refusal(operation, fault) from None
        except (ZeepError, TypeError, KeyError, AttributeError, ValueError) as error:
            said = str(error).splitlines()[0][:_SAID] if str(error) else type(error).__name__
            raise SourceError(f"AXL {operation}: the answer is not AXL's: {said}") from None

    def _refuse_status(self, reply: Reply) -> None:
        match reply.status:
            case 200 | 500:
                return
            case 599:
                found = _SUPPORTED.search(reply.content.decode("utf-8", "replace"))
                supported = re.findall(r"\d+\.\d+", found[1]) if found else ()
                raise VersionError(self.version, supported)
            case 503:
                wanted = float(reply.retry_after) if reply.retry_after.isdecimal() else None
                raise ThrottledError("the AXL server has too much to do (503)", wanted)
            case 401:
                reason = (
                    "refuses our name and password: see directory.options.user and password_file"
                )
            case 403:
                reason = 'lets our user not in: give it the role "Standard AXL API Access" (read only is enough)'
            case 404:
                reason = 'has no AXL there: activate "Cisco AXL Web Service", or correct directory.options.url'
            case status:
                reason = f"answers HTTP {status}"
        raise SourceError(f"the AXL server {reason}")


def _refusal(operation: str, fault: Fault) -> SourceError:
    code, message = 0, " ".join(str(fault.message).split())[:_SAID]
    for element in fault.detail.iter() if fault.detail is not None else ():
        if etree.QName(element).localname == "axlcode":
            text = (element.text or "").strip()
            code = int(text) if re.fullmatch(r"-?\d{1,9}", text) else 0
    if _THROTTLED.search(message):
        return ThrottledError(f"the AXL server has too much to do: {message}")
    if _TOO_LARGE.search(message):
        suggested = _SUGGESTED.search(message)
        return TooLargeError(operation, code, message, int(suggested[1]) if suggested else 0)
    return FaultError(operation, code, message)


def rows(returned: Any) -> list[dict[str, str]]:
    """The rows of an answer to executeSQLQuery: texts by column."""
    found = returned["row"] if returned is not None else None
    return [
        {etree.QName(column).localname: (column.text or "").strip() for column in row or ()}
        for row in found or ()
    ]
