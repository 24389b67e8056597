"""What the check panel says of what was found: how many, which, and what can be done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

import pytest

from appconnect.panels import CheckPanel
from appconnect.workbench.scenarios.checking import CheckedOperation, CheckedScenario

GREEN = CheckedOperation(1, "sign_in", 2)
DAMAGED = CheckedScenario("b", problem="It is damaged.")


def red(*causes: str) -> CheckedOperation:
    return CheckedOperation(2, "log_call", 1, causes)


class Found:
    """What is found at the next check, and what was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.next: Sequence[CheckedScenario] = ()
        self.asked: list[tuple[list[str], str]] = []
        monkeypatch.setattr("appconnect.panels.check.check_anew", self._check)

    async def _check(self, names: list[str], *, accept: str) -> list[CheckedScenario]:
        self.asked.append((names, accept))
        return list(self.next)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    return Found(monkeypatch)


@pytest.mark.parametrize(
    ("scenarios", "level", "sentence"),
    [
        ([], "warning", "There is nothing to check yet: save what you did as a test first."),
        ([CheckedScenario("a", (GREEN,))], "success", "1 operation, all as recorded."),
        ([CheckedScenario("a", (GREEN, GREEN))], "success", "2 operations, all as recorded."),
        ([CheckedScenario("a", (GREEN,)), CheckedScenario("b", (GREEN,))], "success", "2 operations, all as recorded."),
        ([CheckedScenario("a", (red("x"),))], "danger", "1 of 1 operation otherwise than recorded."),
        ([CheckedScenario("a", (GREEN, red("x")))], "danger", "1 of 2 operations otherwise than recorded."),
        ([CheckedScenario("a", (GREEN,)), DAMAGED], "danger", "1 scenario could not be checked."),
        ([DAMAGED, DAMAGED], "danger", "2 scenarios could not be checked."),
        (
            [CheckedScenario("a", (GREEN, red("x"))), DAMAGED],
            "danger",
            "1 of 2 operations otherwise than recorded; 1 scenario could not be checked.",
        ),
        ([CheckedScenario("a", (red("x"),), accepted="Anew.")], "success", "1 scenario recorded anew."),
        (
            [CheckedScenario(each, (red("x"),), accepted="Anew.") for each in "ab"],
            "success",
            "2 scenarios recorded anew.",
        ),
    ],
)  # fmt: skip
async def test_what_was_found_is_counted(
    found: Found, scenarios: list[CheckedScenario], level: str, sentence: str
) -> None:
    panel = CheckPanel()
    assert "nothing checked yet" == panel.about()
    found.next = scenarios
    assert scenarios == await panel.check()
    assert f'<div class="ac-note {level}" role="status">' in panel.status.value
    assert f"<div><b>{sentence}</b></div>" in panel.status.value
    assert (sentence.rstrip(".") if scenarios else "nothing checked yet") == panel.about()


@pytest.mark.parametrize(
    ("scenario", "is_offered"),
    [
        (CheckedScenario("a", (GREEN,)), False),
        (CheckedScenario("a", (red("x"),)), True),
        (CheckedScenario("a", (GREEN, red("x"))), True),
        (CheckedScenario("a", (red("x"),), accepted="Anew."), False),
    ],
)
async def test_changes_can_be_accepted_where_there_are_some(
    found: Found, scenario: CheckedScenario, is_offered: bool
) -> None:
    panel, found.next = CheckPanel(), [scenario]
    assert "none" == panel._accepting.layout.display
    await panel.check()
    assert (None if is_offered else "none") == panel._accepting.layout.display


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", []),
        ("acme", ["acme"]),
        (" acme/one, acme/two  b ", ["acme/one", "acme/two", "b"]),
        ("a,b", ["a", "b"]),
    ],
)
async def test_names_are_taken_however_they_are_separated(found: Found, typed: str, names: list[str]) -> None:
    panel = CheckPanel("acme/one", "acme/two")
    assert "acme/one acme/two" == panel.names.value
    panel.names.value = typed
    await panel.check()
    assert [(names, "")] == found.asked


async def test_a_reason_is_needed_kept_and_taken_out_of_its_field(found: Found) -> None:
    panel = CheckPanel("acme")
    panel.reason.value = "  "
    assert [] == await panel.accept()
    assert "<b>Type first why the changes are right.</b>" in panel.status.value
    assert [] == found.asked
    panel.reason.value = " They renamed it "
    await panel.accept()
    assert ([(["acme"], "They renamed it")], "") == (found.asked, panel.reason.value)


@pytest.mark.parametrize(
    ("causes", "more"),
    [
        (("x <b>",), ""),
        (("x", "y", "z"), ""),
        (("x", "y", "z", "w"), "and 1 more, which may follow from these"),
        (("x", "y", "z", "w", "v"), "and 2 more, which may follow from these"),
    ],
)
async def test_three_causes_are_shown_and_more_are_folded(
    found: Found, causes: tuple[str, ...], more: str
) -> None:
    panel, found.next = CheckPanel(), [CheckedScenario("acme/mine", (GREEN, red(*causes)))]
    await panel.check()
    shown, _, folded = panel.results.value.partition("<details>")
    assert "<h4>acme/mine</h4><ul><li>" in shown
    assert "<code>sign_in</code> as recorded, 2 requests</li>" in shown
    told = re.findall("<li>([^<]*)</li>", shown)
    assert list(causes[:3]) == [unescape(each) for each in told]
    assert (f"<summary>{more}</summary>" in folded) is bool(more)
    assert [*causes[3:]] == re.findall("<li>([^<]*)</li>", folded)
