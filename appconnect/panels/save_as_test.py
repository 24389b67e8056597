"""*Save as test*, below every panel: what was done becomes a recording and a pytest case, run at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display
from appconnect.errors import AppConnectError
from appconnect.panels import styling
from appconnect.panels.controls import LABELS, Fold, button, choice, options, row, text, toolbar
from appconnect.settings import Mode

if TYPE_CHECKING:
    from appconnect.panels.panel import Panel
    from appconnect.workbench import Workbench
    from appconnect.workbench.scenarios.saving import SavedScenario

ALL, NEWEST = 0, 1


class SaveAsTest:
    """The form; ``parts`` are its widgets below each other, :meth:`save` is what its button does."""

    def __init__(self, panel: Panel) -> None:
        workbenches = can_be_saved(panel)
        self.workbench = choice("Of", workbenches)
        self.name = text("Name", "a_call_logged", wide=True)
        self.what = options("Keep", [("all so far", ALL), ("only the newest operation", NEWEST)])
        self.overwrite = widgets.Checkbox(
            description="Replace what has this name", style=LABELS, indent=False
        )
        self.button = button("Save", hint="Record what was done, write its test, and run it")
        self.status = widgets.HTML()
        several = (self.workbench,) if len(workbenches) > 1 else ()
        actions = toolbar(self.button, self.overwrite)
        self.parts = (*several, row(self.name), self.what, actions, self.status)
        panel.on_click(self.button, self.save)
        panel.on_enter(self.name, self.save)

    async def save(self) -> SavedScenario | None:
        """Save what the chosen workbench did; None when that is not possible, and why is shown."""
        name = re.sub(r"\W+", "_", str(self.name.value)).strip("_").lower()
        if not name:
            self.status.value = styling.note("warning", "Type a name for it first.")
            return None
        self.status.value = styling.note(styling.BUSY, "Saving, doing it again, running its test…")
        try:
            workbench: Workbench = self.workbench.value
            saved = await workbench.save_scenario(name, last=self.what.value, overwrite=self.overwrite.value)
        except AppConnectError as error:
            self.status.value = styling.note("warning", error.message)
            return None
        level = "success" if saved.is_green else "danger"
        self.status.value = (
            styling.note(level, saved.message)
            + display.facts(saved.facts)
            + Markup("<details><summary>The same as a notebook's cell</summary>{}</details>").format(
                styling.source(saved.cell)
            )
        )
        self.overwrite.value = False
        return saved


def can_be_saved(panel: Panel) -> list[tuple[str, Workbench]]:
    """Return the workbenches of a panel of which a test can be made, each with its name: not in replay."""
    return [each for each in panel.named_workbenches if each[1].mode is not Mode.REPLAY]


def save_as_test(panel: Panel) -> tuple[widgets.Widget, ...]:
    """Return the last part of a panel, with the form in it once it is opened; nothing where none can be."""
    if not can_be_saved(panel):
        return ()
    return (Fold("Save as test", later=lambda: panel.saving.parts if panel.saving else ()),)
