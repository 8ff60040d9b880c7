"""HTTP/1.1 as far as BOSH needs it: requests out of bytes, strictly, and answers as bytes.

What is not plainly a request is refused, and the connection with it: transfer codings, two lengths, folded lines,
bare line ends, whatever two readers could understand in two ways.

Spec: RFC 9112 §2 to §6, §9.3 (persistence), §9.6 (close); RFC 9110 §10.1.1 (``Expect``), §12.5.3 (``Accept-Encoding``).
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import Final, NamedTuple

from finesse_tx.errors import RemoteProtocolError

__all__ = [
    "CONTINUE",
    "GZIP_MIN_BYTES",
    "MAX_HEADERS",
    "MAX_HEAD_BYTES",
    "HTTPRequest",
    "Head",
    "RefusedError",
    "RequestReader",
    "accepts_gzip",
    "gzipped",
    "response",
]

MAX_HEAD_BYTES: Final = 16_384
"""The longest head of a request: browsers send their cookies along."""

MAX_HEADERS: Final = 100
"""The most header lines."""

GZIP_MIN_BYTES: Final = 1_400
"""What is shorter fits into one packet as it is."""

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"

_CACHED_HEAD_BYTES: Final = 1_024

_PHRASES: Final = {
    200: b"OK",
    301: b"Moved Permanently",
    400: b"Bad Request",
    403: b"Forbidden",
    404: b"Not Found",
    405: b"Method Not Allowed",
    411: b"Length Required",
    413: b"Content Too Large",
    426: b"Upgrade Required",
    431: b"Request Header Fields Too Large",
    505: b"HTTP Version Not Supported",
}

_REQUEST_LINE: Final = re.compile(rb"([A-Z]{1,20}) (/[!-~]*) HTTP/1\.([01])")
_OTHER_VERSION: Final = re.compile(rb"[A-Z]{1,20} [!-~]+ HTTP/[0-9]\.[0-9]")
_TOKEN: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE: Final = re.compile(rb"[\t -~\x80-\xff]*")


class RefusedError(RemoteProtocolError):
    """What came is no request that is taken here; nothing after it is read.

    Attributes:
        code: The status to answer.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason


class Head(NamedTuple):
    """A request's head.

    Attributes:
        method: Such as ``POST``.
        path: Without the query.
        headers: By name in lower case.
        keeps_alive: Whether the connection goes on after it.
        length: Of the body; None where nothing says.
        raw: The head as it came, without the empty line.
    """

    method: bytes
    path: bytes
    headers: dict[bytes, bytes]
    keeps_alive: bool
    length: int | None
    raw: bytes


class HTTPRequest(NamedTuple):
    """A whole request.

    Attributes:
        head: Its head.
        body: Its body.
    """

    head: Head
    body: bytes

    @property
    def raw(self) -> bytes:
        """The head as it came, with the empty line."""
        return self.head.raw + b"\r\n\r\n"


def _parse_head(raw: bytes) -> Head:
    """Read a head.

    Raises:
        RefusedError: It is none, or has what is not taken here.
    """
    first, *lines = raw.split(b"\r\n")
    found = _REQUEST_LINE.fullmatch(first)
    if found is None:
        code = 505 if _OTHER_VERSION.fullmatch(first) else 400
        raise RefusedError(code, "not a request line of HTTP/1.1")
    if len(lines) > MAX_HEADERS:
        raise RefusedError(431, f"more than {MAX_HEADERS} header lines")
    headers: dict[bytes, bytes] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        value = value.strip(b" \t")
        if not colon or not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise RefusedError(400, "not a header line")
        key = name.lower()
        if key in headers:
            if key in {b"content-length", b"host", b"transfer-encoding"}:
                raise RefusedError(400, f"two {key.decode()} lines")
            value = headers[key] + b", " + value
        headers[key] = value
    if b"transfer-encoding" in headers:
        raise RefusedError(411, "a transfer coding")  # XEP-0124 §5: no chunks
    method, target, minor = found.groups()
    tokens = {token.strip() for token in headers.get(b"connection", b"").lower().split(b",")}
    keeps_alive = b"keep-alive" in tokens if minor == b"0" else b"close" not in tokens
    length = _length(headers.get(b"content-length"))
    return Head(method, target.partition(b"?")[0], headers, keeps_alive, length, raw)


_parse_short_head = lru_cache(1_024)(_parse_head)
"""The same client sends the same head with each poll."""


def _length(text: bytes | None) -> int | None:
    if text is None:
        return None
    if not text.isdigit() or len(text) > 15:
        raise RefusedError(400, "Content-Length is no number")
    return int(text)


