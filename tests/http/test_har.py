"""A trace as HAR 1.2: valid, whole, with waits and operations, without secrets and, if asked for, people."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from answers import NASTY, call
from har_schema import check
from workbench_steps import CRMS, nia, sandbox_of, signed_in

from appconnect.errors import ConfigurationError
from appconnect.http import Exchange, OperationRun, Purpose, Wait
from appconnect.http.bodies import Body, BodyKind
from appconnect.http.exchange import Request, Response
from appconnect.http.exports.har import HarFile, har, har_text
from appconnect.workbench import Workbench


async def worked(crm: str) -> Workbench:
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    await workbench.log_call(call(), contact, note=NASTY)
    return workbench


@pytest.mark.parametrize("people", [True, False])
@pytest.mark.parametrize("crm", CRMS)
async def test_the_file_is_valid_and_has_every_exchange(crm: str, people: bool, tmp_path: Path) -> None:
    workbench = await worked(crm)
    written = workbench.trace.to_har(tmp_path / "all.har", people=people)
    document = json.loads(written.path.read_text("utf-8"))
    check(document)
    entries = document["log"]["entries"]
    assert len(workbench.trace) == len(entries) == written.requests
    assert [each.method for each in workbench.trace] == [each["request"]["method"] for each in entries]
    assert [each.status for each in workbench.trace] == [each["response"]["status"] for each in entries]
    assert ["sign_in", "find_contact", "log_call"] == [
        page["title"].split()[1].strip(":") for page in document["log"]["pages"]
    ]
    assert "log_call" == entries[-1]["_operation"]["name"]
    assert ("People's data is in it" in document["log"]["comment"]) is people
    assert ("People's data is in it" in repr(written)) is people
    assert 0o600 == written.path.stat().st_mode & 0o777


@pytest.mark.parametrize("crm", CRMS)
async def test_people_are_replaced_where_nobody_is_to_be_named(crm: str) -> None:
    workbench = await worked(crm)
    assert (await workbench.create_contact("+14158675309", "Wilma Long")).contact_info
    with_people, without = (har_text(workbench.trace.har(people=people)) for people in (True, False))
    names = ["Nia", "Holt", "8675309", "Quill"]
    assert [] == [name for name in names if name not in with_people]
    assert [] == [name for name in names if name in without]


async def test_waits_come_first_and_block() -> None:
    workbench = await signed_in(CRMS[0])
    crm = sandbox_of(workbench)
    crm.faults.add(status=503)
    await workbench.list_users()
    entries = workbench.trace.har()["log"]["entries"]
    again = next(each for each in entries if each["_tries"] == 2)
    assert again["timings"]["blocked"] == sum(each["seconds"] for each in again["_waits"]) * 1000 > 0
    assert again["time"] == again["timings"]["blocked"] + again["timings"]["wait"]
    assert "503" in again["_waits"][0]["reason"]


def entry(request: Request, response: Response | None = None, **facts: object) -> dict:
    exchange = Exchange.model_validate(
        {"number": 7, "at": datetime(2026, 1, 2, 9, 30, 1, tzinfo=UTC), "seconds": 0.25, **facts}
        | {"request": request, "response": response}
    )
    document = har([exchange], [], people=True)
    json.loads(har_text(document).encode("utf-8"))
    check(json.loads(har_text(document)))
    return document["log"]["entries"][0]


def asked(**parts: object) -> Request:
    return Request.model_validate({"method": "POST", "url": "https://api.acme.test/x", **parts})


def test_a_request_without_an_answer_has_status_0_and_says_why() -> None:
    told = entry(asked(), error="timed out", waits=(Wait(seconds=1, reason="429"),))
    assert (0, "timed out") == (told["response"]["status"], told["response"]["_error"])
    assert "2026-01-02T09:30:00.000Z" == told["startedDateTime"]
    assert 1250 == told["time"]
    assert -1 == entry(asked())["timings"]["blocked"]


def test_times_are_milliseconds_to_the_microsecond() -> None:
    told = entry(asked(), seconds=0.0001234567, waits=(Wait(seconds=0.0002345678, reason="429"),))
    assert (0.235, 0.123, 0.358) == (told["timings"]["blocked"], told["timings"]["wait"], told["time"])


RUN = OperationRun(
    number=3, name="log_call", at=datetime(2026, 1, 2, 9, 30, tzinfo=UTC), seconds=1.5, succeeded=True
)


def test_an_exchange_of_an_operation_is_told_whole() -> None:
    exchange = Exchange(
        number=7, at=datetime(2026, 1, 2, 9, 30, 1, tzinfo=UTC), seconds=0.25, operation=3, tries=2,
        waits=(Wait(seconds=1, reason="429: tried again"), Wait(seconds=0.5, reason="10 in 2 seconds")),
        sent_bytes=8, received_bytes=11, purpose=Purpose.RENEWAL,
        request=asked(headers={"accept": "text/plain"}, query={"q": "Zoë"}, body=Body(kind=BodyKind.TEXT, value="to Zoë")),
        response=Response(status=201, headers={"content-type": "application/json", "content-length": "9"},
                          body=Body(kind=BodyKind.JSON, value={"id": 1, "by": "Zoë"})),
    )  # fmt: skip
    log = har([exchange], [RUN, RUN.model_copy(update={"number": 4})], people=False)["log"]
    assert {
        "startedDateTime": "2026-01-02T09:29:59.500Z",
        "time": 1750,
        "request": {
            "method": "POST", "url": "https://api.acme.test/x?q=Zo%C3%AB", "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": [{"name": "accept", "value": "text/plain"}], "queryString": [{"name": "q", "value": "Zoë"}],
            "headersSize": -1, "bodySize": 8, "postData": {"mimeType": "", "text": "to Zoë"},
        },
        "response": {
            "status": 201, "statusText": "Created", "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": [{"name": "content-type", "value": "application/json"}, {"name": "content-length", "value": "9"}],
            "content": {"size": 11, "mimeType": "application/json", "text": '{"id": 1, "by": "Zoë"}'},
            "redirectURL": "", "headersSize": -1, "bodySize": 9,
        },
        "cache": {},
        "timings": {"blocked": 1500, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": 250, "receive": 0},
        "_number": 7,
        "_purpose": "renewal",
        "_tries": 2,
        "_waits": [{"seconds": 1, "reason": "429: tried again"}, {"seconds": 0.5, "reason": "10 in 2 seconds"}],
        "pageref": "operation_3",
        "_operation": {"number": 3, "name": "log_call", "outcome": "done"},
    } == log["entries"][0]  # fmt: skip
    assert [
        {"startedDateTime": "2026-01-02T09:30:00.000Z", "id": "operation_3", "title": "3. log_call: done",
         "pageTimings": {"onLoad": 1500}}
    ] == log["pages"]  # fmt: skip
    assert "Secrets are masked. Pseudonyms stand in the place of people's data." == log["comment"]
    assert ("1.2", "appconnect") == (log["version"], log["creator"]["name"])


@pytest.mark.parametrize(
    ("parts", "data"),
    [
        ({"kind": BodyKind.BASE64, "value": "iVBORw=="},
         {"mimeType": "image/png", "text": "iVBORw==", "_encoding": "base64", "comment": "in base64"}),
        ({"kind": BodyKind.TEXT, "value": "Zoë"}, {"mimeType": "image/png", "text": "Zoë"}),
    ],
    ids=["bytes", "text"],
)  # fmt: skip
def test_a_body_that_is_no_form_is_sent_as_what_it_is(parts: dict[str, object], data: dict[str, str]) -> None:
    request = asked(headers={"content-type": "image/png"}, body=Body.model_validate(parts))
    assert data == entry(request)["request"]["postData"]


def test_a_form_that_comes_as_an_answer_is_text() -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "content-length": "many"}
    told = entry(
        asked(),
        Response(status=200, headers=headers, body=Body(kind=BodyKind.FORM, value={"a": ["1", "x y"]})),
    )
    assert "a=1&a=x+y" == told["response"]["content"]["text"]
    assert -1 == told["response"]["bodySize"]
    assert {"size": 0, "mimeType": "x-unknown"} == entry(asked(), Response(status=204))["response"]["content"]


def test_a_file_is_a_path_and_says_what_is_in_it(tmp_path: Path) -> None:
    written = HarFile(tmp_path / "x.har", requests=1, people=False)
    assert tmp_path / "x.har" == Path(written)
    assert (
        f"{tmp_path}/x.har: 1 request. Secrets are masked. Pseudonyms stand in the place of people's data."
        == str(written)
    )
    assert ": 2 requests. Secrets are masked. People's data is in it" in repr(
        HarFile(Path("x"), requests=2, people=True)
    )


def test_forms_are_params_and_all_else_is_text() -> None:
    form = Body(kind=BodyKind.FORM, value={"a": ["1", "2"], "b": "x y"})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    data = entry(asked(headers=headers, body=form))["request"]["postData"]
    assert [("a", "1"), ("a", "2"), ("b", "x y")] == [
        (each["name"], each["value"]) for each in data["params"]
    ]
    data = entry(asked(body=Body(kind=BodyKind.JSON, value={"half": "\ud800"})))["request"]["postData"]
    assert {"half": "\ud800"} == json.loads(data["text"])


def test_an_answer_that_is_no_text_is_in_base64() -> None:
    raw = base64.b64encode(b"\x89PNG\x00").decode()
    answer = Response(status=299, headers={"content-type": "image/png", "location": "/y"}, body=Body(kind=BodyKind.BASE64, value=raw))  # fmt: skip
    told = entry(asked(), answer)["response"]
    assert (raw, "base64", "image/png") == tuple(
        told["content"][each] for each in ("text", "encoding", "mimeType")
    )
    assert ("", "/y") == (told["statusText"], told["redirectURL"])


def test_an_address_is_written_as_addresses_are() -> None:
    told = entry(
        asked(
            method="GET", url="https://api.acme.test/t/<tenant>/ü x", query={"q": "a&b <c>", "r": ["1", "2"]}
        )
    )
    parts = urlsplit(told["request"]["url"])
    assert "/t/%3Ctenant%3E/%C3%BC%20x" == parts.path
    assert [("q", "a&b <c>"), ("r", "1"), ("r", "2")] == parse_qsl(parts.query)
    assert parse_qsl(parts.query) == [
        (each["name"], each["value"]) for each in told["request"]["queryString"]
    ]


async def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    workbench = await signed_in(CRMS[0])
    with pytest.raises(ConfigurationError) as caught:
        workbench.trace.to_har(tmp_path / "nowhere" / "x.har")
    told = f"{tmp_path}/nowhere/x.har cannot be written (No such file or directory)."
    assert told == caught.value.message


async def test_the_table_tells_operations_tries_waits_and_sizes() -> None:
    workbench = await signed_in(CRMS[0])
    sandbox_of(workbench).faults.add(status=503)
    await workbench.list_users()
    table = workbench.trace.to_dataframe()
    last = table.iloc[-1]
    assert ("list_users", 2, "operation") == (last["operation_name"], last["tries"], last["purpose"])
    assert last["waited"] > 0
    assert "503" in last["waited_for"]
    assert last["received_bytes"] > 0
    assert len(workbench.trace) == len(table)
