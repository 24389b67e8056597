"""What is wrong between this computer and a live CRM is said once, and nothing is written twice for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from a_day_live import call, nia
from networks import LONG_AGO, Authority
from platforms import CRMS, KEY, answers_of
from ports import free_port
from rehearsed import Computer

from appconnect.errors import CertificateFault
from appconnect.models import Result
from appconnect.workbench import Workbench, connect


def told(result: Result) -> str:
    """All that a person reads of a result."""
    assert result.return_message is not None
    return "\n".join([result.message, *result.return_message.lines])


async def signed_in(computer: Computer, crm: str) -> Workbench:
    workbench = connect(crm, mode="live")
    (await workbench.sign_in(consent=computer.consent)).raise_for_error()
    return workbench


def expired(computer: Computer) -> None:
    computer.internet.ends = LONG_AGO


def of_another_issuer(computer: Computer) -> None:
    folder = computer.folder / "another"
    folder.mkdir()
    computer.internet.issuer = Authority(folder)


def of_another_host(computer: Computer) -> None:
    computer.internet.wrong_host = "elsewhere.test"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (expired, "expired"),
        (of_another_issuer, "issued by nobody that is trusted"),
        (of_another_host, "is another host's"),
    ],
)
async def test_a_certificate_that_is_wrong_is_named_and_asked_for_once(
    here: Computer, fault: Callable[[Computer], None], reason: str
) -> None:
    fault(here)
    result = await connect(KEY).sign_in()
    assert (CertificateFault, 1) == (type(result.error), len(here.internet.proxy.asked))
    assert reason in told(result)
    assert [] == here.internet[KEY].requests


async def test_a_proxy_that_wants_a_password_says_so(here: Computer) -> None:
    here.internet.proxy.password = "bmFtZTpwYXNzd29yZA=="  # name:password
    assert "wants a name and password" in told(await connect(KEY).sign_in())
    known = here.internet.proxy_address.replace("//", "//name:password@")
    here.write_env(HTTPS_PROXY=known)
    assert (await connect(KEY).sign_in()).successful


@pytest.mark.parametrize("way", ["refuses", "is not there"])
async def test_a_proxy_that_leads_nowhere_is_named(here: Computer, way: str) -> None:
    here.internet.proxy.refuses = "403 Forbidden"
    address = here.internet.proxy_address if way == "refuses" else f"http://127.0.0.1:{free_port()}"
    here.write_env(HTTPS_PROXY=address)
    result = await connect(KEY).sign_in()
    assert not result.successful
    assert address.removeprefix("http://") in told(result)
    assert [] == here.internet[KEY].requests


@pytest.mark.parametrize("crm", CRMS)
async def test_connections_that_are_closed_while_idle_are_opened_anew(here: Computer, crm: str) -> None:
    sandbox, answers = here.internet[crm], answers_of(crm)
    workbench = await signed_in(here, crm)
    contact, before = await nia(workbench), answers.count(sandbox)
    here.internet.close_idle_connections()
    assert (await workbench.log_call(call(workbench), contact)).successful
    assert before + 1 == answers.count(sandbox)


@pytest.mark.parametrize("crm", CRMS)
async def test_a_connection_that_breaks_under_a_write_does_not_double_it(here: Computer, crm: str) -> None:
    sandbox, answers = here.internet[crm], answers_of(crm)
    workbench = await signed_in(here, crm)
    contact, before = await nia(workbench), answers.count(sandbox)
    here.internet.lost_answers = 1
    first = await workbench.log_call(call(workbench), contact, note="Once")
    assert 0 == here.internet.lost_answers
    again = await workbench.log_call(call(workbench), contact, note="Once")
    assert again.successful, again.message
    assert before + 1 == answers.count(sandbox), first.message
