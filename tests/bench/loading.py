"""How long each room takes to load in a fresh process: what a command does not need, it should not load."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from collections.abc import Iterable

import appconnect
from bench.rows import MILLISECONDS, Row, at_most, measurement

LOAD = "import time; start = time.process_time(); import {name}; print(time.process_time() - start)"


@measurement
def import_of_each_room() -> Iterable[Row]:
    """Compare each room with the library that everything speaks through."""
    httpx = _milliseconds("httpx")
    rooms = sorted(f"appconnect.{room.name}" for room in pkgutil.iter_modules(appconnect.__path__))
    for name in ["appconnect", *(room for room in rooms if not room.endswith("__main__"))]:
        yield Row(f"import {name}", _milliseconds(name), httpx, "httpx", at_most(3), MILLISECONDS)


def _milliseconds(name: str) -> float:
    command = [sys.executable, "-c", LOAD.format(name=name)]
    return 1000 * float(subprocess.check_output(command, text=True))
