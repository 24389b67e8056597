"""Signing in: the data centre, consent, tokens that are valid once, and the session.

https://bullhorn.github.io/Getting-Started-with-REST/ and https://bullhorn.github.io/rest-api-docs/#oauth
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from appconnect.connectors.bullhorn.sandbox.answers import problem
from appconnect.connectors.bullhorn.sandbox.database import Database
from appconnect.connectors.bullhorn.sandbox.handlers import number_of
from appconnect.sandbox.base import CrmSandbox, JsonObject, RefusedError, in_process
from appconnect.sandbox.oauth import (
    ANY_LOOPBACK,
    Client,
    ExpiredTokenError,
    Grant,
    Tokens,
    UnknownTokenError,
    consent_page,
    error_page,
    redirect_back,
)
from appconnect.sandbox.pages import page

CLIENT = Client("sandbox-bullhorn-client", "sandbox-bullhorn-secret")
LOGINS = {"rae.quill": "Sandbox-0110", "kit.moss": "Sandbox-0205", "api.logger": "Sandbox-0999"}
"""User name → password, all made up."""
CORPORATION = "e1"
DISCOVERY = "rest.bullhornstaffing.com"
OAUTH = "auth-east.bullhornstaffing.com"
REST = "rest-east.bullhornstaffing.com"
SWIMLANES = ("rest32.bullhornstaffing.com", "rest45.bullhornstaffing.com")
"""Hosts of sessions; the sandbox's ``move`` changes from the first to the second."""
SESSION_MINUTES = 10
MAX_SESSION_MINUTES = 2880
UNKNOWN_CODE = "Invalid, expired, or revoked authorization code."
UNKNOWN_REFRESH = "Invalid, expired, or revoked refresh token."


@dataclass
class Session:
    """A session: its user, host and end."""

    user: int
    host: str
    ends: datetime


def _token(kind: str) -> str:
    if kind == "code":
        return f"23:{uuid.uuid4()}"
    return f"2:{'at' if kind == 'access' else 'rt'}-{uuid.uuid4()}^ac-{uuid.uuid4()}"


