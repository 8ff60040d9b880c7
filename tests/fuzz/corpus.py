"""The inputs that are kept: a line each, the target's name and the bytes in hexadecimal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from tests.fuzz import http2_seeds, xmpp_seeds

__all__ = ["CORPORA", "read", "seeds", "write"]

VECTORS: Final = Path(__file__).parents[1] / "vectors"

CORPORA: Final = {part: VECTORS / f"{part}-fuzz.hex" for part in ("cti", "xmpp", "http2")}
"""What the suite replays: few, together they reach what a long run has reached."""

Kept = list[tuple[str, bytes]]


def read(folder: Path = VECTORS) -> Kept:
    """Targets and inputs."""
    paths = [folder / path.name for path in CORPORA.values()]
    lines = [line for path in paths if path.exists() for line in path.read_text().splitlines()]
    pairs = (line.split(" ") for line in lines)
    return [(target, bytes.fromhex(data)) for target, data in pairs]


def write(inputs: Kept, folder: Path = VECTORS) -> None:
    """Keep these."""
    for part, path in CORPORA.items():
        kept = sorted(pair for pair in inputs if _part(pair[0]) == part)
        text = "".join(f"{target} {data.hex()}\n" for target, data in kept)
        (folder / path.name).write_text(text)


def _part(target: str) -> str:
    if target in http2_seeds.NAMES:
        return "http2"
    return "xmpp" if target in xmpp_seeds.NAMES else "cti"


def seeds(target: str) -> list[bytes]:
    """Where a run begins: the wire samples, and what was kept."""
    kept = [data for kind, data in read() if kind == target]
    if target in http2_seeds.NAMES:
        return kept + http2_seeds.http2_seeds()
    if target in xmpp_seeds.NAMES:
        return kept + xmpp_seeds.xmpp_seeds(target)
    samples = json.loads((VECTORS / "cti-wire-samples.json").read_text())["samples"]
    wires = [bytes.fromhex(sample["hex"]) for sample in samples]
    heads = (b"\0\0\0", b"\1\4\1", b"\3\x40\3")
    return (
        kept
        + [head + wire for head in heads for wire in wires]
        + [b"\3\1\0" + b"".join(wires[:40])]
    )
