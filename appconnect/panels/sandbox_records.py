"""The parts of the sandbox panel that show and change what it holds: people, and every record."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import ipywidgets as widgets

from appconnect import display
from appconnect.panels import styling
from appconnect.panels.panel import button, choice, lines, row, text
from appconnect.sandbox import inspection
from appconnect.sandbox.people_tables import HeldPerson, add_person, change_person, people_of
from appconnect.sandbox.records import Id
from appconnect.text.amounts import counted

if TYPE_CHECKING:
    from appconnect.panels.sandbox import SandboxPanel
    from appconnect.sandbox.base import CrmSandbox

MAX_LISTED: Final = 200
"""How many people or records are offered to choose from."""
NEW: Final = ("a new person", "")
NO_RECORD: Final = ("choose one to edit it", "")


class PeoplePart:
    """Everybody whom the sandbox holds: to add, and to give another name or number."""

    title, hint = "People", "Add people, change names and numbers"

    def __init__(self, panel: SandboxPanel, crm: CrmSandbox) -> None:
        self._panel, self._crm = panel, crm
        self.filter = text("Find", "part of a name or number", wide=True)
        self.person = choice("Person", [NEW])
        self.person.add_class("ac-grow")
        self.name, self.phone = text("Name", "Jo Lindt"), text("Number", "+1 415 555 0199")
        self.save_button = button("Add", main=True, hint="Add this person to the sandbox")
        self.listed = widgets.HTML()
        self.widgets = (
            row(self.filter, self.person), row(self.name, self.phone, self.save_button), self.listed,
        )  # fmt: skip
        panel.on_change([self.filter], self.draw)
        self._offered = Offered(panel, self.person, self._choose)
        panel.on_click(self.save_button, self.save)
        panel.on_enter(self.phone, self.save)

    @property
    def _chosen(self) -> HeldPerson | None:
        return self.person.value if isinstance(self.person.value, HeldPerson) else None

    def _choose(self) -> None:
        person = self._chosen
        self.save_button.description = "Save" if person else "Add"
        self.save_button.tooltip = "Save name and number" if person else "Add this person to the sandbox"
        self.name.value, self.phone.value = (person.name, person.phone) if person else ("", "")

    async def save(self) -> None:
        """Add the person, or change the chosen one."""
        person = self._chosen
        name, phone = self.name.value, self.phone.value
        try:
            if person is None:
                added = add_person(self._crm, name, phone)
                told = f"{name.strip()} is in the sandbox now{f', with id {added.key}' if added else ''}."
            else:
                change_person(self._crm, person, name, phone)
                number = f" has the number {phone.strip()} now." if phone.strip() else ": number removed."
                told = f"{name.strip()}{number}"
        except ValueError as error:
            self._panel.say("warning", str(error))
            return
        self._panel.catch_up()
        self.person.value = NEW[1]
        self._choose()
        self._panel.say("success", told)

    def draw(self) -> None:
        """List the people that fit; who is chosen stays chosen."""
        words = self.filter.value.casefold().split()
        everybody = list(people_of(self._crm))
        fitting = [each for each in everybody if _fits(f"{each.name} {each.phone} {each.key}", words)]
        options = [
            NEW,
            *((f"{each.name} · {each.phone or 'no number'}", each) for each in fitting[:MAX_LISTED]),
        ]
        self._offered.offer(options)
        rows = [(each.key, each.name, each.phone or "–", each.table) for each in fitting[:MAX_LISTED]]
        caption = f"{len(fitting)} of {counted(len(everybody), 'person')}".replace("persons", "people")
        told = "This sandbox does not say where it holds people; see Records."
        self.listed.value = (
            display.table(caption, ("Id", "Name", "Number", "Kept in"), rows)
            if everybody
            else styling.empty(told)
        )


class RecordsPart:
    """Every record of every table: to look at, and to edit as JSON."""

    title, hint = "Records", "Look at any record and edit it"

    def __init__(self, panel: SandboxPanel, crm: CrmSandbox) -> None:
        self._panel, self._crm = panel, crm
        self.table = choice("Table", [("", "")])
        self.filter = text("Find", "words in the record", wide=True)
        self.record = choice("Record", [NO_RECORD])
        self.record.add_class("ac-grow")
        self.body = lines("As JSON", rows=10)
        self.save_button = button("Save the record", main=True)
        self.listed = widgets.HTML()
        self.widgets = (
            row(self.table, self.filter), self.listed, row(self.record), row(self.body),
            row(self.save_button),
        )  # fmt: skip
        panel.on_change([self.filter], self.draw)
        self._offered_tables = Offered(panel, self.table, self.draw)
        self._offered = Offered(panel, self.record, self._choose)
        panel.on_click(self.save_button, self.save)

    @property
    def _chosen(self) -> Id | None:
        key: Id = self.record.value
        return key if key != NO_RECORD[1] else None

    def _choose(self) -> None:
        key = self._chosen
        found = {} if key is None else inspection.rows(self._crm, self.table.value)
        text = json.dumps(found[key], indent=2, ensure_ascii=False) if key in found else ""
        self.body.value = text
        self.save_button.disabled = not text

    async def save(self) -> None:
        """Put what is written in place of the record."""
        key = self._chosen
        if key is None:
            self._panel.say("warning", "Choose a record first.")
            return
        try:
            inspection.change_record(self._crm, self.table.value, key, self.body.value)
        except ValueError as error:
            self._panel.say("warning", str(error))
            return
        self._panel.catch_up()
        self._panel.say("success", f"Record {key} of {self.table.value} is changed.")

    def draw(self) -> None:
        """List the tables, and the first records of the chosen one that fit."""
        sizes = inspection.sizes(self._crm)
        if not sizes:
            self.listed.value = styling.empty(f"{self._crm.title}'s sandbox keeps no tables to look into.")
            return
        self._offered_tables.offer([(f"{name} ({size})", name) for name, size in sizes.items()])
        found = inspection.rows(self._crm, self.table.value, self.filter.value)
        shown = list(found.values())[: display.MAX_ROWS]
        names = inspection.columns(shown)
        told = [[_cell(each.get(name)) for name in names] for each in shown]
        caption = f"{self.table.value}: the first {len(shown)} of {len(found)}"
        self.listed.value = display.table(caption, names, told) if shown else styling.empty("No record fits.")
        keys = [(str(key), key) for key in list(found)[:MAX_LISTED]]
        self._offered.offer([NO_RECORD, *keys])
        self.save_button.disabled = self._chosen is None


class Offered:
    """A drop-down whose options change while something is chosen or typed.

    ``react`` is called when a person chooses, and when what was chosen is no longer offered.
    """

    def __init__(self, panel: SandboxPanel, dropdown: widgets.Dropdown, react: Callable[[], None]) -> None:
        self._dropdown, self._react = dropdown, react
        self._is_offering = False
        panel.on_change([dropdown], self._chosen)

    def _chosen(self) -> None:
        if not self._is_offering:
            self._react()

    def offer(self, options: Sequence[tuple[str, object]]) -> None:
        """Offer these; what is chosen stays chosen if it is among them, else the first is."""
        if list(self._dropdown.options) == list(options):
            return
        chosen, self._is_offering = self._dropdown.value, True
        try:
            self._dropdown.options = options
            if chosen in [value for _, value in options]:
                self._dropdown.value = chosen
        finally:
            self._is_offering = False
        if self._dropdown.value != chosen:
            self._react()


def _fits(text: str, words: list[str]) -> bool:
    return all(word in text.casefold() for word in words)


def _cell(value: object) -> str:
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return told if len(told) <= 60 else f"{told[:59]}…"
