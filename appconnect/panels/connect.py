"""Sign in and out, with every step of it in sight."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING

import ipywidgets as widgets
from IPython.display import display as show_in_cell
from markupsafe import Markup

from appconnect import display
from appconnect.errors import AppConnectError, SessionExpired, SignInError, SignInNeeded
from appconnect.models import AuthType
from appconnect.panels import sign_in_steps as steps
from appconnect.panels import styling
from appconnect.panels.panel import Panel, button, folded, row, text, toolbar
from appconnect.panels.sign_in_fields import SignInFields
from appconnect.settings import Mode

if TYPE_CHECKING:
    from appconnect.models import SignedIn, SignedOut
    from appconnect.workbench import ConsentPage, ConsentRequest, Workbench

A_RECORDING = "This is a recording, which signs in and out where the notebook does: run the notebook again."
THE_APP = "The app that is registered with the CRM"


class ConnectPanel(Panel):
    """Sign in to the CRM of a workbench: through its consent page, or with a key or password."""

    title = "Connect"
    lead = "Sign in to the CRM, see what was exchanged on the way, and sign out again."

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.steps, self.state = self.answer(), widgets.HTML()
        self.form = SignInFields(workbench)
        self.fields = self.form.widgets
        self.kept = widgets.Label(self.form.what_is_kept(), _dom_classes=("ac-small",))
        self.app = folded(THE_APP, *self.form.app, *(() if self.form.own else (self.kept,)))
        self.sign_in_button = button("Sign in", main=True, hint=self._what_sign_in_does())
        self.browser_button = button("Approve in the browser", hint="Open the CRM's consent page yourself")
        self.sign_out_button = button("Sign out", hint=self._what_sign_out_does())
        self.waiting = widgets.VBox(layout={"display": "none"})
        """What there is to do while a consent page is open; its controls are made for the first one."""
        self._page: ConsentPage | None = None
        self.on_click(self.sign_in_button, self.press)
        self.on_click(self.browser_button, self.sign_in_through_browser)
        self.on_click(self.sign_out_button, self.sign_out)
        for field in self.fields.values():
            self.on_enter(field, self.press)
        self._build()
        self.refresh()

    def _build(self) -> None:
        if self.workbench.mode is Mode.REPLAY:
            self.show(self.state, widgets.Label(A_RECORDING), self.status, self.steps)
            return
        buttons = [self.sign_in_button, self.browser_button, self.sign_out_button]
        if self.workbench.auth_type is not AuthType.OAUTH:
            buttons.remove(self.browser_button)
        self.app.is_open = self.form.lacks_app
        app = [self.app] if self.form.app else []
        form = [*app, *self.form.own, *([self.kept] if self.form.own else [])]
        self.show(self.state, *form, toolbar(*buttons), self.status, self.waiting, self.steps)

    @cached_property
    def pasted(self) -> widgets.Text:
        """Where the address goes that the browser ended at."""
        field = text("Or paste", "the address that the browser ended at", wide=True)
        self.on_enter(field, self.paste, meanwhile=True)
        return field

    @cached_property
    def cancel_button(self) -> widgets.Button:
        """What ends the wait."""
        cancel = button("Cancel")
        self.on_click(cancel, self.cancel, meanwhile=True)
        return cancel

    @cached_property
    def paste_button(self) -> widgets.Button:
        """What takes that address."""
        use = button("Use this address")
        self.on_click(use, self.paste, meanwhile=True)
        return use

    # -- what can be done --

    async def sign_in(self) -> SignedIn | None:
        """Sign in where nobody is needed for it: with what is typed, set or kept, or as the sandbox allows.

        Where a person is, the panel is shown with what there is to do, and SignInNeeded ends the cell at
        once. A notebook then goes on below it, or again from the top: the sign-in is kept.
        """
        typed, needs_person = self.form.take(), False
        async with self.working("Signing in…"):
            if not self.workbench.needs_person(typed):
                return await self._alone(typed)
            if kept := await self._kept(typed):
                return kept
            needs_person = True
        if self.workbench.mode is not Mode.LIVE:
            return None
        if needs_person and self.workbench.sign_in_form.needs_page(typed):
            self.start(partial(self._through_page, typed))
        show_in_cell(self)  # type: ignore[no-untyped-call]
        raise SignInNeeded(
            f"Nobody is signed in to {self.workbench.title} yet: sign in above, then run on below this cell."
        )

    async def press(self) -> SignedIn | None:
        """Sign in as the button does: here, and with a person where one is needed."""
        typed, needs_page = self.form.take(), False
        async with self.working("Signing in…"):
            if self.workbench.user is None and (kept := await self._kept(typed)):
                return kept
            needs_page = self.workbench.needs_person(typed) and self.workbench.sign_in_form.needs_page(typed)
            if not needs_page:
                return await self._alone(typed)
        return await self._through_page(typed) if needs_page else None

    async def sign_in_through_browser(self) -> SignedIn | None:
        """Sign in with a person pressing *Approve* on the CRM's consent page."""
        return await self._through_page(self.form.take())

    async def paste(self) -> None:
        """Take the pasted address as the consent page's answer; a wrong one can be pasted again."""
        address, self.pasted.value = self.pasted.value, ""
        if self._page is None:
            return
        try:
            self._page.paste(address)
        except AppConnectError as error:
            self.say("warning", error.message, "Still waiting for the right one.")

    async def cancel(self) -> None:
        """Stop waiting for the consent page."""
        if self._page is not None:
            self._page.stop()

    async def sign_out(self) -> SignedOut | None:
        """Revoke what the CRM can revoke, and forget the credentials here."""
        async with self.working("Signing out…"):
            first = self.next_exchange
            signed_out = await self.workbench.sign_out()
            self.tell(signed_out)
            self.steps.value = styling.sent_and_received(self.traffic_of(first))
            return signed_out
        return None

    # -- the ways to sign in --

    async def _kept(self, typed: Mapping[str, str]) -> SignedIn | None:
        """Return the sign-in that is kept, or its failure; None when there is none, or it has ended."""
        is_kept = self.workbench.user is not None or self.workbench.kept_sign_in is not None
        if not is_kept or self.workbench.sign_in_form.names_somebody(typed):
            return None
        first = self.next_exchange
        checked = await self.workbench.check_sign_in()
        if isinstance(checked.error, SignInError | SessionExpired):
            return None
        self._explain(checked, [], first)
        return checked

    async def _alone(self, typed: Mapping[str, str]) -> SignedIn:
        """Sign in without a person; what the sandbox's consent page is asked and answers is shown too."""
        if not self.workbench.sign_in_form.needs_page(typed):
            return await self._typed(typed)
        request, before = await self._begin(typed)
        return await self._finish(request, before, await self.workbench.ask_consent(request))

    async def _typed(self, typed: Mapping[str, str]) -> SignedIn:
        first = self.next_exchange
        signed_in = await self.workbench.sign_in(typed, again=True)
        self._explain(signed_in, [], first)
        return signed_in

    async def _through_page(self, typed: Mapping[str, str]) -> SignedIn | None:
        self.steps.value = ""
        async with self.working("Waiting for the consent page…"):
            request, before = await self._begin(typed)
            async with self.workbench.consent_page(request) as page:
                redirected = await self._answer(page, before)
            return await self._finish(request, before, redirected)
        return None

    # -- the steps of a sign-in --

    async def _begin(self, typed: Mapping[str, str]) -> tuple[ConsentRequest, list[Markup]]:
        """Return where the browser is to go, and the steps so far: some CRMs are asked for that address."""
        first = self.next_exchange
        request = await self.workbench.begin_sign_in(typed)
        asked = styling.sent_and_received(self.traffic_of(first))
        where = Markup("<b>The CRM says where to sign in</b>{}").format(steps.folded_requests(asked))
        return request, [where, steps.where_to(request)] if asked else [steps.where_to(request)]

    async def _answer(self, page: ConsentPage, before: list[Markup]) -> str:
        self._page = page
        self.waiting.children = self.waiting.children or (
            row(self.pasted, self.paste_button, self.cancel_button),
        )
        self.waiting.layout.display = ""
        self.steps.value = steps.in_order([*before, steps.page_to_open(page, self.workbench.title)])
        try:
            return await page.answer()
        except AppConnectError:
            self.steps.value = ""
            raise
        finally:
            self._page = None
            self.waiting.layout.display = "none"

    async def _finish(self, request: ConsentRequest, before: list[Markup], redirected: str) -> SignedIn:
        first = self.next_exchange
        signed_in = await self.workbench.finish_sign_in(request, redirected)
        self._explain(signed_in, [*before, steps.came_back(redirected)], first)
        return signed_in

    def _explain(self, signed_in: SignedIn, before: list[Markup], first: int) -> None:
        self.tell(signed_in)
        told = [*before, steps.exchanged(self.traffic_of(first))]
        if signed_in.user is not None:
            told.append(steps.allowed(self.workbench.connection_info()))
        self.steps.value = steps.in_order(told)

    # -- how things stand --

    def refresh(self) -> None:
        """Say who is connected, and offer what makes sense."""
        user, kept = self.workbench.user, self.workbench.kept_sign_in
        self.sign_out_button.disabled = user is None and kept is None
        if user is not None:
            zone = f", {user.timezone_name}" if user.timezone_name else ""
            self.state.value = display.facts({"Signed in as": f"{user.name} ({user.id}{zone})"})
        elif kept is not None:
            self.state.value = display.facts({"Signed in as": f"{kept} ({kept.user.id})"})
        else:
            nobody = f"Nobody is signed in to {self.workbench.title}. {self._what_sign_in_does()}"
            self.state.value = styling.empty(nobody)
        if kept is not None and kept.problem:
            self.state.value += styling.note("warning", kept.problem)
        elif user is None and kept is not None:
            self.state.value += styling.empty("The CRM has not been asked yet whether it is still good.")

    def user_changed(self) -> None:
        """Say who is connected now."""
        super().user_changed()
        self.refresh()

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
        return self.workbench.who_in_words()
