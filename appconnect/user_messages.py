"""The messages that App Connect shows to people, for results and for errors.

Success shows for 2 seconds, a warning for 3 to 5, an error for 5. The level tells who can help:
*warning*: the person can correct or retry it; *danger*: the CRM refused or lost it; *error*: this workbench
cannot go on until a setting or file is corrected.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from appconnect import errors
from appconnect.models import Contact, Detail, DetailItem, MessageLevel, ReturnMessage, User
from appconnect.text.amounts import about

SUCCESS, WARNING, DANGER, ERROR = (
    MessageLevel.SUCCESS,
    MessageLevel.WARNING,
    MessageLevel.DANGER,
    MessageLevel.ERROR,
)
MAX_QUOTE = 300
MAX_NAMED = 5
"""Contacts that are named in a sentence."""


class UserMessage(Enum):
    """The messages of success and of empty results: text, level, milliseconds."""

    SIGNED_IN = ("Connected to {crm} as {name}", SUCCESS, 2000)
    SIGNED_OUT = ("Signed out of {crm}", SUCCESS, 2000)
    SIGNED_OUT_HERE_ONLY = ("Signed out here; {crm} did not confirm it", WARNING, 5000)
    CONTACT_NOT_FOUND = ("Contact not found", WARNING, 3000)
    CONTACT_FOUND = ("Contact found", SUCCESS, 2000)
    CONTACTS_FOUND = ("{number} contacts found", SUCCESS, 2000)
    FIRST_CONTACTS = ("The first {number} contacts", WARNING, 5000)
    CONTACT_CREATED = ("Contact created", SUCCESS, 2000)
    CONTACT_WAS_CREATED = ("Contact was created before", SUCCESS, 2000)
    CALL_LOGGED = ("Call logged", SUCCESS, 2000)
    CALL_LOG_UPDATED = ("Call log updated.", SUCCESS, 2000)
    DISPOSITION_SET = ("Call disposition set", SUCCESS, 2000)
    NOTHING_TO_SET = ("Nothing to set", SUCCESS, 2000)
    CALL_LOG_READ = ("Call log read", SUCCESS, 2000)
    USERS_LISTED = ("{number} active users", SUCCESS, 2000)
    MESSAGE_LOGGED = ("Message logged", SUCCESS, 2000)


INTERNAL_EXTENSION = "Logging against internal extension number is not supported."
"""App Connect's own sentence for an extension; the text of an `InternalExtension`."""


def signed_in(user: User, crm: str) -> ReturnMessage:
    """Return the message after signing in."""
    return _user_message(UserMessage.SIGNED_IN, crm=crm, name=user.name)


def signed_out(refused: errors.AppConnectError | None = None, crm: str = "the CRM") -> ReturnMessage:
    """Return the message after signing out; ``refused`` is the error when the CRM did not revoke."""
    if refused is None:
        return _user_message(UserMessage.SIGNED_OUT, crm=crm)
    return _user_message(UserMessage.SIGNED_OUT_HERE_ONLY, _quote(refused.message), crm=crm)


def contacts_found(
    contacts: Sequence[Contact],
    *,
    max_matches: int | None = None,
    max_log_form_options: int | None = None,
    left_out: str = "",
) -> ReturnMessage:
    """Return the message with the number of contacts found; none is a warning, not an error.

    A search stops at ``max_matches`` contacts, of which ``max_log_form_options`` come with options.
    ``left_out`` is a line about hits that do not carry the number.
    """
    number = sum(not contact.is_new_contact for contact in contacts)
    lines = [left_out] if left_out else []
    if number == 0:
        advice = "Create a new contact, or search in another way."
        return _user_message(UserMessage.CONTACT_NOT_FOUND, *lines, advice)
    if number == 1:
        return _user_message(UserMessage.CONTACT_FOUND, *lines)
    stopped = max_matches is not None and number >= max_matches
    if stopped:
        lines.append("There may be more. Search for the full name.")
    if max_log_form_options is not None and number > max_log_form_options:
        lines.append(f"Only the first {max_log_form_options} have choices in the log form, such as deals.")
    return _user_message(
        UserMessage.FIRST_CONTACTS if stopped else UserMessage.CONTACTS_FOUND, *lines, number=str(number)
    )


