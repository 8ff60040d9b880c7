"""`finesse_tx.webservices.core.client_logs`."""

import io
import zipfile
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.client_logs import (
    CURRENT,
    MAX_COMPRESSED_BYTES,
    MAX_FILES,
    MAX_TEXT_BYTES,
    MAX_UNPACKED_BYTES,
    MAX_ZIP_ENTRIES,
    check_zip,
    folder_name,
    old_name,
    surplus,
    text_entry,
)
from finesse_tx.webservices.core.errors import ApiError

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """An archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


class NameTests(SynchronousTestCase):
    """Folders and files."""

    @given(login_id=st.text(min_size=1, max_size=300))
    @settings(deadline=None)
    def test_one_segment(self, login_id: str) -> None:
        """Whatever a login id is, its folder is one segment that any file system takes."""
        try:
            login_id.encode()
        except UnicodeEncodeError:
            return
        name = folder_name(login_id)
        self.assertNotIn("/", name)
        self.assertNotIn("\0", name)
        self.assertNotIn(name, {".", ".."})
        self.assertLess(len(name.encode()), 256)

    def test_apart(self) -> None:
        """No two users have one folder, not even those whose names are too long for one."""
        names = ["ann", "Ann", "..", "a/b", "a%2Fb", "x" * 300, "x" * 301]
        self.assertEqual(len({folder_name(name) for name in names}), len(names))

    def test_order(self) -> None:
        """Of two files the later one sorts behind, also within one moment."""
        self.assertEqual(old_name(NOW, 7, "zip"), "client-20261122T100000.000000Z-000007.zip")
        self.assertLess(old_name(NOW, 7, "zip"), old_name(NOW, 8, "log"))
        self.assertLess(old_name(NOW, 9, "zip"), old_name(NOW.replace(hour=11), 1, "log"))


class SurplusTests(SynchronousTestCase):
    """What has to go."""

    def test_quota(self) -> None:
        """Exactly full stays; with a byte more the oldest goes."""
        files = [("client-2.log", 4), ("client-1.zip", 3), (CURRENT, 5)]
        self.assertEqual(list(surplus(files, 12)), [])
        self.assertEqual(list(surplus(files, 11)), ["client-1.zip"])
        self.assertEqual(list(surplus(files, 8)), ["client-1.zip", "client-2.log"])

    def test_current_stays(self) -> None:
        """What is added to is never removed."""
        self.assertEqual(list(surplus([(CURRENT, 5)], 1)), [])

    def test_number(self) -> None:
        """There are never more than so many, however small they are."""
        files = [(f"client-{number:03}.zip", 0) for number in range(MAX_FILES - 1)]
        self.assertEqual(list(surplus(files, 1)), [])
        self.assertEqual(list(surplus([*files, ("client-999.zip", 0)], 1)), ["client-000.zip"])


class TextTests(SynchronousTestCase):
    """Texts."""

    def test_entry(self) -> None:
        """A line says when it came and from where, and the text ends with its own line."""
        head = b"==== 2026-11-22T10:00:00.000000Z 192.0.2.1 "
        self.assertEqual(text_entry("a\nb", "192.0.2.1", NOW), head + b"3 bytes\na\nb\n")
        self.assertEqual(text_entry("a\n", "192.0.2.1", NOW), head + b"2 bytes\na\n")

    def test_limit(self) -> None:
        """The largest text is taken, counted in UTF-8; a byte more is refused."""
        text_entry("é" * (MAX_TEXT_BYTES // 2), "", NOW)
        error = self.assertRaises(ApiError, text_entry, "é" * (MAX_TEXT_BYTES // 2) + "x", "", NOW)
        self.assertEqual((error.status, error.error_data), (400, "logData"))


class ZipTests(SynchronousTestCase):
    """Compressed logs."""

    def refused(self, data: bytes) -> str:
        """Why it is."""
        error: ApiError = self.assertRaises(ApiError, check_zip, data)
        self.assertEqual(error.status, 400)
        return error.error_message

    def test_good(self) -> None:
        """Files and folders are taken, and an archive with nothing in it."""
        check_zip(zipped(("logs/", b""), ("logs/a.log", b"text")))
        check_zip(zipped())

    def test_no_archive(self) -> None:
        """Nothing, something else, half of one, a wrong byte in one."""
        good = zipped(("a.log", b"text" * 99))
        self.assertIn("missing", self.refused(b""))
        for data in (b"text", good[:-9], good.replace(b"PK\x03\x04", b"PK\x03\x05")):
            self.assertIn("not a zip file", self.refused(data))
        place = good.index(b"a.log") + 7
        spoilt = good[:place] + bytes([good[place] ^ 255]) + good[place + 1 :]
        self.assertIn("not a zip file", self.refused(spoilt))

    def test_size(self) -> None:
        """The largest archive is taken; one a byte larger is refused unread."""
        room = MAX_COMPRESSED_BYTES - len(zipped())
        check_zip(bytes(room) + zipped())
        self.assertIn("larger than", self.refused(bytes(room + 1) + zipped()))

    def test_bomb(self) -> None:
        """What unpacks into too much is refused, in one file or in several."""
        half = bytes(MAX_UNPACKED_BYTES // 2)
        check_zip(zipped(("a", half), ("b", half)))
        self.assertIn("unpacked", self.refused(zipped(("a", half), ("b", half), ("c", b"x"))))

    def test_lying_bomb(self) -> None:
        """An archive that unpacks into more than it says is no archive."""
        content = bytes(MAX_UNPACKED_BYTES + 1)
        size = len(content).to_bytes(4, "little")
        lying = zipped(("a", content)).replace(size, (1).to_bytes(4, "little"))
        self.assertIn("not a zip file", self.refused(lying))

    def test_entries(self) -> None:
        """So many files, and not one more."""
        files = [(f"{number}", b"") for number in range(MAX_ZIP_ENTRIES)]
        check_zip(zipped(*files))
        self.assertIn("files", self.refused(zipped(*files, ("x", b""))))

    def test_places(self) -> None:
        """No file is unpacked outside, and none is a link."""
        for name in ("../a", "/a", "a/../../b", "C:a", "..\\a"):
            self.assertIn("outside", self.refused(zipped((name, b""))))
        link = zipfile.ZipInfo("a")
        link.external_attr = 0o120777 << 16
        self.assertIn("plain", self.refused(zipped((link, b"/etc/passwd"))))

    def test_other_methods(self) -> None:
        """What not everybody can unpack is refused."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
            archive.writestr("a", b"text")
        self.assertIn("deflated", self.refused(buffer.getvalue()))

    @given(
        data=st.binary(max_size=400),
        good=st.binary(max_size=99),
        cut=st.integers(0, 300),
    )
    @settings(deadline=None)
    def test_anything(self, data: bytes, good: bytes, cut: int) -> None:
        """Whatever is sent is taken or refused; nothing else happens."""
        whole = zipped(("a.log", good))
        for sent in (data, whole[:cut] + data + whole[cut + len(data) :]):
            try:
                check_zip(sent)
            except ApiError as error:
                self.assertEqual(error.status, 400)
