"""None and other things that are no text, odd dates, unknown fields: a sentence, and nothing is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from answers import NIA, NOBODY, call, sms
from played import nia, sent

from appconnect.errors import ConfigurationError, InputError
from appconnect.models import Contact
from appconnect.workbench import Workbench, connect

FIELDS = {
    "pipedrive": "deals, leads",
    "bullhorn": "noteActions",
    "insightly": "organisation, opportunity, project",
    "redtail": "category",
}


@pytest.mark.parametrize("odd", [None, 5, ["1"], {"id": "1"}, b"1"], ids=repr)
async def test_what_is_no_text(bench: Workbench, told: Any, odd: Any) -> None:
    person = await nia(bench)
    before = sent(bench)
    extension: dict[str, Any] = {"is_extension": True}
    results = [
        await bench.find_contact(odd),
        await bench.find_contact(odd, **extension),
        await bench.find_contact_with_name(odd),
        await bench.create_contact(odd, odd),
        await bench.create_contact(NOBODY, odd),
        await bench.create_contact(odd, "Ann Lee"),
        await bench.log_call(odd, person),
        await bench.log_call(call(), odd),
        await bench.get_call_log(odd),
        await bench.update_call_log(odd),
        await bench.update_call_log(odd, note="New"),
        await bench.set_disposition(odd, {}),
        await bench.log_message(odd, person),
        await bench.log_message(sms("1", "Hello"), odd),
        await bench.log_shared_sms({}, odd, conversation_id="c"),
        await bench.finish_sign_in(odd, odd),
    ]
    for result in results:
        kind, sentence = told(bench, result)
        assert (InputError, True, 1) == (kind, sentence.endswith("."), sentence.count("\n") + 1)
    assert before == sent(bench)


@pytest.mark.parametrize("odd", [5, ["1"]], ids=repr)
async def test_what_is_no_text_beside_what_must_be_there(bench: Workbench, told: Any, odd: Any) -> None:
    person = await nia(bench)
    before = sent(bench)
    results = [
        await bench.find_contact(NIA, overriding_format=odd),
        await bench.create_contact(NOBODY, "Ann Lee", odd),
        await bench.create_contact(NOBODY, "Ann Lee", additional_submission=odd),
        await bench.log_call(call(), person, additional_submission=odd),
        await bench.log_call(call(), person, hashed_account_id=odd),
        await bench.log_call(call(), person, note=odd),
        await bench.update_call_log("1", odd),
        await bench.update_call_log("1", note=odd),
        await bench.update_call_log("1", additional_submission=odd),
        await bench.set_disposition("1", odd),
        await bench.log_message(sms("1", "Hello"), person, recording_link=odd),
        await bench.log_message(sms("1", "Hello"), person, fax_link=odd),
        await bench.log_message(sms("1", "Hello"), person, correspondents=[odd]),
        await bench.log_message(sms("1", "Hello"), person, additional_submission=odd),
        await bench.log_shared_sms(odd, person, conversation_id="c"),
        await bench.log_shared_sms({}, person, conversation_id=odd),
        await bench.sign_in({"username": odd, "apiKey": odd}),
        await bench.sign_in(odd),
    ]
    assert [InputError] * len(results) == [told(bench, result)[0] for result in results]
    assert before == sent(bench)


async def test_the_log_id_of_a_failed_log(bench: Workbench, told: Any) -> None:
    failed = await bench.log_call(call(""), Contact(id="501", name="Nia"))
    expected = (InputError, "The log id must be text, but it is None.")
    assert expected == told(bench, await bench.get_call_log(failed.log_id))  # type: ignore[arg-type]


async def test_a_session_that_is_none_has_no_log(bench: Workbench) -> None:
    odd: Any = None
    assert bench.logged_call(odd) is None


async def test_a_contact_whose_id_is_no_text(bench: Workbench, told: Any) -> None:
    before, odd = sent(bench), Contact.model_construct(id=None, name="Nia")
    assert InputError is told(bench, await bench.log_call(call(), odd))[0]
    assert before == sent(bench)


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
    bench: Workbench, told: Any, field: str, value: Any, sentence: str
) -> None:
    person, odd = await nia(bench), call()
    setattr(odd, field, value)
    before, expected = sent(bench), (InputError, f"The call cannot be used: {sentence}.")
    assert expected == told(bench, await bench.log_call(odd, person))
    assert expected == told(bench, await bench.update_call_log("1", odd))
    with pytest.raises(InputError):
        bench.compose_call_body(odd, person)
    assert before == sent(bench)


async def test_a_message_of_the_year_one(bench: Workbench, told: Any) -> None:
    person, odd = await nia(bench), sms("1", "Hello")
    odd.creation_time = datetime(1, 1, 1, tzinfo=UTC)
    sentence = "The message cannot be used: creation_time: the year 1 is not between 1970 and 2199."
    assert (InputError, sentence) == told(bench, await bench.log_message(odd, person))


async def test_a_shared_conversation_of_a_year_that_no_date_can_hold(bench: Workbench, told: Any) -> None:
    result = await bench.log_shared_sms({"creationTime": 10**30}, await nia(bench), conversation_id="c")
    expected = "This is no shared conversation: creationTime: so many milliseconds since 1970 are no date."
    assert (InputError, expected) == told(bench, result)


async def test_a_field_that_no_log_has(bench: Workbench, told: Any) -> None:
    before = sent(bench)
    sentence = f"{bench.title} logs have no field 'foo' to set; there are: {FIELDS[bench.platform]}."
    assert (InputError, sentence) == told(bench, await bench.set_disposition("1", {"foo": "bar"}))
    assert before == sent(bench)


async def test_the_call_that_was_given_stays_as_it_was(bench: Workbench) -> None:
    mine = call()
    assert (await bench.log_call(mine, await nia(bench))).successful
    assert call() == mine


def test_a_crm_that_is_no_text() -> None:
    odd: Any = None
    with pytest.raises(ConfigurationError, match="There is no connector for None"):
        connect(odd)
