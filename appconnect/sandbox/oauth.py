"""OAuth for CRM sandboxes: codes, tokens, the consent page, the redirect back to the app.

A CRM keeps one `Tokens` and one or more `Client`; it words errors itself::

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

ANY_LOOPBACK = "http://127.0.0.1/callback"
"""Where a person may always be sent back to."""


class UnknownTokenError(Exception):
    """Never issued, already used, revoked, or rotated away."""


class ExpiredTokenError(Exception):
    """Issued, and expired."""


@dataclass(frozen=True)
class Client:
    """An app registered with the CRM; ``redirect_uris`` beside any loopback http address (RFC 8252)."""

    id: str
    secret: str = field(repr=False)
    title: str = "App Connect workbench"
    redirect_uris: tuple[str, ...] = ()

    def may_return_to(self, uri: str) -> bool:
        """Return True for an address that the person may be redirected to."""
        parts = urlsplit(uri)
        loopback = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
        return loopback or uri in self.redirect_uris


@dataclass(frozen=True)
class Grant:
    """A person's consent: for which app, with which scopes."""

    user: int
    client: str
    redirect_uri: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TokenPair:
    """An access token and its refresh token; ``expires_in`` is in seconds."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_in: int
    grant: Grant


@dataclass
class _Issued:
    """A code or token in circulation."""

    grant: Grant
    ends: datetime
    chain: str
    """Shared by all tokens from one consent, so that they can be revoked together."""


def opaque(kind: str) -> str:
    """Return a random token; ``kind`` is "code", "access" or "refresh"."""
    return secrets.token_urlsafe(32 if kind == "access" else 24)


class Tokens:
    """All codes and tokens in circulation, with their expiry."""

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
        self._issued: dict[str, dict[str, _Issued]] = {"code": {}, "access": {}, "refresh": {}}

    def code(self, grant: Grant) -> str:
        """Return an authorization code, valid once and for a few minutes."""
        return self._keep("code", grant, chain=secrets.token_hex(8))

    def redeem(self, code: str) -> Grant:
        """Use up a code and return its grant."""
        issued = self._look("code", code)
        del self._issued["code"][code]
        return issued.grant

    def issue(self, grant: Grant) -> TokenPair:
        """Return a new access token and a new refresh token."""
        chain = secrets.token_hex(8)
        return self._pair(grant, chain, self._keep("refresh", grant, chain))

    def refresh(self, refresh_token: str, *, rotate: bool = False) -> TokenPair:
        """Return a new access token; the refresh token is extended, or with ``rotate`` replaced."""
        issued = self._look("refresh", refresh_token)
        if rotate:
            del self._issued["refresh"][refresh_token]
            refresh_token = self._keep("refresh", issued.grant, issued.chain)
        else:
            issued.ends = self._end("refresh")
        return self._pair(issued.grant, issued.chain, refresh_token)

    def grant_of(self, access_token: str) -> Grant:
        """Return the grant of an access token."""
        return self._look("access", access_token).grant

    def use_up(self, access_token: str) -> Grant:
        """Use up an access token and return its grant (Bullhorn's REST login)."""
        grant = self.grant_of(access_token)
        del self._issued["access"][access_token]
        return grant

    def revoke(self, token: str) -> None:
        """End an access token, or with a refresh token all tokens from its consent."""
        self._issued["access"].pop(token, None)
        if issued := self._issued["refresh"].pop(token, None):
            access = self._issued["access"]
            self._issued["access"] = {t: k for t, k in access.items() if k.chain != issued.chain}

    def expire_access(self) -> None:
        """Let all access tokens expire now."""
        for issued in self._issued["access"].values():
            issued.ends = self._clock.now()

    @property
    def access_ends(self) -> datetime | None:
        """When the last access token ends that still holds; None where there is none."""
        now = self._clock.now()
        return max((each.ends for each in self._issued["access"].values() if each.ends > now), default=None)

    def issued(self) -> list[str]:
        """Return every code and token in circulation."""
        return [token for tokens in self._issued.values() for token in tokens]

    def _pair(self, grant: Grant, chain: str, refresh_token: str) -> TokenPair:
        access = self._keep("access", grant, chain)
        return TokenPair(access, refresh_token, self._seconds["access"], grant)

    def _keep(self, kind: str, grant: Grant, chain: str) -> str:
        token = self._make(kind)
        self._issued[kind][token] = _Issued(replace(grant), self._end(kind), chain)
        return token

    def _end(self, kind: str) -> datetime:
        return self._clock.now() + timedelta(seconds=self._seconds[kind])

    def _look(self, kind: str, token: str) -> _Issued:
        issued = self._issued[kind].get(token)
        if issued is None:
            raise UnknownTokenError
        if self._clock.now() >= issued.ends:
            raise ExpiredTokenError
        return issued


# -- pages --


def consent_page(crm: str, client: Client, user: str, scopes: Sequence[str] = ()) -> Response:
    """Return the page that asks for consent.

    Its form is posted to the page's own address (query included) as ``decision=approve`` or
    ``decision=decline``.
    """
    items = "".join(f"<li>{escape(scope)}</li>" for scope in scopes)
    return page(
        f"Connect to {crm}",
        f'<div class="card"><p><b>{escape(client.title)}</b> wants to use {escape(crm)} as '
        f"<b>{escape(user)}</b>.</p>"
        + (f"<p>It asks for:</p><ul>{items}</ul>" if items else "")
        + '<form method="post"><button class="go" name="decision" value="approve">Approve</button>'
        '<button name="decision" value="decline">Decline</button></form></div>'
        "<p>This is a local sandbox with made-up people; nothing leaves your computer.</p>",
    )


def error_page(title: str, message: str, status: int = 400) -> Response:
    """Return a page that says why nobody can consent; both texts are escaped here."""
    return page(title, f'<div class="card"><p class="error">{escape(message)}</p></div>', status)


def redirect_back(redirect_uri: str, **answer: str) -> Response:
    """Return a 302 to the app with ``answer`` added to the query; empty values are left out."""
    parts = urlsplit(redirect_uri)
    query = parse_qsl(parts.query, keep_blank_values=True) + [(k, v) for k, v in answer.items() if v]
    return RedirectResponse(urlunsplit(parts._replace(query=urlencode(query))), 302)
