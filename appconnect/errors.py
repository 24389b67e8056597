"""The errors of this package, as one tree.

::

    AppConnectError
    ├── InputError              the input cannot be used; nothing was sent
    │   ├── UnusableNumber      not a phone number that can be searched
    │   └── InternalExtension   an extension of the phone system, not a phone number
    ├── ConfigurationError      a setting is missing or wrong, a port is taken
    │   └── ForeignHost         an address that is not the CRM's; nothing was sent to it
    ├── NotSupported            the CRM, or its connector so far, cannot do this; nothing was sent
    ├── StoreError              the local store cannot be read or written
    ├── Busy                    somebody else is at it for too long; nothing was changed
    │   └── BeingLogged         another process or task is writing the same log or contact now
    ├── LoggedElsewhere         the call is logged at another contact; nothing was changed
    ├── AlreadyKnown            a contact that carries the new one's number; nothing was created
    ├── WritesNotArmed          a request of one's own would write live, which nobody has allowed
    ├── SignInError             signing in did not succeed
    │   ├── ConsentDeclined     the person pressed "Decline" on the consent page
    │   ├── StateMismatch       the answer belongs to another sign-in (or to an attacker)
    │   ├── CredentialsRejected the CRM does not accept the client secret, key or password
    │   ├── SignInStopped       nobody answered the consent page, or it was no longer waited for
    │   └── NotSignedIn         there is no connection yet, or it has been signed out
    │       └── SignInNeeded    a notebook goes on when a person has signed in
    ├── CrmError                the CRM answered with an error, or not at all
    │   ├── SessionExpired      401: the credentials are no longer valid; sign in again
    │   ├── Forbidden           403: this user may not do this
    │   ├── NotFound            404, 410: there is no such record (any more)
    │   ├── Rejected            400, 405, 409, 415, 422: the CRM did not accept the data
    │   ├── PaymentRequired     402: the account is closed or full
    │   ├── RateLimited         429: too many requests now, or for today
    │   │   └── Blocked         403 from Cloudflare or the like, for some minutes
    │   ├── Unavailable         5xx, or an answer that is not JSON
    │   │   └── AnswerTooLarge  an answer that nobody would read to its end
    │   │   └── Unconfirmed     a write was answered, but not with what would prove that it was done
    │   └── Unreachable         no answer: no network, a time-out, a dropped connection
    │       ├── DeadlineExceeded  the whole operation took too long and was stopped
    │       ├── CertificateFault  the host cannot show that it is the CRM's; nothing was sent
    │       └── ProxyFault      the proxy refused, or cannot be reached; nothing was sent
    └── RecordingError          replay has no recorded answer
        ├── CassetteMissing     there is no such recording
        ├── CassetteCorrupt     the recording cannot be read
        └── NoMatch             this request is not in the recording

Messages are written for the person at the keyboard and never hold a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from appconnect.text.quotation import MAX_QUOTATION, shortened

if TYPE_CHECKING:
    from appconnect.error_book import Explanation

GATEWAYS: Final = (502, 504)
"""Answers of a gateway, behind which the CRM may be at work still."""


class AppConnectError(Exception):
    """The base class of all errors that this package raises on purpose.

    A message too long to be read has its middle cut out, whatever it quotes. ``exchange`` is the number of
    the exchange that it came of, in the workbench's trace (0: of none); ``explanation`` is what the CRM's
    answer means, where one came of it.
    """

    exchange: int = 0
    explanation: Explanation | None = None

    def __init__(self, message: str = "") -> None:
        super().__init__(shortened(message))

    @property
    def message(self) -> str:
        """One sentence that says what went wrong and what to do."""
        return str(self)


class InputError(AppConnectError):
    """Input that cannot be used; nothing was sent."""


class UnusableNumber(InputError):
    """A text that is not a phone number to search for."""


class InternalExtension(InputError):
    """An extension of the phone system, which is in no CRM."""


class ConfigurationError(AppConnectError):
    """A setting is missing or wrong."""


class ForeignHost(ConfigurationError):
    """An address that is not the CRM's; nothing was sent to it."""


class NotSupported(AppConnectError):
    """The CRM, or its connector so far, cannot do this; the message is the reason. Nothing was sent."""


class StoreError(AppConnectError):
    """The local store could not be read or written."""


class Busy(AppConnectError):
    """Somebody else was at it for as long as could be waited, or took it over.

    ``maybe_done`` is true when something was sent before it was taken over, so that the CRM may have done it;
    otherwise nothing was changed.
    """

    maybe_done = False


class BeingLogged(Busy):
    """Another process or task is writing the same log, or creating the same contact, right now."""


