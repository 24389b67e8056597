"""Everything that goes wrong, as one tree.

::

    AppConnectError
    ├── InputError              what was typed cannot be used; nothing was sent
    │   ├── UnusableNumber      not a phone number that can be searched
    │   └── InternalExtension   an extension of the phone system, not a number a CRM would know
    ├── ConfigurationError      a setting is missing or wrong, a port is taken
    │   └── ForeignHost         an address that is not the CRM's; credentials stay here
    ├── NotSupported            the CRM, or its connector so far, cannot do this; nothing was sent
    ├── StoreError              what is remembered cannot be read or written
    ├── BeingLogged             another process is writing this very log now
    ├── SignInError             the sign-in conversation did not succeed
    │   ├── ConsentDeclined     the person pressed "Decline" on the consent page
    │   ├── StateMismatch       the answer belongs to another sign-in (or to an attacker)
    │   ├── CredentialsRejected the CRM does not accept the client secret, key or password
    │   └── NotSignedIn         there is no connection yet, or it has been signed out
    ├── CrmError                the CRM answered with an error, or not at all
    │   ├── SessionExpired      401: credentials were good once; sign in again
    │   ├── Forbidden           403: this user may not do this
    │   ├── NotFound            404, 410: no such record, or no longer
    │   ├── Rejected            400, 409, 415, 422: the CRM did not accept what was sent
    │   ├── PaymentRequired     402: the account is closed or full
    │   ├── RateLimited         429: burst window or daily budget used up
    │   │   └── Blocked         403 of the CRM's front door, for some minutes
    │   ├── Unavailable         5xx, or a page where JSON belongs
    │   └── Unreachable         no answer: no network, a time-out, a dropped connection
    └── RecordingError          replay has nothing to answer with
        ├── CassetteMissing     there is no such recording
        ├── CassetteCorrupt     the recording cannot be read
        └── NoMatch             this request was never recorded

Messages are written for the person at the keyboard and never hold a secret.
"""

from __future__ import annotations


class AppConnectError(Exception):
    """The root: every error this package raises on purpose."""

    @property
    def message(self) -> str:
        """One sentence: what went wrong, and what to do."""
        return str(self)


class InputError(AppConnectError):
    """What was typed cannot be used. Nothing was sent."""


class UnusableNumber(InputError):
    """The text is not a phone number that a CRM can be searched for."""


class InternalExtension(InputError):
    """The number is an extension of the phone system, which no CRM knows."""


class ConfigurationError(AppConnectError):
    """A setting is missing or wrong."""


class ForeignHost(ConfigurationError):
    """The address does not belong to the CRM, so nothing was sent to it."""


class NotSupported(AppConnectError):
    """The CRM, or its connector so far, cannot do this; the message is the reason. Nothing was sent."""


class StoreError(AppConnectError):
    """The local store could not be read or written."""


class BeingLogged(AppConnectError):
    """Another process is writing this very log right now."""


class SignInError(AppConnectError):
    """The sign-in conversation did not succeed."""


class ConsentDeclined(SignInError):
    """The person declined on the CRM's consent page."""


class StateMismatch(SignInError):
    """The ``state`` that came back is not the one that was sent."""


class CredentialsRejected(SignInError):
    """The CRM does not accept the client secret, API key, user name or password."""


class NotSignedIn(SignInError):
    """There is no connection yet, or it has been signed out."""


class CrmError(AppConnectError):
    """The CRM answered with an error, or not at all.

    ``status`` is the HTTP status (None when there was no answer), ``request`` is ``"GET /path"`` without
    host, query or credentials, ``crm_message`` is the CRM's own sentence.
    """

    def __init__(
        self, message: str, *, status: int | None = None, request: str = "", crm_message: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.request = request
        self.crm_message = crm_message


class SessionExpired(CrmError):
    """401: the credentials were good once and are no longer."""


class Forbidden(CrmError):
    """403: this user may not do this."""


class NotFound(CrmError):
    """404 or 410: there is no such record, or no longer."""


class Rejected(CrmError):
    """400, 409, 415 or 422: the CRM did not accept what was sent."""


class PaymentRequired(CrmError):
    """402: the CRM account is closed, unpaid or full."""


class RateLimited(CrmError):
    """429: too many requests.

    ``retry_after`` is seconds, None when the CRM does not say. ``daily`` is true when the whole day's
    budget is gone and waiting a moment does not help.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request: str = "",
        crm_message: str = "",
        retry_after: float | None = None,
        daily: bool = False,
    ) -> None:
        super().__init__(message, status=status, request=request, crm_message=crm_message)
        self.retry_after = retry_after
        self.daily = daily


class Blocked(RateLimited):
    """403 of what stands before the CRM (Cloudflare): this client is shut out for a while."""


class Unavailable(CrmError):
    """5xx, or a web page where JSON belongs."""


class Unreachable(CrmError):
    """No answer at all: no network, a time-out, a dropped connection.

    ``maybe_done`` is true when a write had left and its answer was lost, so that the CRM may have done it.
    """

    def __init__(self, message: str, *, request: str = "", maybe_done: bool = False) -> None:
        super().__init__(message, request=request)
        self.maybe_done = maybe_done


class RecordingError(AppConnectError):
    """Replay has nothing to answer with."""


class CassetteMissing(RecordingError):
    """There is no such recording."""


class CassetteCorrupt(RecordingError):
    """The recording cannot be read."""


class NoMatch(RecordingError):
    """This request was never recorded; the message names the nearest recording and what differs."""
