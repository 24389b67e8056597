"""The operations that faults are tried on: how each begins, what it does, and what the CRM has of it then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from appconnect.models import ContactMatches, JsonObject, Logged, Result
from appconnect.testing import cast, samples
from appconnect.testing.answers import StoredLog
from appconnect.testing.contact_records import carriers
from appconnect.testing.faults.scene import Scene, nia_of
from appconnect.testing.workbench_internals import kept_connections
from appconnect.workbench import Workbench

NEW_NUMBER: Final = "+14155550123"
NEW_NAME: Final = "Vera Probst"
NOTE, NEW_NOTE, TEXT, ANSWER = "Wants a quote", "Sent a quote", "Is it ready", "Yes it is"
INDEX_SECONDS: Final = 120
"""After which every search index knows of what was written."""


@dataclass(frozen=True)
class Look:
    """What the CRM has of an operation: how many times it was done, and how it stands there."""

    times: int
    state: object = None


Act = Callable[[Scene, Workbench], Awaitable[Result]]


@dataclass(frozen=True)
class Beginning:
    """How a scene is before the operation, and which other operations that takes."""

    prepare: Callable[[Scene], Awaitable[None]]
    needs: tuple[str, ...] = ()
    renews: bool = False
    """Whether it takes a session that can be renewed."""


@dataclass(frozen=True)
class Operation:
    """One operation; ``shows`` is its name in App Connect's guide.

    ``look`` reads the sandbox's own record after the operation. A read has none: what matters is its result.
    """

    name: str
    shows: str
    act: Act
    begins: Beginning
    look: Callable[[Scene], Awaitable[Look]] | None = None
    look_is_free: bool = True
    """Whether looking sends nothing, so that it can be done before too."""
    is_repeatable: bool = True
    status_is_proof: bool = False
    """Whether a client is to ignore the body of a 200, as with a revocation (RFC 7009, 2.2)."""

    def is_possible(self, scene: Scene) -> bool:
        """Return whether the platform supports the operation and claims it at its level."""
        from appconnect.testing.operations import why_not

        answers = scene.answers
        if self.begins.renews and not answers.renews:
            return False
        if self.shows == "upsertCallDisposition" and not answers.associations:
            return False
        return not why_not(type(answers), (self.shows, *self.begins.needs))


# -- before --


async def nothing(scene: Scene) -> None:
    """Begin without a connection."""


async def signed_in(scene: Scene) -> None:
    """Begin signed in."""
    (await scene.workbench.sign_in()).raise_for_error()


async def with_nia(scene: Scene) -> None:
    """Begin signed in, with Nia found."""
    await signed_in(scene)
    scene.nia = await nia_of(scene.platform)
    scene.count_before = scene.answers.count(scene.crm)


async def with_a_log(scene: Scene) -> None:
    """Begin with a call that is logged."""
    await with_nia(scene)
    logged = await scene.workbench.log_call(samples.call(), scene.nia, note=NOTE)
    scene.log_id = logged.raise_for_error().log_id or ""


async def with_a_conversation(scene: Scene) -> None:
    """Begin with a conversation of one message that is logged."""
    await with_nia(scene)
    logged = await scene.workbench.log_message(samples.sms("m-1", TEXT), scene.nia)
    scene.log_id = logged.raise_for_error().log_id or ""


async def with_an_old_session(scene: Scene) -> None:
    """Begin with a session that has ended and can be renewed."""
    await with_nia(scene)
    scene.answers.expire(scene.crm)


SIGNED_OUT: Final = Beginning(nothing)
SIGNED_IN: Final = Beginning(signed_in)
WITH_NIA: Final = Beginning(with_nia, ("findContact",))
WITH_OLD_SESSION: Final = Beginning(with_an_old_session, ("findContact",), renews=True)
WITH_LOG: Final = Beginning(with_a_log, ("findContact", "createCallLog"))
WITH_CONVERSATION: Final = Beginning(with_a_conversation, ("findContact", "createMessageLog"))


# -- what is done --


async def sign_in(scene: Scene, workbench: Workbench) -> Result:
    """Sign in."""
    return await workbench.sign_in()


async def sign_out(scene: Scene, workbench: Workbench) -> Result:
    """Sign out."""
    return await workbench.sign_out()


async def find(scene: Scene, workbench: Workbench) -> Result:
    """Find Nia by her number."""
    return await workbench.find_contact(cast.NIA.number)


async def find_by_name(scene: Scene, workbench: Workbench) -> Result:
    """Find Nia by her name."""
    return await workbench.find_contact_with_name(cast.NIA.name)


async def create_contact(scene: Scene, workbench: Workbench) -> Result:
    """Create a contact."""
    return await workbench.create_contact(NEW_NUMBER, NEW_NAME, scene.answers.contact_type)


async def list_users(scene: Scene, workbench: Workbench) -> Result:
    """List the users."""
    return await workbench.list_users()


async def log_call(scene: Scene, workbench: Workbench) -> Result:
    """Log a call."""
    return _noted(scene, await workbench.log_call(samples.call(), scene.nia, note=NOTE))


async def log_again(scene: Scene, workbench: Workbench) -> Result:
    """Log a call that is logged, with another note."""
    return await workbench.log_call(samples.call(), scene.nia, note=NEW_NOTE)


async def update_log(scene: Scene, workbench: Workbench) -> Result:
    """Change the note of a call that is logged."""
    return await workbench.update_call_log(scene.log_id, note=NEW_NOTE)


async def read_log(scene: Scene, workbench: Workbench) -> Result:
    """Read a call log."""
    return await workbench.get_call_log(scene.log_id)


async def set_disposition(scene: Scene, workbench: Workbench) -> Result:
    """Set what a log belongs to."""
    chosen: JsonObject = dict([_association(scene)])
    return await workbench.set_disposition(scene.log_id, chosen)


async def log_message(scene: Scene, workbench: Workbench) -> Result:
    """Log the first message of a conversation."""
    return _noted(scene, await workbench.log_message(samples.sms("m-1", TEXT), scene.nia))


async def add_message(scene: Scene, workbench: Workbench) -> Result:
    """Log a later message of a conversation."""
    return await workbench.log_message(samples.sms("m-2", ANSWER, inbound=False), scene.nia)


async def log_shared_sms(scene: Scene, workbench: Workbench) -> Result:
    """Log a conversation that several people share."""
    event: JsonObject = {"recordType": "AliveMessage", "direction": "Inbound", "text": TEXT}
    conversation: JsonObject = {"creationTime": samples.NINE_THIRTY.isoformat(), "entities": [event]}
    return _noted(scene, await workbench.log_shared_sms(conversation, scene.nia, conversation_id="queue-1"))


def _noted(scene: Scene, result: Logged) -> Logged:
    scene.log_id = result.log_id or scene.log_id
    return result


def _association(scene: Scene) -> tuple[str, str]:
    return next(iter(scene.answers.associations.items()))


# -- what the CRM has --


def _logs(scene: Scene) -> int:
    """How many logs came about since the scene began."""
    return scene.answers.count(scene.crm) - scene.count_before


def _stored(scene: Scene) -> object:
    """Return the log as it stands; only its id where it lacks what a contract takes for granted."""
    try:
        return scene.answers.stored(scene.crm, scene.log_id) if scene.log_id else None
    except (LookupError, StopIteration, ValueError, AssertionError):
        return scene.log_id


def _body(scene: Scene) -> str:
    stored = _stored(scene)
    return stored.body if isinstance(stored, StoredLog) else ""


async def look_at_new_log(scene: Scene) -> Look:
    """Count the logs that came about."""
    return Look(_logs(scene), _stored(scene))


async def look_at_changed_log(scene: Scene) -> Look:
    """Count the new note in the one log; a second log counts too."""
    return Look(_body(scene).count(NEW_NOTE) + _logs(scene) - 1, _stored(scene))


async def look_at_conversation(scene: Scene) -> Look:
    """Count the later message in the one log; a second log counts too."""
    return Look(_body(scene).count(ANSWER) + _logs(scene) - 1, _stored(scene))


async def look_at_association(scene: Scene) -> Look:
    """Look whether the log belongs to what was chosen."""
    name, value = _association(scene)
    stored = _stored(scene)
    has_it = isinstance(stored, StoredLog) and stored.associations.get(name) == value
    return Look(int(has_it) + _logs(scene) - 1, stored)


async def look_at_contacts(scene: Scene) -> Look:
    """Count who carries the new number in the CRM; the names are what somebody else finds later."""
    witness = scene.newcomer()
    (await witness.sign_in()).raise_for_error()
    await witness.sleep(INDEX_SECONDS)
    found = (await witness.find_contact(NEW_NUMBER)).raise_for_error()
    await witness.close()
    assert isinstance(found, ContactMatches)
    names = tuple(sorted(contact.name for contact in found.contacts))
    return Look(carriers(scene.crm, NEW_NUMBER), names)


async def look_at_connection(scene: Scene) -> Look:
    """Count the connections that are stored."""
    return Look(kept_connections(scene.workbench))


async def look_at_signed_out(scene: Scene) -> Look:
    """Look whether the connection is forgotten, and how many tokens the CRM still accepts."""
    return Look(1 - kept_connections(scene.workbench), len(scene.crm.issued_secrets()))


OPERATIONS: Final = (
    Operation("sign in", "getUserInfo", sign_in, SIGNED_OUT, look_at_connection),
    Operation(
        "sign out",
        "unAuthorize",
        sign_out,
        SIGNED_IN,
        look_at_signed_out,
        is_repeatable=False,
        status_is_proof=True,
    ),
    Operation("find contact", "findContact", find, SIGNED_IN),
    Operation("find by name", "findContactWithName", find_by_name, SIGNED_IN),
    Operation(
        "create contact", "createContact", create_contact, WITH_NIA, look_at_contacts, look_is_free=False
    ),
    Operation("list users", "getUserList", list_users, SIGNED_IN),
    Operation("log call", "createCallLog", log_call, WITH_NIA, look_at_new_log),
    Operation("log call, renewing", "createCallLog", log_call, WITH_OLD_SESSION, look_at_new_log),
    Operation("log call again", "updateCallLog", log_again, WITH_LOG, look_at_changed_log),
    Operation("update log", "updateCallLog", update_log, WITH_LOG, look_at_changed_log),
    Operation("read log", "getCallLog", read_log, WITH_LOG),
    Operation("set disposition", "upsertCallDisposition", set_disposition, WITH_LOG, look_at_association),
    Operation("log message", "createMessageLog", log_message, WITH_NIA, look_at_new_log),
    Operation("add message", "updateMessageLog", add_message, WITH_CONVERSATION, look_at_conversation),
    Operation("log shared SMS", "createMessageLog", log_shared_sms, WITH_NIA, look_at_new_log),
)
"""All operations, in the order of App Connect's guide."""
