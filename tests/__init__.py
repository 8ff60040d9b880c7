"""The suite: ``trial tests``."""

import os

from hypothesis import settings

# A deadline would make the tests of a noisy machine fail; CI must find the same thing twice.
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
