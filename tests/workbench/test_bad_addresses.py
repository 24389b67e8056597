"""Addresses that a CRM tells or a person types: they work, or there is a sentence; no other host is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from platforms import ALL_OAUTH, CRMS
from workbench_steps import options_of, signed_in

from appconnect.errors import AppConnectError, InputError
from appconnect.sandbox.server import Sandbox
from appconnect.workbench import connect
from appconnect.workbench.sandboxes import make_sandbox

ODD = (
    "https://münchen.example/rest",
    "https://xn--mnchen-3ya.example",
    "https://xn--a.example",
    "https://xn--{host}",
    "https://xn--a.{host}/rest",
    "https://ü.{host}/rest",
    "https://a..{host}",
    "https://{long}.{host}",
    "https://{host}./rest",
    "https://{host}:443/",
    "https://{host}:8443/",
    "https://{host}:99999/",
    "https://{host}:port/",
    "https://name:password@{host}/",
    "https://name@{host}/",
    "https://{host}@evil.test/",
    "https://evil.test#.{host}",
    "https://evil.test?.{host}",
    "https://evil.test\\.{host}",
    "https://evil.test\t.{host}",
    "https://[::1]/",
    "https://[::1",
    "https://[{host}]/",
    "https://127.0.0.1/",
    "https:///rest",
    "https://",
    "http://{host}/",
    "ftp://{host}/",
    "//{host}/",
    "{host}",
    "/rest",
    "",
    " ",
    "https://ho st.test/",
    "https://\ud800.{host}/",
    "https://\x00.{host}/",
    "javascript:alert(1)",
)


class Redirecting(httpx.AsyncBaseTransport):
    """Puts another address in the place of every address of the CRM's that an answer holds; notes the hosts."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, change: Callable[[str], str], asked: set[str]
    ) -> None:
        self._inner, self._change, self._asked = inner, change, asked

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._asked.add(request.url.raw_host.decode())
        response = await self._inner.handle_async_request(request)
        content = await response.aread()
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        with suppress(ValueError):
            content = json.dumps(self._changed(json.loads(content))).encode()
        return httpx.Response(response.status_code, headers=headers, content=content)

    def _changed(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._changed(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._changed(each) for each in value]
        return self._change(value) if isinstance(value, str) and value.startswith("https://") else value


@pytest.mark.parametrize("odd", ODD, ids=ascii)
@pytest.mark.parametrize("crm", ALL_OAUTH)
async def test_an_odd_address_in_an_answer_to_the_sign_in(crm: str, odd: str) -> None:
    asked: set[str] = set()
    sandbox = misleading(make_sandbox(crm), odd, asked)
    workbench = connect(crm, mode="sandbox", sandbox=sandbox, options=options_of(crm))
    result = await workbench.sign_in()
    for each in (result, await workbench.find_contact_with_name("Nia")):
        assert each.successful or isinstance(each.error, AppConnectError)
        assert "\n".join([each.message, *each.return_message.lines]).encode()
        assert "name:password" not in each.message
    repr(list(workbench.trace))
    assert all(map(workbench.connector.rules.trusts, asked))


def misleading(sandbox: Sandbox, odd: str, asked: set[str], *, only_note: bool = False) -> Sandbox:
    def change(address: str) -> str:
        if only_note:
            return address
        return odd.replace("{host}", urlsplit(address).netloc).replace("{long}", "x" * 70)

    sound = sandbox.transport
    sandbox.transport = lambda: Redirecting(sound(), change, asked)  # type: ignore[method-assign]
    return sandbox


@pytest.mark.parametrize("crm", CRMS)
async def test_an_odd_address_that_is_asked_for(crm: str) -> None:
    asked: set[str] = set()
    workbench = await signed_in(crm, sandbox=misleading(make_sandbox(crm), "", asked, only_note=True))
    host = sorted(asked)[0]
    for odd in ODD:
        try:
            await workbench.request("GET", typed(odd, host))
        except AppConnectError as error:
            assert error.message.encode()
    assert all(map(workbench.connector.rules.trusts, asked))


HOSTS: dict[str, str] = {}


async def host_of(crm: str) -> str:
    """The first host that a sign-in asks."""
    if crm not in HOSTS:
        asked: set[str] = set()
        await signed_in(crm, sandbox=misleading(make_sandbox(crm), "", asked, only_note=True))
        HOSTS[crm] = sorted(asked)[0]
    return HOSTS[crm]


def typed(odd: str, host: str) -> str:
    return odd.replace("{host}", host).replace("{long}", "x" * 70)


@pytest.mark.parametrize("odd", ODD, ids=ascii)
@pytest.mark.parametrize("crm", CRMS)
async def test_an_odd_address_that_is_typed(crm: str, odd: str) -> None:
    asked: set[str] = set()
    address = typed(odd, await host_of(crm))
    sandbox = misleading(make_sandbox(crm), "", asked, only_note=True)
    workbench = connect(crm, mode="sandbox", sandbox=sandbox, options=options_of(crm))
    fields = [field.name for field in workbench.sign_in_fields if not field.secret]
    result = await workbench.sign_in(dict.fromkeys(fields, address))
    assert result.successful or isinstance(result.error, AppConnectError)
    assert all(map(workbench.connector.rules.trusts, asked))


@pytest.mark.parametrize("odd", ODD[::3], ids=ascii)
@pytest.mark.parametrize("crm", CRMS)
async def test_an_odd_address_in_the_settings(crm: str, odd: str) -> None:
    """What signs in with an address that is set, or has a company's own, takes it from the options."""
    names = [*options_of(crm), "apiUrl", "companyDomain", "hostname"]
    try:
        workbench = connect(crm, mode="sandbox", options=dict.fromkeys(names, odd))
    except AppConnectError as error:
        assert error.message.encode()
        return
    result = await workbench.sign_in()
    assert result.successful or isinstance(result.error, AppConnectError)


@pytest.mark.parametrize(
    "odd", [float("nan"), float("inf"), object(), {"a": b"1"}], ids=lambda odd: type(odd).__name__
)
@pytest.mark.parametrize("crm", CRMS)
async def test_a_body_that_is_no_json(crm: str, odd: Any) -> None:
    workbench = await signed_in(crm)
    with pytest.raises(InputError, match="POST was not sent, for its body is no JSON"):
        await workbench.request("POST", "/x", json={"value": odd})