def contact_created(*, before: bool = False) -> ReturnMessage:
    """Return the message after creating a contact; ``before`` when an earlier attempt had created it."""
    return _user_message(UserMessage.CONTACT_WAS_CREATED if before else UserMessage.CONTACT_CREATED)


def already_known(contacts: Sequence[Contact], name: str) -> str:
    """Return the sentence of `AlreadyKnown`: who carries the number of the new contact."""
    shown = ", ".join(f"{each.name} ({each.id})" for each in contacts[:MAX_NAMED])
    more = f" and {len(contacts) - MAX_NAMED} more" if len(contacts) > MAX_NAMED else ""
    carry = "carries" if len(contacts) == 1 else "carry"
    return f"{shown}{more} {carry} this number already, so {name} was not created."


def not_searched(why: str, name: str) -> str:
    """Return the sentence of `NotSearched`: ``why`` it is open whether a new contact is there already."""
    return f"{_sentence(why).rstrip('.')}. Somebody may carry this number already, so {name} was not created."


def call_logged(*, updated: bool = False) -> ReturnMessage:
    """Return the message after logging a call; ``updated`` when its log existed already."""
    return call_log_updated() if updated else _user_message(UserMessage.CALL_LOGGED)


def call_log_updated() -> ReturnMessage:
    """Return the message after changing a call log."""
    return _user_message(UserMessage.CALL_LOG_UPDATED)


def call_log_read() -> ReturnMessage:
    """Return the message after reading a call log."""
    return _user_message(UserMessage.CALL_LOG_READ)


def users_listed(number: int) -> ReturnMessage:
    """Return the message with the number of users."""
    return _user_message(UserMessage.USERS_LISTED, number=str(number))


def disposition_set(changed: bool) -> ReturnMessage:
    """Return the message after setting a disposition; not ``changed`` when nothing was chosen."""
    return _user_message(UserMessage.DISPOSITION_SET if changed else UserMessage.NOTHING_TO_SET)


def message_logged() -> ReturnMessage:
    """Return the message after logging an SMS, voicemail or fax."""
    return _user_message(UserMessage.MESSAGE_LOGGED)


def being_written(what: str, *, is_here: bool) -> str:
    """Return the sentence of `BeingLogged`: who is writing the call, message or contact, and what to do."""
    by = "another task of this process" if is_here else "another process"
    doing = "created" if what == "contact" else "logged"
    subject = "This" if what == "log" else f"This {what}"
    return f"{subject} is being {doing} right now by {by}; look again in a moment."


class Advice(NamedTuple):
    """The message for a class of errors: sentence (None: the error's own), level, time, and what to do."""

    text: str | None
    level: MessageLevel
    ttl: int
    to_do: str


