"""What App Connect tells people: a result or an error becomes a message they can act on.

Success shows for 2 seconds, a warning for 3 to 5, an error for 5. The level says whose turn it is:
*warning*: the person can mend or retry it; *danger*: the CRM refused or lost it; *error*: this workbench
cannot go on until something is set right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from appconnect import errors
from appconnect.models import Contact, Detail, DetailItem, MessageLevel, ReturnMessage, User

SUCCESS, WARNING, DANGER, ERROR = (
    MessageLevel.SUCCESS,
    MessageLevel.WARNING,
    MessageLevel.DANGER,
    MessageLevel.ERROR,
)
MAX_QUOTE = 300


class UserMessage(Enum):
    """The exact words for everything that is no error: text, colour, time."""

    SIGNED_IN = ("Connected to {crm} as {name}", SUCCESS, 2000)
    SIGNED_OUT = ("Signed out of {crm}", SUCCESS, 2000)
    SIGNED_OUT_HERE_ONLY = ("Signed out here; {crm} did not confirm it", WARNING, 5000)
    CONTACT_NOT_FOUND = ("Contact not found", WARNING, 3000)
    CONTACT_FOUND = ("Contact found", SUCCESS, 2000)
    CONTACTS_FOUND = ("{number} contacts found", SUCCESS, 2000)
    FIRST_CONTACTS = ("The first {number} contacts", WARNING, 5000)
    CONTACT_CREATED = ("Contact created", SUCCESS, 2000)
    CALL_LOGGED = ("Call logged", SUCCESS, 2000)
    CALL_LOG_UPDATED = ("Call log updated.", SUCCESS, 2000)
    DISPOSITION_SET = ("Call disposition set", SUCCESS, 2000)
    NOTHING_TO_SET = ("Nothing to set", SUCCESS, 2000)
    CALL_LOG_READ = ("Call log read", SUCCESS, 2000)
    USERS_LISTED = ("{number} active users", SUCCESS, 2000)
    MESSAGE_LOGGED = ("Message logged", SUCCESS, 2000)


INTERNAL_EXTENSION = "Logging against internal extension number is not supported."
"""What Pipedrive answers for a number without "+"; the text of an `InternalExtension`."""


def signed_in(user: User, crm: str) -> ReturnMessage:
    """Who is connected to what."""
    return _user_message(UserMessage.SIGNED_IN, crm=crm, name=user.name)


def signed_out(refused: errors.AppConnectError | None = None, crm: str = "the CRM") -> ReturnMessage:
    """The credentials are gone here; ``refused`` is why the CRM did not revoke them."""
    if refused is None:
        return _user_message(UserMessage.SIGNED_OUT, crm=crm)
    return _user_message(UserMessage.SIGNED_OUT_HERE_ONLY, _shortened(refused.message), crm=crm)


def contacts_found(
    contacts: Sequence[Contact], *, most: int | None = None, max_log_form_options: int | None = None
) -> ReturnMessage:
    """How many real contacts were found; none is a warning, not an error.

    ``most`` is with how many a search ends, ``max_log_form_options`` how many come with options.
    """
    number = sum(not contact.is_new_contact for contact in contacts)
    if number == 0:
        return _user_message(UserMessage.CONTACT_NOT_FOUND, "Create a new contact, or search in another way.")
    if number == 1:
        return _user_message(UserMessage.CONTACT_FOUND)
    lines, cut = [], most is not None and number >= most
    if cut:
        lines.append("There may be more: search by a fuller name.")
    if max_log_form_options is not None and number > max_log_form_options:
        lines.append(
            f"What the log form offers, such as deals, is there for the first {max_log_form_options} only."
        )
    return _user_message(
        UserMessage.FIRST_CONTACTS if cut else UserMessage.CONTACTS_FOUND, *lines, number=str(number)
    )


def contact_created() -> ReturnMessage:
    """There is a new contact."""
    return _user_message(UserMessage.CONTACT_CREATED)


def call_logged(*, updated: bool = False) -> ReturnMessage:
    """The call is in the CRM; ``updated`` when it was there already."""
    return call_log_updated() if updated else _user_message(UserMessage.CALL_LOGGED)


def call_log_updated() -> ReturnMessage:
    """A call log was changed."""
    return _user_message(UserMessage.CALL_LOG_UPDATED)


def call_log_read() -> ReturnMessage:
    """A call log was read back."""
    return _user_message(UserMessage.CALL_LOG_READ)


def users_listed(number: int) -> ReturnMessage:
    """The CRM's users were listed."""
    return _user_message(UserMessage.USERS_LISTED, number=str(number))


def disposition_set(something: bool) -> ReturnMessage:
    """What the call belongs to was set, if ``something`` was chosen."""
    return _user_message(UserMessage.DISPOSITION_SET if something else UserMessage.NOTHING_TO_SET)


def message_logged() -> ReturnMessage:
    """The message is in the CRM."""
    return _user_message(UserMessage.MESSAGE_LOGGED)


class Advice(NamedTuple):
    """How an error is told: the sentence (None: the error's own), its colour and time, and what to do."""

    text: str | None
    level: MessageLevel
    ttl: int
    to_do: str


