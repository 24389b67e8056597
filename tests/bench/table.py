"""The table of a run: what, ours, comparison, ratio, floor; and why ours is not at its floor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bench.rows import Row

COLUMNS = ("what", "ours", "comparison", "ratio", "goal", "before", "floor")


def table(rows: Sequence[Row], before: Mapping[str, float]) -> str:
    """Return the table as text; ``before`` has the ratios of earlier runs, by what was measured."""
    lines = [COLUMNS, *(_cells(row, before) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    written = [_line(cells, widths) for cells in lines]
    return "\n".join([written[0], "-" * len(written[0]), *written[1:], *_reasons(rows)])


def _cells(row: Row, before: Mapping[str, float]) -> tuple[str, ...]:
    return (
        row.what,
        _figure(row.ours, row.unit),
        f"{_figure(row.comparison, row.unit)} {row.against}",
        f"{row.ratio:.3g}{'' if row.is_reached else ' !'}",
        str(row.goal),
        f"{before[row.what]:.3g}" if row.what in before else "",
        "" if row.floor is None else _figure(row.floor, row.unit),
    )


def _figure(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
    return f"{number} {unit}".rstrip()


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _reasons(rows: Iterable[Row]) -> list[str]:
    reasons = [f"{row.what}: {row.why}" for row in rows if row.why]
    return ["", "What is left to the floor:", *reasons] if reasons else []
