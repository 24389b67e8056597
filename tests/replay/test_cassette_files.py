"""Cassettes as files: written so that they review well, read with clear complaints."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appconnect.errors import CassetteCorrupt, CassetteMissing, RecordingError
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response
from appconnect.replay.cassette import Cassette, Header, RecordedExchange, installed_version
from appconnect.replay.paths import cassette_path

FIXTURES = Path(__file__).parents[2] / "fixtures"

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def cassette(*bodies, **header) -> Cassette:
    about = {"crm": "pipedrive", "scenario": "one", "recorded_from": "sandbox", "appconnect": "0.1.0"}
    return Cassette(
        header=Header(**{"recorded_at": NOON, **about, **header}),
        exchanges=[
            RecordedExchange(
                request=Request(method="GET", url=f"https://api.pipedrive.com/v1/{index}"),
                response=Response(status=200, body=body),
            )
            for index, body in enumerate(bodies)
        ],
    )


def test_a_saved_cassette_loads_as_it_was(tmp_path):
    path = cassette_path(tmp_path, "pipedrive", "one")
    saved = cassette(Body(kind="json", value={"name": "Zoë", "lone": "\ud800"}), None)
    saved.save(path)
    assert saved == Cassette.load(path)
    assert [path] == list(path.parent.iterdir())


def test_the_file_is_readable_and_keeps_the_order_of_json():
    text = cassette(Body(kind="json", value={"b": "é", "a": 1})).to_text()
    assert '            "b": "é",\n            "a": 1\n' in text
    assert ["header", "exchanges"] == list(json.loads(text))


def test_every_recording_of_the_project_is_saved_as_it_is(tmp_path):
    paths = [path for path in FIXTURES.glob("*/*.json") if path.parent.name != "bodies"]
    assert [] != paths
    for path in paths:
        copied = tmp_path / path.name
        Cassette.load(path).save(copied)
        assert path.read_bytes() == copied.read_bytes(), path


def test_what_is_in_a_file_has_its_place_there():
    body = Body(kind="form", value={"b": "2", "a": ["1", "3"]})
    request = Request(
        method="POST",
        url="https://x.example/",
        query={"q": "1"},
        headers={"accept": "*/*"},
        body=body,
        signed={"authorization"},
    )
    exchange = RecordedExchange(request=request, response=Response(status=204))
    [written] = json.loads(cassette().model_copy(update={"exchanges": [exchange]}).to_text())["exchanges"]
    assert {
        "request": {
            "method": "POST",
            "url": "https://x.example/",
            "query": {"q": "1"},
            "headers": {"accept": "*/*"},
            "body": {"form": {"a": ["1", "3"], "b": "2"}},
        },
        "response": {"status": 204},
    } == written
    assert ["a", "b"] == list(written["request"]["body"]["form"])


def test_a_missing_cassette_says_where_and_how_to_record(tmp_path):
    with pytest.raises(CassetteMissing) as caught:
        Cassette.load(tmp_path / "none.json", how_to_record='call connect("pipedrive", record="none")')
    told = f'There is no recording at {tmp_path}/none.json: call connect("pipedrive", record="none").'
    assert told == caught.value.message


def test_a_missing_cassette_names_those_there_are(tmp_path):
    for name in ("walkthrough", "limits"):
        (tmp_path / f"{name}.json").touch()
    with pytest.raises(
        CassetteMissing, match=r"\(recorded scenarios of .+: limits, walkthrough\): record it"
    ):
        Cassette.load(tmp_path / "none.json")


def test_broken_json_is_named_by_line_and_column(tmp_path):
    path = tmp_path / "broken.json"
    path.write_text('{"header":\n  oops}')
    with pytest.raises(CassetteCorrupt, match="is not JSON at line 2, column 3"):
        Cassette.load(path)


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (
            lambda document: document["exchanges"][1]["response"].update(status="many"),
            r"exchanges\[1\].response.status",
        ),
        (lambda document: document["exchanges"][0]["request"].pop("url"), r"exchanges\[0\].request.url"),
        (
            lambda document: document["exchanges"][0]["response"].update(body={"xml": ""}),
            r"response.body: a body has",
        ),
        (
            lambda document: document["exchanges"][0]["response"].update(body={"base64": "?"}),
            r"response.body",
        ),
        (lambda document: document["header"].update(recorded_at="yesterday"), r"header.recorded_at"),
        (lambda document: document.pop("header"), r"header"),
        (
            lambda document: document["exchanges"][1].pop("response"),
            r"exchanges\[1\].response: field required",
        ),
    ],
)
def test_a_damaged_cassette_names_the_exchange_and_field(tmp_path, spoil, place):
    path = tmp_path / "damaged.json"
    document = json.loads(cassette(None, None).to_text())
    spoil(document)
    path.write_text(json.dumps(document))
    with pytest.raises(CassetteCorrupt, match=place):
        Cassette.load(path)


def test_a_cassette_of_a_newer_format_asks_for_an_update(tmp_path):
    path = tmp_path / "newer.json"
    cassette(format=2).save(path)
    with pytest.raises(CassetteCorrupt, match="update appconnect"):
        Cassette.load(path)


@pytest.mark.parametrize("name", ["../etc", "a/b", "", ".", "..", "a.json", "a\\b", "a\n", "-a", "é"])
def test_a_scenario_name_cannot_leave_its_folder(tmp_path, name):
    for crm, scenario in ((name, "one"), ("pipedrive", name)):
        with pytest.raises(RecordingError, match="cannot name a recording"):
            cassette_path(tmp_path, crm, scenario)


def test_a_failed_save_leaves_the_old_file_alone(tmp_path, monkeypatch):
    path = tmp_path / "one.json"
    cassette(None).save(path)
    before = path.read_text()
    monkeypatch.setattr(Cassette, "to_text", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        cassette(None, None).save(path)
    assert before == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_a_fresh_recording_is_not_stale():
    assert [] == cassette().stale_reasons(NOON + timedelta(days=1), version="0.1.0")


def test_a_stale_recording_says_why():
    reasons = cassette(format=0).stale_reasons(NOON + timedelta(days=400), version="0.2.0")
    assert [
        "it was recorded 400 days ago, on 2026-01-02",
        "its file format is 0, the current one is 1",
        "it was recorded with appconnect 0.1.0, this is 0.2.0",
    ] == reasons


def test_a_recording_is_not_stale_on_its_last_day_nor_at_its_first_moment():
    limit = timedelta(days=180)
    assert [[], []] == [
        cassette().stale_reasons(NOON + age, version="0.1.0") for age in (limit, timedelta(0))
    ]
    told = cassette().stale_reasons(NOON + limit + timedelta(seconds=1), version="0.1.0")
    assert ["it was recorded 180 days ago, on 2026-01-02"] == told
    told = cassette().stale_reasons(NOON + timedelta(hours=2), version="0.1.0", max_age=timedelta(hours=1))
    assert ["it was recorded 0 days ago, on 2026-01-02"] == told


def test_a_recording_of_the_future_says_so():
    told = cassette().stale_reasons(NOON - timedelta(seconds=1), version="0.1.0")
    assert ["it says it was recorded in the future, on 2026-01-02"] == told


def test_a_recording_is_compared_with_the_version_that_runs():
    mine = installed_version()
    assert [] == cassette(appconnect=mine).stale_reasons(NOON)
    assert [f"it was recorded with appconnect none, this is {mine}"] == cassette(
        appconnect="none"
    ).stale_reasons(NOON)


@pytest.mark.parametrize("read", [Cassette.load, Cassette.open], ids=["load", "open"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff{}", "cannot be read (byte 0 is not UTF-8)."),
        (b'{"a": "\xff"}', "cannot be read (byte 7 is not UTF-8)."),
        (b"[" * 100_000, "is not JSON that can be read."),
        (b'{"header": 1,}', "is not JSON at line 1, column 14: "),
        (b"[]", "is damaged: the file: input should be "),
        (b"{}", "is damaged: header: field required."),
        (b'{"header": {"crm": "x"}, "exchanges": []}', "is damaged: header.scenario: field required."),
        (b'{"header": {}, "exchanges": {}}', "is damaged: header.crm: field required."),
    ],
    ids=["byte", "later byte", "depth", "comma", "list", "empty", "header", "exchanges"],
)
def test_what_is_no_recording_is_told_with_its_place(tmp_path, content, told, read):
    path = tmp_path / "some.json"
    path.write_bytes(content)
    with pytest.raises(CassetteCorrupt) as caught:
        read(path)
    assert caught.value.message.startswith(f"The recording {path} {told}")


@pytest.mark.parametrize("read", [Cassette.load, Cassette.open], ids=["load", "open"])
def test_a_folder_is_no_recording_and_none_is_missing(tmp_path, read):
    with pytest.raises(CassetteCorrupt, match=r"cannot be read \(is a directory\)\.$"):
        read(tmp_path)
    with pytest.raises(
        CassetteMissing, match=r": record it first, in record mode against the sandbox or the live CRM\.$"
    ):
        read(tmp_path / "none.json")


def test_a_recording_that_is_opened_is_the_one_that_was_saved(tmp_path):
    saved = cassette(Body(kind="json", value=[1]), None, Body(kind="text", value="x"))
    saved.save(tmp_path / "one.json")
    opened = Cassette.open(tmp_path / "one.json")
    assert (saved.name, saved.header) == (opened.name, opened.header)
    assert list(saved.exchanges) == list(opened.exchanges) == opened.exchanges[:]
    assert saved.exchanges[1:] == opened.exchanges[1:]
    assert (saved.exchanges[-1], saved.exchanges[::-2]) == (opened.exchanges[-1], opened.exchanges[::-2])
    with pytest.raises(IndexError):
        opened.exchanges[3]


def test_only_a_private_recording_is_closed_to_others(tmp_path):
    shared, private = (cassette_path(tmp_path / name, "acme", "one") for name in ("shared", "private"))
    cassette(None).save(shared)
    cassette(None).save(private, private=True)
    assert [0o644, 0o600] == [each.stat().st_mode & 0o777 for each in (shared, private)]
    assert [0o700, 0o700] == [each.stat().st_mode & 0o777 for each in (private.parent, private.parent.parent)]


def test_what_is_empty_is_not_written():
    assert ["header", "exchanges"] == list(json.loads(cassette().to_text()))
    setup = {"settings": {}, "options": {"a": "b"}, "plan": ""}
    when = {"name": "sign_in", "at": NOON, "arguments": {}, "exchanges": []}
    made = Cassette.model_validate({**cassette().model_dump(), "setup": setup, "operations": [when]})
    written = json.loads(made.to_text())
    assert ["header", "setup", "operations", "exchanges"] == list(written)
    assert {"options": {"a": "b"}} == written["setup"]
    assert [{"name": "sign_in", "at": "2026-01-02T12:00:00Z"}] == written["operations"]
    assert made == Cassette.model_validate(written)


@pytest.mark.parametrize("place", ["header", "setup", "operations", "exchanges"])
def test_a_word_that_nobody_knows_is_told(tmp_path, place):
    document = json.loads(cassette(None).to_text())
    when = {"name": "sign_in", "at": "2026-01-02T12:00:00Z"}
    document |= {"setup": {"plan": "tiny"}, "operations": [when]}
    part = document[place][0] if isinstance(document[place], list) else document[place]
    part["extra"] = 1
    (tmp_path / "one.json").write_text(json.dumps(document))
    with pytest.raises(CassetteCorrupt, match=rf"{place}(\[0\])?\.extra: extra inputs are not permitted\.$"):
        Cassette.load(tmp_path / "one.json")
