"""What the OAuth CRMs share: codes, tokens, the consent page, the way back to the app.

A CRM keeps one `Tokens` and one or more `Client`; what it says about an error is its own::

    code = self.tokens.code(Grant(user=7001, client="…", redirect_uri="http://127.0.0.1:5000/cb"))
    grant = self.tokens.redeem(code)              # raises UnknownTokenError, ExpiredTokenError
    pair = self.tokens.issue(grant)               # access, refresh, expires_in
    grant = self.tokens.grant_of(bearer(request)) # raises the same two
    pair = self.tokens.refresh(pair.refresh, rotate=True)
    self.tokens.revoke(pair.refresh)

Tokens are random, since nothing shows them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.responses import RedirectResponse, Response

from appconnect.sandbox.clock import Clock
from appconnect.sandbox.pages import page


class UnknownTokenError(Exception):
    """Never issued, already used, revoked, or rotated away."""


class ExpiredTokenError(Exception):
    """Issued, but its time is over."""


@dataclass(frozen=True)
class Client:
    """An app registered with the CRM; ``redirect_uris`` beside any loopback http address (RFC 8252)."""

    id: str
    secret: str = field(repr=False)
    title: str = "App Connect workbench"
    redirect_uris: tuple[str, ...] = ()

    def may_return_to(self, uri: str) -> bool:
        """Whether the person may be sent back there after consenting."""
        parts = urlsplit(uri)
        loopback = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
        return loopback or uri in self.redirect_uris


@dataclass(frozen=True)
class Grant:
    """What a person allowed an app to do."""

    user: int
    client: str
    redirect_uri: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TokenPair:
    """What a token request gives; ``expires_in`` seconds."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_in: int
    grant: Grant


@dataclass
class _Kept:
    grant: Grant
    ends: datetime
    chain: str
    """All tokens that stem from one consent, so that they can be revoked together."""


def opaque(kind: str) -> str:
    """A random token; ``kind`` is "code", "access" or "refresh"."""
    return secrets.token_urlsafe(32 if kind == "access" else 24)


class Tokens:
    """Every code and token in circulation, and until when they are good."""

    def __init__(
        self,
        clock: Clock,
        *,
        code_seconds: int = 300,
        access_seconds: int = 3599,
        refresh_seconds: int = 60 * 24 * 3600,
        make: Callable[[str], str] = opaque,
    ) -> None:
        self._clock, self._make = clock, make
        self._seconds = {"code": code_seconds, "access": access_seconds, "refresh": refresh_seconds}
        self._kept: dict[str, dict[str, _Kept]] = {"code": {}, "access": {}, "refresh": {}}

    def code(self, grant: Grant) -> str:
        """An authorization code, good once and for a few minutes."""
        return self._keep("code", grant, chain=secrets.token_hex(8))

    def redeem(self, code: str) -> Grant:
        """What the code stands for; it is used up by this."""
        kept = self._look("code", code)
        del self._kept["code"][code]
        return kept.grant

    def issue(self, grant: Grant) -> TokenPair:
        """A new access token and a new refresh token."""
        chain = secrets.token_hex(8)
        return self._pair(grant, chain, self._keep("refresh", grant, chain))

    def refresh(self, refresh_token: str, *, rotate: bool = False) -> TokenPair:
        """A new access token; the refresh token stays and lives on, or with ``rotate`` is replaced."""
        kept = self._look("refresh", refresh_token)
        if rotate:
            del self._kept["refresh"][refresh_token]
            refresh_token = self._keep("refresh", kept.grant, kept.chain)
        else:
            kept.ends = self._end("refresh")
        return self._pair(kept.grant, kept.chain, refresh_token)

    def grant_of(self, access_token: str) -> Grant:
        """What an access token allows."""
        return self._look("access", access_token).grant

    def peek(self, refresh_token: str) -> Grant:
        """What a refresh token stands for, without using it."""
        return self._look("refresh", refresh_token).grant

    def use_up(self, access_token: str) -> Grant:
        """What an access token allows, the one time it is good (Bullhorn's REST login)."""
        grant = self.grant_of(access_token)
        del self._kept["access"][access_token]
        return grant

    def revoke(self, token: str) -> None:
        """End an access token, or with a refresh token all that stems from its consent."""
        self._kept["access"].pop(token, None)
        if kept := self._kept["refresh"].pop(token, None):
            access = self._kept["access"]
            self._kept["access"] = {t: k for t, k in access.items() if k.chain != kept.chain}

    def expire_access(self) -> None:
        """All access tokens are over from now on (a test needs no hour)."""
        for kept in self._kept["access"].values():
            kept.ends = self._clock.now()

    def _pair(self, grant: Grant, chain: str, refresh_token: str) -> TokenPair:
        access = self._keep("access", grant, chain)
        return TokenPair(access, refresh_token, self._seconds["access"], grant)

    def _keep(self, kind: str, grant: Grant, chain: str) -> str:
        token = self._make(kind)
        self._kept[kind][token] = _Kept(replace(grant), self._end(kind), chain)
        return token

    def _end(self, kind: str) -> datetime:
        return self._clock.now() + timedelta(seconds=self._seconds[kind])

    def _look(self, kind: str, token: str) -> _Kept:
        kept = self._kept[kind].get(token)
        if kept is None:
            raise UnknownTokenError
        if self._clock.now() >= kept.ends:
            raise ExpiredTokenError
        return kept


# -- what the person sees --


def consent_page(crm: str, client: Client, user: str, scopes: Sequence[str] = ()) -> Response:
    """Asks the person; the form is posted to the page's own address (query included).

    The answer comes as ``decision=approve`` or ``decision=decline``.
    """
    wishes = "".join(f"<li>{escape(scope)}</li>" for scope in scopes)
    return page(
        f"Connect to {crm}",
        f'<div class="card"><p><b>{escape(client.title)}</b> wants to use {escape(crm)} as '
        f"<b>{escape(user)}</b>.</p>"
        + (f"<p>It asks for:</p><ul>{wishes}</ul>" if wishes else "")
        + '<form method="post"><button class="go" name="decision" value="approve">Approve</button>'
        '<button name="decision" value="decline">Decline</button></form></div>'
        "<p>This is a local sandbox with made-up people; nothing leaves your computer.</p>",
    )


def error_page(title: str, message: str, status: int = 400) -> Response:
    """Tells the person why there is nothing to consent to; both texts are escaped here."""
    return page(title, f'<div class="card"><p class="error">{escape(message)}</p></div>', status)


def send_back(redirect_uri: str, **answer: str) -> Response:
    """302 to the app, with ``answer`` added to the query; empty values are left out."""
    parts = urlsplit(redirect_uri)
    query = parse_qsl(parts.query, keep_blank_values=True) + [(k, v) for k, v in answer.items() if v]
    return RedirectResponse(urlunsplit(parts._replace(query=urlencode(query))), 302)
