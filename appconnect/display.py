"""How things show themselves in a notebook: small HTML tables, escaped, and pandas DataFrames.

``Markup("…").format(…)`` escapes whatever is put in (https://markupsafe.palletsprojects.com).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:  # takes half a second to load
    from pandas import DataFrame

Row = Mapping[str, object]
MAX_ROWS = 10
"""How many rows a notebook shows of its own accord; a DataFrame has all."""
NOTHING = Markup("")


def facts(pairs: Row, caption: str = "") -> Markup:
    """Return a table of names and values, side by side."""
    title = Markup("<caption>{}</caption>").format(caption) if caption else NOTHING
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td>{}</td></tr>').format(name, value)
        for name, value in pairs.items()
    )
    return Markup('<table class="ac-facts">{}<tbody>{}</tbody></table>').format(title, rows)


def table(
    caption: str, columns: Sequence[str], rows: Iterable[Sequence[object]], chosen: int | None = None
) -> Markup:
    """Return a table with a caption; the row ``chosen`` is marked."""
    top = Markup("").join(Markup('<th scope="col">{}</th>').format(each) for each in columns)
    body = Markup("").join(
        Markup("<tr{}>{}</tr>").format(
            Markup(' class="chosen"') if number == chosen else NOTHING,
            Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row),
        )
        for number, row in enumerate(rows)
    )
    return Markup(
        '<div class="ac-scroll"><table><caption>{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(caption, top, body)


def records(caption: str, rows: Sequence[Row], *, newest: bool = False) -> Markup:
    """Return a table of the first rows, or of the newest, under their keys; the caption says of how many."""
    shown = rows[-MAX_ROWS:] if newest else rows[:MAX_ROWS]
    which = "newest" if newest else "first"
    more = f", the {which} {MAX_ROWS} of {len(rows)}" if len(rows) > MAX_ROWS else ""
    return table(caption + more, _columns(rows), [list(row.values()) for row in shown])


def data_frame(rows: Sequence[Row], columns: Sequence[str] = ()) -> DataFrame:
    """Return all rows as a DataFrame; ``columns`` names them where there may be no row."""
    import pandas as pd

    return pd.DataFrame([dict(row) for row in rows], columns=list(_columns(rows) or columns))


def _columns(rows: Sequence[Row]) -> list[str]:
    return list(rows[0]) if rows else []
