"""The trace knows which operation a request belonged to, at which try it left, and what was waited for."""

from __future__ import annotations

import asyncio
import json

import pytest
from answers import call
from workbench_steps import CRMS, nia, sandbox_of, signed_in

from appconnect import connect
from appconnect.errors import AppConnectError, InputError
from appconnect.http import OperationRun, Purpose
from appconnect.workbench import Workbench

NIA_HOLT = "+14155550112"


def requests_of(workbench: Workbench, run: OperationRun) -> list[str]:
    return [each.method for each in workbench.trace if each.operation == run.number]


@pytest.mark.parametrize("crm", CRMS)
async def test_each_operation_knows_its_requests_arguments_and_result(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        contact = await nia(workbench)
        logged = await workbench.log_call(call("s-1"), contact, note="Wants a quote")
        *_, run = workbench.trace.operations
        assert (run.name, run.outcome, run.message) == ("log_call", "done", logged.message)
        assert isinstance(run.arguments, dict)
        assert run.arguments["note"] == "Wants a quote"
        told = run.arguments["contact"]
        assert isinstance(told, dict)
        assert (told.pop("organizationId", None), told) == (contact.organization_id, contact.to_wire())
        assert {"POST", "PUT"} & set(requests_of(workbench, run))
        assert str(logged.log_id) in json.dumps(run.result)
        assert {each.operation for each in workbench.trace} <= {
            each.number for each in workbench.trace.operations
        }


@pytest.mark.parametrize("crm", CRMS)
async def test_what_signs_in_is_told_apart_and_what_was_typed_is_not_kept(crm: str) -> None:
    async with connect(crm) as workbench:
        await workbench.sign_in()
        typed = await workbench.sign_in({"username": "canary-name", "password": "canary-pass-93712"})
        assert typed.message
        runs = workbench.trace.operations
        assert [run.name for run in runs] == ["sign_in", "sign_in"]
        assert "canary" not in repr([run.model_dump() for run in runs])
        assert requests_of(workbench, runs[0])


async def test_a_failure_is_told_whether_it_is_returned_or_raised() -> None:
    async with await signed_in("pipedrive") as workbench:
        await workbench.find_contact("nonsense")
        with pytest.raises(AppConnectError):
            await workbench.request("GET", "/no/such/thing")
        returned, raised = workbench.trace.operations[-2:]
        assert (returned.name, returned.outcome, returned.error) == (
            "find_contact", "failed", "UnusableNumber",
        )  # fmt: skip
        assert (raised.name, raised.outcome, raised.result) == ("request", "failed", None)
        assert raised.message


async def test_operations_at_once_keep_their_requests_apart() -> None:
    async with await signed_in("pipedrive") as workbench:
        await asyncio.gather(
            workbench.find_contact(NIA_HOLT), workbench.find_contact_with_name("Nia"), workbench.list_users()
        )
        asked = {
            run.name: [each.path for each in workbench.trace if each.operation == run.number]
            for run in workbench.trace.operations
        }
        assert any("users" in path for path in asked["list_users"])
        assert all("search" in path or "persons" in path or "deals" in path or "leads" in path
                   for path in asked["find_contact_with_name"])  # fmt: skip


async def test_a_retry_says_which_try_it_is_and_what_it_waited_for() -> None:
    async with await signed_in("pipedrive") as workbench:
        sandbox = sandbox_of(workbench)
        sandbox.faults.add("GET", status=503, times=2)
        await workbench.list_users()
        tries = [each for each in workbench.trace if each.operation == workbench.trace.operations[-1].number]
        assert [(each.tries, each.status) for each in tries] == [(1, 503), (2, 503), (3, 200)]
        assert [[wait.reason for wait in each.waits] for each in tries] == [
            [], ["503: tried again"], ["503: tried again"],
        ]  # fmt: skip
        assert tries[2].waits[0].seconds > tries[1].waits[0].seconds > 0


async def test_a_refusal_and_a_full_window_are_told_as_reasons_to_wait() -> None:
    async with await signed_in("insightly") as workbench:
        sandbox_of(workbench).faults.add("GET", status=429, headers={"Retry-After": "3"})
        await workbench.list_users()
        (wait,) = next(each.waits for each in workbench.trace if each.tries == 2)
        assert (round(wait.seconds), wait.reason) == (3, "429: the CRM asked for a pause")
        for _ in range(11):
            await workbench.list_users()
        reasons = {wait.reason for each in workbench.trace for wait in each.waits}
        assert "the limit of 10 requests in 1 s" in reasons


@pytest.mark.parametrize("crm", ["pipedrive", "bullhorn"])
async def test_a_renewal_is_no_request_of_the_operation_itself(crm: str) -> None:
    async with await signed_in(crm) as workbench:
        await workbench.environment.clock.sleep(2 * 86400)
        await workbench.list_users()
        last = workbench.trace.operations[-1].number
        purposes = [each.purpose for each in workbench.trace if each.operation == last]
        assert Purpose.RENEWAL in purposes
        assert Purpose.OPERATION in purposes


async def test_listeners_hear_of_each_operation_when_it_has_ended() -> None:
    heard: list[OperationRun] = []
    async with await signed_in("redtail") as workbench:
        stop = workbench.trace.listen_to_operations(heard.append)
        await workbench.find_contact(NIA_HOLT)
        stop()
        await workbench.list_users()
    assert [(run.name, run.outcome) for run in heard] == [("find_contact", "done")]


async def test_what_stops_before_anything_is_sent_is_an_operation_without_requests() -> None:
    async with await signed_in("redtail") as workbench:
        with pytest.raises(InputError):
            await workbench.request("FETCH", "/contacts")
        run = workbench.trace.operations[-1]
        assert (run.name, requests_of(workbench, run), run.outcome) == ("request", [], "failed")
