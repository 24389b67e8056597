"""The controls that panels are made of: named, aligned, and worked by keyboard.

========================  =============================================================================
``row(field, field)``     fields side by side, wrapping; their labels stand in one column
``text`` ``lines``        a field for one line, for several; ``wide`` and ``lines`` take the room there is
``choice``                a drop-down; ``options`` shows its few answers side by side, as radio buttons
``toolbar(button, …)``    the buttons of a form, the main one first
``folded(title, …)``      parts out of the way until somebody opens them: a :class:`Fold`, closed
``stack(part, …)``        parts below each other, as far apart as those of a panel
``ChoiceTable``           rows to choose one of (in :mod:`appconnect.panels.choice_table`)
========================  =============================================================================

Every one has a ``description``: it is what a screen reader says, and what tests find it by. What is not a
control (notes, tables, empty states, bodies) is HTML, from :mod:`appconnect.panels.styling`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets as widgets

LABELS = {"description_width": "7rem"}
NONE = ("none", "")
"""The entry of a drop-down that chooses nothing."""
OPEN, CLOSED = "open, press to close", "closed, press to open"


def button(text: str, *, main: bool = False, hint: str = "") -> widgets.Button:
    """Return a button; ``main`` is the one that the panel is for."""
    return widgets.Button(description=text, tooltip=hint or text, button_style="primary" if main else "")


def row(*parts: widgets.Widget) -> widgets.HBox:
    """Return parts side by side, wrapping where there is no room."""
    return widgets.HBox(parts, _dom_classes=("ac-row",))


def toolbar(*buttons: widgets.Widget) -> widgets.HBox:
    """Return buttons side by side, wrapping where there is no room."""
    return widgets.HBox(buttons, _dom_classes=("ac-toolbar",))


def stack(*parts: widgets.Widget) -> widgets.VBox:
    """Return parts below each other."""
    return widgets.VBox(parts, _dom_classes=("ac-stack",))


def text(label: str, placeholder: str = "", value: str = "", *, wide: bool = False) -> widgets.Text:
    """Return a field for a line of text."""
    grow = ("ac-grow",) if wide else ()
    return widgets.Text(
        description=label, placeholder=placeholder, value=value, style=LABELS, _dom_classes=grow
    )


def lines(label: str, placeholder: str = "", value: str = "", rows: int = 3) -> widgets.Textarea:
    """Return a field for several lines of text."""
    return widgets.Textarea(
        description=label,
        placeholder=placeholder,
        value=value,
        rows=rows,
        style=LABELS,
        _dom_classes=("ac-grow",),
    )


def choice(label: str, options: Sequence[object], **more: object) -> widgets.Dropdown:
    """Return a drop-down, to choose one of several."""
    return widgets.Dropdown(description=label, options=options, style=LABELS, **more)


def options(label: str, options: Sequence[object], **more: object) -> widgets.RadioButtons:
    """Return a few answers side by side, one of which holds."""
    return widgets.RadioButtons(
        description=label, options=options, style=LABELS, orientation="horizontal", **more
    )


class Fold(widgets.VBox):  # type: ignore[misc]
    """Parts that are out of the way until somebody opens them: a button that tells whether they are.

    ``later`` makes its parts when it is opened first.
    """

    def __init__(
        self,
        title: str,
        *parts: widgets.Widget,
        is_open: bool = False,
        later: Callable[[], Sequence[widgets.Widget]] | None = None,
    ) -> None:
        self.toggle = widgets.ToggleButton(
            description=title, value=False, tooltip=CLOSED, _dom_classes=("ac-fold-toggle",)
        )
        self._parts = widgets.VBox(parts, layout={"display": "none"}, _dom_classes=("ac-stack",))
        self._later = later
        super().__init__((self.toggle, self._parts), _dom_classes=("ac-fold",))
        self.toggle.observe(lambda _: self._show(), "value")
        self.is_open = is_open

    @property
    def is_open(self) -> bool:
        """Whether the parts are to be seen."""
        return bool(self.toggle.value)

    @is_open.setter
    def is_open(self, is_open: bool) -> None:
        self.toggle.value = is_open

    def _show(self) -> None:
        if self.is_open and self._later:
            self._parts.children, self._later = tuple(self._later()), None
        self._parts.layout.display = None if self.is_open else "none"
        self.toggle.tooltip = OPEN if self.is_open else CLOSED


def folded(title: str, *parts: widgets.Widget) -> Fold:
    """Return parts that are out of the way until somebody opens them."""
    return Fold(title, *parts)


def words(field: str) -> str:
    """Return a field's name for people: ``noteActions`` → "note actions"."""
    return "".join(f" {each.lower()}" if each.isupper() else each for each in field).strip()
