"""``make bench``: measure everything, or what ``ARGS="part of a name"`` chooses, and print the table."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import bench
from bench import runs
from bench.rows import REGISTRY, Measurement, Row
from bench.table import table


def main(parts: Sequence[str]) -> None:
    """Print the table and keep its ratios; an exclamation mark stands where a goal is not reached."""
    for module in pkgutil.iter_modules(bench.__path__):
        if module.name != "__main__":
            importlib.import_module(f"bench.{module.name}")
    rows: list[Row] = []
    for name, work in REGISTRY.chosen(parts).items():
        began = time.perf_counter()
        rows += asyncio.run(_measured(work))
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    print(table(rows, runs.ratios()))
    runs.keep(rows, datetime.now(UTC))


async def _measured(work: Measurement) -> Iterable[Row]:
    rows = work()
    return await rows if inspect.isawaitable(rows) else rows


if __name__ == "__main__":
    main(sys.argv[1:])
