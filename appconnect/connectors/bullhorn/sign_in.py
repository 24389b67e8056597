"""Bullhorn's sign-in: OAuth tokens that are good once, and the session that they open.

https://bullhorn.github.io/Getting-Started-with-REST/ and https://bullhorn.github.io/rest-api-docs/#oauth.
The refresh token dies on its first use and the access token with its one login, so both are stored before
they are used. A call that is refused with 401 is signed anew and sent again, that one request and no other.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import JsonValue, SecretStr

from appconnect import lazily
from appconnect.auth.authorization_code import AuthorizationCodeSignIn
from appconnect.auth.base import Credentials, RenewalContext
from appconnect.auth.header_scheme import fits_header
from appconnect.auth.oauth2 import AuthorizationCodeFlow, Tokens, json_in, redirected_code
from appconnect.auth.sign_in import AuthFlow, FormField
from appconnect.errors import CredentialsRejected, InputError, SessionExpired, SignInError, Unavailable
from appconnect.event_loops import Lock
from appconnect.models import OAuthInfo
from appconnect.text.characters import unwritable

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazily.module("httpx")

SESSION_MINUTES = 8 * 60
"""How long a session is asked to last without a call; Bullhorn grants two days at most."""
MAX_LOGINS = 3
"""Bullhorn now and then refuses an access token that it has just given: sdk-rest issue 216."""
MAX_HOPS = 3
PENDING = "/_"
"""Stands for the corporation in the address while there is no session."""
NOBODY = SecretStr("")

Walk = Generator["httpx.Request", "httpx.Response", "httpx.Response"]


def following(request: httpx.Request) -> Walk:
    """Send a request, and send it on when it went to the wrong data centre (307, 308).

    The client lets requests out to Bullhorn's own hosts only, also these.
    """
    for _ in range(MAX_HOPS):
        answer = yield request
        if answer.status_code not in (307, 308):
            return answer
        request = httpx.Request(
            request.method,
            request.url.join(answer.headers.get("location", "")),
            content=request.content,
            headers={key: value for key, value in request.headers.items() if key != "host"},
        )
    raise SignInError("Bullhorn's data centres send each other's requests in a circle; try again later.")


class RestSession(Credentials):
    """Signs with the header ``BhRestToken`` and opens a new session when one has ended.

    A session has its own address (``restUrl``): a request that was meant for the old one goes to the new one.
    """

    def __init__(
        self,
        flow: AuthorizationCodeFlow,
        tokens: Tokens,
        rest_token: SecretStr = NOBODY,
        *,
        context: RenewalContext,
    ) -> None:
        self._flow = flow
        self._tokens = tokens
        self._rest_token = rest_token
        self._context = context
        self._one_at_a_time = Lock()
        self._bases = {self.base_url}

    @property
    def base_url(self) -> str:
        """The session's ``restUrl``, spelled as httpx spells addresses, so that requests are known by it."""
        return _spelled(self._tokens.api_domain or self._flow.info.api_uri + PENDING)

    def secrets(self) -> Mapping[str, str]:
        """Return the tokens and the session."""
        return {**self._tokens.secrets(), "rest_token": self._rest_token.get_secret_value()}

    def public(self) -> Mapping[str, JsonValue]:
        """Return where the session is, without the corporation's token."""
        return {"dataCentre": httpx.URL(self._tokens.api_domain).host}

    def revocations(self) -> Sequence[httpx.Request]:
        """Return the logout, which ends the session; Bullhorn documents no way to end a refresh token."""
        if not self._rest_token.get_secret_value():
            return ()
        headers = {"BhRestToken": self._rest_token.get_secret_value()}
        return [httpx.Request("GET", f"{self.base_url}/logout", headers=headers)]

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Sign, and once more with a new session if the CRM says 401."""
        path = self._path(request.url)
        if path is None:  # loginInfo, which is asked without a session
            yield request
            return
        stale = None if self._rest_token.get_secret_value() else self._rest_token
        for last_try in (False, True):
            if stale is not None:
                async with self._one_at_a_time, self._context.lease():
                    if self._still(stale):
                        steps = self.opening()
                        with suppress(StopIteration):
                            step = next(steps)
                            while True:
                                step = steps.send((yield step))
            stale = self._rest_token
            response = yield self._signed(request, path)
            if response.status_code != 401 or last_try:
                return

    def opening(self) -> Generator[httpx.Request, httpx.Response, None]:
        """Open a session with the access token at hand, or with a new one."""
        for last_try in range(1, MAX_LOGINS + 1):
            if not self._tokens.access.get_secret_value():
                yield from self._renewing()
            access = self._tokens.access
            self._tokens = replace(self._tokens, access=NOBODY)
            answer = yield from following(self._login(access))
            if self._opened(answer, last_try=last_try == MAX_LOGINS):
                return

    def _renewing(self) -> Generator[httpx.Request, httpx.Response, None]:
        if not self._tokens.refresh.get_secret_value():
            raise SessionExpired("The Bullhorn session has ended; sign in again.", status=401)
        answer = yield from following(self._flow.refresh_request(self._tokens.refresh))
        now = self._context.clock.now()
        self._tokens = self._flow.tokens_in(answer.status_code, json_in(answer), now, self._tokens)
        self._context.keep(self)

    def _login(self, access: SecretStr) -> httpx.Request:
        # Bullhorn documents the token here in the query only; it is spent by this.
        query = {"version": "*", "access_token": access.get_secret_value(), "ttl": str(SESSION_MINUTES)}
        return httpx.Request("POST", f"{self._flow.info.api_uri}/login", params=query)

    def _opened(self, answer: httpx.Response, *, last_try: bool) -> bool:
        """Take up the session; return False when another access token may do better."""
        body = json_in(answer)
        session = body if isinstance(body, dict) else {}
        token, address = session.get("BhRestToken"), session.get("restUrl")
        if answer.status_code == 200 and isinstance(token, str) and isinstance(address, str):
            if not fits_header(token) or unwritable(address):
                raise Unavailable("Bullhorn opened a session that cannot be used; try again later.")
            self._tokens = replace(self._tokens, api_domain=address.rstrip("/"))
            self._rest_token = SecretStr(token)
            self._bases.add(self.base_url)
            self._context.keep(self)
            return True
        if (answer.status_code == 400 or answer.status_code >= 500) and not last_try:
            return False
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Unavailable("Bullhorn opens no session now; try again later.", status=answer.status_code)
        told = str(session.get("errorMessage") or f"status {answer.status_code}")
        reason = self._flow.quotable(told, SecretStr(answer.request.url.params.get("access_token", "")))
        raise SignInError(f"Bullhorn did not open a session; sign in again. It said: {reason}.")

    def _still(self, stale: SecretStr) -> bool:
        """Return whether nobody has opened a new session yet, neither here nor in another process."""
        if self._rest_token is not stale:  # not its value: in a recording all tokens look the same
            return False
        kept = self._context.reload()
        if not kept or kept["rest_token"] == stale.get_secret_value():
            self._tokens = Tokens.from_secrets(kept) if kept else self._tokens
            return True
        self._tokens, self._rest_token = Tokens.from_secrets(kept), SecretStr(kept["rest_token"])
        self._bases.add(self.base_url)
        return False

    def _path(self, url: httpx.URL) -> str | None:
        """Return what of the address is below this session's, or an earlier one's."""
        text = str(url)
        return next((text[len(base) :] for base in self._bases if text.startswith(f"{base}/")), None)

    def _signed(self, request: httpx.Request, path: str) -> httpx.Request:
        request.url = httpx.URL(self.base_url + path)
        request.headers["Host"] = request.url.netloc.decode("ascii")
        request.headers["BhRestToken"] = self._rest_token.get_secret_value()
        return request

    def __repr__(self) -> str:
        return f"RestSession({self.base_url})"


@lru_cache(maxsize=64)
def _spelled(address: str) -> str:
    return str(httpx.URL(address))


class BullhornSignIn(AuthorizationCodeSignIn):
    """Consent in the browser, or an API user's name and password for logging that nobody watches.

    The password is used once and never kept; the refresh token keeps the connection alive.
    """

    fields = (
        FormField("username", "User name", hint="Decides which of Bullhorn's data centres is asked."),
        FormField(
            "password",
            "Password",
            secret=True,
            verbatim=True,
            kept=False,
            hint="Of an API user; not needed in the browser.",
        ),
    )

    def auth_flow(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> AuthFlow:
        """Exchange the code for tokens, and the tokens for a session."""
        flow = self.flow(info)
        if code is None:
            code = yield from self._consent(flow, typed)
        answer = yield from following(flow.token_request(code))
        tokens = flow.tokens_in(answer.status_code, json_in(answer), self.context.clock.now())
        session = RestSession(flow, tokens, context=self.context)
        self.context.keep(session)
        yield from session.opening()
        return session

    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> RestSession:
        """Return the session of an earlier sign-in, open or not."""
        tokens, rest_token = Tokens.from_secrets(kept), SecretStr(kept.get("rest_token", ""))
        return RestSession(self.flow(info), tokens, rest_token, context=self.context)

    def _consent(
        self, flow: AuthorizationCodeFlow, typed: Mapping[str, SecretStr]
    ) -> Generator[httpx.Request, httpx.Response, SecretStr]:
        """Send the login form as a browser would, so that the password is in no address."""
        form = {name: typed.get(name, NOBODY).get_secret_value() for name in ("username", "password")}
        if not all(form.values()):
            raise InputError("To sign in without Bullhorn's page, fill in user name and password.")
        state = "unattended"  # the answer comes on this very connection
        url = flow.authorize_url(state)
        answer = yield from following(httpx.Request("POST", url, data={**form, "action": "Login"}))
        if answer.has_redirect_location:
            redirect_uri = flow.info.redirect_uri
            return redirected_code(answer.headers["location"], redirect_uri=redirect_uri, state=state)
        raise _refused(answer)


def _refused(page: httpx.Response) -> Exception:
    """Return what a page means that came instead of the way back."""
    if page.status_code >= 500 or page.status_code == 429:
        return Unavailable("Bullhorn's sign-in is not answering; try again later.", status=page.status_code)
    if "Invalid Client Id" in page.text:
        return CredentialsRejected("Bullhorn does not know this client id; check the settings.")
    if 'class="error"' in page.text:
        return CredentialsRejected("Bullhorn does not accept this user name and password.")
    return SignInError(
        "Bullhorn answered with a page of its own: it has terms for this user to accept, or it takes the "
        "password in the address only, where this workbench does not write it. Sign in once in the browser."
    )
