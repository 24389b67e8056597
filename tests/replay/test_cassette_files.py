"""Cassettes as files: written so that they review well, read with clear complaints."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appconnect.errors import CassetteCorrupt, CassetteMissing, RecordingError
from appconnect.http.bodies import Body
from appconnect.http.exchange import Request, Response
from appconnect.replay.cassette import Cassette, Header, RecordedExchange
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
