"""A package of somebody else's runs the contract: with pytest, and with ``appconnect contract``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from appconnect.cli import app
from appconnect.connector import NOT_YET
from appconnect.errors import ConfigurationError
from appconnect.panels import ContactsPanel
from appconnect.testing import run_contract, steps
from appconnect.testing.operations import OPERATIONS

pytest_plugins = ("pytester",)
LATER = {
    "createMessageLog": "messages",
    "updateMessageLog": "messages",
    "upsertCallDisposition": "everything",
    "getUserList": "everything",
}
UNSUPPORTED = {"getOauthInfo", "createContact", "updateCallLog"}


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert 1 == text.count(before)
    file.write_text(text.replace(before, after), "utf-8")


def contract(*arguments: str) -> Result:
    """``appconnect contract``."""
    return CliRunner().invoke(app, ["contract", *arguments])


def rows(output: str) -> dict[str, str]:
    """The cell of each operation."""
    split = [line.split(maxsplit=1) for line in output.splitlines()]
    return {words[0]: words[1] for words in split if words and words[0] in OPERATIONS}


def test_the_command_shows_every_operation_and_a_dash_with_a_reason_for_what_is_unsupported(
    acme: Path,
) -> None:
    result = contract("acme")
    cells = rows(result.stdout)
    assert (0, list(OPERATIONS)) == (result.exit_code, list(cells))
    assert UNSUPPORTED == {operation for operation, cell in cells.items() if cell.startswith("–")}
    assert [f'level "{level}"' for level in LATER.values()] == [cells[operation] for operation in LATER]
    shown = set(OPERATIONS) - UNSUPPORTED - set(LATER)
    assert shown == {operation for operation, cell in cells.items() if cell.startswith("✓")}
    assert (cells["getOauthInfo"], cells["createContact"]) == ("–¹", "–²")
    assert [True, True] == [
        f"\n{note}\n" in result.stdout for note in ("¹ Acme CRM has no OAuth.", f"² {NOT_YET}")
    ]
    assert 1 == result.stdout.count("✓ cases that pass, ✗ cases that are red, – unsupported, level: claimed")
    step = "write `create_contact` in connector.py and delete its line in `unsupported`. "
    assert f"Acme CRM: {step}After it: `update_call_log`.\n" in result.stdout


def test_the_next_step_is_what_begins_with_not_yet_and_nothing_else(acme: Path) -> None:
    connector = acme / "src" / "acme_connector" / "connector.py"
    edit(connector, '"create_contact": NOT_YET', '"create_contact": "Nobody may add to it yet."')
    edit(connector, '"update_call_log": NOT_YET', '"update_call_log": NOT_YET + " It comes in May."')
    step = "write `update_call_log` in connector.py and delete its line in `unsupported`."
    assert f"Acme CRM: {step}\n" in contract("acme", "-k", "states").stdout


def test_inherited_message_logs_need_only_be_taken_out_of_unsupported(acme: Path) -> None:
    write_create_contact(acme)
    connector = acme / "src" / "acme_connector" / "connector.py"
    edit(connector, '        "update_call_log": NOT_YET,\n', "")
    edit(connector, "    async def get_call_log(", UPDATE.replace("put", "patch"))
    edit(acme / "tests" / "test_contract.py", 'level = "log"', 'level = "messages"')
    step = "take `create_message_log` and `update_message_log` out of `unsupported`: they are kept as calls"
    assert f"Acme CRM: {step} are, unless you write them.\n" in contract("acme", "-k", "states").stdout


def test_what_is_above_the_level_is_not_claimed_and_the_next_level_is_named(acme: Path) -> None:
    edit(acme / "tests" / "test_contract.py", 'level = "log"', 'level = "sign-in"')
    result = contract("acme")
    cells = rows(result.stdout)
    assert (0, "✓ 1", "✓") == (result.exit_code, cells["getAuthType"], cells["getUserInfo"][0])
    later = ("findContact", "createCallLog", "createMessageLog", "getUserList")
    levels = ("match", "log", "messages", "everything")
    assert [f'level "{level}"' for level in levels] == [cells[operation] for operation in later]
    assert 'Acme CRM: set level = "match" in its contract; that adds findContact, ' in result.stdout


def test_a_case_that_skips_itself_is_told_below_the_table_with_its_reason(acme: Path) -> None:
    told = contract("acme", "-k", "no_setting_of_the_connector").stdout.splitlines()
    case = "no setting of the connector blocks a log"
    assert f"Not asked of Acme CRM: {case}. Acme CRM has no settings of its own." in told


CREATE = """\
    async def create_contact(
        self, number: PhoneNumber, new_contact_name: str, new_contact_type: str = "", additional_submission=None
    ) -> NewContact:
        body = {"name": new_contact_name, "phone": number.e164}
        new_id = await write(self.crm, "POST", "/contacts", body, sign=RECORD)
        return NewContact(id=new_id, name=new_contact_name, type=new_contact_type)

    # -- call logs --
