"""Which gadgets an operator means."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.places import Places

HERE = "desk.example.com:8445"
FOLDER = "https://desk.example.com:8445/3rdpartygadget/files/"


class PlacesTests(SynchronousTestCase):
    """Entries, and what they mean."""

    def test_hosts(self) -> None:
        """A host is meant in whatever way its address is written, at any port or at its own."""
        places = Places(["crm.example.com", "*.partners.example.com", "at.example.com:8443"])
        for url, is_meant in (
            ("https://crm.example.com/a.xml", True),
            ("http://CRM.example.com:8080/a.xml", True),
            ("https://crm.example.com./a.xml", True),
            ("HTTPS://crm.example.com/%61.xml", True),
            ("https://other.example.com/a.xml", False),
            ("https://a.partners.example.com/", True),
            ("https://partners.example.com/", False),
            ("https://at.example.com:8443/", True),
            ("https://at.example.com/", False),
            ("https://crm.example.com@other.example.com/", False),
            ("ftp://crm.example.com/", False),
            ("http://[", False),
            ("", False),
        ):
            self.assertEqual(places.hold(url, HERE), is_meant, url)

    def test_folders(self) -> None:
        """What is below a folder of ours is meant, by whatever name we are called and however that is written."""
        places = Places(["/3rdpartygadget/files/CRM/"])
        for url, is_meant in (
            (f"{FOLDER}CRM/a.xml", True),
            (f"{FOLDER}CRM/deep/a.xml?x=1", True),
            (f"{FOLDER}%43RM/a.xml", True),
            (f"{FOLDER}CRM%2Fa.xml", True),
            (f"{FOLDER}crm/a.xml", True),
            (f"{FOLDER}\uff23RM/a.xml", True),
            ("http://localhost:8082/3rdpartygadget/files/CRM/a.xml", True),
            (f"{FOLDER}CRM.xml", False),
            (f"{FOLDER}Other/CRM/a.xml", False),
            ("https://elsewhere.example.com/3rdpartygadget/files/CRM/a.xml", False),
        ):
            self.assertEqual(places.hold(url, HERE), is_meant, url)
        self.assertTrue(Places(["/3rdpartygadget/files/"]).hold(f"{FOLDER}a.xml", HERE))

    def test_nothing(self) -> None:
        """Without entries, nothing is meant."""
        self.assertEqual((bool(Places([])), bool(Places(["a"]))), (False, True))
        self.assertFalse(Places([]).hold(f"{FOLDER}a.xml", HERE))

    def test_refused(self) -> None:
        """What is neither a host nor a folder is refused."""
        for entry in (
            "",
            "https://crm.example.com",
            "/CRM/",
            "/3rdpartygadget/files/CRM",
            "/3rdpartygadget/files//",
            "/3rdpartygadget/files/../x/",
            "/3rdpartygadget/files/a/.b/",
        ):
            with self.assertRaises(ValueError, msg=entry):
                Places([entry])
