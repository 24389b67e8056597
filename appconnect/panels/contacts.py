"""Find a contact by number or name, see what it offers, choose it, or create a new one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import ipywidgets as widgets

from appconnect import models, phone
from appconnect.errors import InputError, InternalExtension, NobodyChosen, UnusableNumber
from appconnect.panels import styling
from appconnect.panels.panel import NONE, Panel, button, choice, folded, row, stack, text, toolbar, words

if TYPE_CHECKING:
    from appconnect.models import Choice, Choices, Contact, ContactCreated, ContactMatches
    from appconnect.panels.choice_table import ChoiceTable
    from appconnect.workbench import Workbench

COLUMNS = ("Name", "Phone", "Organization", "Kind", "Can be linked to a log")


class ContactsPanel(Panel):
    """Search by number or name. ``contacts`` are the hits, ``chosen`` is the one to work with.

    What is typed is understood as :meth:`~appconnect.workbench.Workbench.find_contact` understands it.
    ``value`` is typed into the search field to begin with, ``formats`` are App Connect's number formats.
    """

    title = "Contacts"
    lead = "Who is calling? Search by phone number or by name, then choose the contact to work with."

    def __init__(self, workbench: Workbench, value: str = "", formats: str = "") -> None:
        super().__init__(workbench)
        self.matches: ContactMatches | None = None
        self.created: ContactCreated | None = None
        self._entry: Contact | None = None
        """The entry for a new contact, with what its form offers."""
        self.query = text("Number or name", "+1 415 555 0142, or Nia", value, wide=True)
        self.formats = text("Number formats", "(***) ***-****", formats)
        self.formats.tooltip = "How numbers may be written in the CRM; * is a digit, commas separate"
        self.search_button = button("Search", main=True, hint="Search the CRM (Enter)")
        self.full_button = button("Search with country code", main=True)
        self.full_button.layout.display = "none"
        self.results = self.answer("Nobody has been searched for yet.")
        self.new_name, self.new_number = text("Name", "Nia Holt"), text("Phone", "+1 415 555 0142")
        self.new_type = choice("Kind", workbench.contact_types or (("contact", ""),))
        self.create_button = button("Create contact")
        self.take_button = button("Take this contact", main=True, hint="Work with who has the number already")
        self.anyway_button = button("Create anyway", hint="Create another contact with this number")
        self.known = toolbar(self.take_button, self.anyway_button)
        self.known.layout.display = "none"
        self.offered: dict[str, widgets.Dropdown] = {}
        self.known_toggles = row()
        self.new = folded(
            "Create a new contact",
            row(self.new_name, self.new_number),
            row(self.new_type, self.known_toggles),
            toolbar(self.create_button),
        )
        self.on_click(self.search_button, self.search)
        self.on_click(self.full_button, self.search_full)
        self.on_click(self.create_button, self.create)
        self.on_click(self.take_button, self.take)
        self.on_click(self.anyway_button, self.create_anyway)
        self.on_enter(self.query, self.search)
        self.on_enter(self.formats, self.search)
        self.on_enter(self.new_name, self.create)
        self.on_enter(self.new_number, self.create)
        self.on_change([self.new_type], self._offer)
        written = folded("How the CRM writes numbers", row(self.formats))
        self._found = stack(self.full_button, self.results, self.known)
        self.show(row(self.query, self.search_button), self.status, self._found, self.new, written)

    @cached_property
    def choose(self) -> ChoiceTable:
        """The table of who was found; it loads with the first search."""
        from appconnect.panels import choice_table

        table = choice_table.ChoiceTable(COLUMNS)
        self.on_change([table], self._mark)
        self._found.children = (self.full_button, self.results, table, self.known)
        return table

    @property
    def contacts(self) -> list[Contact]:
        """The contacts that were found or created."""
        return self.matches.contacts if self.matches else []

    @property
    def chosen(self) -> Contact | None:
        """The contact to work with."""
        index = self.choose.value if self.contacts else None
        return self.contacts[index] if index is not None and index < len(self.contacts) else None

    def picked(self, default: int | None = None) -> Contact:
        """Return the contact that a person chose above; where nobody did, the hit at ``default``, from 0.

        Raises NobodyChosen where there is none: a notebook stops with that sentence, and goes on from there.
        """
        if self.chosen is None and default is not None and default < len(self.contacts):
            self.choose.value = default
        if self.chosen is None:
            raise NobodyChosen(
                f"Nobody is chosen: search above for somebody who is in {self.workbench.title}, choose them, "
                "then run on from this cell."
            )
        return self.chosen

    async def search(self) -> ContactMatches | None:
        """Search for what is in the field: a number in any spelling by number, words by name."""
        async with self.working("Searching…"):
            self._forget()
            typed = self.query.value.strip()
            if not typed:
                raise InputError("Type a phone number or a name first.")
            if self._is_name(typed):
                matches = await self.workbench.find_contact_with_name(typed)
            else:
                matches = await self.workbench.find_contact(typed, overriding_format=self.formats.value)
            self._take(matches)
            self._offer_full_number(matches)
            return matches
        return None

    async def search_full(self) -> ContactMatches | None:
        """Search again for the number that was typed, with its country code."""
        self.query.value = self._full_number(self.query.value.strip())
        return await self.search()

    async def create(self) -> ContactCreated | None:
        """Create a contact from the form, and choose it; whoever has its number already is offered first."""
        return await self._create(even_if_known=False)

    async def create_anyway(self) -> ContactCreated | None:
        """Create the contact from the form although somebody has its number already."""
        return await self._create(even_if_known=True)

    async def take(self) -> None:
        """Choose who has the number already; of several the one that is marked."""
        if self.choose.value is None and len(self.contacts) > 1:
            self.say("warning", "Choose one of them first.")
            return
        self.choose.value = self.choose.value or 0
        self.known.layout.display = "none"
        self.new.is_open = False

    async def _create(self, *, even_if_known: bool) -> ContactCreated | None:
        async with self.working("Creating the contact…"):
            number = self.new_number.value.strip()
            name, kind = self.new_name.value, str(self.new_type.value)
            submission = {field: each.value for field, each in self.offered.items()}
            self.created = await self.workbench.create_contact(
                number, name, kind, submission, even_if_known=even_if_known
            )
            new = self.created.contact_info
            if new is not None:
                lists = self._entry.choices if self._entry else {}
                offered: Choices = {field: lists[field] for field in self._for_logs() if field in lists}
                contact = models.Contact(
                    id=new.id, name=new.name, type=new.type, phone=number, additional_info=offered
                )
                self._take(models.ContactMatches(matched_contact_info=[*self.contacts, contact]))
                self.choose.value = len(self.contacts) - 1
                self.new.is_open = False
            if self.created.known_contacts:
                self._offer_known(self.created.known_contacts)
            self.tell(self.created)
            return self.created
        return None

    # -- what is typed --

    def _is_name(self, typed: str) -> bool:
        return phone.is_name(typed, region=self.workbench.environment.settings.default_region)

    def _full_number(self, typed: str) -> str:
        """Return a number with its country code; what is no number stays as it is."""
        try:
            return phone.parse(typed, region=self.workbench.default_region).e164
        except UnusableNumber:
            return typed

    # -- what is shown --

    def _forget(self) -> None:
        """Let nothing of an earlier search stand beside what is searched for now."""
        self.matches = None
        self.choose.fill([], [], "", None)
        for each in (self.full_button, self.known):
            each.layout.display = "none"

    def _offer_full_number(self, matches: ContactMatches) -> None:
        """Offer the country code where the CRM's connector takes a number without one for an extension."""
        typed = self.query.value.strip()
        full = self._full_number(typed)
        if isinstance(matches.error, InternalExtension) and full != typed:
            self.full_button.description = f"Search for {full}"
            self.full_button.tooltip = f"{self.workbench.title} takes a number without “+” for an extension"
            self.full_button.layout.display = None

    def _take(self, matches: ContactMatches) -> None:
        self.matches = matches
        self.known.layout.display = "none"
        for entry in matches.matched_contact_info:
            if entry.is_new_contact:
                self._entry = entry
        rows, names = [_row(each) for each in self.contacts], [_label(each) for each in self.contacts]
        self.choose.fill(rows, names, "", 0 if len(self.contacts) == 1 else None)
        self.new.is_open = False
        self.tell(matches)
        self._mark()
        if matches.successful and not self.contacts:
            self._suggest_new()
        self._offer()

    def _offer_known(self, contacts: list[Contact]) -> None:
        """Show who has the number of the new contact already, nobody chosen, and what can be done."""
        self._take(models.ContactMatches(matched_contact_info=contacts))
        self.choose.value = None
        self.known.layout.display = None
        self.new.is_open = True

    def _suggest_new(self) -> None:
        """Open the form for a new contact, filled with what was searched for and not found."""
        typed = self.query.value.strip()
        named = self._is_name(typed)
        self.new_name.value, self.new_number.value = (typed, "") if named else ("", self._full_number(typed))
        self.new.is_open = True

    def _offer(self) -> None:
        """Show what the CRM offers for a new contact: fields for all, and those of the kind chosen."""
        entry = self._entry
        offered = entry.choices_of_type(str(self.new_type.value)) | entry.choices if entry else {}
        self.offered = {
            field: choice(words(field).capitalize(), self._options(field, choices))
            for field, choices in offered.items()
            if choices
        }
        self.known_toggles.children = tuple(self.offered.values())

    def _options(self, field: str, choices: list[Choice]) -> list[tuple[str, str]]:
        """Return the options; a field of logs begins with none, so that it is set by choice only."""
        listed = [(each.title, each.const) for each in choices]
        return [NONE, *listed] if field in self._for_logs() else listed

    def _for_logs(self) -> tuple[str, ...]:
        return self.workbench.log_form_fields

    def _mark(self) -> None:
        if self.matches is None:
            return
        if not self.matches.successful:
            self.results.value = styling.empty("There is no result to show.")
            return
        self.results.value = ""
        if not self.contacts:
            self.results.value = styling.empty(
                f"Nobody in {self.workbench.title} fits “{self.query.value.strip()}”."
            )
            return
        caption = f"{len(self.contacts)} found in {self.workbench.title}"
        if self.chosen:
            caption += f"; {self.chosen.name} is chosen"
        self.choose.caption = f"{caption}; choose one." if not self.chosen else caption

    def about(self) -> str:
        """Return how many were found and who is chosen."""
        if self.matches is None:
            return "nobody searched for yet"
        found = f"{len(self.contacts)} found"
        return f"{found}, {self.chosen.name} chosen" if self.chosen else f"{found}, none chosen"


def _row(contact: Contact) -> tuple[str, ...]:
    work = ", ".join(part for part in (contact.title, contact.organization) if part)
    return f"{contact.name} #{contact.id}", contact.phone, work, contact.type, _offers(contact)


def _offers(contact: Contact) -> str:
    parts = [
        f"{words(field)}: {', '.join(each.title for each in choices)}"
        for field, choices in contact.choices.items()
        if choices
    ]
    return "\n".join(parts) or "nothing"


def _label(contact: Contact) -> str:
    return f"{contact.name} #{contact.id}" + (f", {contact.organization}" if contact.organization else "")