class RequestReader:
    """Cuts a connection's bytes into requests.

    Args:
        max_body_bytes: The largest body.
    """

    __slots__ = ("_buffer", "_head", "_is_expected", "_max_body_bytes", "_scanned")

    def __init__(self, max_body_bytes: int) -> None:
        self._max_body_bytes = max_body_bytes
        self._buffer = bytearray()
        self._head: Head | None = None
        self._scanned = 0
        self._is_expected = False

    @property
    def is_between(self) -> bool:
        """Whether nothing of a request has come yet."""
        return self._head is None and not self._buffer

    @property
    def waiting_bytes(self) -> int:
        """How much has come of a request that is not whole."""
        return len(self._buffer)

    def take_expectation(self) -> bool:
        """Whether the client waits for `CONTINUE` before it sends the body; told once."""
        expected, self._is_expected = self._is_expected, False
        return expected

    def whole(self, data: bytes) -> HTTPRequest | None:
        """A request that came as one piece, with nothing before it and nothing after it, as polls do.

        Returns:
            The request; None for anything else, which is to be fed.
        """
        end = data.find(b"\r\n\r\n", 0, _CACHED_HEAD_BYTES)
        if end <= 0 or self._buffer or self._head is not None:
            return None
        try:
            head = _parse_short_head(data[:end])
        except RefusedError:
            return None  # such as a line end before it, which is allowed
        length = head.length
        if length is None or length > self._max_body_bytes or len(data) != end + 4 + length:
            return None
        return HTTPRequest(head, data[end + 4 :])

    def feed(self, data: bytes) -> None:
        """Take bytes."""
        self._buffer += data

    def take(self) -> HTTPRequest | None:
        """The next whole request; None while it is not there.

        Raises:
            RefusedError: It is none.
        """
        buffer = self._buffer
        head = self._head
        if head is None:
            head = self._take_head(buffer)
            if head is None:
                return None
        length = head.length or 0
        if len(buffer) < length:
            return None
        body = bytes(buffer[:length])
        del buffer[:length]
        self._head = None
        return HTTPRequest(head, body)

    def rest(self) -> bytes:
        """What has come after the last request, for who reads on in its place."""
        found = bytes(self._buffer)
        self._buffer.clear()
        return found

    def _take_head(self, buffer: bytearray) -> Head | None:
        while buffer.startswith(b"\r\n"):
            del buffer[:2]  # RFC 9112 §2.2: some clients end a body with a line end
        end = buffer.find(b"\r\n\r\n", max(0, self._scanned - 3))
        if end < 0:
            self._scanned = len(buffer)
            if self._scanned > MAX_HEAD_BYTES:
                raise RefusedError(431, f"a head longer than {MAX_HEAD_BYTES} bytes")
            if b"\n" in buffer[:512] and not _could_begin(buffer):
                raise RefusedError(400, "not HTTP")
            return None
        if end > MAX_HEAD_BYTES:
            raise RefusedError(431, f"a head longer than {MAX_HEAD_BYTES} bytes")
        raw = bytes(buffer[:end])
        head = _parse_short_head(raw) if end <= _CACHED_HEAD_BYTES else _parse_head(raw)
        if head.length is not None and head.length > self._max_body_bytes:
            raise RefusedError(413, f"a body longer than {self._max_body_bytes} bytes")
        if head.length is None and head.method == b"POST":
            raise RefusedError(411, "no Content-Length")
        del buffer[: end + 4]
        self._scanned, self._head = 0, head
        self._is_expected = head.headers.get(b"expect", b"").lower() == b"100-continue"
        return head


def _could_begin(buffer: bytearray) -> bool:
    """Whether the first line is a request line: what is not HTTP is refused before its end comes."""
    return _REQUEST_LINE.fullmatch(buffer.partition(b"\r\n")[0]) is not None


@lru_cache(256)
def accepts_gzip(accept: bytes) -> bool:
    """Whether a client that sent this ``Accept-Encoding`` takes gzip."""
    for offer in accept.lower().split(b","):
        coding, *parameters = (part.strip() for part in offer.split(b";"))
        if coding == b"gzip":
            return not any(re.fullmatch(rb"q=0(\.0*)?", one) for one in parameters)
    return False


def gzipped(body: bytes) -> bytes:
    """Compress a body; the same body gives the same bytes."""
    compressor = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return compressor.compress(body) + compressor.flush()


def response(
    code: int, headers: bytes, body: bytes, *, keeps_alive: bool, has_body: bool = True
) -> bytes:
    """Write an answer.

    Args:
        code: One of `_PHRASES`.
        headers: Whole lines, each with its end.
        body: The body.
        keeps_alive: Whether the connection goes on.
        has_body: Whether the body is sent; it is not after ``HEAD``.
    """
    close = b"" if keeps_alive else b"Connection: close\r\n"
    return b"HTTP/1.1 %d %s\r\n%sContent-Length: %d\r\n%s\r\n%s" % (
        code,
        _PHRASES[code],
        close,
        len(body),
        headers,
        body if has_body else b"",
    )