class LoggedElsewhere(AppConnectError):
    """The call is logged already, at another contact. ``log_id`` is its log there; nothing was changed."""

    def __init__(self, message: str, *, log_id: str = "") -> None:
        super().__init__(message)
        self.log_id = log_id


class AlreadyKnown(AppConnectError):
    """A contact carries the number of a new one already; nothing was created."""


class NotSearched(AppConnectError):
    """The CRM did not search all of its contacts, so that one who was not found may be there.

    ``is_lasting``: this user may not search the others, and the next search will be no better.
    """

    def __init__(self, message: str, *, is_lasting: bool = False) -> None:
        super().__init__(message)
        self.is_lasting = is_lasting


class SignInError(AppConnectError):
    """Signing in did not succeed."""


class ConsentDeclined(SignInError):
    """The person declined on the CRM's consent page."""


class StateMismatch(SignInError):
    """The ``state`` that came back is not the one that was sent."""


class CredentialsRejected(SignInError):
    """The CRM does not accept the client secret, API key, user name or password."""


class SignInStopped(SignInError):
    """Nobody answered the consent page in time, or it was no longer waited for."""


class NotSignedIn(SignInError):
    """There is no connection, or it has been signed out."""


class _InOneSentence(AppConnectError):
    """A notebook stops with the sentence alone."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [self.message]


class SignInNeeded(_InOneSentence, NotSignedIn):
    """A person has to sign in before the cells below can run."""


class NobodyChosen(_InOneSentence, InputError):
    """A person has to choose a contact before the cells below can run."""


class WriteDeclined(_InOneSentence):
    """A person did not agree to what a notebook was about to write; nothing was sent."""


class WritesNotArmed(_InOneSentence):
    """A request of one's own would write into a live account, which nobody has allowed; nothing was sent."""


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
        self.request = shortened(request, MAX_QUOTATION)
        is_short = len(crm_message) <= MAX_QUOTATION
        self.crm_message = crm_message if is_short else crm_message[: MAX_QUOTATION - 1] + "…"


class SessionExpired(CrmError):
    """401: the credentials are no longer valid."""


class Forbidden(CrmError):
    """403: this user may not do this."""


class NotFound(CrmError):
    """404 or 410: there is no such record (any more)."""


class Rejected(CrmError):
    """400, 405, 409, 415 or 422: the CRM did not accept the data, or not by this method."""


class PaymentRequired(CrmError):
    """402: the CRM account is closed, unpaid or full."""


class RateLimited(CrmError):
    """429: too many requests.

    ``retry_after`` is seconds, None when the CRM does not say. ``daily`` is true when the day's
    budget is used up, so that waiting a moment does not help.
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
    """403 from a service in front of the CRM (Cloudflare), which blocks this client for a while."""


class Unavailable(CrmError):
    """5xx, or an answer that is not JSON."""


class AnswerTooLarge(Unavailable):
    """An answer so large that it was not read to its end."""


class Unconfirmed(Unavailable):
    """A write was answered as a success, but not with what the vendor documents as the sign of it.

    It may have been done: whoever catches this looks in the CRM before anything is written again.
    """


class Unreachable(CrmError):
    """No answer at all: no network, a time-out, a dropped connection.

    ``maybe_done`` is true when a write was sent and its answer was lost, so that the CRM may have done it.
    """

    def __init__(self, message: str, *, request: str = "", maybe_done: bool = False) -> None:
        super().__init__(message, request=request)
        self.maybe_done = maybe_done


class DeadlineExceeded(Unreachable):
    """The whole operation took longer than it may, and was stopped."""


class CertificateFault(Unreachable):
    """The host's certificate cannot be trusted, so nothing was sent to it."""


class ProxyFault(Unreachable):
    """The proxy cannot be reached, or did not let the request through; the CRM never saw it."""


def may_be_written(error: AppConnectError) -> bool:
    """Return whether the CRM may have carried out a write although no good answer came."""
    return isinstance(error, Unavailable) or (isinstance(error, Unreachable | Busy) and error.maybe_done)


def may_still_arrive(error: AppConnectError) -> bool:
    """Return whether the CRM may yet carry out a write: nobody has answered but maybe a gateway before it."""
    answered = error.status if isinstance(error, CrmError) else None
    return may_be_written(error) and answered in (None, *GATEWAYS)


class RecordingError(AppConnectError):
    """Replay has no recorded answer."""


class CassetteMissing(RecordingError):
    """There is no such recording."""


class CassetteCorrupt(RecordingError):
    """The recording cannot be read."""


class NoMatch(RecordingError):
    """The request is not in the recording; the message names the nearest request and the differences."""
