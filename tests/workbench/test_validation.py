"""None and other things that are no text, odd dates, unknown fields: a sentence, and nothing is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from answers import NIA, NOBODY, call, sms
from workbench_steps import nia, sent

from appconnect.errors import ConfigurationError, InputError
from appconnect.models import Contact
from appconnect.workbench import Workbench, connect


@pytest.mark.parametrize("odd", [None, 5, ["1"], {"id": "1"}, b"1"], ids=repr)
async def test_what_is_no_text(workbench: Workbench, told: Any, odd: Any) -> None:
    person = await nia(workbench)
    before = sent(workbench)
    extension: dict[str, Any] = {"is_extension": True}
    results = [
        await workbench.find_contact(odd),
        await workbench.find_contact(odd, **extension),
        await workbench.find_contact_with_name(odd),
        await workbench.create_contact(odd, odd),
        await workbench.create_contact(NOBODY, odd),
        await workbench.create_contact(odd, "Ann Lee"),
        await workbench.log_call(odd, person),
        await workbench.log_call(call(), odd),
        await workbench.get_call_log(odd),
        await workbench.update_call_log(odd),
        await workbench.update_call_log(odd, note="New"),
        await workbench.set_disposition(odd, {}),
        await workbench.log_message(odd, person),
        await workbench.log_message(sms("1", "Hello"), odd),
        await workbench.log_shared_sms({}, odd, conversation_id="c"),
        await workbench.finish_sign_in(odd, odd),
    ]
    for result in results:
        kind, sentence = told(workbench, result)
        assert (InputError, True, 1) == (kind, sentence.endswith("."), sentence.count("\n") + 1)
    assert before == sent(workbench)


@pytest.mark.parametrize("odd", [5, ["1"]], ids=repr)
async def test_what_is_no_text_beside_what_must_be_there(workbench: Workbench, told: Any, odd: Any) -> None:
    person = await nia(workbench)
    before = sent(workbench)
    results = [
        await workbench.find_contact(NIA, overriding_format=[odd]),
        await workbench.create_contact(NOBODY, "Ann Lee", odd),
        await workbench.create_contact(NOBODY, "Ann Lee", additional_submission=odd),
        await workbench.log_call(call(), person, additional_submission=odd),
        await workbench.log_call(call(), person, hashed_account_id=odd),
        await workbench.log_call(call(), person, note=odd),
        await workbench.update_call_log("1", odd),
        await workbench.update_call_log("1", note=odd),
        await workbench.update_call_log("1", additional_submission=odd),
        await workbench.set_disposition("1", odd),
        await workbench.log_message(sms("1", "Hello"), person, recording_link=odd),
        await workbench.log_message(sms("1", "Hello"), person, fax_link=odd),
        await workbench.log_message(sms("1", "Hello"), person, correspondents=[odd]),
        await workbench.log_message(sms("1", "Hello"), person, additional_submission=odd),
        await workbench.log_shared_sms(odd, person, conversation_id="c"),
        await workbench.log_shared_sms({}, person, conversation_id=odd),
        await workbench.sign_in({"username": odd, "apiKey": odd}),
        await workbench.sign_in(odd),
    ]
    assert [InputError] * len(results) == [told(workbench, result)[0] for result in results]
    assert before == sent(workbench)


async def test_the_log_id_of_a_failed_log(workbench: Workbench, told: Any) -> None:
    failed = await workbench.log_call(call(""), Contact(id="501", name="Nia"))
    expected = (InputError, "The log id must be text, but it is None.")
    assert expected == told(workbench, await workbench.get_call_log(failed.log_id))  # type: ignore[arg-type]


async def test_a_session_that_is_none_has_no_log(workbench: Workbench) -> None:
    odd: Any = None
    assert workbench.logged_call(odd) is None


async def test_a_contact_whose_id_is_no_text(workbench: Workbench, told: Any) -> None:
    before, odd = sent(workbench), Contact.model_construct(id=None, name="Nia")
    assert InputError is told(workbench, await workbench.log_call(call(), odd))[0]
    assert before == sent(workbench)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("start_time", datetime(1, 1, 1, tzinfo=UTC), "start_time: the year 1 is not between 1970 and 2199"),
        (
            "start_time",
            datetime(9999, 12, 31, tzinfo=UTC),
            "start_time: the year 9999 is not between 1970 and 2199",
        ),
        ("duration", -1, "duration: input should be greater than or equal to 0"),
        ("duration", 10**12, "duration: input should be less than or equal to 31622400"),
    ],
)
async def test_a_call_that_was_changed_into_an_odd_one(
    workbench: Workbench, told: Any, field: str, value: Any, sentence: str
) -> None:
    person, odd = await nia(workbench), call()
    setattr(odd, field, value)
    before, expected = sent(workbench), (InputError, f"The call cannot be used: {sentence}.")
    assert expected == told(workbench, await workbench.log_call(odd, person))
    assert expected == told(workbench, await workbench.update_call_log("1", odd))
    with pytest.raises(InputError):
        workbench.compose_call_body(odd, person)
    assert before == sent(workbench)


async def test_a_message_of_the_year_one(workbench: Workbench, told: Any) -> None:
    person, odd = await nia(workbench), sms("1", "Hello")
    odd.creation_time = datetime(1, 1, 1, tzinfo=UTC)
    sentence = "The message cannot be used: creation_time: the year 1 is not between 1970 and 2199."
    assert (InputError, sentence) == told(workbench, await workbench.log_message(odd, person))


async def test_a_shared_conversation_of_a_year_that_no_date_can_hold(workbench: Workbench, told: Any) -> None:
    result = await workbench.log_shared_sms(
        {"creationTime": 10**30}, await nia(workbench), conversation_id="c"
    )
    expected = "This is no shared conversation: creationTime: so many milliseconds since 1970 are no date."
    assert (InputError, expected) == told(workbench, result)


async def test_a_field_that_no_log_has(workbench: Workbench, told: Any) -> None:
    before = sent(workbench)
    fields = ", ".join(workbench.connector.disposition_fields)
    sentence = f"{workbench.title} logs have no field 'foo' to set; there are: {fields}."
    assert (InputError, sentence) == told(workbench, await workbench.set_disposition("1", {"foo": "bar"}))
    assert before == sent(workbench)


async def test_a_field_where_none_can_be_set_later(
    workbench: Workbench, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench.connector.__class__, "disposition_fields", ())
    before = sent(workbench)
    sentence = f"{workbench.title}'s log form has no fields that can be set later."
    assert (InputError, sentence) == told(workbench, await workbench.set_disposition("1", {"foo": "bar"}))
    assert before == sent(workbench)


async def test_the_call_that_was_given_stays_as_it_was(workbench: Workbench) -> None:
    mine = call()
    assert (await workbench.log_call(mine, await nia(workbench))).successful
    assert call() == mine


def test_a_crm_that_is_no_text() -> None:
    odd: Any = None
    with pytest.raises(ConfigurationError, match="There is no connector for None"):
        connect(odd)
