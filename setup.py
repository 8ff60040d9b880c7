"""Compiles the cores to machine code, if asked to: ``FINESSE_TX_COMPILE=1 pip install .`` (docs/engine.rst, "Compiled").

It is code because what is built, and what that takes, depends on the environment; all else is in ``setup.cfg``.
"""

import os
import sys
from configparser import ConfigParser
from pathlib import Path

from setuptools import Extension, setup

TOOLS = [
    # mypyc is part of it; what it compiles is told in ``setup.cfg`` and tried with this one.
    "mypy[mypyc] >= 2.4",
    # What the cores import, for its types.
    "msgspec >= 0.19",
    "typing_extensions >= 4.12",
]

BUILDS = {"bdist_wheel", "build_ext", "editable_wheel"}
"""The commands that make something to run; others have no use for a minute's work."""


def asked() -> bool:
    """Whether somebody wants the cores compiled."""
    wish = os.environ.get("FINESSE_TX_COMPILE", "0")
    if wish not in {"0", "1"}:
        sys.exit(f"FINESSE_TX_COMPILE is {wish!r}, and must be 0 or 1")
    return wish == "1"


def compiled() -> list[Extension]:
    """What mypyc makes of the modules that ``setup.cfg`` names."""
    from mypyc.build import mypycify  # noqa: PLC0415  # it is there only when asked for

    settings = ConfigParser()
    settings.read("setup.cfg", encoding="utf-8")
    chosen = settings["compile"]
    folders, left_out = chosen["folders"].split(), set(chosen["left_out"].split())
    found = {str(path) for folder in folders for path in Path(folder).glob("*.py")}
    sources = sorted(path for path in found - left_out if not path.endswith("__init__.py"))
    # Not mypy's settings in ``setup.cfg``: they are for all of the package, with plugins.
    options = ["--config-file=", "--strict"]
    return mypycify([*options, *sources], debug_level="0", group_name="finesse_tx")


if asked():
    setup(setup_requires=TOOLS, ext_modules=compiled() if BUILDS & set(sys.argv) else [])
else:
    setup()
