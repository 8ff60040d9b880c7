"""``finesse-tx gadget``: its arguments, and what it prints."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from finesse_tx.errors import StartError
from finesse_tx.gadgets.core.checking import Finding, Kind, check
from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.messages import MAX_BUNDLE_BYTES
from finesse_tx.gadgets.core.parser import MAX_SPEC_BYTES

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction

__all__ = ["add_commands"]

_HERE: Final = "http://gadget.invalid"
"""Where this machine's files are said to be, so that what is relative to the gadget can be told from what is elsewhere."""


def add_commands(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add ``gadget`` to the commands of ``finesse-tx``."""
    gadget = commands.add_parser("gadget", help="look at gadgets, for their developers")
    kinds = gadget.add_subparsers(metavar="WHAT", required=True)
    check = kinds.add_parser(
        "check",
        help="say whether a gadget's XML is valid, what it uses and what is missing",
        description="Check a gadget's XML with the message bundles beside it, without a server. The exit status is 1 if "
        "it could not be rendered.",
    )
    check.add_argument("file", metavar="FILE", type=Path, help="the gadget's XML")
    check.set_defaults(run=_check)


def _check(options: Namespace) -> int:
    file: Path = options.file
    whole = file.absolute()
    try:
        document = _start(whole, MAX_SPEC_BYTES)
    except OSError as error:
        raise StartError(f"{file} cannot be read: {error.strerror or error}") from None

    def read_bundle(url: str) -> bytes | None:
        if not url.startswith(f"{_HERE}/"):
            return None
        path = Path(unquote(url.removeprefix(_HERE)))
        try:
            return _start(path, MAX_BUNDLE_BYTES)
        except (OSError, ValueError):
            if path.is_relative_to(whole.parent):
                raise SpecError(1, "the file cannot be read") from None
            return None  # /3rdpartygadget/files/…: the server's

    findings = check(document, f"{_HERE}{quote(str(whole))}", read_bundle)
    for finding in findings:
        sys.stdout.write(_line(file, finding))
    errors = sum(finding.kind is Kind.ERROR for finding in findings)
    verdict = f"{errors} error{'s' * (errors > 1)}" if errors else "valid"
    sys.stdout.write(f"{file}: {verdict}\n")
    sys.stdout.flush()
    return 1 if errors else 0


def _start(path: Path, size: int) -> bytes:
    """No more of a file than is needed to see that it is too large."""
    with path.open("rb") as file:
        return file.read(size + 1)


def _line(file: Path, finding: Finding) -> str:
    place = f"{file}:{finding.line}" if finding.line else str(file)
    text = finding.text.replace(_HERE, "")
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return f"{place}: {finding.kind.value}: {shown}\n"
