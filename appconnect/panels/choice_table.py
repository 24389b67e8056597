"""A table whose rows can be chosen: by a click anywhere in one, and by Tab and the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anywidget
import traitlets
from markupsafe import Markup

from appconnect import display
from appconnect.display import NOTHING

Cells = Sequence[str]
"""The text of a row, a cell for each column; a line break in it is one in the table."""


class ChoiceTable(anywidget.AnyWidget):
    """Rows to choose one of. ``value`` is the row that is chosen, from 0, None for none; observe it.

    ``rows`` are texts, column by column, ``names`` what each row's choice is called.
    """

    _esm = Path(__file__).with_name("choice_table.js").read_text("utf-8")
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    value = traitlets.Int(None, allow_none=True).tag(sync=True)

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(columns=list(columns))

    def fill(self, rows: Sequence[Cells], names: Sequence[str], caption: str, chosen: int | None) -> None:
        """Show other rows, with one of them chosen, or none."""
        self.value = None
        with self.hold_sync():
            self.caption, self.names = caption, list(names)
            self.rows = [list(each) for each in rows]
        self.value = chosen

    @traitlets.validate("value")
    def _is_row(self, proposal: traitlets.Bunch) -> int | None:
        chosen: int | None = proposal.value
        return chosen if chosen is not None and 0 <= chosen < len(self.rows) else None

    def as_html(self) -> Markup:
        """Return the table as it stands, for where there is no kernel behind it."""
        if not self.rows:
            return NOTHING
        return display.table(self.caption, self.columns, self.rows, self.value)
