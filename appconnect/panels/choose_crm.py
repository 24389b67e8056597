"""Choose which CRM to work with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from weakref import WeakSet

import ipywidgets as widgets

from appconnect import display
from appconnect.connectors import registry
from appconnect.models import UserSettings
from appconnect.panels.panel import Panel, choice
from appconnect.settings import Mode, Settings
from appconnect.workbench import Workbench, connect, recorded

WHAT_ANSWERS = {
    Mode.SANDBOX: "A sandbox on this computer plays the CRM: no account is needed.",
    Mode.REPLAY: "A recording answers; nothing is sent.",
    Mode.LIVE: "The live CRM answers, with what is set in the environment or in .env, or typed to sign in.",
}


class ChooserPanel(Panel):
    """Pick one of the CRMs; :meth:`connect` makes its workbench.

    What a person chose stays chosen when the cells are run again; ``crm`` is chosen until then. A replay
    offers the CRMs that have a recording of ``scenario``.
    """

    last: ClassVar[str | None] = None
    """What was chosen in this process."""

    title = "Which CRM?"
    lead = "Choose one, then run the next cells. To change, choose another and run them again."

    def __init__(self, crm: str = "", scenario: str = "walkthrough") -> None:
        super().__init__()
        self.scenario = scenario
        self.mode = Settings.load().mode
        self._titles = registry.titles()
        offered, note = self._offered()
        chosen = next((each for each in (self.last, crm, *offered) if each in offered), None)
        self._made: WeakSet[Workbench] = WeakSet()
        self.crm = choice("CRM", [(self._titles[name], name) for name in offered], value=chosen)
        self.on_change([self.crm], self._remember)
        told = f"{WHAT_ANSWERS[self.mode]} {note}"
        self.answers = widgets.HTML(display.facts({"What answers": told.strip()}))
        self.show(self.crm, self.answers, self.status)

    def _offered(self) -> tuple[tuple[str, ...], str]:
        """Return what can be chosen, and why not more."""
        every = tuple(self._titles)
        if self.mode is not Mode.REPLAY:
            return every, ""
        found = recorded(self.scenario) or every
        titles = ", ".join(self._titles[name] for name in found)
        return found, "" if found == every else f"There is one of this notebook for {titles} only."

    def _remember(self) -> None:
        """Keep the choice, and say wherever another CRM is still at work."""
        type(self).last = self.crm.value
        chosen, others = self._titles[self.crm.value], list[str]()
        for workbench in self._made:
            is_other = workbench.platform != self.crm.value
            Panel.tell_of_choice(workbench, chosen if is_other else "")
            others += [workbench.title] * is_other
        self.status.value = ""
        if others and len(others) == len(self._made):
            still = f"The panels below still work with {others[0]}."
            self.say("warning", still, f"Run the cells below this one again to work with {chosen}.")

    def connect(
        self,
        *,
        scenario: str | None = None,
        settings: UserSettings | None = None,
        options: Mapping[str, str] | None = None,
        made_up: bool = False,
    ) -> Workbench:
        """Return a workbench for the CRM that is chosen; nothing is sent yet.

        ``made_up=True`` is for what makes sense with made-up people only: no live CRM answers.
        """
        self.status.value = ""
        workbench = connect(
            self.crm.value,
            scenario=scenario or self.scenario,
            settings=settings,
            options=options,
            made_up=made_up,
        )
        self._made.add(workbench)
        return workbench

    def snapshot(self) -> str:
        """Return the choice; not what answers, which differs between environments."""
        return display.facts({"CRM": self._titles[self.crm.value]})

    def about(self) -> str:
        """Return which CRM is chosen."""
        return self._titles[str(self.crm.value)]
