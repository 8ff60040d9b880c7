"""Which modules are meant to be compiled (``setup.cfg``), and which are."""

from __future__ import annotations

from configparser import ConfigParser
from importlib.util import find_spec
from pathlib import Path

import finesse_tx

__all__ = ["is_compiled", "left_out", "sources"]

PACKAGE = Path(finesse_tx.__file__).parent
"""What is tested: the sources, or what has been installed of them."""


def _chosen(key: str) -> list[Path]:
    settings = ConfigParser()
    settings.read(Path(__file__).parents[2] / "setup.cfg", encoding="utf-8")
    return [PACKAGE.parent / name for name in settings["compile"][key].split()]


def left_out() -> list[Path]:
    """The modules that lie in the same folders and are not to be compiled."""
    return _chosen("left_out")


def sources() -> dict[str, Path]:
    """The sources of all modules that FINESSE_TX_COMPILE=1 compiles, by the modules' names."""
    found = {path for folder in _chosen("folders") for path in folder.glob("*.py")}
    found -= {path for path in found if path.name == "__init__.py"} | set(left_out())
    names = {path: path.relative_to(PACKAGE.parent).with_suffix("") for path in found}
    return {".".join(name.parts): path for path, name in sorted(names.items())}


def is_compiled(module: str) -> bool:
    """Whether what is imported under that name is machine code."""
    spec = find_spec(module)
    return spec is not None and not (spec.origin or "").endswith(".py")
