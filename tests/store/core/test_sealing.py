"""`finesse_tx.store.core.sealing`, and what the database has of passwords."""

from __future__ import annotations

from itertools import count

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.store.administration_tables import SettingRow
from finesse_tx.store.core.sealing import SEALED, Sealer, UnreadableError
from finesse_tx.store.repositories.settings import read_settings, seal_settings
from finesse_tx.webservices.core.administration.system import CloudConnectConfig
from tests.support.database import OnPostgreSQL, empty_url, inside

NAME = "CloudConnectConfig"


def sealer(secret: bytes = b"secret") -> Sealer:
    """One with nonces that are never the same."""
    numbers = count()
    return Sealer(secret, lambda size: next(numbers).to_bytes(size, "big"))


class SealingTests(SynchronousTestCase):
    """Texts."""

    @given(text=st.text(max_size=128), secret=st.binary(min_size=1))
    @settings(deadline=None)
    def test_any(self, text: str, secret: bytes) -> None:
        """What is sealed is never the same twice, and opens to what it was."""
        one = sealer(secret)
        first, second = one.seal(NAME, text), one.seal(NAME, text)
        self.assertNotEqual(first, second)
        self.assertTrue(first.startswith(SEALED))
        self.assertEqual((one.open(NAME, first), one.open(NAME, second)), (text, text))

    def test_as_given(self) -> None:
        """What an earlier version has kept is as it was given."""
        self.assertEqual(sealer().open(NAME, "plain"), "plain")

    def test_unreadable(self) -> None:
        """Another key, another object, one letter changed, or no text at all: it cannot be read, and says whose."""
        sealed = sealer().seal(NAME, "very secret")
        self.assertNotIn("secret", sealed)
        swapped = sealed[:-3] + ("A" if sealed[-3] != "A" else "B") + sealed[-2:]
        for one, name, text in (
            (sealer(b"another"), NAME, sealed),
            (sealer(), "EnterpriseDatabaseConfig", sealed),
            (sealer(), NAME, swapped),
            (sealer(), NAME, SEALED),
            (sealer(), NAME, f"{SEALED}é"),
            (sealer(), NAME, f"{SEALED}A"),
        ):
            error: UnreadableError = self.assertRaises(UnreadableError, one.open, name, text)
            self.assertIn(name, str(error))


class SettingsTests(SynchronousTestCase):
    """The table."""

    def test_earlier(self) -> None:
        """What an earlier version has kept is sealed once, and read; everything else stays to the letter."""
        url, one = empty_url(self), sealer()
        kept = CloudConnectConfig(host="h", username="u", password="very secret")
        plain = {
            NAME: msgspec.json.encode(kept).decode(),
            "X": '{"cti": {"host":"password"}}',
        }
        inside(
            url,
            lambda session: session.add_all(
                SettingRow(name=name, definition=text) for name, text in plain.items()
            ),
        )

        def rows() -> dict[str, str]:
            pairs = select(SettingRow.name, SettingRow.definition)
            return inside(url, lambda session: dict(session.execute(pairs).tuples().all()))

        inside(url, lambda session: seal_settings(session, one.seal))
        sealed = rows()
        self.assertNotIn("very secret", sealed[NAME])
        self.assertEqual(sealed["X"], plain["X"])
        inside(url, lambda session: seal_settings(session, one.seal))
        self.assertEqual(rows(), sealed)
        read = inside(url, lambda session: read_settings(session, one.open))
        self.assertEqual(read.single(CloudConnectConfig), kept)


class SettingsOnPostgreSQLTests(OnPostgreSQL, SettingsTests):
    """The same on PostgreSQL."""
