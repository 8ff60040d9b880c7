"""Feed a target of GED-188, XMPP or HTTP/2 for a while: with atheris where it is installed (the ``fuzz`` extra), else with blind mutations.

``python -m tests.fuzz.run codec --seconds 600 --corpus DIRECTORY`` lets atheris look for inputs that reach new code, and
keeps them in the directory. ``--blind`` does without it and watches memory instead: nothing of the fuzzer's own grows
then. ``--keep`` chooses the fewest of all found inputs that reach the same lines, and puts them into the corpus of the suite.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any, Final

from twisted.logger import globalLogBeginner

from tests.fuzz import corpus

__all__ = ["blind", "lines_of", "main", "mutated"]

GROWTH: Final = 256 * 1024
"""How many bytes may be held more at the end than after the first tenth of a run: caches fill up, and are bounded."""

WATCHED: Final = (
    "/finesse_tx/cti/",
    "/finesse_tx/notification/",
    "/finesse_tx/xmltext",
    "/finesse_tx/http2/",
)
"""The files whose lines count as reached."""

Target = Callable[[bytes], object]
Line = tuple[str, int]


def resident() -> int:
    """The bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def mutated(data: bytes, other: bytes, rng: Random) -> bytes:
    """Change an input a little: bytes, numbers at their edges, pieces of itself or of another."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(5):
            case 0:
                changed[at : at + 1] = rng.randbytes(1)
            case 1:
                size = rng.choice((1, 2, 4))
                edge = rng.choice((0, 1, 2, 127, 128, (1 << 8 * size) - 1))
                changed[at : at + size] = (edge % (1 << 8 * size)).to_bytes(size, "big")
            case 2:
                del changed[at : at + rng.randrange(1, 9)]
            case 3:
                start = rng.randrange(len(other) + 1)
                changed[at:at] = other[start : start + rng.randrange(1, 65)]
            case 4:
                changed[at:at] = other[3:]
    return bytes(changed[:8192])


def blind(
    target: Target,
    inputs: Sequence[bytes],
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Mutate ``inputs`` for so long; the clock is looked at after every hundred.

    Returns:
        How many more bytes are held at the end than after the first tenth.
    """
    rng, began, count, held = Random(0), clock(), 0, None
    tracemalloc.start()
    try:
        while (passed := clock() - began) < seconds:
            for _ in range(100):
                target(mutated(rng.choice(inputs), rng.choice(inputs), rng))
                count += 1
            if held is None and passed > seconds / 10:
                gc.collect()
                held = tracemalloc.get_traced_memory()[0]
                print(
                    f"{count:9} inputs, {held:11,} bytes held, {resident():12,} resident",
                    flush=True,
                )
        gc.collect()
        last = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    print(f"{count:9} inputs, {last:11,} bytes held, {resident():12,} resident", flush=True)
    return last - (last if held is None else held)


def lines_of(target: Target, data: bytes) -> frozenset[Line]:
    """The lines of ours that an input reaches."""
    reached: set[Line] = set()

    def local(frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            reached.add((frame.f_code.co_filename, frame.f_lineno))
        return local

    def called(frame: FrameType, _event: str, _argument: Any) -> Any:
        return local if any(part in frame.f_code.co_filename for part in WATCHED) else None

    sys.settrace(called)
    try:
        target(data)
    finally:
        sys.settrace(None)
    return frozenset(reached)


def fewest(target: Target, inputs: Sequence[bytes]) -> list[bytes]:
    """Few and short inputs that together reach every line that all of them reach."""
    target(b"")  # what is done once only, is done
    reach = {data: lines_of(target, data) for data in sorted(set(inputs), key=len)}
    missing, chosen = set[Line]().union(*reach.values()), list[bytes]()
    while missing:
        best = max(reach, key=lambda data: len(reach[data] & missing) / (64 + len(data)))
        chosen.append(best)
        missing -= reach.pop(best)
    return chosen


def search(target: str, seconds: int, directory: Path) -> None:
    """Let atheris search; it ends the process."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(
        include=[
            "finesse_tx.cti",
            "finesse_tx.notification",
            "finesse_tx.xmltext",
            "finesse_tx.http2",
        ]
    ):
        targets = importlib.import_module("tests.fuzz.targets")
    seeds = directory / "seeds"
    seeds.mkdir(parents=True, exist_ok=True)
    for place, data in enumerate(corpus.seeds(target)):
        (seeds / str(place)).write_bytes(data)
    found = directory / "found"
    found.mkdir(exist_ok=True)
    options = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        "-max_len=4096",
        "-rss_limit_mb=1024",
        f"-artifact_prefix={directory}/",
        str(found),
        str(seeds),
    ]
    atheris.Setup(options, targets.TARGETS[target])
    atheris.Fuzz()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run.

    Returns:
        The exit status: 1 when memory has grown; whatever a target raises comes out.
    """
    parser = argparse.ArgumentParser(description=__doc__, prog="tests.fuzz.run")
    parser.add_argument(
        "target", choices=("codec", "server", "client", "xmpp", "bosh", "bosh_port", "http2")
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument(
        "--corpus", type=Path, help="where atheris keeps what it finds (default: a new folder)"
    )
    parser.add_argument("--blind", action="store_true", help="without atheris, watching memory")
    parser.add_argument("--keep", action="store_true", help="renew the suite's corpus")
    options = parser.parse_args(arguments)
    # Else Twisted would keep everything that is logged for the observer that logging begins with.
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False, discardBuffer=True)
    if not options.blind and not options.keep:
        folder = options.corpus or Path(tempfile.mkdtemp(prefix="fuzz-"))
        search(options.target, int(options.seconds), folder)

    targets = importlib.import_module("tests.fuzz.targets")
    target: Target = targets.TARGETS[options.target]
    inputs = corpus.seeds(options.target)
    if options.corpus is not None:
        inputs += [path.read_bytes() for path in sorted((options.corpus / "found").iterdir())]
    if options.keep:
        others = [pair for pair in corpus.read() if pair[0] != options.target]
        corpus.write(others + [(options.target, data) for data in fewest(target, inputs)])
        return 0
    targets.warm()
    grown = blind(target, inputs, options.seconds)
    print(f"{grown:+,} bytes (at most {GROWTH:,})")
    return 1 if grown > GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
