"""`finesse_tx.store.core.status` and ``outbox``: what the store says of itself."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.store.core.outbox import OutboxStatus, outbox_families
from finesse_tx.store.core.status import StoreStatus, store_families, troubles

WELL = OutboxStatus(1, 2, 3, 4, 5, False, False)


class FamiliesTests(SynchronousTestCase):
    """For ``/metrics``."""

    def test_outbox(self) -> None:
        """Each number has its family; what is wrong is told by where it is."""
        status = OutboxStatus(1, 2, 3, 4, 5, False, True)
        found = {family.name: dict(family.samples) for family in outbox_families("x", status)}
        self.assertEqual(
            found,
            {
                "x_records_stored": {(): 1},
                "x_records_waiting": {(): 2},
                "x_records_lost": {(): 3},
                "x_records_refused": {(): 4},
                "x_journal_bytes": {(): 5},
                "x_trouble": {("journal",): 0, ("database",): 1},
            },
        )

    def test_store(self) -> None:
        """Whether it is there, for how long it has not been, how often, and what waits."""
        for away_s, there, seconds in ((None, 1, 0), (0.0, 0, 0), (4.5, 0, 4.5)):
            families = store_families(StoreStatus(away_s, 2, 7))
            self.assertEqual(
                {family.name: family.samples[0][1] for family in families},
                {
                    "store_available": there,
                    "store_away_seconds": seconds,
                    "store_outages": 2,
                    "store_jobs": 7,
                },
            )


class TroublesTests(SynchronousTestCase):
    """For ``/health``."""

    def test_well(self) -> None:
        """What waits a moment is no trouble."""
        self.assertEqual(list(troubles(StoreStatus(None, 3, 0), {"history": WELL})), [])

    def test_wrong(self) -> None:
        """Each thing that is wrong is a line."""
        wrong = WELL._replace(journal_fails=True, database_fails=True)
        self.assertEqual(
            list(troubles(StoreStatus(12.4, 3, 0), {"pending": WELL, "history": wrong})),
            [
                "the database is away since 12 s",
                "history: 2 records wait for the database",
                "history: the journal cannot be written, 3 records are lost",
            ],
        )
