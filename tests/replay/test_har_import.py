"""A HAR file as a recording: of every program's flavour, without secrets, people and other hosts."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from acme import REDACTION, SEAL, TENANT, acme
from answers import call
from har_schema import check
from typer.testing import CliRunner
from workbench_steps import CRMS, nia, secrets_of, signed_in

from appconnect.cli import app
from appconnect.connectors import registry
from appconnect.errors import RecordingError
from appconnect.http import Exchange
from appconnect.http.bodies import read_body
from appconnect.http.exchange import Request, Response
from appconnect.http.exports.har import har, har_text
from appconnect.panels import TimelinePanel
from appconnect.replay import har_file
from appconnect.replay.cassette import Cassette
from appconnect.replay.har import message_of, read_har
from appconnect.workbench import connect, import_har

ACME = acme(REDACTION)
HOST = "https://api.acme.test"
NAME, NUMBER = "Wilhelmina Ostergaard", "+1 415-867-5309"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    return tmp_path / "home"


def pairs(**values: str) -> list[dict[str, str]]:
    return [{"name": name.replace("_", "-"), "value": value} for name, value in values.items()]


def entry(
    path: str = "/x",
    host: str = HOST,
    method: str = "GET",
    at: str = "2026-03-01T09:00:00.123+01:00",
    **more: Any,
) -> dict[str, Any]:
    request = {"method": method, "url": f"{host}{path}", "headers": [], **more.pop("request", {})}
    response = {
        "status": 200,
        "headers": [],
        "content": {"mimeType": "application/json", "text": '{"id": 1}'},
    }
    return {
        "startedDateTime": at,
        "request": request,
        "response": {**response, **more.pop("response", {})},
        **more,
    }


def written(tmp_path: Path, *entries: dict[str, Any], bom: bool = False) -> Path:
    file = tmp_path / "some.har"
    text = json.dumps({"log": {"version": "1.2", "entries": list(entries)}}, ensure_ascii=False)
    file.write_text(text, encoding="utf-8-sig" if bom else "utf-8")
    return file


def imported(tmp_path: Path, *entries: dict[str, Any], **how: Any) -> Cassette:
    return import_har(written(tmp_path, *entries, **how), ACME, scenario="ticket").cassette


# -- ours, out and in --


@pytest.mark.parametrize("crm", CRMS)
async def test_what_we_write_can_be_read_and_reviewed_and_replayed(crm: str, tmp_path: Path) -> None:
    workbench = await signed_in(crm)
    await nia(workbench)
    contact = await nia(
        workbench
    )  # the first time, all phones of an account may be read instead of asked for
    await workbench.log_call(call(), contact)
    workbench.trace.to_har(tmp_path / "mine.har")
    result = CliRunner().invoke(
        app, ["import-har", str(tmp_path / "mine.har"), "--crm", crm, "--scenario", "mine"]
    )
    assert 0 == result.exit_code, result.output
    assert f"{crm}/mine: {len(workbench.trace)} requests imported" in result.output
    result = CliRunner().invoke(app, ["review", f"{crm}/mine", "--yes"])
    assert 0 == result.exit_code, result.output
    replay = connect(crm, mode="replay", scenario="mine", options=dict(workbench.context.account.options))
    assert (await replay.sign_in()).successful
    (found, *_) = (await replay.find_contact("+14155550142")).contacts
    assert found.id == contact.id
    assert found.name != contact.name  # a pseudonym


BODIES = {
    "JSON": ("application/json", b'{"a": 1.0, "b": [null, "\xc3\xbc", "<b>"], "n": 12345678901234567890}'),
    "half a character": ("application/json", b'{"a": "x\\ud800"}'),
    "no JSON": ("application/json", b"{bad"),
    "form": ("application/x-www-form-urlencoded", b"a=1&a=2&b=x+%26y&c="),
    "lines": ("text/plain", b"a\r\nb\n"),
    "Latin-1": ("text/plain; charset=latin-1", b"\xe9"),
    "binary": ("application/octet-stream", bytes(range(256))),
    "parts": ("multipart/form-data; boundary=x", b"--x\r\n\x00\xff\r\n--x--"),
    "no type": ("", b"hello"),
    "nothing": ("", b""),
}


@pytest.mark.parametrize(("mime", "raw"), BODIES.values(), ids=BODIES)
def test_what_we_write_is_read_as_it_was(mime: str, raw: bytes, tmp_path: Path) -> None:
    headers = {"content-type": mime} if mime else {}
    request = Request(
        method="POST", url=f"{HOST}/a%2Fb;p=1", headers={**headers, "x": "1, 2"}, body=read_body(raw, mime),
        query={"a": ["1", "2"], "q": "a&b=c d+e%41 <x> ü", "z": ""},
    )  # fmt: skip
    response = Response(status=418, headers=headers, body=read_body(raw, mime))
    exchange = Exchange.model_validate(
        {"number": 1, "at": datetime(2026, 1, 2, tzinfo=UTC), "request": request, "response": response}
    )
    document = har([exchange], [], people=True)
    (tmp_path / "mine.har").write_text(har_text(document), "utf-8")
    check(json.loads(har_text(document)))
    message = message_of(read_har(tmp_path / "mine.har").read[0])
    assert request == message.request
    assert response == message.response


# -- secrets, people, other hosts --


def test_secrets_people_and_other_hosts_do_not_come_in(tmp_path: Path) -> None:
    login = {"postData": {"mimeType": "application/json", "text": json.dumps({"words": "quiet as 7 mice"})}}
    answer = {"seal": SEAL, "tenant": TENANT, "user": "7"}
    people = {
        "rows": [{"id": 501, "client": NAME, "dial": NUMBER, "memo": f"{NAME} of {TENANT} likes {SEAL}"}]
    }
    cookie = "session=k3j4h5k3j4h5k3j4h5"
    headers = pairs(X_Acme_Key=SEAL, Cookie=cookie, Authorization="Bearer abcdef0123456789abcdef")
    file = written(
        tmp_path,
        entry("/login", method="POST", request=login, response={"content": {"mimeType": "application/json", "text": json.dumps(answer)}}),
        entry(f"/t/{TENANT}/people?dial=4158675309&token=zzz-1234567890", request={"headers": headers},
              response={"headers": pairs(Set_Cookie=cookie), "content": {"mimeType": "application/json", "text": json.dumps(people)}}),
        entry("/x", host="https://cdn.example", request={"headers": headers}),
        entry("/y", host="https://cdn.example"),
        entry("/z", host="https://tracker.example"),
        entry("/x", method="OPTIONS"),
        entry("/x", response={"status": 0}),
    )  # fmt: skip
    made = import_har(file, ACME, scenario="ticket")
    text = made.path.read_text("utf-8")
    planted = [SEAL, TENANT, "quiet as 7 mice", cookie[8:], "abcdef0123456789abcdef", "zzz-1234567890"]
    assert [] == [each for each in [*planted, *NAME.split(), "8675309", "example"] if each in text]
    told = str(made)
    assert "acme/ticket: 2 requests imported" in told
    assert "3 requests to other hosts: cdn.example (2), tracker.example." in told
    assert "1 request without an answer." in told
    assert "1 request that a browser sends by itself (OPTIONS)." in told
    assert 0o600 == made.path.stat().st_mode & 0o777
    assert made.cassette.header.people


@pytest.mark.parametrize("crm", CRMS)
async def test_no_secret_of_a_browser_comes_in(crm: str, tmp_path: Path) -> None:
    """As a browser would have it: the requests as the sandbox saw them, nothing masked."""
    workbench = await signed_in(crm)
    await workbench.log_call(call(), await nia(workbench))
    host = f"https://{registry.platform(crm).connector.rules.hosts[0].replace('*', 'x')}"
    seen = [
        entry(each.path, host, each.method, request={
            "headers": pairs(**each.headers), "queryString": pairs(**each.query),
            **({"postData": {"mimeType": each.headers.get("content-type", ""), "text": each.body.decode()}} if each.body else {}),
        })
        for each in workbench.sandbox.requests
    ]  # fmt: skip
    made = import_har(written(tmp_path, *seen), crm, scenario="ticket")
    text = made.path.read_text("utf-8")
    assert [] == [secret for secret in secrets_of(workbench) if secret in text]


BODIES = {
    "a form in parts": ("multipart/form-data; boundary=b", '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nS3CRET\r\n--b--'),
    "XML": ("text/xml", "<a><Password>S3CRET</Password><access_token>S3CRET</access_token></a>"),
    "JavaScript": ("text/html", "<script>x={csrf_token:'S3CRET', apiKey: \"S3CRET\"}; y='{\\\"access_token\\\":\\\"S3CRET\\\"}'</script>"),
    "HTML": ("text/html", '<meta name="csrf-token" content="S3CRET">'),
    "JSON": ("application/json", '{"jwt":"S3CRET","otp":"S3CRET","pin":"S3CRET","sessionId":"S3CRET"}'),
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES)
def test_a_secret_that_any_body_names_does_not_come_in(kind: str, tmp_path: Path) -> None:
    media, text = BODIES[kind]
    seen = entry(
        "/x?sid=S3CRET&pin=S3CRET&session=S3CRET.1&sessionId=s-a0d1&ticket=4711",
        method="POST",
        request={"postData": {"mimeType": media, "text": text}},
        response={
            "content": {"mimeType": media, "text": text},
            "headers": pairs(Location="/y?session=S3CRET.1&jwt=S3CRET&ticket=S3CRET.1&sig=S3CRET"),
        },
    )
    cassette = imported(tmp_path, seen)
    assert "S3CRET" not in cassette.to_text()
    query = cassette.exchanges[0].request.query
    assert {"sessionId": "s-a0d1", "ticket": "4711"}.items() <= query.items()


async def test_what_was_imported_is_read_in_the_timeline_without_a_sign_in(tmp_path: Path) -> None:
    refused = {"status": 429, "content": {"mimeType": "application/json", "text": '{"message": "later"}'}}
    file = written(
        tmp_path, entry("/people?dial=4158675309"), entry("/leave", method="POST", response=refused)
    )
    made = import_har(file, ACME, scenario="ticket")
    target = tmp_path / "fixtures" / "acme" / "ticket.json"
    target.parent.mkdir(parents=True)
    made.path.rename(target)
    workbench = connect(ACME, mode="replay", scenario="ticket")
    assert 2 == workbench.show_recording()
    assert [200, 429] == [each.status for each in workbench.trace]
    assert "429" in workbench.explain(2).about
    panel = TimelinePanel(workbench, showing="leave")
    assert "POST" in panel.snapshot()
    assert workbench.trace.as_curl(2).endswith("https://api.acme.test/leave")
    assert 2 == len(workbench.trace.har()["log"]["entries"])
    with pytest.raises(RecordingError, match="Only a replay"):
        connect(ACME, mode="sandbox").show_recording()


# -- flavours --


def test_chrome_has_pseudo_headers_and_base64(tmp_path: Path) -> None:
    http2 = {
        "headers": [
            {"name": ":authority", "value": "api.acme.test"},
            {"name": ":path", "value": "/x"},
            *pairs(Accept="application/json"),
        ]
    }
    raw = base64.b64encode(b'{"rows": []}').decode()
    content = {
        "size": 12,
        "mimeType": "application/json",
        "text": raw,
        "encoding": "base64",
        "compression": 3,
    }
    made = imported(tmp_path, entry(request=http2, response={"headers": pairs(content_encoding="br", content_type="application/json"), "content": content}))  # fmt: skip
    (exchange,) = made.exchanges
    assert {"accept": "application/json"} == exchange.request.headers
    assert {"rows": []} == exchange.response.body.data
    assert {"content-type": "application/json"} == exchange.response.headers


def test_firefox_has_a_form_as_text_and_params(tmp_path: Path) -> None:
    form = {"mimeType": "application/x-www-form-urlencoded", "params": pairs(a="x y"), "text": "a=x+y"}
    (exchange,) = imported(tmp_path, entry(method="POST", request={"postData": form})).exchanges
    assert {"a": "x y"} == exchange.request.body.pairs


def test_charles_and_mitmproxy_have_params_alone_and_a_byte_order_mark(tmp_path: Path) -> None:
    form = {
        "mimeType": "application/x-www-form-urlencoded; charset=UTF-8",
        "params": pairs(a="x&y"),
        "text": "",
    }
    (exchange,) = imported(tmp_path, entry(method="post", request={"postData": form}), bom=True).exchanges
    assert "POST" == exchange.request.method
    assert {"a": "x&y"} == exchange.request.body.pairs


def test_charles_has_json_in_base64_and_does_not_say_so(tmp_path: Path) -> None:
    sent = b'{"note": "hi", "id": 5}'
    post = {"mimeType": "application/json", "text": base64.b64encode(sent).decode()}
    answer = {
        "statusText": None,
        "_charlesStatus": "COMPLETE",
        "headers": [{"name": ":status", "value": "200"}],
    }
    charles = entry(method="POST", request={"bodySize": len(sent), "postData": post}, response=answer)
    (exchange,) = imported(tmp_path, charles).exchanges
    assert {"note": "hi", "id": 5} == exchange.request.body.data


def test_text_that_only_looks_like_base64_stays(tmp_path: Path) -> None:
    post = {"mimeType": "application/json", "text": '"abcdabcd"'}
    (exchange,) = imported(
        tmp_path, entry(method="POST", request={"bodySize": 10, "postData": post})
    ).exchanges
    assert "abcdabcd" == exchange.request.body.data


def test_fiddler_has_tunnels_and_packed_answers(tmp_path: Path) -> None:
    packed = {
        "headers": pairs(Content_Encoding="gzip", Content_Type="application/json"),
        "content": {"size": 12, "encoding": "base64", "text": base64.b64encode(gzip.compress(b'{"rows": []}')).decode()},
    }  # fmt: skip
    tunnel = entry(method="CONNECT", host="http://api.acme.test:443", path="")
    made = import_har(written(tmp_path, tunnel, entry(response=packed)), ACME, scenario="x")
    assert [{"rows": []}] == [each.response.body.data for each in made.cassette.exchanges]
    assert "Left out: 1 request of a WebSocket or a proxy's tunnel." in str(made)


def test_what_a_websocket_carried_is_left_out(tmp_path: Path) -> None:
    line = entry(
        "/live", host="wss://api.acme.test", response={"status": 101, "content": {"size": 0}},
        _webSocketMessages=[{"type": "send", "time": 1, "opcode": 1, "data": SEAL}],
    )  # fmt: skip
    made = import_har(written(tmp_path, line, entry()), ACME, scenario="x")
    assert [f"{HOST}/x"] == [each.request.url for each in made.cassette.exchanges]
    assert SEAL not in made.path.read_text("utf-8")
    assert "1 request of a WebSocket" in str(made)


def test_a_header_of_every_answer_that_comes_twice_is_read_once(tmp_path: Path) -> None:
    twice = {"headers": [*pairs(Content_Type="application/json"), *pairs(content_type="application/json")]}
    (exchange,) = imported(tmp_path, entry(response=twice)).exchanges
    assert {"id": 1} == exchange.response.body.value


@pytest.mark.parametrize(
    "post",
    [
        None,
        {"mimeType": "application/json"},
        {"mimeType": "multipart/form-data; boundary=x", "params": [{"name": "f", "fileName": "a.txt"}]},
    ],
)
def test_bodies_of_requests_that_the_file_leaves_out_are_counted(
    post: dict[str, Any] | None, tmp_path: Path
) -> None:
    without = entry(method="POST", request={"bodySize": 31, "postData": post})
    made = import_har(written(tmp_path, without, entry()), ACME, scenario="x")
    assert "Requests whose body is not in the file: 1." in str(made)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda file: file.decode().encode("utf-16")])
def test_a_file_may_be_packed_or_in_utf_16(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    file = written(tmp_path, entry())
    file.write_bytes(pack(file.read_bytes()))
    assert 1 == len(import_har(file, ACME, scenario="x").cassette.exchanges)


def test_an_entry_that_cannot_be_read_does_not_spoil_the_others(tmp_path: Path) -> None:
    made = import_har(
        written(tmp_path, entry(), {"request": None}, entry(request={"headers": {"a": "b"}})),
        ACME,
        scenario="x",
    )
    assert 1 == len(made.cassette.exchanges)
    assert "Left out: 2 requests that cannot be read." in str(made)


@pytest.mark.parametrize("at", [
    None, "", "yesterday", "Thu Mar 01 2026 09:00:00 GMT+0100 (CET)", 1772355600123, 10**400, -1e300,
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999999Z",
])  # fmt: skip
def test_a_time_in_words_is_no_reason_to_fail(at: object, tmp_path: Path) -> None:
    assert 1 == len(imported(tmp_path, entry() | {"startedDateTime": at}).exchanges)


def test_a_query_stands_in_the_address_or_beside_it(tmp_path: Path) -> None:
    one = entry("/x?b=2&a=1&a=3")
    other = entry("/x", request={"queryString": [*pairs(a="1"), *pairs(a="3"), *pairs(b="2")]})
    exchanges = imported(tmp_path, one, other).exchanges
    assert {"a": ["1", "3"], "b": "2"} == exchanges[0].request.query == exchanges[1].request.query


def test_bodies_that_the_file_leaves_out_are_counted(tmp_path: Path) -> None:
    made = import_har(
        written(tmp_path, entry(response={"content": {"size": 99, "mimeType": "text/html"}})),
        ACME,
        scenario="x",
    )
    assert made.cassette.exchanges[0].response.body is None
    assert "whose body is not in the file: 1." in str(made)


def test_entries_come_in_the_order_in_which_they_left(tmp_path: Path) -> None:
    made = imported(
        tmp_path, entry("/b", at="2026-03-01T10:00:00Z"), entry("/a", at="2026-03-01T10:30:00+01:00")
    )
    assert [f"{HOST}/a", f"{HOST}/b"] == [each.request.url for each in made.exchanges]
    assert "2026-03-01T09:30:00" == made.header.recorded_at.isoformat()[:19]


@pytest.mark.parametrize(
    "changes",
    [
        {"startedDateTime": None},
        {"request": {"method": "GET", "url": f"{HOST}/x"}},
        {"request": {"method": "POST", "url": f"{HOST}/x", "postData": {"mimeType": "multipart/form-data; boundary=x", "params": [{"name": "f", "fileName": "a"}]}}},
        {"response": {"status": 204, "content": {}}},
        {"response": {"status": 204, "headers": None, "content": None}},
        {"request": {"method": "GET", "url": f"{HOST}/x", "headers": [{"name": "a", "value": None}, {"name": "b", "value": 7}], "queryString": None, "postData": None}},
        {"response": {"status": 200, "content": {"text": "no base64 at all!", "encoding": "base64", "mimeType": "text/plain"}}},
        {"response": {"status": 200, "headers": [{"name": "", "value": ""}], "content": {"mimeType": None}}},
    ],
    ids=str,
)  # fmt: skip
def test_what_programs_leave_out_is_no_reason_to_fail(changes: dict[str, Any], tmp_path: Path) -> None:
    assert 1 == len(imported(tmp_path, {**entry(), **changes}).exchanges)


# -- what is none --


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "is no HAR file"),
        (b'{"log": {}}', r"log\.entries"),
        (b'{"log": {"entries": [{"request": 1}]}}', r"entries\.0\.request"),
        (b'{"log": {"entries": []}}', "No request in .* is to acme"),
    ],
)
def test_what_is_no_har_file_is_told_in_a_sentence(content: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "bad.har").write_bytes(content)
    with pytest.raises(RecordingError, match=why):
        import_har(tmp_path / "bad.har", ACME, scenario="x")


def test_a_file_that_is_not_there_or_of_others_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be read"):
        import_har(tmp_path / "none.har", ACME, scenario="x")
    with pytest.raises(RecordingError, match=r"it is of cdn\.example"):
        imported(tmp_path, entry(host="https://cdn.example"))
    with pytest.raises(RecordingError, match="cannot name a recording"):
        import_har(written(tmp_path, entry()), ACME, scenario="../x")


def test_nothing_is_written_over_unasked(tmp_path: Path) -> None:
    file = written(tmp_path, entry())
    import_har(file, ACME, scenario="x")
    with pytest.raises(RecordingError, match="There is a recording acme/x already"):
        import_har(file, ACME, scenario="x")
    fixture = tmp_path / "fixtures" / "acme" / "saved.json"
    fixture.parent.mkdir(parents=True)
    fixture.write_text("{}")
    with pytest.raises(RecordingError, match="There is a recording acme/saved already"):
        import_har(file, ACME, scenario="saved")
    assert import_har(file, ACME, scenario="x", replace=True).cassette.exchanges


# -- what is told of it --


def test_what_came_of_a_file_is_told_line_by_line(tmp_path: Path) -> None:
    others = [entry(host=f"https://{name}.example") for name in "abbcccdefgg"]
    left_out = [entry(method="options"), entry(method="OPTIONS"), entry(response={"status": 0}), entry(response={"status": 99}),
                entry(response={"status": 1000})]  # fmt: skip
    kept = [
        entry(response={"status": 100, "content": {"size": 1}}),
        entry(response={"status": 999, "content": {"size": 2}}),
        entry(response={"content": {"size": 0}}),
    ]
    made = import_har(
        written(tmp_path, *others, entry(host="http://[half"), *left_out, *kept), ACME, scenario="ticket"
    )
    assert [
        "acme/ticket: 3 requests imported, without secrets; pseudonyms stand for people.",
        "Left out: 12 requests to other hosts: c.example (3), b.example (2), g.example (2), a.example, d.example and 3 more.",
        "Left out: 3 requests without an answer.",
        "Left out: 2 requests that a browser sends by itself (OPTIONS).",
        "Answers whose body is not in the file: 2.",
        f"It is in {made.path}, which only you can read. See what was replaced, and take it into the project, with: "
        "appconnect review acme/ticket",
    ] == made.lines
    assert "\n".join(made.lines) == str(made) == repr(made)
    header = made.cassette.header
    assert ("live", True, "imported from a HAR file") == (header.recorded_from, header.people, header.note)


def test_what_is_left_out_of_nothing_is_not_told(tmp_path: Path) -> None:
    (first, last) = import_har(written(tmp_path, entry()), ACME, scenario="x").lines
    assert "acme/x: 1 request imported, without secrets; pseudonyms stand for people." == first
    assert last.startswith("It is in ")


def test_a_host_that_is_none_is_told_as_none(tmp_path: Path) -> None:
    with pytest.raises(
        RecordingError, match=r"^No request in .*some\.har is to acme; it is of no host \(2\), x\.example\.$"
    ):
        imported(tmp_path, entry(host="http://[half"), entry(host=""), entry(host="https://X.example"))


def test_a_file_without_answers_of_the_crm_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"^No request to acme in .*some\.har has an answer\.$"):
        imported(tmp_path, entry(method="OPTIONS"), entry(response={"status": 0}))


def test_more_than_half_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.har").open("wb") as file:
        file.truncate(512 * 1024 * 1024 + 1)
    with pytest.raises(RecordingError, match=r"large\.har is larger than 512 MB; export fewer requests\.$"):
        import_har(tmp_path / "large.har", ACME, scenario="x")


def test_a_file_that_is_too_large_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    size = written(tmp_path, entry()).stat().st_size
    monkeypatch.setattr(har_file, "MAX_BYTES", size - 1)
    with pytest.raises(RecordingError, match=r"some\.har is larger than 0 MB; export fewer requests\.$"):
        imported(tmp_path, entry())
    monkeypatch.setattr(har_file, "MAX_BYTES", size)
    assert 1 == len(imported(tmp_path, entry()).exchanges)


# -- how its parts are read --


def test_a_time_without_a_zone_is_utc_and_none_is_now(tmp_path: Path) -> None:
    made = imported(tmp_path, entry(at="2026-03-01T10:00:00"))
    assert "2026-03-01T10:00:00+00:00" == made.header.recorded_at.isoformat()
    made = import_har(written(tmp_path, {**entry(), "startedDateTime": None}), ACME, scenario="y").cassette
    assert made.header.recorded_at.year > 2025


def test_repeated_headers_are_joined_and_those_of_the_way_are_left_out(tmp_path: Path) -> None:
    asked = [*pairs(Accept="text/html", accept="application/json", Host="api.acme.test", Connection="close"),
             *pairs(content_length="3", accept_encoding="br"), {"value": "nameless"}, {"name": " "}]  # fmt: skip
    came = pairs(
        Content_Type="text/plain", transfer_encoding="chunked", content_length="3", content_encoding="br"
    )
    content = {"mimeType": "text/html", "text": "Yes"}
    (exchange,) = imported(
        tmp_path, entry(request={"headers": asked}, response={"headers": came, "content": content})
    ).exchanges
    assert {"accept": "text/html, application/json"} == exchange.request.headers
    assert {"content-type": "text/plain"} == exchange.response.headers


@pytest.mark.parametrize(
    ("posted", "header", "kind", "value"),
    [
        ({"mimeType": "application/json", "text": '{"a": 1}'}, "", "json", {"a": 1}),
        ({"text": '{"a": 1}'}, "application/json", "json", {"a": 1}),
        ({"mimeType": "text/plain", "text": '{"a": 1}'}, "application/json", "json", {"a": 1}),
        ({"text": "Yes"}, "", "text", "Yes"),
        ({"text": "WWVz", "encoding": "Base64"}, "", "text", "Yes"),
        ({"text": "WWVz", "_encoding": "base64"}, "", "text", "Yes"),
        ({"text": "iVBORw0K/w==", "encoding": "base64"}, "", "base64", "iVBORw0K/w=="),
        ({"mimeType": "text/plain", "text": "Yes!", "encoding": "base64"}, "", "text", "Yes!"),
        ({"params": [{"name": "a", "value": "1"}, {"name": "a"}]}, "", "form", {"a": ["1", ""]}),
        ({"mimeType": "multipart/form-data", "params": [{"name": "a", "value": "1"}]}, "", None, None),
        ({"mimeType": "text/plain", "text": "", "params": []}, "", None, None),
    ],
    ids=str,
)  # fmt: skip
def test_a_body_is_read_by_what_is_said_of_it(
    posted: dict[str, Any], header: str, kind: str | None, value: object, tmp_path: Path
) -> None:
    headers = pairs(content_type=header) if header else []
    (exchange,) = imported(
        tmp_path, entry(method="POST", request={"headers": headers, "postData": posted})
    ).exchanges
    body = exchange.request.body
    assert (kind, value) == ((body.kind, body.value) if body else (None, None))
    media = (
        header or posted.get("mimeType") or ("application/x-www-form-urlencoded" if kind == "form" else None)
    )
    assert (media if kind else header or None) == exchange.request.headers.get("content-type")


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        ({"mimeType": "text/html", "text": "Yes"}, {"content-type": "text/html"}),
        ({"mimeType": "text/html"}, {}),
        ({"text": "Yes"}, {}),
        ({"mimeType": "text/html", "text": ""}, {"content-type": "text/html"}),
    ],
    ids=str,
)
def test_the_kind_of_an_answer_is_that_of_its_content_where_there_is_some(
    content: dict[str, str], headers: dict[str, str], tmp_path: Path
) -> None:
    (exchange,) = imported(tmp_path, entry(response={"content": content})).exchanges
    assert headers == exchange.response.headers
    assert (content.get("text") or None) == (exchange.response.body and exchange.response.body.value)


def test_a_query_in_the_address_counts_and_what_is_beside_it_does_not(tmp_path: Path) -> None:
    (exchange,) = imported(tmp_path, entry("/x?b=&a=1#top", request={"queryString": pairs(c="3")})).exchanges
    assert ({"a": "1", "b": ""}, f"{HOST}/x") == (exchange.request.query, exchange.request.url)
