"""What a record of the history costs: written, and safe against a power cut.

    python -m benchmarks.journal [FOLDER]

FOLDER should be on the disk that HOME is on; without it, it is the system's folder for temporary files.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from finesse_tx.engine.history import HISTORY
from finesse_tx.store.journal import Journal
from tests.support.history import call_entry

RECORDS = 5_000
SYNCED = 200


def main(folder: str | None, records: int = RECORDS, synced: int = SYNCED) -> None:
    """Run it.

    Args:
        folder: Where; None: among the temporary files.
        records: How many records are written.
        synced: How many are made safe as well.
    """
    with TemporaryDirectory(dir=folder) as home:
        journal = Journal(Path(home) / "history", HISTORY, "benchmark", 1 << 30)
        for count, is_synced in ((records, False), (synced, True)):
            times = []
            for session in range(1, count + 1):
                entry = call_entry(session)
                start = time.perf_counter()
                journal.append(entry)
                if is_synced:
                    journal.sync()
                times.append(time.perf_counter() - start)
            times.sort()
            what = "written and safe" if is_synced else "written"
            print(
                f"{what}: median {median(times) * 1e6:.0f} µs, 99 % {times[int(count * 0.99)] * 1e6:.0f} µs"
            )
        journal.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
