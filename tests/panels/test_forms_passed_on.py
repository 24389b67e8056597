"""What is filled into a form is what the workbench is given, field by field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from html import unescape
from typing import Any

import pytest
from platforms import needs
from workbench_steps import nia, signed_in

from appconnect.models import Call, Contact, Direction, Party
from appconnect.panels import CallLogPanel, ContactsPanel, MessageLogPanel, ValueOriginsPanel
from appconnect.panels.call_form import NOBODY
from appconnect.workbench import Workbench

CRM = "pipedrive"
pytestmark = needs(CRM)
START = datetime(2026, 1, 2, 9, 12, tzinfo=UTC)
OURS, THEIRS = Party(phone_number="+16505550110", name="Us"), Party(phone_number="+14155550142", name="Them")


class Asked:
    """What an operation was given, as often as it ran; it runs all the same."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.given: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        run = getattr(Workbench, name)

        async def noted(workbench: Workbench, *args: Any, **more: Any) -> Any:
            self.given.append((args, more))
            return await run(workbench, *args, **more)

        monkeypatch.setattr(Workbench, name, noted)


def filled(form: CallLogPanel) -> None:
    """Fill every field of a call's form."""
    form.note.value, form.ai_note.value, form.transcript.value = "A note", "An AI's note", "Hello"
    form.recording.value = " https://media.example/1 "
    form.links["deals"].value = form.links["deals"].options[1][1]


TEXTS = {
    "note": "A note",
    "ai_note": "An AI's note",
    "transcript": "Hello",
    "recording_link": "https://media.example/1",
}
UNTOLD = {"note": "", "ai_note": None, "transcript": None, "recording_link": None}


@pytest.mark.parametrize("is_filled", [True, False])
async def test_a_call_is_logged_moved_and_updated_with_all_that_its_form_says(
    monkeypatch: pytest.MonkeyPatch, is_filled: bool
) -> None:
    workbench = await signed_in(CRM)
    person = await nia(workbench)
    form = CallLogPanel(workbench, person)
    chosen: dict[str, object] = {}
    if is_filled:
        filled(form)
        chosen = {"deals": form.links["deals"].value}
    texts = TEXTS if is_filled else UNTOLD
    logs, updates = Asked(monkeypatch, "log_call"), Asked(monkeypatch, "update_call_log")
    await form.log()
    await form.move()
    await form.update()
    given = {"additional_submission": chosen, **texts}
    assert [
        ((form.call(), person), {**given, "move": False}),
        ((form.call(), person), {**given, "move": True}),
    ] == logs.given
    assert [((form.log_id, form.call()), given)] == updates.given


async def test_a_call_s_form_is_explained_with_all_that_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await signed_in(CRM)
    person = await nia(workbench)
    form = CallLogPanel(workbench, person)
    panel, asked = ValueOriginsPanel(workbench, form), Asked(monkeypatch, "explain_log")
    await panel.explain()
    assert ((form.call(), person), {"log_id": None, "additional_submission": {}, **UNTOLD}) == asked.given[-1]
    filled(form)
    await form.log()
    await panel.explain()
    chosen = {"deals": form.links["deals"].value}
    given = {"log_id": form.log_id, "additional_submission": chosen, **TEXTS}
    assert form.log_id and ((form.call(), person), given) == asked.given[-1]


@pytest.mark.parametrize(
    ("kind", "link", "attached"),
    [
        ("SMS", " https://media.example/1 ", ("", "")),
        ("Voicemail", " https://media.example/1 ", ("https://media.example/1", "")),
        ("Fax", " https://media.example/1 ", ("", "https://media.example/1")),
    ],
)
async def test_a_message_is_logged_and_explained_with_its_link(
    monkeypatch: pytest.MonkeyPatch, kind: str, link: str, attached: tuple[str, str]
) -> None:
    workbench = await signed_in(CRM)
    person = await nia(workbench)
    form = MessageLogPanel(workbench, person, words="Hello")
    form.kind.value, form.link.value = kind, link
    form.links["deals"].value = form.links["deals"].options[1][1]
    logs, explained = Asked(monkeypatch, "log_message"), Asked(monkeypatch, "explain_log")
    message = form.message()
    await ValueOriginsPanel(workbench, form).explain()
    await form.log()
    given = {
        "additional_submission": {"deals": form.links["deals"].value},
        "recording_link": attached[0],
        "fax_link": attached[1],
    }
    assert [((message, person), given)] == explained.given == logs.given
    assert message.id.endswith("-1") and form.message().id.endswith("-2")


async def test_a_shared_conversation_is_logged_with_what_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await signed_in(CRM)
    person = await nia(workbench)
    form = MessageLogPanel(workbench, person)
    form.kind.value, form.conversation.value = "Shared SMS", "conversation-7"
    form.links["deals"].value = form.links["deals"].options[1][1]
    asked = Asked(monkeypatch, "log_shared_sms")
    await form.log()
    [((conversation, whom), more)] = asked.given
    assert ("Orders", person) == (conversation["owner"]["name"], whom)
    assert {
        "conversation_id": "conversation-7",
        "additional_submission": {"deals": form.links["deals"].value},
    } == more


