"""Sign in and out, with every step of it in sight."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display
from appconnect.errors import AppConnectError, ConsentDeclined, InputError
from appconnect.models import AuthType, SignedIn, SignedOut
from appconnect.panels import styling
from appconnect.panels.consent_wait import Wait, only_wait
from appconnect.panels.panel import LABELS, Panel, button, row, text
from appconnect.settings import Mode
from appconnect.workbench import ConsentPage, ConsentRequest, Workbench

A_RECORDING = "This is a recording, which signs in and out where the notebook does: run the notebook again."
PARTS = {
    "address": "the CRM's sign-in server",
    "response_type": "we ask for a code, not for a token",
    "client_id": "the app that is registered with the CRM",
    "redirect_uri": "where the browser comes back to",
    "state": "comes back unchanged, which proves that the answer is ours",
    "action": "skips the login form",
}
"""What the parameters of an authorize address are for."""


class ConnectPanel(Panel):
    """Sign in to the CRM of a workbench: through its consent page, or with a key or password."""

    title = "Connect"
    lead = "Sign in to the CRM, see what was exchanged on the way, and sign out again."

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.steps, self.state = widgets.HTML(), widgets.HTML()
        self.fields = {
            each.name: _field(each.label, each.hint, each.secret) for each in workbench.sign_in_fields
        }
        self.sign_in_button = button("Sign in", main=True, hint=self._what_sign_in_does())
        self.browser_button = button("Approve in the browser", hint="Open the CRM's consent page yourself")
        self.sign_out_button = button("Sign out", hint=self._what_sign_out_does())
        self.pasted = text("Or paste", "the address that the browser ended at", wide=True)
        self.paste_button = button("Use this address")
        self.cancel_button = button("Cancel")
        self.waiting = widgets.VBox([row(self.pasted, self.paste_button, self.cancel_button)])
        self.waiting.layout.display = "none"
        self._asked: tuple[Wait, ConsentRequest] | None = None
        self.on_click(self.sign_in_button, self.sign_in)
        self.on_click(self.browser_button, self.sign_in_through_browser)
        self.on_click(self.sign_out_button, self.sign_out)
        self.on_click(self.paste_button, self.paste, meanwhile=True)
        self.on_click(self.cancel_button, self.cancel, meanwhile=True)
        self._build()
        self.refresh()

    def _build(self) -> None:
        if self.workbench.mode is Mode.REPLAY:
            self.show(self.state, widgets.Label(A_RECORDING), self.status, self.steps)
            return
        buttons = [self.sign_in_button, self.browser_button, self.sign_out_button]
        if self.workbench.auth_type is not AuthType.OAUTH:
            buttons.remove(self.browser_button)
        form = list(self.fields.values()) if self.workbench.auth_type is AuthType.API_KEY else []
        self.show(self.state, *form, row(*buttons), self.status, self.waiting, self.steps)

    # -- what can be done --

    async def sign_in(self) -> SignedIn | None:
        """Sign in in one go: with what is typed, or by a consent page that needs nobody here."""
        async with self.working("Signing in…"):
            first = self.next_exchange
            if self.workbench.auth_type is AuthType.API_KEY:
                signed_in = await self.workbench.sign_in(self._typed())
                self._explain(signed_in, [], first)
                return signed_in
            if self.workbench.mode is Mode.LIVE:
                return await self._through_page()
            request, before = await self._begin()
            return await self._finish(request, before, await self.workbench.ask_consent(request))
        return None

    async def sign_in_through_browser(self) -> SignedIn | None:
        """Sign in with a person pressing *Approve* on the CRM's consent page."""
        async with self.working("Waiting for the consent page…"):
            return await self._through_page()
        return None

    async def paste(self) -> None:
        """Take the pasted address as the consent page's answer; a wrong one can be pasted again."""
        address, self.pasted.value = self.pasted.value.strip(), ""
        if self._asked is None:
            return
        wait, request = self._asked
        try:
            if not address:
                raise InputError("Paste the address that the browser ended at, the whole line.")
            request.code(address)
        except ConsentDeclined:
            pass  # an answer too
        except AppConnectError as error:
            self.say("warning", error.message, "Still waiting for the right one.")
            return
        wait.take(address)

    async def cancel(self) -> None:
        """Stop waiting for the consent page."""
        if self._asked is not None:
            self._asked[0].end()

    async def sign_out(self) -> SignedOut | None:
        """Revoke what the CRM can revoke, and forget the credentials here."""
        async with self.working("Signing out…"):
            first = self.next_exchange
            signed_out = await self.workbench.sign_out()
            self.tell(signed_out)
            self.steps.value = styling.sent_and_received(self.traffic_of(first))
            return signed_out
        return None

    # -- the steps of a sign-in --

    async def _begin(self) -> tuple[ConsentRequest, list[Markup]]:
        """Return where the browser is to go, and the steps so far: some CRMs are asked for that address."""
        first = self.next_exchange
        request = await self.workbench.begin_sign_in()
        asked = styling.sent_and_received(self.traffic_of(first))
        where = Markup("<b>The CRM says where to sign in</b>{}").format(_folded(asked))
        return request, [where, _where_to(request)] if asked else [_where_to(request)]

    async def _through_page(self) -> SignedIn | None:
        async with only_wait() as wait:
            request, before = await self._begin()
            async with self.workbench.consent_page(request) as page:
                self._asked = wait, request
                self.waiting.layout.display = ""
                self.steps.value = _list([*before, _open(page, self.workbench.title)])
                try:
                    redirected = await wait.answer(page)
                finally:
                    self._asked = None
                    self.waiting.layout.display = "none"
        if not redirected:
            self.steps.value = ""
            self.say("warning", f"Stopped waiting{wait.why}; nobody was signed in.")
            return None
        return await self._finish(request, before, redirected)

    async def _finish(self, request: ConsentRequest, before: list[Markup], redirected: str) -> SignedIn:
        first = self.next_exchange
        signed_in = await self.workbench.finish_sign_in(request, redirected)
        self._explain(signed_in, [*before, _came_back(redirected)], first)
        return signed_in

    def _typed(self) -> dict[str, str]:
        """Return what was typed; secrets are taken out of their fields at once."""
        typed = {name: field.value for name, field in self.fields.items()}
        for field in self.fields.values():
            if isinstance(field, widgets.Password):
                field.value = ""
        return typed

    def _explain(self, signed_in: SignedIn, before: list[Markup], first: int) -> None:
        self.tell(signed_in)
        exchanged = styling.sent_and_received(self.traffic_of(first))
        steps = [*before, Markup("<b>What was exchanged</b>, secrets masked{}").format(_folded(exchanged))]
        if signed_in.user is not None:
            steps.append(self._what_it_allows())
        self.steps.value = _list(steps)

    def _what_it_allows(self) -> Markup:
        session = self.workbench.connection_info()
        shown = {_LABELS.get(name, name): _readable(name, value) for name, value in session.items() if value}
        return Markup("<b>What the connection allows</b>{}").format(display.facts(shown))

    # -- how things stand --

    def refresh(self) -> None:
        """Say who is connected, and offer what makes sense."""
        user = self.workbench.user
        self.sign_out_button.disabled = user is None
        zone = f", {user.timezone_name}" if user and user.timezone_name else ""
        self.state.value = (
            display.facts({"Signed in as": f"{user.name} ({user.id}{zone})"})
            if user
            else styling.empty(f"Nobody is signed in to {self.workbench.title}. {self._what_sign_in_does()}")
        )

    def _what_sign_in_does(self) -> str:
        if self.workbench.auth_type is AuthType.API_KEY:
            made_up = "" if self.workbench.mode is Mode.LIVE else " What is left empty is the sandbox's own."
            return f"Type what the CRM gave you.{made_up}"
        if self.workbench.mode is Mode.LIVE:
            return "The CRM asks in the browser whether this app may connect."
        return "“Sign in” has the consent page approved for you."

    def _what_sign_out_does(self) -> str:
        if self.workbench.auth_type is AuthType.API_KEY:
            return "Forget the credentials here"
        return "Revoke the tokens and forget them here"

    def about(self) -> str:
        """Return who is signed in."""
        return f"signed in as {self.workbench.user.name}" if self.workbench.user else "not signed in"


