"""Traffic for other programs: a request as curl or Python, all of it as HAR or a table."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import ipywidgets as widgets
from markupsafe import Markup

from appconnect.errors import InputError
from appconnect.panels import styling
from appconnect.panels.following import Follower
from appconnect.panels.panel import LABELS, Panel, button, choice, options, row, text, toolbar
from appconnect.workbench import Exchange, Workbench

SANDBOX = "http://127.0.0.1:8700"
"""Where ``appconnect sandbox`` listens unless told otherwise."""
MAX_LISTED = 200
COPY = (
    "const said = () => this.textContent = 'Copied';"
    " if (navigator.clipboard) navigator.clipboard.writeText(this.dataset.command).then(said);"
    " else { const field = document.createElement('textarea'); field.value = this.dataset.command;"
    " this.after(field); field.select(); if (document.execCommand('copy')) said();"
    " field.remove(); this.focus() }"
)
"""What a click on *Copy* runs in the browser; by http from another computer, that has no clipboard."""
AT_THE_CRM, IN_SANDBOX = "crm", "sandbox"


@dataclass(frozen=True)
class File:
    """A file to take away."""

    name: str
    mime: str
    content: bytes

    def link(self) -> Markup:
        """Return a link that saves it; the file is in the link, and nothing is fetched."""
        data = base64.b64encode(self.content).decode()
        return Markup(
            '<p><a class="ac-download" download="{}" href="data:{};base64,{}">Save {}</a> '
            '<span class="ac-dim">{:,} bytes</span></p>'
        ).format(self.name, self.mime, data, self.name, len(self.content))


def har_file(workbench: Workbench, *, people: bool = False) -> File:
    """Return all traffic as a HAR file; ``people``: with people's data in it."""
    content = workbench.trace.har_bytes(people=people)
    return File(f"{workbench.platform}.har", "application/json", content)


def table_file(workbench: Workbench, *, people: bool = False) -> File:
    """Return all traffic as a table in CSV; ``people``: with people's data in it."""
    content = workbench.trace.to_dataframe(people=people).to_csv().encode("utf-8", "replace")
    return File(f"{workbench.platform}_traffic.csv", "text/csv", content)


def command(source: str) -> Markup:
    """Return a command or script with a button that copies it."""
    return Markup(
        '{}<button class="jupyter-widgets jupyter-button" type="button" data-command="{}" onclick="{}">'
        "Copy</button>"
    ).format(styling.source(source), source, COPY)


class ExportPanel(Panel):
    """One request as curl or Python that run as they are, or all of them as HAR or a table.

    ``file`` is what was made last for saving, ``made`` the command or script.
    """

    title = "Export"
    lead = "One request as a command, or all traffic as a file. Secrets are masked or variables everywhere."

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.file: File | None = None
        self.made = ""
        self.request = choice("Request", ())
        self.request.add_class("ac-grow")
        self.where = options("Runs at", [(workbench.title, AT_THE_CRM), ("a local sandbox", IN_SANDBOX)])
        self.sandbox = text("Sandbox at", SANDBOX, SANDBOX)
        self.people = widgets.Checkbox(
            description="With people's data, not pseudonyms", style=LABELS, indent=False
        )
        self.curl_button = button("curl", main=True, hint="The request as a command for a shell")
        self.httpx_button = button("httpx", hint="The request as a Python script")
        self.har_button = button("HAR", hint="All traffic, for a browser's developer tools")
        self.table_button = button("table", hint="All traffic as a table in CSV")
        self.result = widgets.HTML()
        for each, work in (
            (self.curl_button, self.curl), (self.httpx_button, self.httpx),
            (self.har_button, self.har), (self.table_button, self.table),
        ):  # fmt: skip
            self.on_click(each, work)
        self.on_change([self.where], self.refresh)
        self.show(
            row(self.request),
            row(self.where, self.sandbox),
            toolbar(self.curl_button, self.httpx_button, self.har_button, self.table_button, self.people),
            self.status,
            self.result,
        )
        self._follower = Follower(self._list)
        self._follower.follow(workbench.trace.watch)
        self._follower.catch_up()
        self.refresh()

    async def curl(self) -> str:
        """Show the chosen request as a command for sh."""
        async with self.working("Writing the command…"):
            self._show_command(self._chosen.as_curl(self._sandbox_address), "This runs in any shell")
        return self.made

    async def httpx(self) -> str:
        """Show the chosen request as a Python script."""
        async with self.working("Writing the script…"):
            script = self._chosen.as_httpx(self._sandbox_address)
            self._show_command(script, "This runs in any Python with httpx")
        return self.made

    async def har(self) -> File | None:
        """Offer all traffic as a HAR file."""
        async with self.working("Writing the file…"):
            self._show_file(har_file(self.workbench, people=self.people.value))
        return self.file

    async def table(self) -> File | None:
        """Offer all traffic as a table."""
        async with self.working("Writing the table…"):
            self._show_file(table_file(self.workbench, people=self.people.value))
        return self.file

    def close(self) -> None:
        """Stop following the traffic."""
        self._follower.close()

    # -- what is shown --

    @property
    def _chosen(self) -> Exchange:
        self._follower.catch_up()
        if self.request.value is None:
            raise InputError("Nothing has been sent yet; there is no request to export.")
        return self.workbench.trace.numbered(self.request.value)

    @property
    def _sandbox_address(self) -> str:
        if self.where.value == AT_THE_CRM:
            return ""
        address = str(self.sandbox.value).strip()
        if not address.startswith(("http://127.0.0.1", "http://localhost")):
            raise InputError(f"The sandbox is on this computer; write its address like {SANDBOX}.")
        return address

    def _show_command(self, source: str, what: str) -> None:
        self.made = source
        needs = "once its variables are set" if source.startswith("# Set") else "as it is"
        self.say("success", f"{what}, {needs}. People's data may be in it.")
        self.result.value = command(source)

    def _show_file(self, file: File) -> None:
        self.file = file
        if self.people.value:
            self.say("warning", "People's data is in this file: names, numbers, notes. Secrets are masked.")
        else:
            self.say("success", "Pseudonyms stand for people in this file, and secrets are masked.")
        self.result.value = file.link()

    def _list(self) -> None:
        newest = self.workbench.trace[-MAX_LISTED:][::-1]
        before, known = self.request.value, {each.number for each in newest}
        self.request.options = [(f"{each.number}. {each}", each.number) for each in newest]
        if newest:
            self.request.value = before if before in known else newest[0].number

    def refresh(self) -> None:
        """Ask for the sandbox's address only where it is needed."""
        self.sandbox.layout.display = None if self.where.value == IN_SANDBOX else "none"

    def _repr_mimebundle_(self, **more: object) -> dict[str, object]:
        self._follower.shown()
        return super()._repr_mimebundle_(**more)

    def about(self) -> str:
        """Return how many requests there are."""
        count = len(self.workbench.trace)
        return "1 request" if count == 1 else f"{count} requests"
