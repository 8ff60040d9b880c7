"""The inputs that are kept: a line each, the target's name and the bytes in hexadecimal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

__all__ = ["CORPUS", "read", "seeds", "write"]

VECTORS: Final = Path(__file__).parents[1] / "vectors"

CORPUS: Final = VECTORS / "cti-fuzz.hex"
"""What the suite replays: few, together they reach what a long run has reached."""


def read(path: Path = CORPUS) -> list[tuple[str, bytes]]:
    """Targets and inputs."""
    lines = path.read_text().splitlines() if path.exists() else []
    pairs = (line.split(" ") for line in lines)
    return [(target, bytes.fromhex(data)) for target, data in pairs]


def write(inputs: list[tuple[str, bytes]], path: Path = CORPUS) -> None:
    """Keep these."""
    path.write_text("".join(f"{target} {data.hex()}\n" for target, data in sorted(inputs)))


def seeds(target: str) -> list[bytes]:
    """Where a run begins: the wire samples, and what was kept."""
    samples = json.loads((VECTORS / "cti-wire-samples.json").read_text())["samples"]
    wires = [bytes.fromhex(sample["hex"]) for sample in samples]
    heads = (b"\0\0\0", b"\1\4\1", b"\3\x40\3")
    kept = [data for kind, data in read() if kind == target]
    return (
        kept
        + [head + wire for head in heads for wire in wires]
        + [b"\3\1\0" + b"".join(wires[:40])]
    )