class SignIn:
    """The handlers of sign-in, with all codes, tokens and sessions."""

    def __init__(self, crm: CrmSandbox, database: Database) -> None:
        self._crm, self._database = crm, database
        self.tokens = Tokens(crm.clock, access_seconds=600, make=_token)
        self.sessions: dict[str, Session] = {}
        self.host = SWIMLANES[0]

    # -- handlers --

    async def login_info(self, request: Request) -> Response:
        """Return the data centre of a user name."""
        if request.query_params.get("username") not in self._usernames():
            if self._crm.toggles["unknown_login_refused"]:
                return problem(400, "Unknown user name.", "errors.unknownUser")
            return JSONResponse({})
        oauth, rest = self._crm.address(request, OAUTH), self._crm.address(request, REST)
        return JSONResponse({"oauthUrl": f"{oauth}/oauth", "restUrl": f"{rest}/rest-services"})

    async def authorize(self, request: Request) -> Response:
        """Show the consent page, or with user name and password redirect back at once."""
        if moved := self._redirect_to(request, OAUTH):
            return moved
        form = await _form(request)
        sent = {**request.query_params, **form}
        if sent.get("client_id") != CLIENT.id:
            return _oauth_error("Invalid Client Id")
        if not CLIENT.may_return_to(sent.get("redirect_uri", "http://localhost")):
            return _oauth_error("Invalid Redirect URI")
        if self._crm.toggles["password_in_query_only"] and "password" in form:
            return consent_page("Bullhorn", CLIENT, "Rae Quill")
        return self._after_consent(sent)

    def _after_consent(self, sent: dict[str, str]) -> Response:
        if "password" in sent:
            if LOGINS.get(sent.get("username", "")) != sent["password"]:
                return error_page("Bullhorn Login", "Invalid credentials. Please try again.", 200)
            return self._grant(sent, sent["username"])
        if sent.get("decision") == "approve":
            return self._grant(sent, "rae.quill")
        if sent.get("decision") == "decline":
            return self._return(sent, error="access_denied", error_description="The user declined.")
        return consent_page("Bullhorn", CLIENT, "Rae Quill")

    def _grant(self, sent: dict[str, str], username: str) -> Response:
        grant = Grant(self._usernames()[username], CLIENT.id, sent.get("redirect_uri", ""))
        return self._return(sent, code=self.tokens.code(grant), client_id=CLIENT.id)

    def _return(self, sent: dict[str, str], **answer: str) -> Response:
        to = sent.get("redirect_uri", "http://www.bullhorn.com")
        return redirect_back(to, **answer, state=sent.get("state", ""))

    async def token(self, request: Request) -> Response:
        """Exchange a code or a refresh token for an access token that is valid for one login."""
        if moved := self._redirect_to(request, OAUTH):
            return moved
        sent = {**request.query_params, **await _form(request)}
        if (sent.get("client_id"), sent.get("client_secret")) != (CLIENT.id, CLIENT.secret):
            status = 401 if self._crm.toggles["bad_secret_401"] else 400
            return _token_error("invalid_client", "Client authentication failed.", status)
        if sent.get("grant_type") == "authorization_code":
            return self._redeemed(sent)
        if sent.get("grant_type") == "refresh_token":
            return self._refreshed(sent)
        return _token_error("unsupported_grant_type", "Unsupported grant type.")

    def _redeemed(self, sent: dict[str, str]) -> Response:
        try:
            grant = self.tokens.redeem(sent.get("code", ""))
        except (UnknownTokenError, ExpiredTokenError):
            return _token_error("invalid_grant", UNKNOWN_CODE)
        if grant.redirect_uri != sent.get("redirect_uri", ""):
            return _token_error("invalid_grant", "Redirect URI mismatch.")
        pair = self.tokens.issue(grant)
        return _token_answer(pair.access, pair.refresh if self._crm.toggles["refresh_tokens"] else "")

    def _refreshed(self, sent: dict[str, str]) -> Response:
        try:
            pair = self.tokens.refresh(sent.get("refresh_token", ""), rotate=True)
        except (UnknownTokenError, ExpiredTokenError):
            return _token_error("invalid_grant", UNKNOWN_REFRESH)
        return _token_answer(pair.access, pair.refresh)

    async def login(self, request: Request) -> Response:
        """Exchange an access token for a session."""
        if moved := self._redirect_to(request, REST):
            return moved
        sent = {**request.query_params, **await _form(request)}
        try:
            token = sent.get("access_token", "")
            once = self._crm.toggles["access_token_once"]
            grant = self.tokens.use_up(token) if once else self.tokens.grant_of(token)
        except (UnknownTokenError, ExpiredTokenError):
            key = "errors.authentication.invalidOAuthToken"
            return problem(400, "Invalid or expired OAuth access token.", key)
        ttl = min(number_of(sent.get("ttl"), SESSION_MINUTES), MAX_SESSION_MINUTES)
        rest_token = self._session(grant.user, ttl)
        rest_url = f"{self._crm.address(request, self.host)}/rest-services/{CORPORATION}/"
        answer = JSONResponse({"BhRestToken": rest_token, "restUrl": rest_url})
        answer.set_cookie("BhRestToken", rest_token, httponly=True)
        return answer

    async def logout(self, request: Request) -> Response:
        """End the session."""
        self.signed_in(request)
        del self.sessions[_rest_token(request)]
        return JSONResponse({"logout": "OK"})

    async def ping(self, request: Request) -> Response:
        """Return the end of the session."""
        session = self.signed_in(request)
        return JSONResponse({"sessionExpires": int(session.ends.timestamp() * 1000)})

    # -- for other handlers --

    def signed_in(self, request: Request) -> Session:
        """Return the session; end the request with 412 without a token, with 401 for a bad one."""
        token = _rest_token(request)
        if not token:
            raise RefusedError(problem(412, "BhRestToken is missing.", "errors.missingRestToken"))
        session = self.sessions.get(token)
        elsewhere = session and in_process(request) and request.url.hostname != session.host
        if session is None or elsewhere or self._crm.clock.now() >= session.ends:
            message = "Bad 'BhRestToken' or timed-out."
            raise RefusedError(problem(401, message, "errors.authentication.invalidRestToken"))
        return session

    def fresh(self) -> dict[str, str]:
        """Return a code, tokens and a session as Rae Quill would get them now."""
        user = self._usernames()["rae.quill"]
        grant = Grant(user, CLIENT.id, ANY_LOOPBACK)
        pair = self.tokens.issue(grant)
        return {
            "redirect_uri": ANY_LOOPBACK,
            "code": self.tokens.code(grant),
            "access_token": pair.access,
            "refresh_token": pair.refresh,
            "corp_token": CORPORATION,
            "bhresttoken": self._session(user, MAX_SESSION_MINUTES),
        }

    def _session(self, user: int, minutes: int) -> str:
        """Open a session and return its token."""
        token = str(uuid.uuid4())
        ends = self._crm.clock.now() + timedelta(minutes=minutes)
        self.sessions[token] = Session(user, self.host, ends)
        return token

    def _usernames(self) -> dict[str, int]:
        users = self._database.records["CorporateUser"].items()
        able = {int(number): user for number, user in users if user.get("enabled") and user.get("username")}
        return {str(user["username"]): number for number, user in able.items()}

    def _redirect_to(self, request: Request, host: str) -> Response | None:
        """Return a 307 to the right data centre; None when this is it."""
        if not in_process(request) or request.url.hostname == host:
            return None
        query = f"?{request.url.query}" if request.url.query else ""
        return Response(status_code=307, headers={"Location": f"https://{host}{request.url.path}{query}"})


async def _form(request: Request) -> dict[str, str]:
    try:
        return {key: str(value) for key, value in (await request.form()).items()}
    except HTTPException:
        raise RefusedError(problem(400, "The body is not a form.", "errors.badBody")) from None


def _rest_token(request: Request) -> str:
    in_query = request.query_params.get("BhRestToken")
    return request.headers.get("bhresttoken") or in_query or request.cookies.get("BhRestToken") or ""


def _token_answer(access: str, refresh: str) -> Response:
    answer: JsonObject = {"access_token": access, "token_type": "Bearer", "expires_in": 600}
    if refresh:
        answer["refresh_token"] = refresh
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _token_error(error: str, description: str, status: int = 400) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)


def _oauth_error(what: str) -> HTMLResponse:
    return page(f"Bullhorn OAuth Error - {what}", f"<p>{what}</p>")
