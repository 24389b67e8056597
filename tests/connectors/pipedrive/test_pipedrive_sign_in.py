"""Pipedrive's sign-in: what it asks otherwise than others, and what its panel tells."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr
from workbench_steps import sandbox_of

from appconnect.auth.sign_in import RenewalContext
from appconnect.clock import SystemClock
from appconnect.connectors.pipedrive.sign_in import PipedriveSignIn
from appconnect.models import OAuthInfo
from appconnect.panels import ConnectPanel
from appconnect.workbench import connect

INFO = OAuthInfo(
    client_id="the client",
    client_secret=SecretStr("s3cret:&"),
    authorize_uri="https://crm.test/authorize",
    access_token_uri="https://crm.test/token",
    redirect_uri="http://127.0.0.1:8738/callback",
)


def test_the_consent_page_is_asked_without_response_type() -> None:
    url = PipedriveSignIn(RenewalContext(SystemClock())).authorize_url(INFO, "st")
    assert (
        "https://crm.test/authorize?client_id=the+client&redirect_uri=http%3A%2F%2F127.0.0.1%3A8738%2Fcallback&state=st"
        == url
    )


@pytest.mark.parametrize(
    ("told", "url"),
    [
        ({"api_domain": "https://acme.pipedrive.com"}, "https://acme.pipedrive.com"),
        ({}, "https://api.pipedrive.com"),
    ],
)
def test_the_api_is_where_the_token_tells_or_where_every_companys_answers_too(
    told: dict[str, str], url: str
) -> None:
    steps = PipedriveSignIn(RenewalContext(SystemClock())).auth_flow({}, INFO, SecretStr("the code"))
    request = next(steps)
    assert "Basic dGhlIGNsaWVudDpzM2NyZXQ6Jg==" == request.headers["authorization"]
    assert "client_secret" not in request.content.decode()
    tokens = {"access_token": "a", "refresh_token": "r", "expires_in": 3599, **told}
    with pytest.raises(StopIteration) as end:
        steps.send(httpx.Response(200, json=tokens))
    assert url == end.value.value.base_url


async def test_the_panel_tells_the_scopes_and_signing_out_revokes() -> None:
    workbench = connect("pipedrive", mode="sandbox")
    panel = ConnectPanel(workbench)
    await panel.sign_in()
    assert ["/oauth/token", "/v1/users/me"] == [each.path for each in workbench.trace]
    assert "contacts:full" in panel.steps.value
    told = ["exchanged", "POST", "allows", "until"]
    assert sorted(told, key=panel.steps.value.index) == told
    await panel.sign_out()
    assert "/oauth/revoke" == sandbox_of(workbench).requests[-1].path
