"""`finesse_tx.webservices.core.administration.contact_csv` and the paging of long lists."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.administration.contact_csv import (
    HEADER,
    MAX_TOLD,
    contacts_csv,
    read_contacts,
    uploaded,
)
from finesse_tx.webservices.core.administration.objects import Contact
from finesse_tx.webservices.core.administration.rules import MAX_CONTACTS_OF_BOOK
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.paging import MAX_OBJECTS, page

FIRST = ",".join(HEADER).encode() + b"\r\n"

LATIN = st.text(st.characters(codec="latin-1", exclude_categories=["Cc", "Zs"]), max_size=20)


class CSVTests(SynchronousTestCase):
    """Files as spreadsheets write them."""

    def refused(self, data: bytes) -> tuple[str, str]:
        """Type and data of the refusal."""
        error: ApiError = self.assertRaises(ApiError, read_contacts, data)
        self.assertEqual(error.status, 400)
        return error.error_type, error.error_data

    @given(
        st.lists(
            st.builds(
                Contact,
                first_name=LATIN,
                last_name=LATIN,
                phone_number=st.text("0123456789+*#", min_size=1, max_size=32),
                description=LATIN,
            ),
            max_size=5,
        ).map(tuple)
    )
    @settings(deadline=None)
    def test_round_trip(self, contacts: tuple[Contact, ...]) -> None:
        """What is exported is imported again."""
        self.assertEqual(read_contacts(contacts_csv(contacts)), contacts)

    def test_written(self) -> None:
        """Quotes are always written; what Latin-1 does not have is a question mark."""
        contact = Contact(first_name='A "x"', last_name="Ł", phone_number="1")
        self.assertEqual(
            contacts_csv((contact,)),
            b'"First Name","Last Name","Phone Number","Notes"\r\n"A ""x""","?","1",""\r\n',
        )

    def test_read(self) -> None:
        """Quotes are optional, so are the notes; empty lines are nothing; control characters are question marks."""
        data = FIRST + b' Ann ,"Lee, Dr.",1001,\xe9\x00\n\n"Bob",Roy,1002\n,,\n'
        self.assertEqual(
            read_contacts(data),
            (
                Contact(
                    first_name="Ann", last_name="Lee, Dr.", phone_number="1001", description="é?"
                ),
                Contact(first_name="Bob", last_name="Roy", phone_number="1002"),
            ),
        )

    def test_bad(self) -> None:
        """All or nothing, and the bad lines are named."""
        self.assertEqual(self.refused(b""), ("Invalid Input", "1"))
        self.assertEqual(self.refused(b"a,b\n"), ("Invalid Input", "1"))
        self.assertEqual(self.refused(FIRST + b"a,b,\nc,d,1\ne\n"), ("Invalid Input", "2,4"))
        self.assertEqual(self.refused(FIRST + b'a,"b,1\n')[0], "Invalid Input")
        self.assertEqual(self.refused(FIRST + b"a,b," + b"1" * 33), ("Invalid Input", "2"))
        told = self.refused(FIRST + b"x\n" * (MAX_TOLD + 5))[1]
        self.assertEqual(len(told.split(",")), MAX_TOLD)

    def test_limit(self) -> None:
        """One row too many refuses the file."""
        most = FIRST + b"a,b,1\n" * MAX_CONTACTS_OF_BOOK
        self.assertEqual(len(read_contacts(most)), MAX_CONTACTS_OF_BOOK)
        self.assertEqual(self.refused(most + b"a,b,1\n")[0], "Maximum Exceeded")

    def test_form(self) -> None:
        """The file is the form's field, byte for byte, or the whole body."""
        body = (
            b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n'
            b'--b\r\nContent-Disposition: form-data; name="datafile"; filename="c.csv"\r\n\r\n'
            b"a,\xe9\r\nb\r\n--b--\r\n"
        )
        self.assertEqual(uploaded("multipart/form-data; boundary=b", body), b"a,\xe9\r\nb")
        self.assertEqual(uploaded("text/csv", b"a,b"), b"a,b")
        for content_type in ("multipart/form-data", "multipart/form-data; boundary=c"):
            error: ApiError = self.assertRaises(ApiError, uploaded, content_type, body)
            self.assertEqual(error.error_data, "datafile")


class PageTests(SynchronousTestCase):
    """``Range: objects=…``."""

    def test_pages(self) -> None:
        """From one to the last, whatever stands behind the end."""
        for header, total, expected in (
            ("", 0, (0, 0)),
            ("", 5, (0, 5)),
            ("", MAX_OBJECTS + 1, (0, MAX_OBJECTS)),
            ("objects=1-1500", 3_000, (0, 1_500)),
            ("objects=1501-3000", 3_000, (1_500, 3_000)),
            (" objects = 3000-4000 ", 3_000, (2_999, 3_000)),
            (f"objects=1-{MAX_OBJECTS}", 5, (0, 5)),
            ("objects=1-10", 0, (0, 0)),
        ):
            found = page(header, total)
            self.assertEqual((found.start, found.stop), expected, header)
            self.assertEqual(found.is_whole, expected == (0, total))
        self.assertEqual(page("objects=2-3", 9).content_range, "objects 2-3/9")

    def test_refused(self) -> None:
        """What cannot be read, is the wrong way round, too much, or behind the end."""
        for header in (
            "objects=0-5",
            "objects=5-4",
            f"objects=1-{MAX_OBJECTS + 1}",
            "objects=11-20",
            "bytes=0-5",
            "objects=1-",
            "objects=\u0661-2",
        ):
            error: ApiError = self.assertRaises(ApiError, page, header, 10)
            self.assertEqual((error.status, error.error_type), (416, "Range Not Satisfiable"))