ADVICE: dict[type[errors.AppConnectError], Advice] = {
    errors.AppConnectError: Advice(None, ERROR, 5000, "Look at result.error for the cause."),
    errors.InputError: Advice(None, WARNING, 3000, "Correct what was typed; nothing was sent."),
    errors.UnusableNumber: Advice(None, WARNING, 3000, "Check the phone number; nothing was sent."),
    errors.InternalExtension: Advice(
        None, WARNING, 3000, "Search for the contact by name; nothing was sent."
    ),
    errors.ConfigurationError: Advice(None, ERROR, 5000, "Change the setting and start again."),
    errors.NotSupported: Advice(None, WARNING, 5000, "Do this in {crm} itself; nothing was sent."),
    errors.StoreError: Advice(None, ERROR, 5000, "Nothing is remembered until the store works again."),
    errors.BeingLogged: Advice(None, WARNING, 3000, "Wait a moment; nothing was sent."),
    errors.SignInError: Advice("Could not sign in to {crm}", DANGER, 5000, "Start signing in once more."),
    errors.ConsentDeclined: Advice(
        "Access to {crm} was declined", WARNING, 5000, "Sign in again and approve."
    ),
    errors.StateMismatch: Advice(
        "This sign-in cannot be trusted",
        DANGER,
        5000,
        "The answer belongs to another sign-in: close the page and start again from here.",
    ),
    errors.CredentialsRejected: Advice(
        "{crm} does not accept these credentials",
        DANGER,
        5000,
        "Check the key, the client id and secret, or the user name and password.",
    ),
    errors.NotSignedIn: Advice("You are not signed in to {crm}", WARNING, 5000, "Sign in first."),
    errors.CrmError: Advice("{crm} could not do this", DANGER, 5000, "Look at result.error for the cause."),
    errors.SessionExpired: Advice("Your {crm} session has expired", WARNING, 5000, "Sign in again."),
    errors.Forbidden: Advice(
        "You are not allowed to do this in {crm}",
        DANGER,
        5000,
        "Ask the CRM's admin for the permission, or the app's owner for the scope.",
    ),
    errors.NotFound: Advice(
        "Not found in {crm}", WARNING, 5000, "It may have been deleted or merged there: search for it again."
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
        "Try again {when}; nothing is wrong with the data.",
    ),
    errors.Blocked: Advice(
        "{crm} has shut this client out for a while",
        DANGER,
        5000,
        "Wait some minutes before you try again; nothing is wrong with the data.",
    ),
    errors.Unavailable: Advice(
        "{crm} is not working right now",
        DANGER,
        5000,
        "Try again in a few minutes, or look at its status page.",
    ),
    errors.Unreachable: Advice(
        "{crm} cannot be reached", DANGER, 5000, "Check the network connection and try again."
    ),
    errors.RecordingError: Advice(
        None, ERROR, 5000, "Record it anew, or set APPCONNECT_MODE to sandbox or live."
    ),
}
DAILY_BUDGET = Advice(
    "Today's {crm} requests are used up",
    DANGER,
    5000,
    "The budget refills {when}; until then every request will be refused.",
)
PERHAPS_DONE = Advice(
    "{crm} did not answer; it may have been done all the same",
    DANGER,
    5000,
    "Try again: {crm} is looked through first, so that nothing is logged twice.",
)


def with_warnings(message: ReturnMessage | None, remarks: Sequence[str]) -> ReturnMessage | None:
    """The message of a success with what the person should know besides; a warning, for longer."""
    if message is None or not remarks:
        return message
    known = [item.text for detail in message.details or [] for item in detail.items]
    return _message(message.message, WARNING, 5000, [*known, *remarks])


def for_error(error: errors.AppConnectError, *, crm: str = "the CRM") -> ReturnMessage:
    """The message for something that went wrong: a sentence, and in the details what to do and what happened.

    ``crm`` is the CRM's name. What the CRM itself said is quoted as plain text, shortened: whoever shows it
    escapes it.
    """
    advice = _advice(error)
    words = {"crm": crm, "when": _when(error)}
    text = error.message if advice.text is None else _sentence(advice.text.format(**words))
    said = error.crm_message if isinstance(error, errors.CrmError) else ""
    quote = f"{_sentence(crm)} said: {_shortened(said)}" if said and said not in error.message else ""
    details = [advice.to_do.format(**words), _shortened(error.message), quote]
    return _message(text, advice.level, advice.ttl, [each for each in details if each and each != text])


# -- how it is put --


def _advice(error: errors.AppConnectError) -> Advice:
    if isinstance(error, errors.RateLimited) and error.daily:
        return DAILY_BUDGET
    if isinstance(error, errors.Unreachable) and error.maybe_done:
        return PERHAPS_DONE
    return next(ADVICE[kind] for kind in type(error).__mro__ if kind in ADVICE)


def _when(error: errors.AppConnectError) -> str:
    """When requests are accepted again: "in 2 seconds", "in 3 hours"; vague when the CRM does not say."""
    if not isinstance(error, errors.RateLimited):
        return ""
    if error.retry_after is None or not math.isfinite(error.retry_after):
        return "at the CRM's next daily reset" if error.daily else "in a moment"
    seconds = max(1, math.ceil(error.retry_after))
    for size, name in ((3600, "hour"), (60, "minute")):
        if seconds > 2 * size:
            return f"in {math.ceil(seconds / size)} {name}s"
    return f"in {seconds} second{'s' if seconds > 1 else ''}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_QUOTE else line[: MAX_QUOTE - 1] + "…"


def _user_message(message: UserMessage, *lines: str, **words: str) -> ReturnMessage:
    text, level, ttl = message.value
    return _message(text.format(**words), level, ttl, lines)


def _message(text: str, level: MessageLevel, ttl: int, lines: Sequence[str]) -> ReturnMessage:
    items = [DetailItem(id=str(number), text=line) for number, line in enumerate(lines, 1)]
    details = [Detail(title="Details", items=items)] if items else None
    return ReturnMessage(message=text, message_type=level, ttl=ttl, details=details)