ADVICE: dict[type[errors.AppConnectError], Advice] = {
    errors.AppConnectError: Advice(None, ERROR, 5000, "See result.error for the cause."),
    errors.InputError: Advice(None, WARNING, 3000, "Correct the input. Nothing was sent."),
    errors.UnusableNumber: Advice(None, WARNING, 3000, "Check the phone number. Nothing was sent."),
    errors.InternalExtension: Advice(
        None, WARNING, 3000, "Search for the contact by name. Nothing was sent."
    ),
    errors.ConfigurationError: Advice(None, ERROR, 5000, "Change the setting and start again."),
    errors.NotSupported: Advice(None, WARNING, 5000, "Do this in {crm} itself; nothing was sent."),
    errors.StoreError: Advice(
        None, ERROR, 5000, "Sign-ins and logs are not saved until the store works again."
    ),
    errors.Busy: Advice(None, WARNING, 5000, "Wait a moment, then try again. Nothing was changed."),
    errors.BeingLogged: Advice(None, WARNING, 3000, "Wait a moment, then look again. Nothing was sent."),
    errors.LoggedElsewhere: Advice(
        None, WARNING, 5000, "Move the log here (move=True), or update it where it is. Nothing was changed."
    ),
    errors.AlreadyKnown: Advice(
        None, WARNING, 5000, "Take one of them, or create the contact anyway (even_if_known=True)."
    ),
    errors.NotSearched: Advice(
        None, WARNING, 5000, "Try again, or create the contact anyway (even_if_known=True). Nothing was sent."
    ),
    errors.WriteDeclined: Advice(
        None, WARNING, 5000, "Run the cell again and answer yes, or try it in the sandbox. Nothing was sent."
    ),
    errors.WritesNotArmed: Advice(
        None,
        WARNING,
        5000,
        "Allow writes with workbench.arm_writes() or in the request panel, then send again.",
    ),
    errors.SignInError: Advice("Could not sign in to {crm}", DANGER, 5000, "Try to sign in again."),
    errors.ConsentDeclined: Advice(
        "Access to {crm} was declined", WARNING, 5000, "Sign in again and approve."
    ),
    errors.StateMismatch: Advice(
        "The sign-in to {crm} was stopped",
        DANGER,
        5000,
        "The answer belongs to another sign-in. Close the page and sign in again from here.",
    ),
    errors.CredentialsRejected: Advice(
        "{crm} does not accept these credentials",
        DANGER,
        5000,
        "Check the key, the client id and secret, or the user name and password.",
    ),
    errors.SignInStopped: Advice(None, WARNING, 5000, "Sign in again."),
    errors.NotSignedIn: Advice("You are not signed in to {crm}", WARNING, 5000, "Sign in first."),
    errors.CrmError: Advice("{crm} could not do this", DANGER, 5000, "See result.error for the cause."),
    errors.SessionExpired: Advice("Your {crm} session has expired", WARNING, 5000, "Sign in again."),
    errors.Forbidden: Advice(
        "You are not allowed to do this in {crm}",
        DANGER,
        5000,
        "Ask the CRM's admin for the permission, or the app's owner for the scope.",
    ),
    errors.NotFound: Advice(
        "Not found in {crm}", WARNING, 5000, "It may have been deleted or merged. Search for it again."
    ),
    errors.Rejected: Advice(
        "{crm} did not accept what was sent",
        DANGER,
        5000,
        "Correct what {crm} names and try again; signing in again does not help.",
    ),
    errors.PaymentRequired: Advice(
        "The {crm} account is closed or full", DANGER, 5000, "Ask the CRM's admin to check the subscription."
    ),
    errors.RateLimited: Advice(
        "{crm} is getting too many requests",
        WARNING,
        5000,
        "Try again {when}. The data is fine.",
    ),
    errors.Blocked: Advice(
        "{crm} blocks requests from here for a while",
        DANGER,
        5000,
        "Wait a few minutes, then try again. The data is fine.",
    ),
    errors.Unavailable: Advice(
        "{crm} is not working right now",
        DANGER,
        5000,
        "Try again in a few minutes, or look at its status page.",
    ),
    errors.Unconfirmed: Advice(
        "{crm} did not confirm this; it may have been done",
        DANGER,
        5000,
        "Look in {crm}, or try again: it is looked up first.",
    ),
    errors.Unreachable: Advice(
        "{crm} cannot be reached", DANGER, 5000, "Check the network connection and try again."
    ),
    errors.AnswerTooLarge: Advice("{crm} answered with too much", DANGER, 5000, "Ask for less at a time."),
    errors.DeadlineExceeded: Advice("{crm} took too long", DANGER, 5000, "Try again in a few minutes."),
    errors.CertificateFault: Advice(
        "No safe connection to {crm}", ERROR, 5000, "Nothing was sent; mend what is named below first."
    ),
    errors.ProxyFault: Advice(
        "The proxy does not let {crm} be reached", ERROR, 5000, "Nothing was sent; {crm} itself may be fine."
    ),
    errors.RecordingError: Advice(
        None, ERROR, 5000, "Record it again, or set APPCONNECT_MODE to sandbox or live."
    ),
}
DAILY_BUDGET = Advice(
    "Today's {crm} requests are used up",
    DANGER,
    5000,
    "The budget refills {when}. Until then {crm} refuses every request.",
)
MAYBE_SAVED = Advice(
    "{crm} did not answer; the change may already be saved",
    DANGER,
    5000,
    "Try again to check. Nothing is written twice: {crm} is searched first.",
)


