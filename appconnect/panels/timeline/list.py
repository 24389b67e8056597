"""The list of the timeline: a tree of operations and requests with their bars, chosen by mouse or keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets
from anywidget import AnyWidget

HERE = Path(__file__).parent


class TimelineList(AnyWidget):
    """Rows as :func:`appconnect.panels.timeline.rows.rows` makes them; texts are shown as texts.

    ``selected`` is the id of the chosen row, ``pinned`` of the one to compare with; ``toggled`` are the
    operations that are folded, or with ``fold_all`` the only ones that are not. With ``follow`` the end of
    the list stays in view.
    """

    _esm = HERE / "list.js"
    _css = HERE / "list.css"
    label: Any = traitlets.Unicode("").tag(sync=True)
    rows: Any = traitlets.List().tag(sync=True)
    selected: Any = traitlets.Unicode("").tag(sync=True)
    pinned: Any = traitlets.Unicode("").tag(sync=True)
    fold_all: Any = traitlets.Bool(False).tag(sync=True)
    toggled: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    follow: Any = traitlets.Bool(False).tag(sync=True)