async def test_a_contact_is_searched_for_and_created_with_all_that_is_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workbench = await signed_in(CRM)
    panel = ContactsPanel(workbench, " +1 303 555 0199 ", "(***) ***-****")
    by_number, by_name = Asked(monkeypatch, "find_contact"), Asked(monkeypatch, "find_contact_with_name")
    created = Asked(monkeypatch, "create_contact")
    await panel.search()
    assert [(("+1 303 555 0199",), {"overriding_format": "(***) ***-****"})] == by_number.given
    panel.query.value = " Pat New "
    await panel.search()
    assert [(("Pat New",), {})] == by_name.given
    panel.new_name.value, panel.new_number.value = "Pat New", " +1 303 555 0199 "
    kind = str(panel.new_type.value)
    chosen = {field: each.value for field, each in panel.offered.items()}
    await panel.create()
    await panel.create_anyway()
    assert [
        (("+1 303 555 0199", "Pat New", kind, chosen), {"even_if_known": known}) for known in (False, True)
    ] == created.given


# -- the call that is typed --


@pytest.mark.parametrize(
    ("start", "read"),
    [
        ("2026-01-02 09:12", START),
        (" 2026-01-02T09:12+02:00 ", START.replace(tzinfo=timezone(timedelta(hours=2)))),
    ],
)
async def test_a_start_that_is_typed_is_in_utc_unless_it_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, start: str, read: datetime
) -> None:
    workbench = await signed_in(CRM)
    person = await nia(workbench)
    panel = ValueOriginsPanel(workbench, person, note="A note")
    panel.start_time.value = start
    asked = Asked(monkeypatch, "explain_log")
    await panel.explain()
    [((call, whom), more)] = asked.given
    assert (person, {"note": "A note"}) == (whom, more)
    assert (read, read.utcoffset(), 60, "draft") == (
        call.start_time, call.start_time.utcoffset(), call.seconds, call.session_id,
    )  # fmt: skip
    assert Party(phone_number=person.phone, name=person.name) == call.to


async def test_without_a_note_none_is_told_and_whose_call_it_is_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workbench = await signed_in(CRM)
    given = Call(session_id="s-1", start_time=START, duration=5, from_=OURS, to=THEIRS)
    panel = ValueOriginsPanel(workbench, await nia(workbench), call=given)
    assert "2026-01-02 09:12" == panel.start_time.value
    asked = Asked(monkeypatch, "explain_log")
    await panel.explain()
    [((call, _), more)] = asked.given
    assert (given, {"note": None}) == (call, more)
    panel.start_time.value = "noon"
    await panel.explain()
    assert "<b>The start &#39;noon&#39; is no time; write it like 2026-01-02 09:12.</b>" in panel.status.value


async def test_the_start_is_at_first_the_call_s_or_now() -> None:
    workbench = await signed_in(CRM)
    now = f"{workbench.now():%Y-%m-%d %H:%M}"
    for given in (None, Call(session_id="s-1", duration=5)):
        assert now == ValueOriginsPanel(workbench, call=given).start_time.value


# -- the call of a form --


@pytest.mark.parametrize(
    ("direction", "from_", "to"), [(Direction.OUTBOUND, OURS, THEIRS), (Direction.INBOUND, THEIRS, OURS)]
)
async def test_a_call_s_own_parties_change_sides_with_its_direction(
    direction: Direction, from_: Party, to: Party
) -> None:
    workbench = await signed_in(CRM)
    given = Call(session_id="s-1", start_time=START, direction=Direction.OUTBOUND, from_=OURS, to=THEIRS)
    form = CallLogPanel(workbench, await nia(workbench), given)
    form.direction.value = direction
    assert (from_, to, direction) == (form.call().from_, form.call().to, form.call().direction)


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("is_chosen", [True, False])
async def test_a_call_without_parties_is_between_the_user_and_who_is_chosen(
    direction: Direction, is_chosen: bool
) -> None:
    workbench = await signed_in(CRM)
    person: Contact | None = await nia(workbench) if is_chosen else None
    form = CallLogPanel(workbench, person)
    form.direction.value = direction
    ours = Party(phone_number="+16505550110", extension_number="204", name="Rae Quill")
    theirs = Party(phone_number=(person or NOBODY).phone, name=(person or NOBODY).name)
    call = form.call()
    expected = (ours, theirs) if direction is Direction.OUTBOUND else (theirs, ours)
    assert expected == (call.from_, call.to)


async def test_each_new_call_has_a_session_of_its_own_and_begins_now() -> None:
    workbench = await signed_in(CRM)
    form = CallLogPanel(workbench, await nia(workbench))
    stamp = f"{workbench.now():%Y%m%d%H%M%S}"
    sessions = [form.call().session_id]
    await form.new()
    sessions.append(form.call().session_id)
    assert [f"panel-{stamp}-1", f"panel-{stamp}-2"] == sessions
    assert f"{workbench.now():%Y-%m-%d %H:%M:%S}" == form.start_time.value
    form.start_time.value = " "
    assert None is form.call().start_time


@pytest.mark.parametrize(
    ("start", "read"),
    [
        (" 2026-01-02 09:12 ", START),
        ("2026-01-02T09:12:00+02:00", START - timedelta(hours=2)),
    ],
)
async def test_a_start_of_a_form_is_in_utc_unless_it_says_otherwise(start: str, read: datetime) -> None:
    form = CallLogPanel(await signed_in(CRM))
    form.start_time.value = start
    assert read == form.call().start_time


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("noon", "The start 'noon' is no time; write it like 2026-01-02 09:30."),
        ("1969-12-31", "The start '1969-12-31' is no time of a call; write a year from 1970 to"),
    ],
)
async def test_a_start_of_a_form_that_cannot_be_read_is_told_in_a_whole_sentence(
    start: str, sentence: str
) -> None:
    form = CallLogPanel(await signed_in(CRM))
    form.start_time.value = f" {start} "
    assert f"<b>{sentence}" in unescape(str(form.preview.value))
