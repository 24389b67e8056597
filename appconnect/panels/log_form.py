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
            drop_down.observe(lambda _, field=field: self._touched.add(field), "value")
        self.whom = widgets.Text(
            description="Contact", disabled=True, style=LABELS, layout={"width": "32rem"}
        )

    @property
    def contact(self) -> Contact | None:
        """The contact to log against."""
        return self._contact.chosen if isinstance(self._contact, ContactsPanel) else self._contact

    @contact.setter
    def contact(self, contact: Contact | ContactsPanel | None) -> None:
        self._contact = contact
        self.refresh()

    def follow_contact(self) -> None:
        """Keep up with the contacts panel, if there is one."""
        if isinstance(self._contact, ContactsPanel):
            self.on_change([self._contact.choose], self.refresh)

    def refresh(self) -> None:
        """Show whom to log against, and offer what belongs to it."""
        contact = self.contact
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
        if self.contact is None:
            raise InputError("Choose a contact first: nothing can be logged against nobody.")
        return self.contact

    def offered(self) -> JsonObject:
        """Return what is chosen in the form, "" for none: only fields that offer something."""
        return {field: each.value for field, each in self.links.items() if len(each.options) > 1}

    def submission(self) -> JsonObject:
        """Return what was chosen for this contact, without fields that nobody touched: they clear nothing."""
        return {field: value for field, value in self.offered().items() if field in self._touched}
