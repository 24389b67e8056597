"""What the forms for call and message logs share: whom to log against, and what the CRM offers for it."""

from __future__ import annotations

import ipywidgets as widgets
from markupsafe import Markup, escape

from appconnect import display
from appconnect.errors import AppConnectError, InputError
from appconnect.models import Contact, JsonObject
from appconnect.panels import styling
from appconnect.panels.contacts import ContactsPanel
from appconnect.panels.panel import LABELS, NONE, Panel, choice, words
from appconnect.workbench import Workbench


class LogForm(Panel):
    """A form that logs against a contact, or against the one chosen in a contacts panel."""

    def __init__(self, workbench: Workbench, contact: Contact | ContactsPanel | None = None) -> None:
        super().__init__(workbench)
        self._contact = contact
        self._offered_for: str | None = None
        self.links = {field: choice(words(field).capitalize(), [NONE]) for field in workbench.log_form_fields}
        self._touched: set[str] = set()
        for field, drop_down in self.links.items():
            drop_down.observe(lambda change, field=field: self._choose_link(field, change.new), "value")
        self.one_of = widgets.HTML(_only_one(workbench))
        self.whom = widgets.Text(description="Contact", disabled=True, style=LABELS)

    @property
    def contact(self) -> Contact | None:
        """The contact to log against."""
        return self._contact.chosen if isinstance(self._contact, ContactsPanel) else self._contact

    @contact.setter
    def contact(self, contact: Contact | ContactsPanel | None) -> None:
        self._contact = contact
        self.refresh()

    @property
    def person(self) -> Contact | None:
        """Whom the form is about."""
        return self.contact

    def follow_contact(self) -> None:
        """Keep up with the contacts panel, if there is one."""
        if isinstance(self._contact, ContactsPanel):
            self.on_change([self._contact.choose], self.refresh)

    def refresh(self) -> None:
        """Show whom to log against, and offer what belongs to it."""
        contact = self.person
        self.whom.value = f"{contact.name} #{contact.id}" if contact else ""
        self.whom.placeholder = "choose a contact first"
        offered_for = f"{contact.type} {contact.id}" if contact else ""
        if offered_for == self._offered_for:
            return
        self._offered_for = offered_for
        for field, drop_down in self.links.items():
            choices = contact.choices.get(field, []) if contact else []
            drop_down.options = [NONE, *((each.title, each.const) for each in choices)]
        self.unlink()

    def _choose_link(self, field: str, chosen: str) -> None:
        """Note that a field was touched; of fields that exclude each other, one keeps its choice."""
        self._touched.add(field)
        if not chosen:
            return
        for group in self.workbench.exclusive_form_fields:
            for other in set(group) & self.links.keys() - {field} if field in group else ():
                self.links[other].value = ""

    def unlink(self) -> None:
        """Choose nothing in the form, as if nobody had touched it."""
        for drop_down in self.links.values():
            drop_down.value = ""
        self._touched.clear()

    def unless_shown(self, error: AppConnectError) -> Markup:
        """Return what is wrong with the form; nothing where the panel already shows it."""
        is_shown = escape(error.message) in self.status.value
        return display.NOTHING if is_shown else styling.note("warning", error.message)

    def chosen_contact(self) -> Contact:
        """Return the contact; InputError when none is chosen yet."""
        if self.person is None:
            raise InputError("Choose a contact first: nothing can be logged against nobody.")
        return self.person

    def offered(self) -> JsonObject:
        """Return what is chosen in the form, "" for none: only fields that offer something."""
        return {field: each.value for field, each in self.links.items() if len(each.options) > 1}

    def submission(self) -> JsonObject:
        """Return what was chosen for this contact, without fields that nobody touched: they clear nothing."""
        return {field: value for field, value in self.offered().items() if field in self._touched}


def _only_one(workbench: Workbench) -> Markup:
    """Return the sentence on fields that exclude each other; nothing where none do."""
    groups = [" or ".join(words(field) for field in group) for group in workbench.exclusive_form_fields]
    sentences = [
        f"One of {each}: {workbench.title} links a log to one at most, so choosing one clears the other."
        for each in groups
    ]
    return Markup("").join(Markup('<p class="ac-dim">{}</p>').format(each) for each in sentences)