_LABELS = {
    "scope": "may use",
    "expiresAt": "until",
    "apiDomain": "the API is at",
    "apiUrl": "the API is at",
    "userId": "user",
    "databaseId": "database",
    "username": "user name",
    "dataCentre": "data centre",
}


def _field(label: str, hint: str, secret: bool) -> widgets.Text:
    kind = widgets.Password if secret else widgets.Text
    return kind(description=label, placeholder=hint, style=LABELS, layout={"width": "32rem"})


def _list(steps: list[Markup]) -> Markup:
    items = Markup("").join(Markup("<li>{}</li>").format(step) for step in steps)
    return Markup('<ol class="ac-steps">{}</ol>').format(items)


def _folded(body: Markup) -> Markup:
    return Markup("<details><summary>Show the requests</summary>{}</details>").format(body)


def _where_to(request: ConsentRequest) -> Markup:
    rows = [(name, value, PARTS.get(name, "")) for name, value in request.parts.items()]
    table = display.table("the authorize address, taken apart", ("Part", "Value", "What for"), rows)
    return Markup("<b>The browser goes to the CRM</b>{}").format(table)


def _open(page: ConsentPage, crm: str) -> Markup:
    problem = styling.note("warning", page.problem) if page.problem else display.NOTHING
    return Markup(
        '<b>A person approves</b><p><a class="ac-button" href="{}" target="_blank" rel="noopener noreferrer">'
        "Open {}’s consent page</a></p>{}<p class='ac-dim'>This panel hears the answer by itself when the "
        "browser runs on this computer. From elsewhere, paste the address that the browser ended at.</p>"
    ).format(page.address, crm, problem)


def _came_back(redirected: str) -> Markup:
    url = urlsplit(redirected)
    rows = [
        (name, "<code>, good once" if name == "code" else value)
        for name, value in parse_qsl(url.query)
        if name != "client_id"  # our own, which Bullhorn repeats
    ]
    table = display.table(
        f"the browser came back to {url.scheme}://{url.netloc}{url.path}", ("Part", "Value"), rows
    )
    return Markup("<b>The CRM sends the browser back</b>{}").format(table)


def _readable(name: str, value: object) -> Markup:
    if name == "scope":
        words = str(value).replace(",", " ").split()
        return Markup(" ").join(Markup("<code>{}</code>").format(word) for word in words)
    return Markup("<code>{}</code>").format(value)
