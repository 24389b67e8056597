"""Earlier runs, kept to compare with: one line of JSON each, in a folder that is not committed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from bench.rows import Row

KEPT = Path(__file__).parents[2] / "build" / "bench.jsonl"
MAX_RUNS = 50


def ratios(path: Path = KEPT) -> Mapping[str, float]:
    """Return the latest ratio of every row that was ever measured here, by what it is."""
    latest: dict[str, float] = {}
    for line in _lines(path):
        latest |= json.loads(line)["ratios"]
    return latest


def keep(rows: Iterable[Row], at: datetime, path: Path = KEPT) -> None:
    """Add a run, and forget the oldest of many."""
    run = {"at": at.isoformat(timespec="seconds"), "ratios": {row.what: round(row.ratio, 4) for row in rows}}
    lines = [*_lines(path), json.dumps(run, ensure_ascii=False)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines[-MAX_RUNS:]), "utf-8")


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []
