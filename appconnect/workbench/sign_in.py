"""Sign-in and sign-out, in one go or step by step."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue, SecretStr

from appconnect import user_messages
from appconnect.auth.base import Credentials
from appconnect.auth.loopback import Consent
from appconnect.auth.sign_in import AuthFlow
from appconnect.errors import AppConnectError, InputError, NotSignedIn, SessionExpired, SignInError
from appconnect.http import deadline
from appconnect.http.replies import Reply
from appconnect.models import OAuthInfo, SignedIn, SignedOut, User
from appconnect.operation_warnings import warn
from appconnect.settings import Mode
from appconnect.workbench import validation
from appconnect.workbench.ask_person import ask_person
from appconnect.workbench.consent_page import ConsentRequest, consent_page
from appconnect.workbench.context import Context
from appconnect.workbench.operation import operation
from appconnect.workbench.sign_in_form import SignInForm

REVOKE_SECONDS = 30.0
"""How long signing out waits for the CRM; the credentials are forgotten here in any case."""


class SignInFlow:
    """Signing in, in one go or step by step, and signing out."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.form = SignInForm(context)
        self._sign_in = context.connections.sign_in
        self._asked: ConsentRequest | None = None

    @operation(SignedIn)
    async def sign_in(
        self, typed: Mapping[str, str] | None, consent: Consent | None, *, again: bool, pasted: str
    ) -> SignedIn:
        """Sign in and remember it: kept, with what is typed or set, or through the consent page."""
        checked = self.form.take(typed)
        if consent is not None and not callable(consent):
            raise InputError("The consent must be a function that takes the authorize address to a person.")
        if validation.text(pasted, "pasted address"):
            return await self._redeem_pasted(pasted)
        if not (again or consent) and (kept := await self._kept_instead(checked)):
            return kept
        if self.form.needs_page(checked):
            request = await self._begin()
            return await self._redeem(request, await self._answer(request, consent))
        info = await self._registered_app() if self.context.uses_oauth else None
        return await self._run_auth_flow(checked, info, None)

    @operation(SignedIn)
    async def check(self) -> SignedIn:
        """Ask the CRM who is signed in, with the credentials at hand or kept. Raises NotSignedIn."""
        return await self._check()

    def needs_person(self, typed: Mapping[str, str] | None) -> bool:
        """Return whether a person has something to do first: on the consent page, or in the form."""
        checked = self.form.take(typed)
        if self.context.environment.mode is not Mode.LIVE:
            return False
        return self.form.needs_page(checked) or bool(self.form.missing(checked))

    async def begin(self, typed: Mapping[str, str] | None = None) -> ConsentRequest:
        """Return the authorize address with a fresh state. Raises InputError for CRMs without one."""
        if not self.context.uses_oauth:
            raise InputError(f"{self.context.title} has no consent page; sign in with its key or password.")
        self.form.take(typed)
        return await self._begin()

    async def consent(self, request: ConsentRequest) -> str:
        """Return where the consent page sent the browser: approved by the sandbox, or by a person."""
        return await self._answer(_begun(request), None)

    @operation(SignedIn)
    async def finish(self, request: ConsentRequest, redirected: str) -> SignedIn:
        """Exchange the address that the browser was sent back to for tokens and a user."""
        begun = _begun(request)
        address = validation.text(redirected, "address that the browser came back to")
        return await self._redeem(begun, address)

    @operation(SignedOut)
    async def sign_out(self) -> SignedOut:
        """Revoke at the CRM what it can revoke, and forget the credentials here whatever it says."""
        context, user_id = self.context, await self._user_to_sign_out()
        refused: AppConnectError | None = None
        try:
            revoking = context.connector.unauthorize()
            await deadline.within(REVOKE_SECONDS, context.crm.clock, revoking)
        except AppConnectError as error:
            refused = error
        context.connections.forget(user_id)
        context.crm.signer, context.account.user, context.has_ended = None, None, False
        context.tell_user_change()
        return SignedOut(return_message=user_messages.signed_out(refused, context.title), error=refused)

    def connection_info(self) -> Mapping[str, JsonValue]:
        """Return what may be shown of the credentials. Raises NotSignedIn."""
        if not isinstance(self.context.crm.signer, Credentials):
            raise NotSignedIn(f"Nobody is signed in to {self.context.title}; sign in first.")
        return self.context.crm.signer.public()

    # -- what is kept --

    async def _kept_instead(self, typed: Mapping[str, str]) -> SignedIn | None:
        """Return the sign-in that is kept, where it spares a person something and the CRM still takes it."""
        needs_person = self.form.needs_page(typed) or self.form.missing(typed)
        if self.form.names_somebody(typed) or not needs_person:
            return None
        if self.context.user is None and self.context.connections.current() is None:
            return None
        try:
            return await self._check()
        except (SignInError, SessionExpired) as error:
            self.context.note_failure(error)
            return None

    async def _check(self) -> SignedIn:
        await self.context.signed_in_user()
        return self._signed_in(await self.context.connector.get_user_info())

    # -- the steps --

    async def _registered_app(self) -> OAuthInfo:
        self.context.environment.credentials.require(self.context.title, "client_id", "client_secret")
        return await self.context.connector.get_oauth_info()

    async def _begin(self) -> ConsentRequest:
        info, state = await self._registered_app(), self.context.environment.new_state()
        url = self._sign_in.authorize_url(info, state)
        if url is None:
            raise InputError(f"{self.context.title} has no consent page; sign in with its key or password.")
        self._asked = ConsentRequest(
            authorize_url=url, redirect_uri=info.redirect_uri, state=state, info=info
        )
        return self._asked

    async def _answer(self, request: ConsentRequest, consent: Consent | None) -> str:
        """Return where the consent page sent the browser: a person's, where nothing answers by itself.

        However long a person takes does not count towards the operation's deadline.
        """
        context = self.context
        ask = consent or context.environment.consent(request.redirect_uri, request.state)
        with deadline.paused():
            if ask is not None:
                return await ask(request.authorize_url)
            async with consent_page(context.environment, context.platform, request) as page:
                return await ask_person(page, context.title)

    async def _redeem_pasted(self, pasted: str) -> SignedIn:
        if self._asked is None:
            raise InputError("No sign-in waits for this address; run sign_in() first, and approve it there.")
        signed_in = await self._redeem(self._asked, pasted)
        self._asked = None
        return signed_in

    async def _redeem(self, request: ConsentRequest, redirected: str) -> SignedIn:
        return await self._run_auth_flow({}, request.info, request.code(redirected))

    async def _run_auth_flow(
        self, typed: Mapping[str, str], info: OAuthInfo | None, code: SecretStr | None
    ) -> SignedIn:
        """Drive the CRM's auth flow, ask who we are, and remember; on failure all stays as it was."""
        context = self.context
        before = context.crm.signer, context.account.user
        context.account.user = None  # renewals during the flow belong to nobody yet
        try:
            completed = self.form.completed(typed)
            self._mask_typed(completed)
            flow = self._sign_in.auth_flow(completed, info, code)
            credentials, answer = await self._drive(flow)
            context.crm.signer = credentials
            user = context.connector.user_in(answer) if answer is not None else None
            user = user or await context.connector.get_user_info()
        except BaseException:
            context.crm.signer, context.account.user = before
            raise
        context.has_ended = False
        context.take_up(context.connections.save(user, credentials))
        self._warn_of_gaps(user)
        return self._signed_in(user)

    def _signed_in(self, user: User) -> SignedIn:
        return SignedIn(user=user, return_message=user_messages.signed_in(user, self.context.title))

    def _warn_of_gaps(self, user: User) -> None:
        """Tell what the CRM does not tell of the user, and what that means for logs."""
        if not user.name.strip():
            warn(f"{self.context.title} does not tell your name, so that logs are without it.")
        if not (user.timezone_name or user.timezone_offset):
            warn(f"{self.context.title} does not tell your time zone, so that the times in logs are in UTC.")

    def _mask_typed(self, completed: Mapping[str, SecretStr]) -> None:
        """Have the secrets that were typed masked wherever they turn up."""
        secret = [completed[field.name] for field in self._sign_in.fields if field.secret]
        self.context.environment.connection_secrets.add(secret)

    async def _drive(self, flow: AuthFlow) -> tuple[Credentials, Reply | None]:
        """Return the credentials, and the last answer if anything was asked."""
        answer = None
        try:
            request = next(flow)
            while True:
                answer = await self.context.crm.send_unsigned(request)
                request = flow.send(answer)
        except StopIteration as end:
            credentials: Credentials = end.value
            return credentials, self.context.crm.read(answer) if answer is not None else None

    async def _user_to_sign_out(self) -> str:
        """Return who signs out; credentials that can no longer be unsealed are forgotten all the same."""
        connection = self.context.connections.current()
        try:
            return (await self.context.signed_in_user()).id
        except AppConnectError:
            if connection is None:
                raise
            return connection.user_id


def _begun(request: object) -> ConsentRequest:
    return validation.instance(ConsentRequest, request, "request", "what begin_sign_in() gave")