"""


def write_create_contact(acme: Path) -> Path:
    """Write the operation as its docstring asks; return the connector's file."""
    connector = acme / "src" / "acme_connector" / "connector.py"
    edit(connector, '        "create_contact": NOT_YET,\n', "")
    edit(connector, "    LogRecord,\n", "    LogRecord,\n    NewContact,\n")
    edit(connector, "    # -- call logs --\n", CREATE)
    return connector


async def test_a_connector_that_writes_create_contact_can_create_from_the_panel(acme: Path) -> None:
    write_create_contact(acme)
    panel = ContactsPanel(await steps.signed_in("acme"), "303 555 0199")
    await panel.search()
    panel.new_name.value = "Pat New"
    created = await panel.create()
    assert created is not None and created.successful, panel.status.value


@pytest.mark.parametrize(("body", "cell"), [("{", "✓"), ('{"kind": new_contact_type, ', "✗")])
def test_the_contract_is_red_where_what_the_form_offers_first_cannot_be_created(
    acme: Path, body: str, cell: str
) -> None:
    edit(write_create_contact(acme), 'body = {"name"', f'body = {body}"name"')
    assert cell == rows(contract("acme", "-k", "offers_first").stdout)["createContact"][0]


@pytest.mark.parametrize(("number", "cell"), [("number.e164", "✓"), ('"+1 303 555 0198"', "✗"), ('""', "✗")])
def test_the_contract_is_red_where_a_search_does_not_find_what_was_created(
    acme: Path, number: str, cell: str
) -> None:
    edit(write_create_contact(acme), '"phone": number.e164', f'"phone": {number}')
    for case in ("created_twice", "create_at_once"):
        assert cell == rows(contract("acme", "-k", case).stdout)["createContact"][0]


@pytest.mark.parametrize(
    ("before", "after", "title", "expected", "found"),
    [
        (
            'fields["seconds"] = draft.duration',
            'fields["seconds"] = draft.duration // 60 * 60',
            "the duration is kept and never shortened [59]",
            "59",
            "0",
        ),
        (
            "{moment.astimezone(UTC):%Y",
            "{moment.astimezone():%Y",
            "the machines own zone counts nowhere",
            "2026, 7, 2, 23, 30",
            "2026, 7, 3, 8, 30",
        ),
        (
            "if draft.owner_id:",
            "if draft.owner_id and False:",
            "a log belongs to whoever the token names",
            "'8'",
            "'7'",
        ),
    ],
)
def test_the_first_failure_is_told_with_both_sides_and_how_to_run_it_again(
    acme: Path, before: str, after: str, title: str, expected: str, found: str
) -> None:
    edit(acme / "src" / "acme_connector" / "payloads.py", before, after)
    result = contract("acme", "-k", title.partition(" [")[0].replace(" ", "_"))
    assert 1 == result.exit_code
    lines = result.stdout.splitlines()
    first = next(index for index, line in enumerate(lines) if line.startswith("First failure, Acme CRM: "))
    assert title in lines[first]
    assert "  expected: " in lines[first + 1]
    assert expected in lines[first + 1]
    assert "  found:    " in lines[first + 2]
    assert found in lines[first + 2]
    assert re.fullmatch(r"✗ \d+ red, \d+ ✓", rows(result.stdout)["createCallLog"])
    assert "not run" == rows(result.stdout)["getAuthType"]
    assert "Run this case by itself: pytest '" in result.stdout


@pytest.mark.parametrize(
    ("file", "before", "after", "case"),
    [
        ("search.py", "number.nationals", "[number.national]", "in_the_habits"),
        (
            "search.py",
            'hits.carrier(label(person), {"phone": person.phone}, number, name=person.name)',
            "person.phone",
            "alike",
        ),
        ("connector.py", 'error_keys=("problem",)', 'error_keys=("message",)', "own_words"),
        ("schemas.py", "    id: int\n    name: str\n    phone", "    id: int | None\n    name: str\n    phone",
         "without_its_id"),
    ],
)  # fmt: skip
def test_a_careless_search_is_red(acme: Path, file: str, before: str, after: str, case: str) -> None:
    edit(acme / "src" / "acme_connector" / file, before, after)
    assert "✗" == rows(contract("acme", "-k", case).stdout)["findContact"][0]


UPDATE = """\
    async def update_call_log(self, log_id: str, draft: LogDraft) -> None:
        await self.crm.put(f"/calls/{parse_id(log_id, 'call')}", call_fields(draft))

    async def get_call_log("""


def test_a_refusal_of_the_crm_is_told_with_its_request_and_status(acme: Path) -> None:
    connector = acme / "src" / "acme_connector" / "connector.py"
    edit(connector, '        "update_call_log": NOT_YET,\n', "")
    edit(connector, "    async def get_call_log(", UPDATE)
    told = contract("acme", "-k", "a_new_duration_is_kept").stdout
    assert "\n  PUT /calls/1001 → 405: There is no such address.\n" in told


def test_a_refusal_that_is_compared_is_told_with_its_request_and_status(acme: Path) -> None:
    edit(write_create_contact(acme), 'body = {"name"', 'body = {"kind": new_contact_type, "name"')
    told = contract("acme", "-k", "offers_first").stdout
    assert "\n  expected: None\n  found:    POST /contacts → 422: kind is not a field that " in told


