"""A request of the timeline is opened, sent again, changed, and compared with another."""

from __future__ import annotations

import pytest
from answers import NIA, NOBODY, call
from platforms import CRMS, OAUTH
from workbench_steps import nia, sandbox_of, sent, signed_in

from appconnect.errors import InputError
from appconnect.panels import TimelinePanel
from appconnect.workbench import Workbench
from appconnect.workbench.sending_again import DraftRequest, draft_of


async def with_call(crm: str) -> tuple[Workbench, TimelinePanel]:
    workbench = await signed_in(crm)
    await workbench.log_call(call("s-1"), await nia(workbench), note="Quote")
    return workbench, TimelinePanel(workbench)


def written(workbench: Workbench) -> int:
    """The number of the request that wrote last."""
    return [each.number for each in workbench.trace if each.method != "GET"][-1]


async def test_a_request_opens_to_everything_about_it() -> None:
    workbench, panel = await with_call(OAUTH)
    await workbench.find_contact(NIA)
    panel.open_request(workbench.trace[-1].number)
    shown = panel.details.value
    for told in ("Request", "Answer", "Headers (", "As curl", "Part of", "find_contact", "came back"):
        assert told in shown
    assert any(
        "Query, decoded" in panel.details.value
        for each in workbench.trace
        if each.request.query and not panel.open_request(each.number)
    )


async def test_an_operation_opens_to_its_arguments_and_result() -> None:
    workbench, panel = await with_call(OAUTH)
    panel.open_operation(workbench.trace.operations[-1].number)
    assert "Arguments" in panel.details.value
    assert "Quote" in panel.details.value
    assert panel.resend_button.disabled
    assert not panel.pin_button.disabled


@pytest.mark.parametrize("crm", CRMS)
async def test_every_request_of_an_operation_is_sent_again_as_it_was(crm: str) -> None:
    workbench, panel = await with_call(crm)
    for each in [each for each in workbench.trace if each.operation > 1 and each.method == "GET"]:
        panel.open_request(each.number)
        panel.resend_button.click()
        await panel.done()
        again = workbench.trace[-1]
        assert (each.method, each.url, each.status) == (again.method, again.url, again.status)
        assert f"request.{again.number}" in panel.list.selected
        assert f"request.{each.number}" in panel.list.pinned
        assert "was answered with 200" in panel.status.value
        panel.list.pinned = ""


@pytest.mark.parametrize("crm", CRMS)
async def test_a_write_is_sent_again_once_even_if_the_button_is_pressed_twice(crm: str) -> None:
    workbench, panel = await with_call(crm)
    panel.open_request(written(workbench))
    before = sent(workbench)
    panel.resend_button.click()
    panel.resend_button.click()
    await panel.done()
    assert before + 1 == sent(workbench)
    assert "request" == workbench.trace.operations[-1].name


async def test_a_changed_request_is_sent_and_compared_with_the_one_before() -> None:
    workbench, panel = await with_call(OAUTH)
    number = written(workbench)
    panel.open_request(number)
    panel.edit_button.click()
    await panel.done()
    assert panel.editor.is_open
    assert workbench.trace[-1].method == panel.editor.method.value
    panel.editor.body.value = panel.editor.body.value.replace("Quote", "Offer")
    panel.editor.send_button.click()
    await panel.done()
    assert "Offer" in str(workbench.trace[-1].request_body)
    assert f"request {number}" in panel.comparison.value
    assert "<mark>Quote</mark>" in panel.comparison.value
    assert "<mark>Offer</mark>" in panel.comparison.value


@pytest.mark.parametrize("crm", CRMS)
async def test_the_path_of_a_changed_request_is_completed_from_what_the_crm_has(crm: str) -> None:
    workbench, panel = await with_call(crm)
    panel.open_request(written(workbench))
    await panel.edit()
    known = next(each for each in workbench.known_paths() if each.method == "GET" and "{" not in each.path)
    panel.editor.method.value = "GET"
    panel.editor.path.value = known.path[1:-1]
    offered = panel.editor.place.offered
    offered.value = next(each for _, each in offered.options if each == known)
    assert known.path == panel.editor.path.value
    assert f"GET {known.path}" in panel.editor.said.value


