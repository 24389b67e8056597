"""What was recorded, done again with the code as it is on disk: which operation asks or returns otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as widgets
from markupsafe import Markup

from appconnect.panels import styling
from appconnect.panels.panel import Panel, button, folded, row, text, toolbar
from appconnect.workbench.scenarios.checking import CheckedOperation, CheckedScenario
from appconnect.workbench.scenarios.reports import check_anew

SHOWN = 3
"""How many causes of an operation are shown before the rest is folded."""


class CheckPanel(Panel):
    """Checks scenarios by name (``acme/log_a_call``, ``acme``), or all.

    It does so in a process of its own, which reads the code anew: edit, save, press Check.
    """

    title = "Check"
    lead = "Everything that was saved as a test, done again with the code as it is on disk now."

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.names = text("Scenarios", "all", " ".join(names), wide=True)
        self.check_button = button(
            "Check", main=True, hint="Do the scenarios again; nothing is sent anywhere"
        )
        self.reason = text("Reason", "the vendor renamed the field", wide=True)
        self.accept_button = button("Accept", hint="Record what is otherwise anew, in the sandbox")
        self.results = self.answer("Nothing was checked yet.")
        self.checked: list[CheckedScenario] = []
        self._accepting = folded(
            "Accept the changes",
            _quiet("What is otherwise is recorded anew in the sandbox; the reason is kept with it."),
            row(self.reason),
            toolbar(self.accept_button),
        )
        self._accepting.layout.display = "none"
        self.show(row(self.names), toolbar(self.check_button), self.status, self.results, self._accepting)
        self.on_click(self.check_button, self.check)
        self.on_click(self.accept_button, self.accept)
        self.on_enter(self.names, self.check)
        self.on_enter(self.reason, self.accept)

    async def check(self) -> list[CheckedScenario]:
        """Check the scenarios; return what was found."""
        return await self._run("")

    async def accept(self) -> list[CheckedScenario]:
        """Record what is otherwise anew, for the reason that is typed; return what was found before."""
        reason = str(self.reason.value).strip()
        if not reason:
            self.say("warning", "Type first why the changes are right.")
            return self.checked
        found = await self._run(reason)
        self.reason.value = ""
        return found

    async def _run(self, reason: str) -> list[CheckedScenario]:
        async with self.working("Doing what was recorded again…"):
            self.checked = []
            self.checked = await check_anew(str(self.names.value).replace(",", " ").split(), accept=reason)
            self.results.value = Markup("").join(map(_scenario, self.checked))
            self.say(*_in_short(self.checked))
        return self.checked

    def refresh(self) -> None:
        """Offer to accept changes only where there are some."""
        otherwise = any(not each.is_green and not each.accepted for each in self.checked)
        self._accepting.layout.display = None if otherwise else "none"

    def about(self) -> str:
        """Return how many operations are as recorded."""
        if not self.checked:
            return "nothing checked yet"
        return _in_short(self.checked)[1].rstrip(".")


def _quiet(sentence: str) -> widgets.HTML:
    return widgets.HTML(Markup('<p class="ac-dim">{}</p>').format(sentence))


def _in_short(checked: Sequence[CheckedScenario]) -> tuple[str, str]:
    """Return the level and the sentence on all."""
    operations = [one for each in checked for one in each.operations]
    problems = sum(bool(each.problem) for each in checked)
    red = sum(not one.is_green for one in operations)
    if not checked:
        return "warning", "There is nothing to check yet: save what you did as a test first."
    if renewed := [each for each in checked if each.accepted]:
        return "success", f"{_count(len(renewed), 'scenario')} recorded anew."
    if red or problems:
        told = [f"{red} of {_count(len(operations), 'operation')} otherwise than recorded"] * bool(red)
        told += [f"{_count(problems, 'scenario')} could not be checked"] * bool(problems)
        return "danger", f"{'; '.join(told)}."
    return "success", f"{_count(len(operations), 'operation')}, all as recorded."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _scenario(checked: CheckedScenario) -> Markup:
    """Return a scenario's operations; those that are otherwise are open."""
    rows = Markup("").join(map(_operation, checked.operations))
    told = [styling.note("danger", checked.problem)] if checked.problem else []
    told += [styling.note("success", checked.accepted)] if checked.accepted else []
    return Markup('<section class="ac-check"><h4>{}</h4>{}<ul>{}</ul></section>').format(
        checked.name, Markup("").join(told), rows
    )


def _operation(checked: CheckedOperation) -> Markup:
    count = _count(checked.requests, "request")
    if checked.is_green:
        return Markup(
            '<li><b class="sign" aria-hidden="true">✓</b> <code>{}</code> as recorded, {}</li>'
        ).format(checked.name, count)
    items = [Markup("<li>{}</li>").format(each) for each in checked.causes]
    more = Markup("")
    if len(items) > SHOWN:
        left = f"and {len(items) - SHOWN} more, which may follow from these"
        rest = Markup("").join(items[SHOWN:])
        more = Markup("<details><summary>{}</summary><ul>{}</ul></details>").format(left, rest)
    return Markup(
        '<li class="red"><b class="sign" aria-hidden="true">✕</b> <code>{}</code> otherwise than recorded: '
        "<ul>{}</ul>{}</li>"
    ).format(checked.name, Markup("").join(items[:SHOWN]), more)
