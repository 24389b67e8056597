"""The parts of the sandbox panel, one at a time on the screen."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import ipywidgets as widgets
from markupsafe import Markup

from appconnect.panels import styling
from appconnect.panels.panel import LABELS, button, choice, row, stack, text, toolbar
from appconnect.sandbox.clock import next_midnight
from appconnect.sandbox.faults import Fault
from appconnect.sandbox.incidents import Incident, incidents
from appconnect.text.amounts import about

if TYPE_CHECKING:
    from appconnect.panels.sandbox import SandboxPanel
    from appconnect.sandbox.base import CrmSandbox, Toggle

METHODS: Final = (("the next write", "WRITE"), ("the next read", "READ"), ("the next request", "*"))
UNITS: Final = (("seconds", 1), ("minutes", 60), ("hours", 3600), ("days", 86_400))


class Part(Protocol):
    """A part: its name on the button, what the button says when pointed at, and its widgets."""

    title: str
    hint: str
    widgets: tuple[widgets.Widget, ...]

    def draw(self) -> None:
        """Show how things stand now."""
        ...


class FaultsPart:
    """Incidents to come, by name; those that wait are listed and can be taken back."""

    title, hint = "Faults", "Let the next request go wrong"

    def __init__(self, panel: SandboxPanel, crm: CrmSandbox) -> None:
        self._panel, self._crm = panel, crm
        self.incident = choice("Incident", [(each.title, each) for each in incidents()])
        self.incident.add_class("ac-grow")
        self.requests = choice("Happens to", METHODS)
        self.times = widgets.BoundedIntText(1, min=1, max=1000, description="Times", style=LABELS)
        self.path = text("Path", "* for all, or */persons*", "*")
        self.meaning = widgets.HTML()
        self.add_button = button("Arm this fault", main=True, hint="Let it happen to the requests to come")
        self.clear_button = button("Remove all", hint="Remove every fault that waits")
        self.waiting = stack()
        self.widgets = (
            row(self.incident), row(self.requests, self.times, self.path), self.meaning,
            toolbar(self.add_button, self.clear_button), self.waiting,
        )  # fmt: skip
        panel.on_change([self.incident], self._explain)
        panel.on_click(self.add_button, self.add)
        panel.on_click(self.clear_button, self.clear)
        self._listed: tuple[tuple[Fault, int | None], ...] | None = None
        self._explain()

    def _explain(self) -> None:
        chosen: Incident = self.incident.value
        self.requests.value = chosen.method
        self.meaning.value = Markup('<p class="ac-lead">{}</p>').format(chosen.meaning)

    async def add(self) -> None:
        """Arm the chosen fault."""
        chosen: Incident = self.incident.value
        fault = self._crm.faults.add(
            self.requests.value, self.path.value.strip() or "*", named=chosen.named, times=self.times.value
        )
        self._tell("warning", f"Armed for {fault.in_words}. {chosen.meaning}")

    async def clear(self) -> None:
        """Remove every fault that waits."""
        self._crm.faults.clear()
        self._tell("success", "No fault waits any more.")

    async def remove(self, fault: Fault) -> None:
        """Take one fault back."""
        self._crm.faults.remove(fault)
        self._tell("success", f"Taken back: {fault.in_words}.")

    def _tell(self, level: str, sentence: str) -> None:
        self._panel.catch_up()
        self._panel.say(level, sentence)

    def draw(self) -> None:
        """List the faults that wait; the list is made anew only where it changed."""
        waiting = tuple((each, each.left) for each in self._crm.faults.waiting)
        self.clear_button.disabled = not waiting
        if waiting != self._listed:
            self._listed = waiting
            self.waiting.children = tuple(self._line(fault) for fault, _ in waiting) or (
                widgets.HTML(styling.empty("No fault waits. Everything is answered as the CRM would.")),
            )

    def _line(self, fault: Fault) -> widgets.HBox:
        take_back = button("Take back", hint=f"Take back: {fault.in_words}")
        take_back.on_click(lambda _: self._panel.start(partial(self.remove, fault)))
        return toolbar(widgets.HTML(Markup("<span>{}</span>").format(fault.in_words)), take_back)


class ClockPart:
    """The sandbox's clock, which stands until somebody waits or moves it, and its plan."""

    title, hint = "Clock and plan", "Move the clock, choose the rate-limit plan"

    def __init__(self, panel: SandboxPanel, crm: CrmSandbox) -> None:
        self._panel, self._crm = panel, crm
        words = crm.guide().plans
        plans = [(f"{each}: {words[each]}" if each in words else each, each) for each in crm.plans]
        self.plan = choice("Plan", plans, value=crm.plan)
        self.plan.add_class("ac-grow")
        self.amount = widgets.BoundedIntText(1, min=1, max=10_000, description="Ahead by", style=LABELS)
        self.unit = choice("Unit", UNITS, value=60)
        self.jump_button = button("Move the clock", main=True)
        self.expiry_button = button(
            "Past the sign-in's end", hint="Move the clock past the end of the sign-in"
        )
        self.midnight_button = button("Past the daily reset", hint="Move the clock past midnight UTC")
        self.told = widgets.HTML()
        self.widgets = (
            row(self.amount, self.unit, self.jump_button),
            toolbar(self.expiry_button, self.midnight_button), self.told, row(self.plan),
        )  # fmt: skip
        panel.on_change([self.plan], self._take_plan)
        panel.on_click(self.jump_button, self.jump)
        panel.on_click(self.expiry_button, self.past_expiry)
        panel.on_click(self.midnight_button, self.past_midnight)

    async def jump(self) -> None:
        """Move the clock ahead by the chosen time."""
        self._advance(self.amount.value * self.unit.value)

    async def past_expiry(self) -> None:
        """Move the clock past the end of the last token or session."""
        ends = self._crm.sign_in_ends()
        if ends is None:
            self._panel.say("warning", f"No sign-in to {self._crm.title} is at work that ends by itself.")
            return
        self._advance((ends - self._crm.clock.now()).total_seconds() + 1)

    async def past_midnight(self) -> None:
        """Move the clock past midnight UTC, where the sandbox's day begins."""
        now = self._crm.clock.now()
        self._advance((next_midnight(now) - now).total_seconds() + 1)

    def _advance(self, seconds: float) -> None:
        self._crm.clock.advance(seconds)
        self._panel.catch_up()
        now = f"{self._crm.clock.now():%Y-%m-%d %H:%M:%S} UTC"
        self._panel.say("success", f"The clock was moved ahead by {about(seconds)}: it is {now}.")

    def _take_plan(self) -> None:
        if self.plan.value != self._crm.plan:
            self._crm.plan = str(self.plan.value)
            self._panel.catch_up()
            self._panel.say("success", f"The plan is {self._crm.plan} from the next answer on.")

    def draw(self) -> None:
        """Show the plan, and when the sign-in and the day end."""
        self.plan.value = self._crm.plan
        ends, now = self._crm.sign_in_ends(), self._crm.clock.now()
        sign_in = (
            f"The sign-in ends in {about((ends - now).total_seconds())}."
            if ends
            else "No sign-in that ends by itself is at work."
        )
        self.expiry_button.disabled = ends is None
        day = about((next_midnight(now) - now) / timedelta(seconds=1))
        self.told.value = Markup('<p class="ac-dim">{} The day ends in {}.</p>').format(sign_in, day)


