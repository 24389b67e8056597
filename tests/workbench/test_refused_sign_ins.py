"""A refusal of a sign-in or a renewal that quotes what it was sent: no secret goes further than the answer."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qsl, quote

import httpx
import pytest
from platforms import ALL_OAUTH
from seen import shown
from workbench_steps import CRMS, Told, nia, options_of, secrets_of, teller

from appconnect.sandbox.server import Sandbox
from appconnect.workbench import Workbench, connect
from appconnect.workbench.sandboxes import make_sandbox

SECRET_NAMES = {"code", "client_secret", "password", "refresh_token", "access_token"}
ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "in an address": lambda text: quote(text, safe=""),
    "in an address, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "in JSON": lambda text: json.dumps({"was": text}),
    "in HTML": html.escape,
    "by percent signs": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "in HTML, by numbers": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "in JSON, by numbers": lambda text: "".join(f"\\u{ord(each):04X}" for each in text),
    "base64": lambda text: base64.b64encode(f"x{text}".encode()).decode(),
    "base64 in an address": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
}


class Echo(httpx.AsyncBaseTransport):
    """Answers the request of a number, from 1, with all its secrets in an encoding; later ones as well."""

    def __init__(self, inner: httpx.AsyncBaseTransport, encode: Callable[[str], str], status: int) -> None:
        self._inner, self._encode, self._status = inner, encode, status
        self.first, self.count, self.echoed = 10**6, 0, set[str]()
        self.public = set[str]()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        if self.count < self.first:
            return await self._inner.handle_async_request(request)
        secrets = {each for each in sent_secrets(request) if len(each) >= 8 and each not in self.public}
        self.echoed |= secrets
        told = f"Bad: {' '.join(self._encode(each) for each in sorted(secrets))} is wrong"
        names = ("error_description", "message", "errorMessage", "Message")
        return httpx.Response(
            self._status, json={"error": "invalid_grant", **dict.fromkeys(names, told)}, request=request
        )


def sent_secrets(request: httpx.Request) -> Iterator[str]:
    """The secrets that a request carries in its form, its query and its headers."""
    pairs = [*parse_qsl(request.content.decode("utf-8", "replace")), *request.url.params.multi_items()]
    yield from (value for name, value in pairs if name in SECRET_NAMES)
    credentials = request.headers.get("authorization", "").partition(" ")[2]
    yield from (credentials, request.headers.get("bhresttoken", ""))
    try:
        yield from base64.b64decode(credentials, validate=True).decode().split(":")
    except ValueError:
        return


def echoing(crm: str, encode: Callable[[str], str], status: int) -> tuple[Sandbox, Echo]:
    sandbox = make_sandbox(crm)
    echo = Echo(sandbox.transport(), encode, status)
    echo.public = {sandbox[crm].credentials.get(name, "") for name in ("client_id", "username")}
    sandbox.transport = lambda: echo  # type: ignore[method-assign]
    return sandbox, echo


def seen_of(workbench: Workbench) -> str:
    return "\n".join(map(shown, workbench.trace))


def forms(secrets: set[str]) -> set[str]:
    return {encode(secret) for secret in secrets for encode in ENCODINGS.values()}


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Told:
    return teller(caplog)


@pytest.mark.parametrize(
    ("status", "encoding"),
    [(400, each) for each in ENCODINGS] + [(status, "as it is") for status in (200, 401, 500)],
)
@pytest.mark.parametrize("crm", CRMS)
async def test_a_refused_sign_in_tells_no_secret_whichever_request_is_refused(
    crm: str, status: int, encoding: str, told: Told
) -> None:
    reached = set[str]()
    for first in range(1, 1 + await requests_of_a_sign_in(crm)):
        sandbox, echo = echoing(crm, ENCODINGS[encoding], status)
        echo.first = first
        workbench = connect(crm, mode="sandbox", sandbox=sandbox, options=options_of(crm))
        result = await workbench.sign_in()
        reached |= echo.echoed
        told(workbench, result, forms(echo.echoed))
        assert [] == [each for each in forms(echo.echoed) if each in seen_of(workbench)]
    assert reached


async def requests_of_a_sign_in(crm: str) -> int:
    sandbox, echo = echoing(crm, str, 200)
    await connect(crm, mode="sandbox", sandbox=sandbox, options=options_of(crm)).sign_in()
    return echo.count


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("crm", ALL_OAUTH)
async def test_a_refused_renewal_tells_no_secret(crm: str, encoding: str, told: Told) -> None:
    sandbox, echo = echoing(crm, ENCODINGS[encoding], 400)
    workbench = connect(crm, mode="sandbox", sandbox=sandbox, options=options_of(crm))
    assert (await workbench.sign_in()).successful
    secrets = secrets_of(workbench)
    await nia(workbench)
    sandbox.clock.advance(timedelta(days=2).total_seconds())
    echo.first = echo.count + 1
    result = await workbench.list_users()
    assert echo.echoed
    assert result.error is not None
    told(workbench, result, forms(echo.echoed | secrets))
    assert [] == [each for each in forms(echo.echoed | secrets) if each in seen_of(workbench)]
