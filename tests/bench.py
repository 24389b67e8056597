"""How long each room of the package takes to load, in a fresh process: what a command does not need, it should not load."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import appconnect

ROUNDS = 3
LOAD = "import time; start = time.perf_counter(); import {name}; print(time.perf_counter() - start)"


def seconds(name: str) -> float:
    """The best of a few, since a computer can only be slower than it is."""
    command = [sys.executable, "-c", LOAD.format(name=name)]
    return min(float(subprocess.check_output(command, text=True)) for _ in range(ROUNDS))


def main() -> None:
    rooms = [f"appconnect.{room.name}" for room in pkgutil.iter_modules(appconnect.__path__)]
    for name in ["appconnect", *(room for room in rooms if not room.endswith("__main__"))]:
        print(f"{seconds(name) * 1000:7.0f} ms  import {name}", flush=True)


if __name__ == "__main__":
    main()
