"""Tests that need a program from a Debian package."""

import os
import shutil

from twisted.trial.unittest import SkipTest

__all__ = ["needs"]


def needs(program: str, package: str) -> str:
    """Find a program, or skip the test; where everything is required, as in CI, its absence is a failure.

    Args:
        program: Its name.
        package: The Debian package that has it.

    Returns:
        Its path.
    """
    path = shutil.which(program)
    if path is not None:
        return path
    reason = f"{program} is missing: apt-get install {package}"
    if os.environ.get("FINESSE_TX_REQUIRE_ALL") == "1":
        raise AssertionError(reason)
    raise SkipTest(reason)
