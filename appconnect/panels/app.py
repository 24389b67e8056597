"""The workbench without code: choose a CRM, and work with the panels, a tab each."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as widgets

from appconnect.panels.batch import BatchPanel
from appconnect.panels.call_log import CallLogPanel
from appconnect.panels.check import CheckPanel
from appconnect.panels.choose_crm import ChooserPanel
from appconnect.panels.connect import ConnectPanel
from appconnect.panels.contacts import ContactsPanel
from appconnect.panels.exports import ExportPanel
from appconnect.panels.history import HistoryPanel
from appconnect.panels.match import MatchPanel
from appconnect.panels.message_log import MessageLogPanel
from appconnect.panels.panel import Panel
from appconnect.panels.rate_limits import RateLimitsPanel
from appconnect.panels.request import RequestPanel
from appconnect.panels.sandbox import SandboxPanel
from appconnect.panels.timeline import TimelinePanel
from appconnect.panels.value_origins import ValueOriginsPanel
from appconnect.settings import Mode
from appconnect.workbench import Workbench

PANELS: tuple[type[Panel], ...] = (
    ConnectPanel,
    ContactsPanel,
    CallLogPanel,
    MessageLogPanel,
    MatchPanel,
    ValueOriginsPanel,
    RequestPanel,
    TimelinePanel,
    RateLimitsPanel,
    SandboxPanel,
    HistoryPanel,
    ExportPanel,
    BatchPanel,
    CheckPanel,
)
"""The tabs, in their order. A panel that is made of a workbench joins with its line here."""
FOLLOWED: dict[type[Panel], type[Panel]] = {
    CallLogPanel: ContactsPanel,
    MessageLogPanel: ContactsPanel,
    ValueOriginsPanel: CallLogPanel,
}
"""Panels that follow another one, which they are given beside the workbench."""
WITHOUT_WORKBENCH: tuple[type[Panel], ...] = (CheckPanel,)
IN_THE_SANDBOX_ONLY: tuple[type[Panel], ...] = (SandboxPanel,)


class AppPanel(ChooserPanel):
    """Choose a CRM, then sign in, search, log and look into it in the tabs below: nothing is to be run.

    ``panels`` are the tabs, each made when it is opened first. Another choice of a CRM begins anew.
    """

    title = "App Connect workbench"
    lead = "Choose a CRM, sign in in the first tab, then work in the others. No code is needed."

    def __init__(self, crm: str = "", panels: Sequence[type[Panel]] = PANELS) -> None:
        super().__init__(crm)
        hidden = () if self.mode is Mode.SANDBOX else IN_THE_SANDBOX_ONLY
        self.kinds = tuple(each for each in panels if each not in hidden)
        self.opened: dict[type[Panel], Panel] = {}
        self.session: Workbench | None = None
        self.tabs = widgets.Tab(_dom_classes=("ac-tabs",))
        self.tabs.children = [widgets.VBox() for _ in self.kinds]
        self.tabs.titles = [each.title for each in self.kinds]
        self.tabs.selected_index = 0
        self.view.children = (*self.view.children, self.tabs)
        self.tabs.observe(lambda _: self.start(self.open_tab), "selected_index")
        self.on_change([self.crm], lambda: self.start(self.begin))
        self.start_now()

    async def begin(self) -> Workbench:
        """Begin anew with the CRM that is chosen."""
        return self.start_now()

    async def open_tab(self) -> Panel | None:
        """Make the panel of the tab that is open, unless it is there already."""
        return self._open_tab()

    def start_now(self) -> Workbench:
        """Connect to the chosen CRM and open the first tab; nothing is sent yet."""
        self._made.clear()  # whose panels go away
        self.opened.clear()
        self.session = self.connect()
        for each in self.tabs.children:
            each.children = ()
        self.tabs.selected_index = 0
        self._open_tab()
        return self.session

    def _open_tab(self) -> Panel | None:
        index = self.tabs.selected_index
        if index is None:
            return None
        panel, place = self._panel(self.kinds[index]), self.tabs.children[index]
        if not place.children:
            place.children = (panel.view,)
            panel._repr_mimebundle_()  # as a notebook asks: a panel that follows the traffic begins to
        return panel

    def _panel(self, kind: type[Panel]) -> Panel:
        if kind not in self.opened:
            self.opened[kind] = self._made_panel(kind)
        return self.opened[kind]

    def _made_panel(self, kind: type[Panel]) -> Panel:
        if kind in WITHOUT_WORKBENCH:
            return kind()
        assert self.session is not None
        followed = FOLLOWED.get(kind)
        return kind(self.session, self._panel(followed)) if followed else kind(self.session)  # type: ignore[call-arg]

    def snapshot(self) -> str:
        """Return the choice, and which panels there are."""
        names = ", ".join(each.title for each in self.kinds)
        return super().snapshot() + f"<p>{names}</p>"
