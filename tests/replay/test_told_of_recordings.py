"""What recordings, replays and HAR files tell people, to the letter, and what stands in them unless it is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from acme import REDACTION, acme

from appconnect.errors import CassetteCorrupt, CassetteMissing, NoMatch, RecordingError
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response
from appconnect.redaction import RedactionRules
from appconnect.replay.cassette import Cassette, Header, RecordedOperation, Setup
from appconnect.replay.exchanges import RecordedExchange, UnreadExchanges
from appconnect.replay.har import Entry, message_of
from appconnect.replay.matching import canonical, request_differences
from appconnect.replay.paths import cassette_path
from appconnect.replay.review import Review
from appconnect.replay.transport import RecordingTransport, ReplayTransport
from appconnect.workbench import import_har

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
API = "https://api.acme.test"
HEADER = Header(crm="acme", scenario="one", recorded_from="sandbox", recorded_at=NOON, appconnect="1")


def cassette(*exchanges: tuple[Request, Response], **parts: Any) -> Cassette:
    made = [RecordedExchange(request=asked, response=came) for asked, came in exchanges]
    return Cassette(header=HEADER, exchanges=made, **parts)


def get(path: str = "/x", **query: str) -> Request:
    return Request(method="GET", url=f"{API}{path}", query=query)


# -- a recording --


def test_what_a_recording_does_not_say() -> None:
    assert HEADER == HEADER.model_copy(update={"format": 1, "people": False, "note": ""})
    assert RecordedOperation(name="log_call", at=NOON) == RecordedOperation(
        name="log_call",
        at=NOON,
        arguments={},
        succeeded=True,
        message="",
        error="",
        result=None,
        exchanges=[],
    )
    assert Setup() == Setup(settings={}, options={}, plan="")
    assert cassette() == Cassette(header=HEADER, setup=Setup(), operations=[], exchanges=[])
    assert [] == Cassette(header=HEADER).exchanges
    with pytest.raises(ValueError, match="frozen"):
        HEADER.crm = "other"  # type: ignore[misc]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "acme").write_text("")
    path = cassette_path(tmp_path, "acme", "one")
    for private in (False, True):
        with pytest.raises(RecordingError) as caught:
            cassette().save(path, private=private)
        assert caught.value.message in (
            f"The recording {path} cannot be written (file exists).",
            f"The recording {path} cannot be written (not a directory).",
        )


@pytest.mark.parametrize(
    ("name", "is_one"), [("a" * 100, True), ("a" * 101, False), ("_a", False), ("A_-1", True)]
)
def test_a_recording_s_name_is_a_hundred_letters_at_most(name: str, is_one: bool, tmp_path: Path) -> None:
    if is_one:
        assert tmp_path / "acme" / f"{name}.json" == cassette_path(tmp_path, "acme", name)
        return
    with pytest.raises(RecordingError) as caught:
        cassette_path(tmp_path, "acme", name)
    told = f"'{name}' cannot name a recording: use letters, digits, hyphens and underscores only."
    assert told == caught.value.message


def test_a_recording_of_a_newer_format_is_told(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    cassette().model_copy(update={"header": HEADER.model_copy(update={"format": 2})}).save(path)
    for read in (Cassette.load, Cassette.open):
        with pytest.raises(CassetteCorrupt) as caught:
            read(path)
        told = (
            f"The recording {path} has file format 2, but this appconnect reads up to 1: update appconnect."
        )
        assert told == caught.value.message


def test_a_recording_that_is_missing_is_told_with_those_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    for name in ("two", "one"):
        (folder / f"{name}.json").touch()
    for read in (Cassette.load, Cassette.open):
        with pytest.raises(CassetteMissing) as caught:
            read(folder / "none.json", how_to_record="Do this")
        told = f"There is no recording at {folder}/none.json (recorded scenarios of acme: one, two): Do this."
        assert told == caught.value.message


GOOD: dict[str, Any] = {"request": {"method": "GET", "url": API}, "response": {"status": 200}}


def opened(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Cassette:
    document = json.loads(cassette((get(), Response(status=200))).to_text())
    change(document["exchanges"][0])
    path = tmp_path / "one.json"
    path.write_text(json.dumps(document))
    return Cassette.open(path)


@pytest.mark.parametrize(
    "part",
    [
        {"response": {"status": 100}},
        {"response": {"status": 999, "headers": {}, "body": {"text": ["a", "b"]}}},
        {"request": {**GOOD["request"], "query": {"a": ["1"]}, "headers": {"a": "b"}, "body": {"json": None}}},
        {"request": {**GOOD["request"], "body": {"form": {"a": "1"}}}},
        {"request": {**GOOD["request"], "body": {"base64": "AA=="}}},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_whole_is_opened(part: dict[str, Any], tmp_path: Path) -> None:
    made = opened(tmp_path, lambda each: each.update(part))
    assert (
        RecordedExchange.model_validate({**GOOD, "request": get().model_dump(), **part}) == made.exchanges[0]
    )


@pytest.mark.parametrize(
    "part",
    [
        {"response": {"status": 99}},
        {"response": {"status": 1000}},
        {"response": {"status": True}},
        {"response": {}},
        {"response": []},
        {"response": {"status": 200, "headers": []}},
        {"response": {"status": 200, "body": []}},
        {"response": {"status": 200, "body": {}}},
        {"response": {"status": 200, "body": {"json": 1, "text": ""}}},
        {"response": {"status": 200, "url": ""}},
        {"request": {"method": 7, "url": API}},
        {"request": {"method": "GET", "url": 7}},
        {"request": {"method": "GET", "url": API, "query": []}},
        {"request": {"method": "GET", "url": API, "body": {"form": ["a"]}}},
        {"request": {"method": "GET", "url": API, "body": {"base64": "?"}}},
        {"request": {"method": "GET", "url": API, "status": 200}},
        {"third": {}},
    ],
    ids=str,
)
def test_what_is_damaged_is_told_as_it_is_opened(part: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(CassetteCorrupt):
        opened(tmp_path, lambda each: each.update(part))


def test_exchanges_of_which_one_is_damaged_are_none() -> None:
    for written in ([GOOD, {}], {}, "text"):
        with pytest.raises(ValueError, match=r"^an exchange is damaged$"):
            UnreadExchanges(written, lambda number, each: RecordedExchange.model_validate(each))


# -- recording and replaying --


def recording(path: Path, *, people: bool = False, **answer: Any) -> RecordingTransport:
    return RecordingTransport(
        httpx.MockTransport(lambda request: httpx.Response(200, **answer)), path,
        crm="acme", scenario="one", recorded_from="live", clock=lambda: NOON, people=people,
    )  # fmt: skip


async def test_a_recording_is_neither_of_people_nor_has_it_a_note_unless_it_is_said(tmp_path: Path) -> None:
    transport = RecordingTransport(
        httpx.MockTransport(lambda request: httpx.Response(204)), tmp_path / "one.json",
        crm="acme", scenario="one", recorded_from="sandbox", clock=lambda: NOON,
    )  # fmt: skip
    await transport.handle_async_request(httpx.Request("GET", API))
    header = transport.save().header
    assert (False, "", "sandbox", NOON) == (
        header.people,
        header.note,
        header.recorded_from,
        header.recorded_at,
    )
    assert 0o644 == (tmp_path / "one.json").stat().st_mode & 0o777


async def test_where_a_recording_of_people_waits_is_told(tmp_path: Path) -> None:
    path = tmp_path / "acme" / "one.json"
    transport = recording(path, people=True)
    assert "Nothing was recorded." == transport.how_to_review()
    await transport.handle_async_request(httpx.Request("GET", API))
    await transport.aclose()
    assert 0o600 == path.stat().st_mode & 0o777
    assert (
        f"The recording is in {path}, which only you can read. See what was replaced in it, and take it into the "
        "project, with: appconnect review acme/one"
    ) == transport.how_to_review()


async def test_how_an_answer_travelled_is_not_passed_on(tmp_path: Path) -> None:
    headers = {"Transfer-Encoding": "chunked", "Content-Length": "99", "X-A": "1"}
    transport = recording(tmp_path / "one.json", headers=headers, content=b"abc")
    answer = await transport.handle_async_request(httpx.Request("GET", API))
    assert [("x-a", "1"), ("content-length", "3")] == answer.headers.multi_items()


async def test_closing_closes_what_is_behind_also_where_nothing_can_be_saved(tmp_path: Path) -> None:
    closed: list[str] = []

    class Inner(httpx.MockTransport):
        async def aclose(self) -> None:
            closed.append("closed")

    (tmp_path / "acme").write_text("")
    transport = recording(tmp_path / "acme" / "one.json")
    transport._inner = Inner(lambda request: httpx.Response(200))
    await transport.handle_async_request(httpx.Request("GET", API))
    with pytest.raises(RecordingError):
        await transport.aclose()
    assert ["closed"] == closed


async def unmatched(made: Cassette, request: httpx.Request, times: int = 1, **how: str) -> str:
    transport = ReplayTransport(made, **how)
    for _ in range(times - 1):
        await transport.handle_async_request(request)
    with pytest.raises(NoMatch) as caught:
        await transport.handle_async_request(request)
    return caught.value.message


AGAIN = "Record the scenario again if the new request is right."


async def test_what_has_no_recording_is_told_with_what_is_near() -> None:
    ok = Response(status=200)
    asked = httpx.Request("GET", f"{API}/x")
    assert f"GET {API}/x has no recording: acme/one is empty. {AGAIN}" == await unmatched(cassette(), asked)
    told = f"GET {API}/x was recorded once in acme/one, and is now asked for once more. {AGAIN}"
    assert told == await unmatched(cassette((get(), ok)), asked, 2)
    told = f"GET {API}/x was recorded 2 times in acme/one, and is now asked for once more. Do this."
    assert told == await unmatched(cassette((get(), ok), (get(), ok)), asked, 3, how_to_record="Do this")
    three = cassette((get("/x", a="1", b="2", c="3"), ok))
    told = (
        f"GET {API}/x has no recording in acme/one; the nearest is GET {API}/x "
        f'(query.a: recorded "1", sent nothing; query.b: recorded "2", sent nothing; query.c: recorded "3", sent nothing). {AGAIN}'
    )
    assert told == await unmatched(three, asked)
    five = cassette((get("/x", a="1", b="2", c="3", d="4", e="5"), ok))
    assert told.replace("). ", "; and 2 more). ") == await unmatched(five, asked)


async def test_how_much_of_a_recording_was_used_is_told() -> None:
    ok = Response(status=200)
    transport = ReplayTransport(cassette((get("/a"), ok), (get("/b"), ok), (get("/b"), ok), (get("/c"), ok)))
    await transport.handle_async_request(httpx.Request("GET", f"{API}/a"))
    told = f"1 of 4 recorded exchanges of acme/one were used; unused: GET {API}/b (2 times), GET {API}/c."
    assert told == transport.report()
    with pytest.raises(RecordingError) as caught:
        transport.assert_all_used()
    assert told == caught.value.message
    assert transport.cassette.header is HEADER


async def test_what_a_sign_in_repeats_is_written_as_its_place_needs_it() -> None:
    page = Response(
        status=200, headers={"content-type": "text/html", "location": "<redirect_uri>?state=<state>"},
        body=Body(kind="text", value='<a href="<redirect_uri>"><state></a>'),
    )  # fmt: skip
    asked = Request(
        method="GET", url=f"{API}/x", query={"state": "<state>", "redirect_uri": "<redirect_uri>"}
    )
    transport = ReplayTransport(cassette((asked, page)))
    params = {"state": "a&b/<c>", "redirect_uri": "http://127.0.0.1:1/cb"}
    answer = await transport.handle_async_request(httpx.Request("GET", f"{API}/x", params=params))
    assert '<a href="http://127.0.0.1:1/cb">a&amp;b/&lt;c&gt;</a>' == answer.text
    assert "http://127.0.0.1:1/cb?state=a%26b%2F%3Cc%3E" == answer.headers["location"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.test:80/x", "http://a.test/x", True),
        ("https://a.test:443/x", "HTTPS://A.test/x", True),
        ("https://a.test:80/x", "https://a.test/x", False),
        ("http://a.test:443/x", "http://a.test/x", False),
        ("http://a.test/x", "https://a.test/x", False),
        ("https://a.test/X", "https://a.test/x", False),
    ],
)
def test_an_address_is_the_same_with_its_scheme_s_own_port(one: str, other: str, same: bool) -> None:
    asked = [Request(method="GET", url=each) for each in (one, other)]
    assert same == (canonical(asked[0]) == canonical(asked[1]))
    assert ([] if same else [f"path: recorded {one}, sent {other}"]) == request_differences(*asked)


# -- what a person reads before it is shared --


def test_a_review_tells_everything_that_is_in_a_recording() -> None:
    asked = Request(method="DELETE", url=f"{API}/x", query={"page": "2"})
    came = Response(
        status=418, headers={"x-kind": "weekly"}, body=Body(kind="json", value={"memo": "y" * 61, "n": 7})
    )
    made = cassette(
        (asked, came), setup={"settings": {"team": "blue"}},
        operations=[RecordedOperation(name="log_call", at=NOON, arguments={"note": "Call me"}, result={"said": "It is done"})],
    )  # fmt: skip
    assert [
        "acme/one: 1 requests, recorded 2026-01-02 12:00",
        "Replaced by pseudonyms:",
        "  nothing",
        "Kept, for the connector reads them in addresses and headers:",
        "  headers.x-kind, 1: weekly",
        f"  url, 1: {API}/x",
        "Kept, for they are numbers or dates:",
        "  n, 1: 7",
        "  page, 1: 2",
        "Texts that remain; read these:",
        f"  memo, 1: {'y' * 59}…",
        "  note, 1: Call me",
        "  said, 1: It is done",
        "  team, 1: blue",
    ] == sorted_kept(list(Review(made, RedactionRules()).lines()))


def sorted_kept(lines: list[str]) -> list[str]:
    """The groups of what was kept in the order of their headings, for they are told as they are met."""
    groups: list[list[str]] = []
    for line in lines:
        if not line.startswith("  "):
            groups.append([])
        groups[-1].append(line)
    first, replaced, *kept, texts = groups
    return [line for group in (first, replaced, *sorted(kept), texts) for line in group]


# -- HAR files --


def har_entry(**parts: Any) -> dict[str, Any]:
    return {"request": {"method": "GET", "url": f"{API}/x"}, "response": {"status": 200}, **parts}


def written(tmp_path: Path, *entries: object) -> Path:
    file = tmp_path / "some.har"
    file.write_text(json.dumps({"log": {"entries": list(entries)}}))
    return file


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))


@pytest.mark.parametrize("parts", [{"response": None}, {"response": {}}], ids=str)
def test_an_entry_that_has_no_answer_is_counted_as_one(parts: dict[str, Any], tmp_path: Path) -> None:
    lost = har_entry(**parts)
    if parts["response"] is None:
        del lost["response"]
    made = import_har(written(tmp_path, lost, har_entry()), acme(REDACTION), scenario="x")
    assert "Left out: 1 request without an answer." in made.lines
    assert (0, -1, None) == (
        Entry.model_validate(lost).response.status,
        Entry.model_validate(lost).request.size,
        Entry.model_validate(lost).request.post_data,
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", " is no HAR file: it is not JSON in UTF-8 or UTF-16 that can be read."),
        (b"[" * 100_000, " is no HAR file: it is not JSON in UTF-8 or UTF-16 that can be read."),
        (b'{"log": {}}', " is no HAR file: log.entries: field required."),
        (b'{"log": {"entries": 7}}', " is no HAR file: log.entries: input should be a valid list."),
        (b'{"log": {"entries": [{}, {"request": 1}]}}', " is no HAR file: log.entries.0.request: field required."),
    ],
)  # fmt: skip
def test_what_is_no_har_file_is_told(content: bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.har"
    file.write_bytes(content)
    with pytest.raises(RecordingError) as caught:
        import_har(file, acme(REDACTION), scenario="x")
    assert f"{file}{told}" == caught.value.message


def test_a_har_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as caught:
        import_har(tmp_path / "none.har", acme(REDACTION), scenario="x")
    assert f"{tmp_path}/none.har cannot be read (no such file or directory)." == caught.value.message


@pytest.mark.parametrize(
    ("text", "size", "value"),
    [
        ('"naïve: 1"', 5, "naïve: 1"),
        ("eyJhIjoxfQ==", 7, {"a": 1}),
        ("eyJhIjoxfQ==", 8, None),
        (' {"a": 1}', 1, {"a": 1}),
        ("[1]", 1, [1]),
    ],
)
def test_json_in_base64_is_known_by_its_size(text: str, size: int, value: object, tmp_path: Path) -> None:
    posted = {"mimeType": "Application/JSON", "text": text}
    request = {"method": "POST", "url": API, "bodySize": size, "postData": posted}
    (exchange,) = import_har(
        written(tmp_path, har_entry(request=request)), acme(REDACTION), scenario="x"
    ).cassette.exchanges
    assert exchange.request.body is not None
    assert (text if value is None else value) == exchange.request.body.data


def test_what_no_charset_can_write_is_read_all_the_same(tmp_path: Path) -> None:
    content = {"mimeType": "text/plain; charset=latin-1", "text": "half \ud800 of 李"}
    answer = har_entry(response={"status": 200, "content": content})
    (exchange,) = import_har(written(tmp_path, answer), acme(REDACTION), scenario="x").cassette.exchanges
    assert exchange.response.body is not None
    assert "half \\ud800" in str(exchange.response.body.value)


def test_what_has_no_time_comes_before_what_has_one(tmp_path: Path) -> None:
    entries = [
        har_entry(startedDateTime="2026-03-01T10:00:00+01:00"),
        har_entry(request={"method": "GET", "url": f"{API}/y"}),
    ]
    made = import_har(written(tmp_path, *entries), acme(REDACTION), scenario="x").cassette
    assert [f"{API}/y", f"{API}/x"] == [each.request.url for each in made.exchanges]


def test_a_fault_of_a_har_file_does_not_show_what_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="headers") as caught:
        Entry.model_validate(har_entry(request={"method": "GET", "url": API, "headers": "s3cret"}))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("parts", "lacks_body", "lacks_sent_body"),
    [
        ({}, False, False),
        ({"response": {"content": {"size": 0.5}}}, True, False),
        ({"response": {"content": {"size": 9, "text": ""}}}, False, False),
        ({"request": {"bodySize": 1}}, False, True),
        ({"request": {"bodySize": 0}}, False, False),
        ({"request": {"bodySize": 1, "postData": {"text": "a"}}}, False, False),
        ({"request": {"bodySize": 1, "postData": {"text": ""}}}, False, True),
        ({"request": {"bodySize": 0, "postData": {"text": ""}}}, False, False),
        ({"request": {"bodySize": 1, "postData": {"params": [{"name": "a"}]}}}, False, False),
        ({"request": {"postData": {"mimeType": "multipart/form-data", "params": [{"name": "a"}]}}}, False, True),
        ({"request": {"postData": {"mimeType": "multipart/form-data", "params": []}}}, False, False),
    ],
    ids=str,
)  # fmt: skip
def test_a_body_that_the_file_leaves_out_is_lacking(
    parts: dict[str, Any], lacks_body: bool, lacks_sent_body: bool
) -> None:
    base = har_entry()
    entry = Entry.model_validate({name: {**base[name], **parts.get(name, {})} for name in base})
    assert (lacks_body, lacks_sent_body) == (entry.lacks_body, entry.lacks_sent_body)


@pytest.mark.parametrize(
    ("url", "method", "status", "is_one"),
    [
        (f"{API}/x", "GET", 200, True),
        ("HTTP://api.acme.test/x", "get", 200, True),
        (f"{API}/x", "connect", 200, False),
        (f"{API}/x", "GET", 101, False),
        (f"{API}/x", "GET", 102, True),
        ("ws://api.acme.test/x", "GET", 200, False),
    ],
)
def test_an_exchange_is_told_from_a_tunnel(url: str, method: str, status: int, is_one: bool) -> None:
    entry = har_entry(request={"method": method, "url": url}, response={"status": status})
    assert is_one is Entry.model_validate(entry).is_exchange


def test_what_was_signed_is_known_but_of_a_sign_in(tmp_path: Path) -> None:
    """What signs is masked; of a sign-in nothing is known, and every header that nobody knows is."""
    headers = [
        {"name": "Authorization", "value": "Bearer abcdef0123456789abcdef"},
        {"name": "X-Kind", "value": "weekly"},
    ]
    paths = ("/v1/people", "/login/v1/people/7", "/v1/people/login", "/v1/login/7")
    entries = [har_entry(request={"method": "GET", "url": API + path, "headers": headers}) for path in paths]
    keeping = acme(replace(REDACTION, kept_headers=("X-Kind",)))
    made = import_har(written(tmp_path, *entries), keeping, scenario="x").cassette
    assert ["weekly", "weekly", "<x-kind>", "<x-kind>"] == [
        each.request.headers["x-kind"] for each in made.exchanges
    ]


def test_headers_that_repeat_something_or_tell_how_a_body_travelled_are_left_out() -> None:
    def headers(*names: str) -> list[dict[str, str]]:
        return [{"name": name, "value": "1"} for name in names]

    asked = headers("Host", "Connection", "Content-Length", "Accept-Encoding", "X-A", ":path", " X-A ")
    came = headers("Content-Encoding", "Content-Length", "Transfer-Encoding", "Connection", "Host", "X-B")
    entry = har_entry(
        request={"method": "get", "url": API, "headers": asked}, response={"status": 200, "headers": came}
    )
    message = message_of(Entry.model_validate(entry))
    assert ("GET", {"x-a": "1, 1"}) == (message.request.method, message.request.headers)
    assert {"connection": "1", "host": "1", "x-b": "1"} == message.response.headers


def test_a_message_of_a_har_file_hides_its_answer() -> None:
    message = message_of(Entry.model_validate(har_entry()))
    assert "response" not in repr(message)