class SwitchesPart:
    """What the vendor's documentation leaves open: both answers can be played."""

    title, hint = "Switches", "Choose what the vendor's documentation leaves open"

    def __init__(self, panel: SandboxPanel, crm: CrmSandbox) -> None:
        self._panel, self._crm = panel, crm
        self.boxes = {each.name: _switch(each, crm.toggles[each.name]) for each in crm.known_toggles}
        for name, box in self.boxes.items():
            panel.on_change([box], partial(self._turn, name))
        none = widgets.HTML(styling.empty(f"{crm.title}'s sandbox leaves nothing open."))
        self.widgets = tuple(self.boxes.values()) or (none,)

    def _turn(self, name: str) -> None:
        position = bool(self.boxes[name].value)
        if self._crm.toggles[name] != position:
            self._crm.toggles[name] = position
            self._panel.say("success", f"{name} is {'on' if position else 'off'} from the next answer on.")

    def draw(self) -> None:
        """Show their positions."""
        for name, box in self.boxes.items():
            box.value = self._crm.toggles[name]


def _switch(toggle: Toggle, position: bool) -> widgets.Checkbox:
    words = f"{toggle.meaning} ({toggle.name})"
    box = widgets.Checkbox(position, description=words, indent=False, layout={"width": "auto"})
    box.add_class("ac-switch")
    return box
