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
from appconnect.auth.sign_in import AuthFlow, FormField
from appconnect.errors import AppConnectError, InputError, NotSignedIn
from appconnect.models import AuthType, OAuthInfo, SignedIn, SignedOut
from appconnect.settings import Mode
from appconnect.workbench import validation
from appconnect.workbench.base import WorkbenchBase


@dataclass(frozen=True)
class ConsentRequest:
    """A sign-in that waits for a person: where to send the browser, and what will come back."""

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
        """The code in the address that the browser was sent back to.

        Raises ConsentDeclined, or another SignInError when the address does not answer this request.
        """
        return redirected_code(redirected, redirect_uri=self.redirect_uri, state=self.state)


class SigningIn(WorkbenchBase):
    """Who we are to the CRM."""

    @property
    def sign_in_fields(self) -> tuple[FormField, ...]:
        """What a person types to sign in; empty where a consent page is all."""
        return self.sign_in_way.fields

    async def sign_in(
        self, typed: Mapping[str, str] | None = None, *, consent: Consent | None = None
    ) -> SignedIn:
        """Sign in and remember it.

        ``typed`` are the values of :attr:`sign_in_fields`; what is missing comes from the settings.
        ``consent`` takes the authorize address to a person; by default a browser window in live mode, and
        nobody in the sandbox, where consent is automatic.
        """

        async def work() -> SignedIn:
            filled = validation.texts(typed, "sign-in form")
            self._note_options(filled)
            if self._needs_page(filled):
                request = await self._begin()
                ask = consent or self.environment.consent(request.redirect_uri, request.state)
                return await self._redeem(request, await ask(request.authorize_url))
            return await self._run_auth_flow(filled, await self._oauth_info(), None)

        return await self._run(SignedIn, work)

    async def begin_sign_in(self) -> ConsentRequest:
        """The first half, for whoever shows the consent page: the authorize address with a fresh state."""
        if self.auth_type is not AuthType.OAUTH:
            raise InputError(f"{self.title} has no consent page; sign in with its key or password.")
        return await self._begin()

    async def finish_sign_in(self, request: ConsentRequest, redirected: str) -> SignedIn:
        """The second half: the address that the browser was sent back to, for tokens and a user."""

        async def work() -> SignedIn:
            begun = validation.instance(ConsentRequest, request, "request", "what begin_sign_in() gave")
            return await self._redeem(
                begun, validation.text(redirected, "address that the browser came back to")
            )

        return await self._run(SignedIn, work)

    async def sign_out(self) -> SignedOut:
        """Revoke at the CRM what it can revoke, and forget the credentials here whatever it says."""

        async def work() -> SignedOut:
            user_id = await self._leaving()
            refused: AppConnectError | None = None
            try:
                await self.connector.unauthorize()
            except AppConnectError as error:
                refused = error
            self.environment.store.forget_connection(self.platform, user_id)
            self.crm.signer, self.account.user = None, None
            return SignedOut(return_message=user_messages.signed_out(refused, self.title), error=refused)

        return await self._run(SignedOut, work)

    def connection_info(self) -> Mapping[str, JsonValue]:
        """What may be shown of the credentials: scopes, when they end, where the API is."""
        if not isinstance(self.crm.signer, Credentials):
            raise NotSignedIn(f"Nobody is signed in to {self.title}; sign in first.")
        return self.crm.signer.public()

    # -- the steps --

    async def _leaving(self) -> str:
        """Who signs out; credentials that can no longer be unsealed are forgotten all the same."""
        kept = self.environment.store.connection(self.platform)
        try:
            return (await self._signed_in()).id
        except AppConnectError:
            if kept is None:
                raise
            return kept.user_id

    def _note_options(self, typed: Mapping[str, str]) -> None:
        """What was typed and is no secret may decide where to sign in: Bullhorn's data centre."""
        plain = {
            each.name: typed[each.name].strip()
            for each in self.sign_in_fields
            if not each.secret and typed.get(each.name)
        }
        self.account.options = {**self.account.options, **plain}

    def _needs_page(self, typed: Mapping[str, str] | None) -> bool:
        """Whether a person must consent; a typed password, or one that is set for live runs, spares it."""
        if self.auth_type is not AuthType.OAUTH:
            return False
        secrets = [each.name for each in self.sign_in_fields if each.secret]
        set_for_live = self.environment.mode is Mode.LIVE and all(
            self._set(each.name) for each in self.sign_in_fields
        )
        return not (any((typed or {}).get(name) for name in secrets) or (secrets and set_for_live))

    async def _registered_app(self) -> OAuthInfo:
        self.environment.credentials.require(self.title, "client_id", "client_secret")
        return await self.connector.get_oauth_info()

    async def _oauth_info(self) -> OAuthInfo | None:
        return await self._registered_app() if self.auth_type is AuthType.OAUTH else None

    async def _begin(self) -> ConsentRequest:
        info, state = await self._registered_app(), self.environment.new_state()
        url = self.sign_in_way.authorize_url(info, state)
        if url is None:
            raise InputError(f"{self.title} has no consent page; sign in with its key or password.")
        return ConsentRequest(authorize_url=url, redirect_uri=info.redirect_uri, state=state, info=info)

    async def _redeem(self, request: ConsentRequest, redirected: str) -> SignedIn:
        return await self._run_auth_flow({}, request.info, request.code(redirected))

    async def _run_auth_flow(
        self, typed: Mapping[str, str], info: OAuthInfo | None, code: SecretStr | None
    ) -> SignedIn:
        """Drive the CRM's conversation, ask who we are, and remember; on failure all stays as it was."""
        before = self.crm.signer, self.account.user
        self.account.user = None  # renewals during the conversation belong to nobody yet
        try:
            filled = self._filled(typed)
            self._hold_typed(filled)
            self.crm.signer = credentials = await self._drive(self.sign_in_way.auth_flow(filled, info, code))
            user = await self.connector.get_user_info()
        except BaseException:
            self.crm.signer, self.account.user = before
            raise
        connection = self._connection(user, credentials.secrets(), credentials.public())
        self.environment.store.save_connection(connection)
        self._take_up(connection)
        return SignedIn(user=user, return_message=user_messages.signed_in(user, self.title))

    def _hold_typed(self, filled: Mapping[str, SecretStr]) -> None:
        """Have the secrets that were typed masked wherever they turn up."""
        self.environment.connection_secrets.add(
            filled[each.name] for each in self.sign_in_fields if each.secret
        )

    async def _drive(self, steps: AuthFlow) -> Credentials:
        try:
            request = next(steps)
            while True:
                request = steps.send(await self.crm.send_unsigned(request))
        except StopIteration as end:
            credentials: Credentials = end.value
            return credentials

    def _filled(self, typed: Mapping[str, str]) -> dict[str, SecretStr]:
        """What was typed, completed from the settings; everything must be there before anything is sent."""
        own = self._somebody_else(typed)
        filled = {
            each.name: SecretStr(
                each.meant(typed.get(each.name, ""))
                or ("" if own and each.verbatim else each.meant(self._set(each.name)))
            )
            for each in self.sign_in_fields
        }
        missing = [each.label for each in self.sign_in_fields if not filled[each.name].get_secret_value()]
        if missing and self.auth_type is AuthType.API_KEY:
            raise InputError(f"To sign in to {self.title}, fill in: {', '.join(missing)}.")
        return filled

    def _somebody_else(self, typed: Mapping[str, str]) -> bool:
        """Whether another user's name was typed than the one that is set, whose password is not theirs."""
        names = [each.name for each in self.sign_in_fields if not each.secret and typed.get(each.name)]
        return any(typed[name].strip() != self._set(name) for name in names)

    def _set(self, name: str) -> str:
        """What the settings say for a field."""
        value = self.environment.credentials.model_dump().get(to_snake(name))
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value or "")
