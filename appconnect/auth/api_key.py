"""Signing in with a key that a person pastes: the base class, and the credentials it ends in."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from pydantic import JsonValue, SecretStr

from appconnect import lazily
from appconnect.auth.base import Credentials
from appconnect.auth.header_scheme import HeaderScheme
from appconnect.auth.oauth2 import json_in
from appconnect.auth.sign_in import ONE_WORD, AuthFlow, FormField, SignIn
from appconnect.errors import CredentialsRejected, InputError, SignInError, Unavailable

if TYPE_CHECKING:
    import httpx

    from appconnect.models import OAuthInfo
else:
    httpx = lazily.module("httpx")

__all__ = ["ApiKeySignIn", "HeaderScheme", "KeyHeader", "KeySignIn"]


class KeyHeader(Credentials):
    """Signs every request with the same header.

    ``kept`` is what the vault seals; what is no secret of it is named in ``shown``.
    """

    def __init__(
        self,
        scheme: HeaderScheme,
        kept: Mapping[str, SecretStr],
        *,
        base_url: str,
        shown: tuple[str, ...] = (),
    ) -> None:
        self._scheme = scheme
        self._kept = dict(kept)
        self._base_url = base_url.rstrip("/")
        self._shown = shown

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return self._base_url

    def secrets(self) -> Mapping[str, str]:
        """Return the key."""
        return {name: value.get_secret_value() for name, value in self._kept.items()}

    def public(self) -> Mapping[str, JsonValue]:
        """Return what may be shown of what is kept, such as whose key it is."""
        return {name: self._kept[name].get_secret_value() for name in self._shown if name in self._kept}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign and send."""
        request.headers.update(self._scheme.headers(self.secrets()))
        yield request

    def __repr__(self) -> str:
        return f"KeyHeader({self._scheme.prefix or self._scheme.header} for {self._base_url})"


class KeySignIn(SignIn):
    """The base of sign-ins without a consent page: nothing to renew, nothing to revoke."""

    title: ClassVar[str]
    """``"Insightly"``: the CRM's name for people."""
    where: ClassVar[str] = ""
    """Where a person finds what the form asks for: "both are in Insightly under User Settings > API"."""
    base_url: ClassVar[str]
    """Where the API is: ``https://api.acme.test/v1``."""
    scheme: ClassVar[HeaderScheme] = HeaderScheme.bearer()
    """How requests are signed."""
    shown: ClassVar[tuple[str, ...]] = ()
    """What is no secret of what is kept."""
    rejections: ClassVar[frozenset[int]] = frozenset({401})
    """The statuses by which the CRM says that what was filled in is wrong."""

    @property
    def header_schemes(self) -> tuple[HeaderScheme, ...]:
        """How what is typed travels, and what is kept."""
        return (self.scheme, self.first_scheme)

    def restore(self, kept: Mapping[str, str], info: OAuthInfo | None) -> KeyHeader:
        """Return the credentials of an earlier sign-in."""
        secrets = {name: SecretStr(value) for name, value in kept.items()}
        return KeyHeader(self.scheme, secrets, base_url=self.api_url(kept), shown=self.shown)

    def api_url(self, kept: Mapping[str, str]) -> str:
        """Return where the API is, for CRMs where that depends on what was filled in."""
        return self.base_url

    def validate(self, typed: Mapping[str, SecretStr]) -> None:
        """Raise InputError for what cannot be sent, ForeignHost for an address that is not the CRM's."""
        super().validate(typed)
        if all(each.name in typed for each in self.fields):
            self.api_url(self.filled(typed, self.first_scheme))

    @property
    def first_scheme(self) -> HeaderScheme:
        """How what is typed travels."""
        return self.scheme

    def filled(self, typed: Mapping[str, SecretStr], scheme: HeaderScheme) -> dict[str, str]:
        """Return what was meant by what was typed. InputError for what is missing or cannot be sent."""
        values = {}
        for field in self.fields:
            value = field.meant(typed.get(field.name, SecretStr("")).get_secret_value())
            if not value:
                raise InputError(f"The {field.label} is missing{self._hint}.")
            if problem := scheme.problem(field.name, value):
                raise InputError(f"The {field.label} has {problem}, which {self.title} does not allow.")
            values[field.name] = value
        return values

    def accepted(self, answer: httpx.Response) -> JsonValue:
        """Return the JSON of an answer that accepts what was filled in; raise what any other stands for."""
        status = answer.status_code
        if status in self.rejections:
            names = _listed([field.label for field in self.fields])
            raise CredentialsRejected(f"{self.title} does not accept this {names}{self._hint}.")
        if status == 429 or status >= 500:
            message = f"{self.title} did not answer properly (status {status}); try again later."
            raise Unavailable(message, status=status)
        if status != 200:
            raise self._unexpected(status)
        return json_in(answer)

    def _unexpected(self, status: int) -> SignInError:
        return SignInError(f"This is not how {self.title}'s API answers (status {status}){self._hint}.")

    @property
    def _hint(self) -> str:
        return f"; {self.where}" if self.where else ""


class ApiKeySignIn(KeySignIn):
    """A key that a person pastes, checked by one request."""

    fields: ClassVar[tuple[FormField, ...]] = (FormField("apiKey", "API key", secret=True, shape=ONE_WORD),)
    check: ClassVar[str]
    """A path that is readable with every good key, and only with one: ``/users/me``."""

    def auth_flow(
        self, typed: Mapping[str, SecretStr], info: OAuthInfo | None, code: SecretStr | None
    ) -> AuthFlow:
        """Ask for the path that tells whether the key is good."""
        credentials = self.restore(self.filled(typed, self.scheme), None)
        url, headers = f"{credentials.base_url}{self.check}", {"Accept": "application/json"}
        answer = yield next(credentials.auth_flow(httpx.Request("GET", url, headers=headers)))
        if not self.is_expected(self.accepted(answer)):
            raise self._unexpected(answer.status_code)
        return credentials

    def is_expected(self, body: JsonValue) -> bool:
        """Return whether this is what the CRM answers to the check."""
        return isinstance(body, dict)


def _listed(labels: Sequence[str]) -> str:
    """Return labels as they stand in a sentence: "API key, user name and password"."""
    words = [label if label[1:2].isupper() else label[:1].lower() + label[1:] for label in labels]
    return " and ".join([", ".join(words[:-1])] * (len(words) > 1) + words[-1:])
