"""The sandbox behind a workbench: faults, clock, plan, switches, people and records, to change by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display
from appconnect.panels import styling
from appconnect.panels.following import Follower
from appconnect.panels.panel import Panel, stack
from appconnect.settings import Mode
from appconnect.text.amounts import counted
from appconnect.workbench import Workbench

if TYPE_CHECKING:
    from appconnect.panels.sandbox_parts import Part
    from appconnect.sandbox.base import CrmSandbox

NO_SANDBOX = {
    Mode.LIVE: "No sandbox is at work here: {title} itself answers, so nothing can be changed in this panel.",
    Mode.REPLAY: "No sandbox is at work here: a recording answers, so nothing can be changed in this panel.",
}


class SandboxPanel(Panel):
    """What a person changes in the sandbox by hand while other cells run; it follows what happens there.

    It acts on the sandbox itself, not through operations: nothing of it is a request of the workbench.
    """

    title = "Sandbox"
    lead = "Change what the made-up CRM holds and does. It holds from its next answer on."

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.standing = widgets.HTML()
        self.parts: dict[str, Part] = {}
        self._follower = Follower(self._draw)
        if workbench.sandbox is None:
            sentence = NO_SANDBOX.get(workbench.mode, NO_SANDBOX[Mode.LIVE])
            self.standing.value = styling.empty(sentence.format(title=workbench.title))
            self.show(self.standing)
        else:
            self._lay_out(workbench.sandbox)

    def _lay_out(self, crm: CrmSandbox) -> None:
        from appconnect.panels import sandbox_parts, sandbox_records  # where none plays, none is loaded

        self.faults = sandbox_parts.FaultsPart(self, crm)
        self.clock = sandbox_parts.ClockPart(self, crm)
        self.switches = sandbox_parts.SwitchesPart(self, crm)
        self.people = sandbox_records.PeoplePart(self, crm)
        self.records = sandbox_records.RecordsPart(self, crm)
        every: tuple[Part, ...] = (self.faults, self.clock, self.switches, self.people, self.records)
        self.parts = {each.title: each for each in every}
        self.part = widgets.ToggleButtons(options=list(self.parts), tooltips=[each.hint for each in every])
        self.part.add_class("ac-parts")
        self._shown = stack()
        self.show(self.standing, self.part, self._shown, self.status)
        self.on_change([self.part], self._open)
        self._follower.follow(crm.watch)
        self._open()

    def close(self) -> None:
        """Stop following the sandbox."""
        self._follower.close()

    # -- what is shown --

    def _open(self) -> None:
        part = self.parts[self.part.value]
        self._shown.children = part.widgets
        self.status.value = ""
        self._draw()

    def _draw(self) -> None:
        """Show how the sandbox stands now, and the part that is open."""
        if not self.parts:
            return
        try:
            self.standing.value = self._standing()
            self.parts[self.part.value].draw()
        except Exception as error:
            self._say_error(error)

    def _standing(self) -> Markup:
        crm = self.workbench.sandbox
        assert crm is not None
        newest = crm.requests[-1] if crm.requests else None
        last = (
            f"; the latest: {newest.method} {newest.path} → {newest.status or 'no answer'}" if newest else ""
        )
        return display.facts({
            "Its clock": f"{crm.clock.now():%A, %Y-%m-%d %H:%M:%S} UTC",
            "Plan": f"{crm.plan}: {crm.guide().plans.get(crm.plan, 'no limits are described')}",
            "Requests": f"{counted(crm.seen, 'request')} seen{last}",
            "Faults": f"{len(crm.faults)} waiting",
        })  # fmt: skip

    def catch_up(self) -> None:
        """Show what has happened since the last look."""
        self._follower.heard()
        self._follower.catch_up()

    # -- how it shows itself --

    def about(self) -> str:
        """Return the plan and how many faults wait."""
        crm = self.workbench.sandbox
        if crm is None:
            return "no sandbox is at work here"
        faults = f", {counted(len(crm.faults), 'fault')} waiting" if len(crm.faults) else ""
        return f"plan {crm.plan}{faults}"

    def snapshot(self) -> str:
        """Return the panel as plain HTML, up to date."""
        self.catch_up()
        return super().snapshot()

    def _repr_mimebundle_(self, **more: object) -> dict[str, object]:
        self._follower.heard()
        self._follower.shown()
        return super()._repr_mimebundle_(**more)
