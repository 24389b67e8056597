"""Other people's clients, installed once into ``build/parity/``: not into .venv, where they would replace our versions."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from parity.ledger import Ledger

BUILD = Path(__file__).parents[2] / "build" / "parity"
LISTED = Path(__file__).with_name("clients.txt")


class NotInstalledError(Exception):
    """A client that could not be had; its text says why."""


def use_python_clients(ledger: Ledger) -> None:
    """Let the clients of ``clients.txt`` be imported, after all that is ours; note it where they cannot be had."""
    try:
        folder = python_clients()
    except NotInstalledError as error:
        ledger.skip("clients from PyPI", str(error))
    else:
        sys.path.append(str(folder))


def python_clients() -> Path:
    """Return the folder of the clients of ``clients.txt``. Raises NotInstalledError."""
    version = hashlib.sha256(LISTED.read_bytes()).hexdigest()[:8]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps"]
    return _installed(f"python-{version}", [*pip, "--requirement", str(LISTED), "--target"])


def npm_client(package: str, version: str) -> Path:
    """Return the folder in which Node finds a package of npm. Raises NotInstalledError, also without Node."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotInstalledError("there is no Node on this machine")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", f"{package}@{version}", "--prefix"]
    return _installed(f"{package}-{version}", command) / "node_modules" / package


def _installed(name: str, command: Sequence[str]) -> Path:
    """Return the folder that a command has filled, now or earlier; half a folder is not left."""
    folder, unfinished = BUILD / name, BUILD / f"{name}.new"
    if not folder.exists():
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        done = subprocess.run([*command, str(unfinished)], capture_output=True, text=True, check=False)
        if done.returncode:
            told = (done.stderr.strip() or done.stdout.strip() or "no word of why").splitlines()
            raise NotInstalledError(f"{Path(command[0]).name} could not install it: {told[-1][:200]}")
        unfinished.rename(folder)
    return folder
