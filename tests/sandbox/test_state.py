"""What a sandbox holds can be kept between runs, handed on and filled with people."""

from __future__ import annotations

import json

import pytest
from platforms import CRMS

from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.people import made_up_people
from appconnect.sandbox.server import Sandbox
from appconnect.sandbox.state import SandboxState, StateError, load
from appconnect.workbench.sandboxes import sandbox_kinds


def made(name: str) -> Sandbox:
    clock = SandboxClock()
    return Sandbox(clock, [sandbox_kinds()[name](clock)])


@pytest.mark.parametrize("name", CRMS)
def test_a_kept_sandbox_goes_on_where_it_ended(name, tmp_path):
    before, after, kept = made(name), made(name), tmp_path / "kept" / "state.json"
    for person in made_up_people(20):
        before[name].add_person(person)
    before[name].plan = before[name].plans[-1]
    SandboxState.of(before).save(kept)
    load(after, kept)
    assert SandboxState.of(after) == SandboxState.of(before)
    assert after[name].plan == before[name].plans[-1]
    next(iter(made_up_people(1, seed=9)))
    for sandbox in (before, after):
        sandbox[name].add_person(next(iter(made_up_people(1, seed=9))))
    assert SandboxState.of(after) == SandboxState.of(before), "ids go on where they ended"
    assert [each.name for each in kept.parent.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is no saved state"),
        ('{"crms": []}', "is no saved state of the sandbox: crms"),
        ('{"crms": {"CRM": {"plan": "no such plan"}}}', "no plan 'no such plan'"),
        ('{"crms": {"CRM": {"plan": "PLAN", "toggles": {"none": true}}}}', "no toggle 'none'"),
        ('{"crms": {"CRM": {"plan": "PLAN", "tables": {"none": []}}}}', "no table 'none'"),
        ('{"crms": {"CRM": {"plan": "PLAN", "tables": {"TABLE": [{}]}}}}', "A record needs an id"),
    ],
)
@pytest.mark.parametrize("name", CRMS)
def test_a_file_that_is_no_state_is_refused_in_a_sentence(name, text, sentence, tmp_path):
    sandbox, path = made(name), tmp_path / "state.json"
    table = next(iter(sandbox[name].tables()))
    filled = text.replace("CRM", name).replace("PLAN", sandbox[name].plan).replace("TABLE", table)
    path.write_text(filled, "utf-8")
    with pytest.raises(StateError, match=sentence):
        load(sandbox, path)


def test_a_file_that_is_not_there_is_said_by_its_name(tmp_path):
    with pytest.raises(StateError, match=r"state\.json cannot be read"):
        load(made(CRMS[0]), tmp_path / "state.json")


def test_a_crm_that_is_not_played_is_left_out(tmp_path):
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"crms": {"nobodys": {"plan": "x"}}}), "utf-8")
    load(made(CRMS[0]), path)
