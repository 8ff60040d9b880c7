"""The suite: ``trial tests``."""

import os

from hypothesis import HealthCheck, settings

# Deadlines, and the one check that asks a clock, would make the tests of a noisy machine fail; CI must find the same thing twice.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", _UNTIMED, derandomize=True)
settings.register_profile("here", _UNTIMED)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# A machine that reaches the world through a proxy does not reach itself so.
for _name in ("no_proxy", "NO_PROXY"):
    os.environ[_name] = ",".join(
        filter(None, (os.environ.get(_name), "127.0.0.1,127.0.0.2,localhost"))
    )
