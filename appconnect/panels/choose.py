"""Choose: which CRM to work with."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets as widgets

from appconnect.models import UserSettings
from appconnect.panels import look
from appconnect.panels.panel import Panel, choice
from appconnect.settings import Mode, Settings
from appconnect.workbench import CRMS, Workbench, connect

WHAT_ANSWERS = {
    Mode.SANDBOX: "A sandbox on this computer plays the CRM: no account is needed.",
    Mode.REPLAY: "A recording answers; nothing is sent.",
    Mode.LIVE: "The live CRM answers, with the credentials that are set in the environment or in .env.",
}


class ChooserPanel(Panel):
    """Pick one of the CRMs; :meth:`connect` makes its workbench."""

    title = "Which CRM?"
    lead = "Choose one, then run the next cell. Come back here to choose another."

    def __init__(self, crm: str = "pipedrive") -> None:
        super().__init__()
        self.crm = choice("CRM", [(title, name) for name, title in CRMS.items()], value=crm)
        self.mode = Settings.load().mode
        self.show(self.crm, widgets.HTML(look.facts({"What answers": WHAT_ANSWERS[self.mode]})), self.said)

    def connect(
        self,
        *,
        scenario: str = "walkthrough",
        settings: UserSettings | None = None,
        options: Mapping[str, str] | None = None,
    ) -> Workbench:
        """A workbench for the CRM that is chosen; nothing is sent yet."""
        return connect(self.crm.value, scenario=scenario, settings=settings, options=options)

    def snapshot(self) -> str:
        """The choice; not what answers, which differs from environment to environment."""
        return look.facts({"CRM": CRMS[self.crm.value]})

    def about(self) -> str:
        """Which CRM is chosen."""
        return CRMS[str(self.crm.value)]
