"""The API as it describes itself, asked by schemathesis, which nobody here wrote, on a real server.

Its deterministic phase alone: each route, each parameter and each body at the edges of what is described, and beyond.
``docs/rest.rst`` has the command for the rest.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.support.twistd import Shared

SHARED = Shared("web.requests_per_s=0", "web.requests_per_address_s=0")

CHECKS = ",".join(
    (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
)

LIMIT_S = 1_200.0
"""It takes some eight seconds, and much more on a machine that others use."""


class DescribedTests(SynchronousTestCase):
    """All that the document allows, and some of what it does not."""

    def run_as(self, user: str) -> None:
        """Ask as somebody; every answer must be described, and none be a fault."""
        http = SHARED.get().endpoints["http"]
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                "run",
                f"http://{http}/finesse/api/openapi.json",
                f"--auth={user}:finesse",
                f"--checks={CHECKS}",
                "--phases=coverage",
                "--max-examples=1",
                "--generation-deterministic",
                "--warnings=off",
                "--no-color",
            ],
            cwd=tempfile.gettempdir(),  # it keeps a file of what it has found
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout[-8_000:] + done.stderr[-2_000:])
        self.assertRegex(done.stdout, r"[0-9]{4} generated, [0-9]{4} passed")

    def test_administrator(self) -> None:
        """An administrator, who may do nearly everything."""
        self.run_as("admin")

    def test_supervisor(self) -> None:
        """A supervisor, who may read most of it."""
        self.run_as("supervisor1")