async def test_what_the_crm_refuses_is_told_and_opened() -> None:
    workbench, panel = await with_call(OAUTH)
    panel.open_request(written(workbench))
    await panel.edit()
    panel.editor.path.value = "/no/such/thing"
    await panel.send_edited()
    assert 404 == workbench.trace[-1].status
    assert "warning" in panel.status.value
    assert panel.list.selected.endswith(f"request.{workbench.trace[-1].number}")
    assert not panel.resend_button.disabled


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("body", '{"a": ', "The body is no JSON. Line 1, column 6"),
        ("body", "{'a': 1}", "The body is no JSON. Line 1, column 2"),
        ("query", "name", "Line 1 of the query is not “name = value”"),
        ("query", "a = 1\n= 2", "Line 2 of the query"),
        ("path", "  ", "The path is missing"),
        ("body", '{"key": "<access_token>"}', "in place of the masked ones: &lt;access_token&gt;"),
    ],
)
async def test_what_cannot_be_sent_is_told_while_it_is_typed(field: str, typed: str, told: str) -> None:
    workbench, panel = await with_call(OAUTH)
    panel.open_request(written(workbench))
    await panel.edit()
    assert not panel.editor.send_button.disabled
    getattr(panel.editor, field).value = typed
    assert told in panel.editor.said.value
    assert panel.editor.send_button.disabled
    before = sent(workbench)
    await panel.send_edited()
    assert before == sent(workbench)
    assert panel.editor.send_button.disabled


async def test_what_signs_in_is_not_sent_again() -> None:
    workbench, panel = await with_call(OAUTH)
    signing = next(each for each in workbench.trace if each.purpose.value == "sign-in")
    panel.open_request(signing.number)
    before = sent(workbench)
    await panel.resend()
    assert before == sent(workbench)
    assert "sign in again instead" in panel.status.value


async def test_nothing_chosen_is_told() -> None:
    _, panel = await with_call(OAUTH)
    await panel.resend()
    assert "Choose a request first" in panel.status.value


def test_a_repeated_name_stays_in_the_path() -> None:
    draft = DraftRequest(method="GET", path="/a", query=(("id", "1"), ("id", "2")))
    assert ("/a?id=1&id=2", None) == draft.path_and_params
    assert ("/a", {"id": "1"}) == draft.model_copy(update={"query": (("id", "1"),)}).path_and_params


@pytest.mark.parametrize("crm", CRMS)
async def test_a_draft_holds_nothing_that_the_sign_in_adds(crm: str) -> None:
    workbench, _ = await with_call(crm)
    drafts = [draft_of(workbench.context, each) for each in workbench.trace if each.operation > 1]
    assert [] == [draft.masked for draft in drafts if draft.masked]
    assert all(draft.path.startswith("/") for draft in drafts)


async def test_a_form_is_not_sent_again_as_json() -> None:
    workbench, _ = await with_call(OAUTH)
    form = next((each for each in workbench.trace if each.request.body and each.request.body.pairs), None)
    if form is None:
        pytest.skip("no form was sent")
    with pytest.raises(InputError):
        draft_of(workbench.context, form)


# -- compared --


async def test_two_answers_are_compared_field_by_field() -> None:
    workbench, panel = await with_call(OAUTH)
    await workbench.list_users()
    first = workbench.trace[-1].number
    sandbox_of(workbench).faults.add("GET", status=503, text="down", times=None)
    await workbench.list_users()
    panel.open_request(first)
    await panel.pin()
    assert f"Choose another request to compare request {first} with" in panel.comparison.value
    panel.open_request(workbench.trace[-1].number)
    shown = panel.comparison.value
    assert "answer.<wbr>status" in shown
    assert "<td>200</td><td>503</td>" in shown
    assert f">request {first}</th>" in shown
    await panel.pin()
    assert "" == panel.comparison.value


async def test_two_runs_are_compared_with_their_requests() -> None:
    workbench, panel = await with_call(OAUTH)
    for number in (NIA, NOBODY):
        await workbench.find_contact(number)
    one, other = workbench.trace.operations[-2:]
    panel.open_operation(one.number)
    await panel.pin()
    panel.open_request(1)
    assert "Choose another operation" in panel.comparison.value
    panel.open_operation(other.number)
    assert "arguments.<wbr>phone_number" in panel.comparison.value
    assert "requests[&#34;GET /" in panel.comparison.value
    assert "between operation" in panel.snapshot()


async def test_the_same_twice_has_no_difference() -> None:
    workbench, panel = await with_call(OAUTH)
    for _ in range(2):
        await workbench.list_users()
    one, other = workbench.trace.operations[-2:]
    panel.open_operation(one.number)
    await panel.pin()
    panel.open_operation(other.number)
    assert "No difference between" in panel.comparison.value


async def test_requests_of_two_runs_meet_by_method_and_path() -> None:
    workbench, panel = await with_call(OAUTH)
    for log_id in ("999998", "999999"):
        await workbench.get_call_log(log_id)
    one, other = workbench.trace.operations[-2:]
    panel.open_operation(one.number)
    await panel.pin()
    panel.open_operation(other.number)
    assert "{id}" in panel.comparison.value
    assert "request.<wbr>method" not in panel.comparison.value


async def test_what_was_said_of_one_row_is_gone_when_another_is_opened() -> None:
    workbench, panel = await with_call(OAUTH)
    panel.open_request(workbench.trace[-2].number)
    await panel.resend()
    assert "was answered with 200" in panel.status.value
    panel.open_request(workbench.trace[-2].number)
    assert "" == panel.status.value
