"""Sign-in and sign-out, in one go or step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from pydantic import JsonValue, SecretStr
from pydantic.alias_generators import to_snake

from appconnect import user_messages
from appconnect.auth.base import Credentials
from appconnect.auth.loopback import Consent
from appconnect.auth.oauth2 import redirected_code
from appconnect.auth.sign_in import AuthFlow
from appconnect.errors import AppConnectError, InputError, NotSignedIn
from appconnect.models import OAuthInfo, SignedIn, SignedOut, User
from appconnect.operation_warnings import warn
from appconnect.settings import Mode
from appconnect.workbench import validation
from appconnect.workbench.context import Context
from appconnect.workbench.operation import operation


@dataclass(frozen=True)
class ConsentRequest:
    """A sign-in that waits for a person: where to send the browser, and what must come back."""

    authorize_url: str
    redirect_uri: str
    state: str = field(repr=False)
    info: OAuthInfo = field(repr=False)
    """Where and as whom the code will be redeemed."""

    @property
    def parts(self) -> dict[str, str]:
        """The authorize address taken apart: where it leads, and each parameter."""
        url = urlsplit(self.authorize_url)
        return {"address": f"{url.scheme}://{url.netloc}{url.path}", **dict(parse_qsl(url.query))}

    def code(self, redirected: str) -> SecretStr:
        """Return the code in the address that the browser was sent back to.

        Raises ConsentDeclined, or another SignInError when the address does not answer this request.
        """
        return redirected_code(redirected, redirect_uri=self.redirect_uri, state=self.state)


class SignInFlow:
    """Signing in, in one go or step by step, and signing out."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._sign_in = context.connections.sign_in

    @operation(SignedIn)
    async def sign_in(self, typed: Mapping[str, str] | None, consent: Consent | None) -> SignedIn:
        """Sign in and remember it: through the consent page, or with what is typed or set."""
        checked = validation.texts(typed, "sign-in form")
        self._note_options(checked)
        if self._needs_page(checked):
            request = await self._begin()
            ask = consent or self.context.environment.consent(request.redirect_uri, request.state)
            return await self._redeem(request, await ask(request.authorize_url))
        info = await self._registered_app() if self.context.uses_oauth else None
        return await self._run_auth_flow(checked, info, None)

    async def begin(self) -> ConsentRequest:
        """Return the authorize address with a fresh state. Raises InputError for CRMs without one."""
        if not self.context.uses_oauth:
            raise InputError(f"{self.context.title} has no consent page; sign in with its key or password.")
        return await self._begin()

    async def consent(self, request: ConsentRequest) -> str:
        """Return where the consent page sent the browser: approved by the sandbox, or by a person."""
        ask = self.context.environment.consent(request.redirect_uri, request.state)
        return await ask(request.authorize_url)

    @operation(SignedIn)
    async def finish(self, request: ConsentRequest, redirected: str) -> SignedIn:
        """Exchange the address that the browser was sent back to for tokens and a user."""
        begun = validation.instance(ConsentRequest, request, "request", "what begin_sign_in() gave")
        address = validation.text(redirected, "address that the browser came back to")
        return await self._redeem(begun, address)

    @operation(SignedOut)
    async def sign_out(self) -> SignedOut:
        """Revoke at the CRM what it can revoke, and forget the credentials here whatever it says."""
        context, user_id = self.context, await self._user_to_sign_out()
        refused: AppConnectError | None = None
        try:
            await context.connector.unauthorize()
        except AppConnectError as error:
            refused = error
        context.connections.forget(user_id)
        context.crm.signer, context.account.user = None, None
        return SignedOut(return_message=user_messages.signed_out(refused, context.title), error=refused)

    def connection_info(self) -> Mapping[str, JsonValue]:
        """Return what may be shown of the credentials. Raises NotSignedIn."""
        if not isinstance(self.context.crm.signer, Credentials):
            raise NotSignedIn(f"Nobody is signed in to {self.context.title}; sign in first.")
        return self.context.crm.signer.public()

    # -- what is typed --

    def _note_options(self, typed: Mapping[str, str]) -> None:
        """Remember what was typed and is no secret: it may decide where to sign in (a data centre)."""
        account = self.context.account
        plain = {
            field.name: typed[field.name].strip()
            for field in self._sign_in.fields
            if not field.secret and typed.get(field.name)
        }
        account.options = {**account.options, **plain}

    def _needs_page(self, typed: Mapping[str, str]) -> bool:
        """Whether a person must consent; a typed password, or one that is set for live runs, spares it."""
        if not self.context.uses_oauth:
            return False
        fields = self._sign_in.fields
        secrets = [field.name for field in fields if field.secret]
        is_live = self.context.environment.mode is Mode.LIVE
        set_for_live = is_live and all(self._setting(field.name) for field in fields)
        return not (any(typed.get(name) for name in secrets) or (secrets and set_for_live))

    def _completed(self, typed: Mapping[str, str]) -> dict[str, SecretStr]:
        """Return what was typed, completed from the settings; InputError for what is missing from both."""
        is_other = self._is_other_user(typed)
        completed = {
            field.name: SecretStr(
                field.meant(typed.get(field.name, ""))
                or ("" if is_other and field.verbatim else field.meant(self._setting(field.name)))
            )
            for field in self._sign_in.fields
        }
        missing = [
            field.label for field in self._sign_in.fields if not completed[field.name].get_secret_value()
        ]
        if missing and not self.context.uses_oauth:
            raise InputError(f"To sign in to {self.context.title}, fill in: {', '.join(missing)}.")
        return completed

    def _is_other_user(self, typed: Mapping[str, str]) -> bool:
        """Whether another user's name was typed than the one that is set, whose password is not theirs."""
        names = [field.name for field in self._sign_in.fields if not field.secret and typed.get(field.name)]
        return any(typed[name].strip() != self._setting(name) for name in names)

    def _setting(self, name: str) -> str:
        """Return what the settings hold for a field."""
        value = self.context.environment.credentials.model_dump().get(to_snake(name))
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")

    # -- the steps --

    async def _registered_app(self) -> OAuthInfo:
        self.context.environment.credentials.require(self.context.title, "client_id", "client_secret")
        return await self.context.connector.get_oauth_info()

    async def _begin(self) -> ConsentRequest:
        info, state = await self._registered_app(), self.context.environment.new_state()
        url = self._sign_in.authorize_url(info, state)
        if url is None:
            raise InputError(f"{self.context.title} has no consent page; sign in with its key or password.")
        return ConsentRequest(authorize_url=url, redirect_uri=info.redirect_uri, state=state, info=info)

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
            completed = self._completed(typed)
            self._mask_typed(completed)
            flow = self._sign_in.auth_flow(completed, info, code)
            context.crm.signer = credentials = await self._drive(flow)
            user = await context.connector.get_user_info()
        except BaseException:
            context.crm.signer, context.account.user = before
            raise
        context.take_up(context.connections.save(user, credentials))
        self._warn_of_gaps(user)
        return SignedIn(user=user, return_message=user_messages.signed_in(user, context.title))

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

    async def _drive(self, flow: AuthFlow) -> Credentials:
        try:
            request = next(flow)
            while True:
                request = flow.send(await self.context.crm.send_unsigned(request))
        except StopIteration as end:
            credentials: Credentials = end.value
            return credentials

    async def _user_to_sign_out(self) -> str:
        """Return who signs out; credentials that can no longer be unsealed are forgotten all the same."""
        connection = self.context.connections.current()
        try:
            return (await self.context.signed_in_user()).id
        except AppConnectError:
            if connection is None:
                raise
            return connection.user_id