def test_answers_that_are_missing_are_the_first_failure_by_name(acme: Path) -> None:
    edit(acme / "tests" / "test_contract.py", "    kit = str(KIT_ID)\n", "")
    edit(acme / "tests" / "test_contract.py", "def edit(", "def rewrite(")
    result = contract("acme", "-k", "states or forbidden")
    assert "First failure, Acme CRM: the contract states all that its level needs" in result.stdout
    assert "  found:    ['kit', 'edit']" in result.stdout


def test_a_test_file_that_cannot_be_imported_is_told_with_its_reason(acme: Path) -> None:
    edit(acme / "tests" / "test_contract.py", "from datetime import datetime\n", "import no_such_module\n")
    result = contract("acme")
    assert 1 == result.exit_code
    assert "This could not be run:" in result.stdout
    assert "No module named 'no_such_module'" in result.stdout


def test_a_level_that_does_not_exist_is_one_sentence(acme: Path) -> None:
    edit(acme / "tests" / "test_contract.py", 'level = "log"', 'level = "logs"')
    result = contract("acme")
    assert 1 == result.exit_code
    assert "TestAcme: There is no level 'logs'; choose one of: sign-in, match, log, " in result.stderr


@pytest.mark.parametrize(
    ("mend", "told"),
    [
        (
            lambda file: file.unlink(),
            "There is no contract of Acme CRM in {root}; write tests/test_contract.py, a class of",
        ),
        (
            lambda file: edit(file, "class TestAcme(", "class Acme("),
            "There are test files of Acme CRM's contract, but no class in them is a ConnectorContract whose",
        ),
    ],
)
def test_without_a_contract_one_sentence_says_what_to_write(acme: Path, mend, told: str) -> None:
    mend(acme / "tests" / "test_contract.py")
    result = contract("acme")
    assert 1 == result.exit_code
    assert told.format(root=acme) in result.stderr


def test_a_platform_that_is_not_installed_is_one_sentence() -> None:
    result = contract("nope")
    assert (1, True) == (result.exit_code, "There is no connector for 'nope'; choose" in result.stderr)


def test_without_pytest_a_sentence_says_how_to_get_it(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytest_asyncio", None)
    with pytest.raises(ConfigurationError) as caught:
        run_contract(["acme"])
    told = "The contract is run by pytest; missing here: pytest_asyncio. "
    assert told + "Install with: pip install 'appconnect[testing]'" == caught.value.message


def test_the_table_is_written_between_the_marks_of_a_readme(acme: Path) -> None:
    edit(acme / "tests" / "test_contract.py", 'level = "log"', 'level = "sign-in"')
    readme = acme / "README.md"
    readme.write_text("# Acme\n<!-- contract: begin -->\nold\n<!-- contract: end -->\nThe end.\n", "utf-8")
    assert 0 == contract("acme", "--readme", str(readme)).exit_code
    before, _, after = readme.read_text("utf-8").partition("| operation | Acme CRM |")
    assert "# Acme\n<!-- contract: begin -->\n" == before
    assert after.endswith("¹ Acme CRM has no OAuth.\n<!-- contract: end -->\nThe end.\n")


def test_a_readme_without_marks_is_one_sentence(acme: Path) -> None:
    edit(acme / "tests" / "test_contract.py", 'level = "log"', 'level = "sign-in"')
    (acme / "README.md").write_text("# Acme\n", "utf-8")
    result = contract("acme", "--readme", str(acme / "README.md"))
    assert 1 == result.exit_code
    assert "The table needs its place, between the lines <!-- contract: begin --> and" in result.stderr


def test_plain_pytest_runs_it_too_and_says_what_is_left_out(acme: Path, pytester: pytest.Pytester) -> None:
    edit(acme / "tests" / "test_contract.py", 'level = "log"', 'level = "match"')
    result = pytester.runpytest_inprocess(str(acme / "tests"), "-q", "-p", "no:cacheprovider")
    outcomes = result.parseoutcomes()
    assert {"passed", "deselected"} == {*outcomes} - {"warnings", "warning"}
    left_out = next(line for line in result.outlines if line.startswith("TestAcme leaves out: "))
    assert NOT_YET in left_out
    assert "createCallLog is not claimed at the level 'match'." in left_out


def test_a_case_of_ones_own_counts_among_the_others(acme: Path) -> None:
    file = acme / "tests" / "test_contract.py"
    edit(file, 'level = "log"', 'level = "sign-in"')
    before = rows(contract("acme").stdout)
    edit(file, "import ConnectorContract, StoredLog", "import ConnectorContract, StoredLog, covers")
    own = '\n    @covers("getUserInfo")\n    async def test_of_ones_own(self, workbench) -> None:\n        pass\n'
    file.write_text(file.read_text("utf-8") + own, "utf-8")
    after = rows(contract("acme").stdout)["getUserInfo"]
    assert (before["getUserInfo"], after) == (f"✓ {int(after[2:]) - 1}", after)
