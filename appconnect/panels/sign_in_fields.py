"""The fields of a sign-in: what the platform declares, as controls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import ipywidgets as widgets

from appconnect.panels.panel import LABELS
from appconnect.settings import Mode

if TYPE_CHECKING:
    from appconnect.workbench import FormField, Workbench


class SignInFields:
    """A control for each field; ``app`` are those of the registered app, ``own`` those of who signs in."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench
        every = (*workbench.app_fields, *workbench.sign_in_fields)
        self.widgets = {each.name: self._control(each) for each in every}
        self.app = [self.widgets[each.name] for each in workbench.app_fields]
        self.own = [self.widgets[each.name] for each in workbench.sign_in_fields]

    @property
    def lacks_app(self) -> bool:
        """Whether something of the app is not set, and so has to be typed: only live, else all is there."""
        if self._workbench.mode is not Mode.LIVE:
            return False
        form = self._workbench.sign_in_form
        return any(not form.is_set(each) for each in self._workbench.app_fields)

    def take(self) -> dict[str, str]:
        """Return what was typed; secrets are taken out of their fields at once."""
        typed = {name: field.value for name, field in self.widgets.items()}
        for field in self.widgets.values():
            if isinstance(field, widgets.Password):
                field.value = ""
        return typed

    def what_is_kept(self) -> str:
        """Return which of the fields are kept, how long, and which never."""
        every = (*self._workbench.app_fields, *self._workbench.sign_in_fields)
        kept = _listed(each.label for each in every if each.kept)
        never = _listed(each.label for each in every if not each.kept)
        where = "kept encrypted" if self._workbench.mode is Mode.LIVE else "kept in memory"
        told = [f"{kept}: {where} until you sign out."] * bool(kept)
        told += [f"{never}: used once, never kept."] * bool(never)
        return " ".join(["What you type:", *told])

    def _control(self, field: FormField) -> widgets.Text:
        kind = widgets.Password if field.secret else widgets.Text
        return kind(
            description=field.label,
            placeholder=self._placeholder(field),
            style=LABELS,
            continuous_update=False,  # as for all fields in which Enter does something
        )

    def _placeholder(self, field: FormField) -> str:
        if self._workbench.mode is Mode.LIVE and (form := self._workbench.sign_in_form).is_set(field):
            return f"{form.variable(field)} is set"
        return field.hint


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(labels)
