"""A whole scenario in each CRM, recorded from the sandbox and played back without any network."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import NoReturn

import pytest
from workbench_steps import CRMS, options_of, secrets_of, walk

from appconnect.errors import NoMatch
from appconnect.http.exchange import Request
from appconnect.models import JsonObject
from appconnect.replay.cassette import Cassette
from appconnect.replay.matching import canonical, name_of
from appconnect.workbench import Workbench, connect


def _no_network(*_: object, **__: object) -> NoReturn:
    raise AssertionError("a replay opened a socket")


class Scenario:
    """Recorded in a fixtures folder of its own."""

    def __init__(self, crm: str, folder: Path) -> None:
        self.crm, self.path = crm, folder / crm / "walkthrough.json"
        self.results: list[JsonObject] = []
        self.secrets: set[str] = set()

    async def record(self) -> None:
        workbench = self.workbench("sandbox", record=True)
        walked = await walk(workbench)
        assert [None] * 10 == [result.error for result in walked]
        self.results = [result.to_wire() for result in walked]
        self.secrets = secrets_of(workbench)
        await workbench.close()

    def workbench(self, mode: str, *, record: bool = False) -> Workbench:
        return connect(self.crm, mode=mode, record=record, options=options_of(self.crm))

    def edit(self, old: str, new: str) -> None:
        text = self.path.read_text()
        assert old in text
        self.path.write_text(text.replace(old, new))


RECORDED: dict[str, tuple[bytes, list[JsonObject], set[str]]] = {}
"""The recording of each CRM, its results and secrets: made once, and a file of its own in every test."""


@pytest.fixture(params=CRMS)
async def scenario(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Scenario:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    scenario = Scenario(request.param, tmp_path)
    if request.param not in RECORDED:
        await scenario.record()
        RECORDED[request.param] = scenario.path.read_bytes(), scenario.results, scenario.secrets
    recording, scenario.results, scenario.secrets = RECORDED[request.param]
    scenario.path.parent.mkdir(exist_ok=True)
    scenario.path.write_bytes(recording)
    monkeypatch.setattr(socket, "socket", _no_network)
    monkeypatch.setattr(socket, "create_connection", _no_network)
    return scenario


async def test_a_replay_gives_the_same_results(scenario: Scenario) -> None:
    workbench = scenario.workbench("replay")
    assert scenario.results == [result.to_wire() for result in await walk(workbench)]
    await workbench.close()


async def test_a_replay_can_be_played_again(scenario: Scenario) -> None:
    for _ in range(2):
        workbench = scenario.workbench("replay")
        assert scenario.results == [result.to_wire() for result in await walk(workbench)]
        await workbench.close()


async def test_no_secret_is_in_a_recording(scenario: Scenario) -> None:
    text = scenario.path.read_text()
    assert len(scenario.secrets) >= 2
    assert [] == [secret for secret in scenario.secrets if secret in text or json.dumps(secret)[1:-1] in text]


async def test_recording_twice_gives_the_same_bytes(scenario: Scenario) -> None:
    first = scenario.path.read_bytes()
    scenario.path.unlink()
    await scenario.record()
    assert first == scenario.path.read_bytes()


async def test_another_answer_in_the_recording_is_another_result(scenario: Scenario) -> None:
    scenario.edit("Rae", "Roy")
    results = [result.to_wire() for result in await walk(scenario.workbench("replay"))]
    assert scenario.results[0] != results[0]
    assert "Roy Quill" in json.dumps(results[0])


async def test_every_recorded_request_matters(scenario: Scenario) -> None:
    """Whichever request is changed in the file, the replay says what was recorded and what was sent."""
    cassette = Cassette.load(scenario.path)
    keys = [canonical(exchange.request) for exchange in cassette.exchanges]
    for index, exchange in enumerate(cassette.exchanges):
        if keys.count(keys[index]) > 1:
            continue  # one of several alike is only missed when the others are used up
        exchanges = list(cassette.exchanges)
        exchanges[index] = exchange.model_copy(update={"request": _changed(exchange.request)})
        cassette.model_copy(update={"exchanges": exchanges}).save(scenario.path)
        missed = [each.error for each in await walk(scenario.workbench("replay")) if each.error]
        told = [error.message for error in missed if isinstance(error, NoMatch)]
        assert [] != [each for each in told if each.startswith(name_of(exchange.request)) and "sent" in each]


async def test_a_changed_request_is_reported_with_what_differs(scenario: Scenario) -> None:
    results = await walk(scenario.workbench("replay"), note="Wants a discount")
    error = results[2].error
    assert isinstance(error, NoMatch)
    assert error.message == results[2].message
    for part in ("has no recording in", "; the nearest is ", "body.", "recorded ", "Wants a ‹discount›"):
        assert part in error.message


def _changed(request: Request) -> Request:
    """The same request to another address of the same CRM."""
    return request.model_copy(update={"url": request.url + "x"})
