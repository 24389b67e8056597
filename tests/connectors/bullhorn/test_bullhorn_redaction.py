"""What is taken out of recordings of Bullhorn: the session, the corporation's token, people."""

import httpx
import pytest

from appconnect.connectors import registry
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response
from appconnect.redaction import Pseudonymizer, Redactor
from appconnect.replay.cassette import Cassette
from appconnect.replay.transport import RecordingTransport, ReplayTransport
from appconnect.sandbox.clock import SandboxClock

BASE = "https://rest9.bullhornstaffing.com/rest-services"
RULES = registry.platform("bullhorn").redaction


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"{BASE}/e9x/entity", f"{BASE}/<corp_token>/entity"),
        (f"{BASE}/login", f"{BASE}/login"),
        (f"{BASE}/loginInfo?username=rae", f"{BASE}/loginInfo?username=<username>"),
        ('{"BhRestToken": "0a0b"', '{"BhRestToken": "<BhRestToken>"'),
    ],
)
def test_session_and_corporation_are_masked_wherever_they_stand(text, masked):
    assert masked == Redactor(RULES).text(text)


def test_the_session_s_header_is_masked_also_in_a_request_that_nobody_signed():
    asked = Request(
        method="GET", url=f"{BASE}/e9x/logout", headers={"bhresttoken": "0a0b"}, signed=frozenset()
    )
    assert {"bhresttoken": "<bhresttoken>"} == Redactor(RULES).request(asked).headers


async def test_addresses_work_after_redaction(tmp_path):
    def answer(request):
        login = {"BhRestToken": "0a0b0c0d-1", "restUrl": f"{BASE}/c0rp7okn/"}
        return httpx.Response(200, json=login if "login" in request.url.path else {"ok": 1})

    async def scenario(client):
        login = (await client.get(f"{BASE}/login", params={"access_token": "1:at-x^y"})).json()
        headers = {"BhRestToken": login["BhRestToken"]}
        return (await client.get(f"{login['restUrl']}ping", headers=headers)).json()

    path = tmp_path / "one.json"
    about = {"crm": "bullhorn", "scenario": "one", "recorded_from": "sandbox", "clock": SandboxClock().now}
    recording = RecordingTransport(httpx.MockTransport(answer), path, **about, rules=RULES)
    async with httpx.AsyncClient(transport=recording) as client:
        await scenario(client)
    assert "c0rp7okn" not in path.read_text()
    replay = ReplayTransport(Cassette.load(path), rules=RULES)
    async with httpx.AsyncClient(transport=replay) as client:
        assert {"ok": 1} == await scenario(client)
    replay.assert_all_used()


def test_queries_are_replaced_like_what_they_find():
    pseudonymizer = Pseudonymizer(RULES)
    query = {"query": 'name:"Omar Vance" AND phone:4158675309 AND isDeleted:0', "fields": "id,name"}
    asked = Request(method="GET", url=f"{BASE}/x/search/Lead", query=query)
    name, phone = pseudonymizer.text("Omar Vance"), pseudonymizer.phone("4158675309")
    expected = {"query": f'name:"{name}" AND phone:{phone} AND isDeleted:0', "fields": "id,name"}
    assert expected == pseudonymizer.request(asked).query


def test_the_names_of_settings_stay():
    response = Response(status=200, body=Body(kind="json", value={"name": "status"}))
    kept = Pseudonymizer(RULES).response(response, f"{BASE}/<corp_token>/meta/Lead")
    assert {"name": "status"} == kept.body.value
