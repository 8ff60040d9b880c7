"""Kill a server in the middle of 100 calls, as often as one likes, and count what its history has lost or doubled.

    python -m benchmarks.kill9 [ROUNDS]

It starts real servers on loopback, on ports of the system's choice, and takes some ten seconds a round. It exits with
0 when nothing was lost and nothing was doubled.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.killed import kill_round


def main(rounds: int) -> int:
    """Run it."""
    lost = doubled = 0
    with TemporaryDirectory(prefix="finesse-") as home:
        for number in range(1, rounds + 1):
            found = kill_round(Path(home), number)
            lost += len(found.lost)
            doubled += len(found.doubled)
            print(
                f"round {number}: {len(found.finished)} calls had ended, {len(found.handled)} of them handled; "
                f"{sum(found.recorded.values())} in the history; {len(found.lost)} lost, {len(found.doubled)} doubled",
                flush=True,
            )
    return 1 if lost or doubled else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
