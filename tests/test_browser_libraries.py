"""`browser_libraries`: what of others is in the package, how it comes there, and that it is what it says."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from base64 import b64encode
from hashlib import sha512
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from browser_libraries.filling import LIBRARIES, ROOT, FetchError, fill, is_filled
from tests.support.libraries import have_libraries
from tests.support.node import INSTALL_S, NPM

FOLDER = ROOT / "browser_libraries"
VENDOR = ("finesse_tx/browser/vendor", "finesse_tx/desktop/vendor")

FAKE_NPM = """
import sys
from pathlib import Path
counted = Path(sys.argv[1])
counted.write_text(counted.read_text() + "x")
if "fail" in counted.name:
    sys.exit("npm error code ENOTFOUND\\nnpm error there is no registry")
if sys.argv[2:4] != ["ci", "--ignore-scripts"] or not Path(".npmrc").exists():
    sys.exit("npm error not like that")
for name, files in {
    "strophe.js": ["LICENSE.txt", "dist/strophe.esm.js", "dist/types/deep/index.d.ts"],
    "jquery": ["LICENSE.txt", "dist/jquery.min.js", "dist/jquery.js"],
    "bootstrap-3": ["LICENSE", "dist/css/bootstrap.css", "dist/js/bootstrap.js", "dist/fonts/a.woff"],
    "bootstrap-5": ["LICENSE", "dist/css/bootstrap.css", "dist/css/bootstrap-grid.css", "dist/js/bootstrap.js"],
    "@popperjs/core": ["LICENSE.md"],
}.items():
    for file in files:
        path = Path("node_modules", name, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{file} of {name}")
"""
"""Counts its runs in the file that it is given first."""


def packages() -> dict[str, dict[str, Any]]:
    """What is locked, by the name of its folder."""
    found: dict[str, dict[str, Any]] = json.loads((FOLDER / "package-lock.json").read_bytes())[
        "packages"
    ]
    return {path.removeprefix("node_modules/"): found[path] for path in found if path}


class LockTests(SynchronousTestCase):
    """What is asked for."""

    def test_exact(self) -> None:
        """Each has one version and a digest, and no registry is named."""
        wanted = json.loads((FOLDER / "package.json").read_bytes())["dependencies"]
        for name, version in wanted.items():
            self.assertRegex(version, r"^(npm:[a-z]+@)?\d+\.\d+\.\d+$", name)
        for name, package in packages().items():
            self.assertTrue(package["integrity"].startswith("sha512-"), name)
            self.assertNotIn("resolved", package)

    def test_all_taken(self) -> None:
        """Of every package that is locked something is taken, if only its licence."""
        self.assertEqual({library.package for library in LIBRARIES}, set(packages()))

    def test_addresses(self) -> None:
        """A version in an address is the one that is locked."""
        for library in LIBRARIES:
            for version in re.findall(r"\d+\.\d+\.\d+", library.folder):
                self.assertEqual(version, packages()[library.package]["version"])


class PlacedTests(SynchronousTestCase):
    """What is in the package."""

    def test_digests(self) -> None:
        """Every file is in an archive which has the digest of the lock file, and is as it is there."""
        have_libraries()
        folder = Path(self.mktemp())
        folder.mkdir()
        locked = packages()
        names = [f"{about.get('name', name)}@{about['version']}" for name, about in locked.items()]
        done = subprocess.run(
            [*NPM, "pack", "--json", "--prefer-offline", "--ignore-scripts", *names],
            cwd=folder,
            capture_output=True,
            timeout=INSTALL_S,
            check=False,
        )
        if done.returncode and os.environ.get("FINESSE_TX_REQUIRE_ALL") != "1":
            raise SkipTest("npm has no registry to ask, and not all of them in its cache")
        self.assertEqual(done.returncode, 0, done.stderr)
        files: dict[str, dict[str, bytes]] = {}
        for told, (name, about) in zip(json.loads(done.stdout), locked.items(), strict=True):
            archive = folder / told["filename"]
            digest = b64encode(sha512(archive.read_bytes()).digest()).decode()
            self.assertEqual(f"sha512-{digest}", about["integrity"], name)
            with tarfile.open(archive) as opened:
                files[name] = {
                    member.name.partition("/")[2]: taken.read()
                    for member in opened
                    if (taken := opened.extractfile(member)) is not None
                }
        ours = {f"{x.folder}/{x.types[0]}" for x in LIBRARIES if x.types}
        ours |= {f"{VENDOR[1]}/SHA256SUMS", f"{VENDOR[1]}/licences.txt"}
        seen = set()
        for library in LIBRARIES:
            for path in (ROOT / library.folder).rglob("*") if library.folder else ():
                name = str(path.relative_to(ROOT))
                if path.is_file() and name not in ours:
                    below = path.relative_to(ROOT / library.folder).as_posix()
                    self.assertEqual(
                        path.read_bytes(), files[library.package][f"dist/{below}"], name
                    )
                    seen.add(name)
        there = {
            str(path.relative_to(ROOT))
            for folder in VENDOR
            for path in (ROOT / folder).rglob("*")
            if path.is_file()
        }
        self.assertEqual(there, seen | ours)
        self.assertGreater(len(seen), 20)
        licences = (ROOT / VENDOR[1] / "licences.txt").read_text()
        for library in LIBRARIES:
            about = locked[library.package]
            self.assertIn(f"{about.get('name', library.package)} {about['version']} (", licences)
            text = files[library.package][library.licence].decode()
            self.assertIn("\n".join(text.strip().splitlines()), licences)


class FillTests(SynchronousTestCase):
    """When something is fetched, in a tree with an npm of ours."""

    def setUp(self) -> None:
        """Make the tree."""
        self.root = Path(self.mktemp()).absolute()
        shutil.copytree(FOLDER, self.root / "browser_libraries")
        self.lock = self.root / "browser_libraries" / "package-lock.json"
        self.script = self.root / "npm.py"
        self.script.write_text(FAKE_NPM)
        self.runs = self.root / "runs"
        self.runs.write_text("")

    def fill(self, runs: Path | None = None) -> bool:
        """Fill it."""
        return fill([sys.executable, str(self.script), str(runs or self.runs)], self.root)

    def files(self) -> list[str]:
        """What is there."""
        return sorted(
            str(path.relative_to(self.root))
            for folder in VENDOR
            for path in (self.root / folder).rglob("*")
            if path.is_file()
        )

    def test_once(self) -> None:
        """What is there is not fetched again."""
        self.assertFalse(is_filled(self.root))
        self.assertEqual([self.fill(), self.fill(), self.fill()], [True, False, False])
        self.assertEqual(self.runs.read_text(), "x")
        self.assertEqual(
            self.files(),
            [
                f"{VENDOR[0]}/strophe/strophe.esm.d.ts",
                f"{VENDOR[0]}/strophe/strophe.esm.js",
                f"{VENDOR[0]}/strophe/types/deep/index.d.ts",
                f"{VENDOR[1]}/SHA256SUMS",
                f"{VENDOR[1]}/bootstrap/3.2.0/css/bootstrap.css",
                f"{VENDOR[1]}/bootstrap/3.2.0/fonts/a.woff",
                f"{VENDOR[1]}/bootstrap/3.2.0/js/bootstrap.js",
                f"{VENDOR[1]}/bootstrap/5.3.1/css/bootstrap.css",
                f"{VENDOR[1]}/bootstrap/5.3.1/js/bootstrap.js",
                f"{VENDOR[1]}/jquery/jquery.min.js",
                f"{VENDOR[1]}/licences.txt",
            ],
        )
        licences = (self.root / VENDOR[1] / "licences.txt").read_text()
        self.assertIn("bootstrap 3.2.0 (MIT)\n\nLICENSE of bootstrap-3\n", licences)

    def test_changed(self) -> None:
        """Another lock file, a file that is damaged and one that is gone are each a reason to fetch; what is of no use goes."""
        self.fill()
        stray = self.root / VENDOR[1] / "old.js"
        stray.write_text("of an older version")
        self.lock.write_text(self.lock.read_text() + "\n")
        self.assertTrue(self.fill())
        self.assertFalse(stray.exists())
        script = self.root / VENDOR[1] / "jquery" / "jquery.min.js"
        script.write_text("damaged")
        self.assertTrue(self.fill())
        self.assertEqual(script.read_text(), "dist/jquery.min.js of jquery")
        script.unlink()
        self.assertTrue(self.fill())
        for half in ("", "# x", "\x00\n"):
            (self.root / VENDOR[1] / "SHA256SUMS").write_text(half)
            self.assertTrue(self.fill(), half)
        self.assertFalse(self.fill())

    def test_failed(self) -> None:
        """An npm that fails, and one that is not there, are one error; what was there still is."""
        self.fill()
        before = self.files()
        self.lock.write_text(self.lock.read_text() + "\n")
        failing = self.root / "fail"
        failing.write_text("")
        error = self.assertRaises(FetchError, self.fill, failing)
        self.assertEqual(
            str(error),
            "the browser libraries were not fetched: npm ci failed: code ENOTFOUND there is no registry;"
            " it needs an npm registry, or its cache, once: see docs/gadgets.rst",
        )
        error = self.assertRaises(FetchError, fill, [str(self.root / "nothing")], self.root)
        self.assertIn("No such file", str(error))
        self.assertEqual(self.files(), before)
