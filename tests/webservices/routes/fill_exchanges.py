"""``python -m tests.webservices.routes.fill_exchanges FILE…``: answer the requests of ``tests/vectors/rest/FILE`` anew.

For who adds a resource, or changes one on purpose: write the requests, run this, and read the difference line by
line beside ``rest.md``. An ellipsis has to be put in again by hand.
"""

import sys
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.exchanges import FOLDER, parts
from tests.webservices.routes.test_exchanges import ExchangeCase

HEADERS = (
    "content-type", "location", "requestid", "allow", "www-authenticate", "content-range", "content-disposition",
)  # fmt: skip
"""The headers of an answer that are written down."""


class _Filling(ExchangeCase):
    def runTest(self) -> None:
        """Nothing: only the fixture is wanted."""


def fill(path: Path) -> None:
    """Write a file's answers anew."""
    case = _Filling()
    case.setUp()
    written: list[str] = []
    sent: list[str] = []

    def answer() -> None:
        if not sent:
            return
        who, method, where = sent[0].split()
        headers, body = parts(sent[1:])
        answered = case.exchange(who, method, where, headers, body)
        written.append(f"< {answered.status}")
        for name in HEADERS:
            value = answered.header(name)
            if value and (answered.text or name != "content-type"):
                written.append(f"< {name}: {value}")
        if answered.text:
            written.extend(f"< {line}".rstrip() for line in ["", *answered.text.split("\n")])
        sent.clear()

    for line in path.read_text().splitlines():
        if line.startswith(">"):
            sent.append(line[2:])
        elif not line.startswith("<"):
            answer()
        if not line.startswith("<"):
            written.append(line)
    answer()
    path.write_text("\n".join(written) + "\n")


if __name__ == "__main__":
    with TemporaryDirectory() as _folder, chdir(_folder):
        for name in sys.argv[1:]:
            fill(FOLDER / name)