def what_to_do(error: errors.AppConnectError, *, crm: str) -> str:
    """Return the advice for an error by itself: what a person can do now."""
    return _sentence(_advice(error, is_write=False).to_do.format(crm=crm, when=_when(error)))


def with_warnings(message: ReturnMessage | None, warnings: Sequence[str]) -> ReturnMessage | None:
    """Return a message of success with warnings added to its details, shown as a warning and for longer."""
    if message is None or not warnings:
        return message
    lines = [item.text for detail in message.details or [] for item in detail.items]
    return _message(message.message, WARNING, 5000, [*lines, *warnings])


def for_error(error: errors.AppConnectError, *, crm: str = "the CRM", is_write: bool = True) -> ReturnMessage:
    """Return the message for an error: a sentence, and in the details what to do and what happened.

    ``crm`` is the CRM's name; ``is_write`` is whether a record was to be written, which a lost answer leaves
    open. The CRM's own message is quoted as plain text and shortened; escape it before
    showing it as HTML.
    """
    advice = _advice(error, is_write=is_write)
    words = {"crm": crm, "when": _when(error)}
    text = error.message if advice.text is None else _sentence(advice.text.format(**words))
    crm_message = error.crm_message if isinstance(error, errors.CrmError) else ""
    repeats = not crm_message or crm_message in error.message
    quote = "" if repeats else f"{_sentence(crm)} said: {_quote(crm_message)}"
    details = [_sentence(advice.to_do.format(**words)), _quote(error.message), quote]
    return _message(text, advice.level, advice.ttl, [each for each in details if each and each != text])


# -- wording --


def _advice(error: errors.AppConnectError, *, is_write: bool) -> Advice:
    if isinstance(error, errors.RateLimited) and error.daily:
        return DAILY_BUDGET
    if is_write and isinstance(error, errors.Unreachable | errors.Busy) and error.maybe_done:
        return MAYBE_SAVED
    return next(ADVICE[each] for each in type(error).__mro__ if each in ADVICE)


def _when(error: errors.AppConnectError) -> str:
    """Return when requests are accepted again: "in 2 seconds"; vague when the CRM does not say."""
    if not isinstance(error, errors.RateLimited):
        return ""
    if error.retry_after is None or not math.isfinite(error.retry_after):
        return "at the CRM's next daily reset" if error.daily else "in a moment"
    return f"in {about(error.retry_after)}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _quote(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_QUOTE else line[: MAX_QUOTE - 1] + "…"


def _user_message(message: UserMessage, *lines: str, **words: str) -> ReturnMessage:
    text, level, ttl = message.value
    return _message(text.format(**words), level, ttl, lines)


def _message(text: str, level: MessageLevel, ttl: int, lines: Sequence[str]) -> ReturnMessage:
    items = [DetailItem(id=str(number), text=line) for number, line in enumerate(lines, 1)]
    details = [Detail(title="Details", items=items)] if items else None
    return ReturnMessage(message=text, message_type=level, ttl=ttl, details=details)
