"""A log that is moved to another contact: what becomes of the old one, and what is said of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from answers import call
from platforms import CRMS, answers_of, needs
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.errors import NotFound, Unavailable
from appconnect.models import Contact, JsonObject, Logged, LogRecord
from appconnect.testing import cast, steps
from appconnect.testing.workbench_internals import connector_of
from appconnect.workbench import Workbench


@pytest.fixture(params=CRMS)
async def workbench(request: pytest.FixtureRequest) -> AsyncIterator[Workbench]:
    made = await signed_in(request.param)
    yield made
    await made.close()


async def omar(workbench: Workbench) -> Contact:
    found = await workbench.find_contact_with_name(cast.OMAR.name)
    return next(each for each in found.contacts if each.name == cast.OMAR.name)


async def moved(workbench: Workbench) -> tuple[Logged, Logged]:
    """The call logged at Nia's, and moved to Omar's."""
    first = await workbench.log_call(call("s-1"), await nia(workbench), note="Mine")
    return first, await workbench.log_call(call("s-1"), await omar(workbench), move=True)


def said(result: Logged) -> str:
    assert result.return_message is not None
    return " ".join(result.return_message.lines)


def refusing(monkeypatch: pytest.MonkeyPatch, workbench: Workbench, name: str, error: Exception) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(connector_of(workbench), name, refuse)


async def test_of_a_log_that_is_taken_away_nothing_is_said(workbench: Workbench) -> None:
    first, second = await moved(workbench)
    assert (None, True, "") == (second.error, second.log_id != first.log_id, said(second))


async def test_a_log_that_is_gone_when_it_is_to_be_taken_away_is_as_good(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing(monkeypatch, workbench, "delete_call_log", NotFound("Gone", status=404))
    first, second = await moved(workbench)
    assert (None, True, "") == (second.error, second.log_id != first.log_id, said(second))


async def test_a_log_that_stays_says_in_its_subject_where_it_is_now(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing(monkeypatch, workbench, "delete_call_log", Unavailable("Not now"))
    first, second = await moved(workbench)
    old = answers_of(workbench.platform).stored(sandbox_of(workbench), first.log_id or "")
    then = "delete it yourself" if old.subject is None else "its subject says where it is now"
    assert f"The old log {first.log_id} at Nia Holt is still there; {then}." in said(second)
    assert old.subject is None or old.subject.endswith(f" (moved to {cast.OMAR.name})")
    assert second.error is None


@pytest.mark.parametrize("name", ["update_call_log", "get_call_log"])
async def test_where_the_old_log_cannot_be_marked_either_a_person_must_delete_it(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    first = await workbench.log_call(call("s-1"), await nia(workbench))
    connector, to = connector_of(workbench), await omar(workbench)
    real = getattr(connector, name)
    deleting = False

    async def delete(log_id: str) -> None:
        nonlocal deleting
        deleting = True
        raise Unavailable("Not now")

    async def other(*given: object) -> LogRecord | None:
        if deleting:
            raise Unavailable("Not now")
        result: LogRecord | None = await real(*given)
        return result

    monkeypatch.setattr(connector, "delete_call_log", delete)
    monkeypatch.setattr(connector, name, other)
    second = await workbench.log_call(call("s-1"), to, move=True)
    assert f"The old log {first.log_id} at Nia Holt is still there; delete it yourself." in said(second)
    assert second.error is None


async def test_a_log_that_is_gone_is_written_anew_at_the_other_contact_without_asking(
    workbench: Workbench,
) -> None:
    first = await workbench.log_call(call("s-1"), await nia(workbench))
    answers_of(workbench.platform).delete(sandbox_of(workbench), first.log_id or "")
    to = await omar(workbench)
    second = await workbench.log_call(call("s-1"), to)
    assert (None, True) == (second.error, second.log_id != first.log_id)
    assert to.id == answers_of(workbench.platform).stored(sandbox_of(workbench), second.log_id or "").contact


# -- what was chosen in the log form --


async def chosen_at_nias(workbench: Workbench) -> JsonObject:
    """What the call logged at Nia's belongs to, which the form for Nia offers."""
    contact = await nia(workbench)
    first = await workbench.log_call(call("s-1"), contact)
    chosen = steps.disposition(workbench, contact)
    assert (await workbench.set_disposition(first.log_id or "", chosen)).successful
    assert chosen == await belongs_to(workbench, first)
    return chosen


async def belongs_to(workbench: Workbench, log: Logged) -> JsonObject:
    read = (await workbench.get_call_log(log.log_id or "")).call_log_info
    assert read is not None
    return read.dispositions


async def test_what_was_chosen_moves_along_or_is_said_to_be_left_out(workbench: Workbench) -> None:
    [(field, value)] = (await chosen_at_nias(workbench)).items()
    log = await workbench.log_call(call("s-1"), await omar(workbench), move=True)
    is_common = field in connector_of(workbench).common_form_fields
    now = (await belongs_to(workbench, log)).get(field)
    sentence = (
        f"What the log belonged to at Nia Holt is not offered for {cast.OMAR.name}, so it was left out: "
        f"{field} {value}. Choose what it belongs to now."
    )
    assert (None, value, "") == (log.error, now, said(log)) or (None, None, sentence) == (
        log.error, now, said(log)
    )  # fmt: skip
    assert is_common == (now == value)


async def test_what_the_new_contact_is_offered_too_moves_along(workbench: Workbench) -> None:
    chosen, offered = await chosen_at_nias(workbench), (await nia(workbench)).additional_info
    both = (await omar(workbench)).model_copy(update={"additional_info": offered})
    log = await workbench.log_call(call("s-1"), both, move=True)
    assert (None, chosen, "") == (log.error, await belongs_to(workbench, log), said(log))


async def test_what_is_chosen_while_moving_is_chosen(workbench: Workbench) -> None:
    contact = await nia(workbench)
    [(field, old)] = (await chosen_at_nias(workbench)).items()
    other = [each.const for each in contact.choices[field] if each.const != old][:1] or [""]
    both = (await omar(workbench)).model_copy(update={"additional_info": contact.additional_info})
    log = await workbench.log_call(call("s-1"), both, move=True, additional_submission={field: other[0]})
    now = (await belongs_to(workbench, log)).get(field)
    assert (None, False, "") == (log.error, now == old, said(log))
    assert other == [""] or other == [now]


@needs("pipedrive")
async def test_a_lead_that_is_chosen_while_moving_takes_the_place_of_the_old_deal() -> None:
    workbench = await signed_in("pipedrive")
    contact = await nia(workbench)
    assert ["deals"] == list(await chosen_at_nias(workbench))
    both = (await omar(workbench)).model_copy(update={"additional_info": contact.additional_info})
    chosen: JsonObject = {"leads": contact.choices["leads"][0].const}
    log = await workbench.log_call(call("s-1"), both, move=True, additional_submission=chosen)
    assert (None, chosen, "") == (log.error, await belongs_to(workbench, log), said(log))
    await workbench.close()


async def test_a_log_that_belongs_to_nothing_is_moved_without_a_word(workbench: Workbench) -> None:
    first = await workbench.log_call(call("s-1"), await nia(workbench))
    before = await belongs_to(workbench, first)
    bare = (await omar(workbench)).model_copy(update={"additional_info": {}})
    log = await workbench.log_call(call("s-1"), bare, move=True)
    assert (None, before, "") == (log.error, await belongs_to(workbench, log), said(log))
