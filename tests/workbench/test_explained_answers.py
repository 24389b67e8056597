"""What a refused answer means is told in results, errors, exchanges and panels; what nobody knows is unknown."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from acme import PASS_PHRASE, REDACTION, acme
from answers import NIA
from markupsafe import escape
from platforms import CRMS, KEY, OAUTH
from workbench_steps import sandbox_of, secrets_of, signed_in

from appconnect.connectors import registry
from appconnect.error_book import Answered, ErrorBook, ErrorEntry, Knowledge, explain
from appconnect.errors import CrmError, InputError, NotFound
from appconnect.models import SignedOut
from appconnect.panels import ContactsPanel, TimelinePanel, styling
from appconnect.sandbox.networks import CutOff
from appconnect.workbench import Workbench, connect

ABSENT = "/nothing/here/999999"


async def refused(workbench: Workbench, method: str = "GET") -> CrmError:
    with pytest.raises(CrmError) as caught:
        await workbench.request(method, ABSENT)
    return caught.value


@pytest.mark.parametrize("crm", CRMS)
def test_every_book_is_sound(crm: str) -> None:
    entries = registry.platform(crm).error_book.entries
    assert len(entries) >= 15
    assert len(entries) == len({each.name for each in entries})
    assert [] == [each.name for each in entries if not (each.meaning.endswith(".") and each.remedy.strip())]


@pytest.mark.parametrize("crm", CRMS)
async def test_an_error_knows_its_exchange_and_what_it_means(crm: str) -> None:
    workbench = await signed_in(crm)
    error = await refused(workbench)
    explained = error.explanation
    assert explained is not None
    assert error.exchange == workbench.trace[-1].number == explained.number
    assert explained == workbench.explain(error) == workbench.explain(workbench.trace[-1])
    assert explained == workbench.explain(error.exchange)
    assert explained.is_known
    assert explained.about.startswith(f"{workbench.title} answered ")
    assert escape(explained.remedy) in explained._repr_html_()


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("41", "What can be explained is an exchange, its number, an error or a failed result."),
        (True, "What can be explained is an exchange, its number, an error or a failed result."),
        (None, "What can be explained is an exchange, its number, an error or a failed result."),
        (ValueError(), "What can be explained is an exchange, its number, an error or a failed result."),
        (999_999, "There is no exchange 999999 in the trace (any more)."),
        (SignedOut(), "This result is no failure; there is nothing to explain."),
    ],
    ids=repr,
)
async def test_what_cannot_be_explained_is_refused_in_a_sentence(what: Any, sentence: str) -> None:
    workbench = await signed_in(OAUTH)
    with pytest.raises(InputError) as refused:
        workbench.explain(what)
    assert sentence == str(refused.value)


@pytest.mark.parametrize("crm", CRMS)
async def test_a_failed_result_shows_it(crm: str) -> None:
    workbench = await signed_in(crm)
    read = await workbench.get_call_log("999999")
    assert not read.successful
    assert read.error is not None
    assert read.error.explanation is not None
    assert Knowledge.CRM is read.error.explanation.knowledge
    assert read.error.explanation == workbench.explain(read)
    shown = read._repr_html_()
    assert "What it means" not in shown
    assert read.error.explanation.documented_at in shown
    assert "explanation" not in read.to_wire()


@pytest.mark.parametrize("fault", ["echoed secrets", "503 echoed secrets"])
@pytest.mark.parametrize("crm", CRMS)
async def test_what_an_explanation_quotes_has_no_secret_in_it(crm: str, fault: str) -> None:
    workbench = await signed_in(crm)
    sandbox_of(workbench).faults.add("GET", named=fault, times=None)
    error = await refused(workbench)
    assert error.explanation is not None
    told = f"{error.explanation}{error.explanation._repr_html_()}{workbench.explain(error.exchange)}"
    assert "Not valid here" in told
    assert [] == [each for each in secrets_of(workbench) if each in told]


async def test_errors_with_an_explanation_travel_between_processes() -> None:
    error = await refused(await signed_in(OAUTH))
    assert error.explanation == pickle.loads(pickle.dumps(error)).explanation


async def test_what_is_no_answer_is_not_explained() -> None:
    workbench = await signed_in(OAUTH)
    result = await workbench.find_contact("204")
    assert result.error is not None
    assert result.error.explanation is None
    with pytest.raises(InputError, match="no failure"):
        workbench.explain(await workbench.find_contact(NIA))
    with pytest.raises(InputError, match="no exchange 4711"):
        workbench.explain(4711)
    with pytest.raises(InputError, match="an exchange, its number"):
        workbench.explain("403")  # type: ignore[arg-type]


async def test_a_success_needs_no_explanation() -> None:
    workbench = await signed_in(OAUTH)
    explained = workbench.explain(len(workbench.trace))
    assert "no error" in explained.meaning
    assert not explained.is_known


async def test_no_answer_is_explained() -> None:
    workbench = await signed_in(KEY)
    sandbox = workbench.environment.sandbox
    workbench.crm._transport._inner = CutOff(sandbox.transport(), done=False)
    error = await refused(workbench, "POST")
    assert error.explanation is not None
    assert Knowledge.HTTP is error.explanation.knowledge
    assert "gave no answer" in error.explanation.about


# -- a stranger's platform --


async def test_a_platform_without_a_book_is_told_what_http_says() -> None:
    workbench = connect(acme(REDACTION), mode="sandbox")
    await workbench.sign_in({"passPhrase": PASS_PHRASE})
    result = await workbench.sign_out()
    explained = workbench.explain(workbench.trace[-1])
    assert Knowledge.HTTP is explained.knowledge
    assert explained.meaning.startswith("Nothing is known about this answer of Acme beyond HTTP.")
    assert explained.documented_at.startswith("https://www.rfc-editor.org/")
    assert "<seal> of <tenant> is over" in explained.said
    assert result is not None


def test_what_nobody_knows_is_called_unknown() -> None:
    explained = explain(
        Answered(418, {"message": "short and stout"}), ErrorBook(), crm="Acme", said="short and stout"
    )
    assert Knowledge.NONE is explained.knowledge
    assert "Unknown: nothing is known about this answer. Acme said: short and stout" == explained.meaning
    assert "did not say why" in explain(Answered(418), ErrorBook(), crm="Acme").meaning


def test_a_book_that_cannot_be_read_is_told_and_breaks_nothing(tmp_path: Path) -> None:
    file = tmp_path / "error_book.toml"
    file.write_text('[[entry]]\nname = "x"\nmeaning = "m"\nremedy = "r"\n')
    explained = explain(Answered(418), ErrorBook(file=file), crm="Acme")
    assert "Acme's error book cannot be read" in explained.meaning
    assert "say where it is documented" in explained.meaning


def test_a_link_leads_to_https_only() -> None:
    with pytest.raises(ValueError, match="https://"):
        ErrorEntry(name="x", meaning="m", remedy="r", documented_at="javascript:alert(1)")


def test_foreign_text_is_escaped() -> None:
    entry = ErrorEntry(name="x", meaning="{field} is odd.", remedy="r", source="<s>", text=r"(?P<field>.*)")
    explained = explain(Answered(400, "<b>x</b>"), ErrorBook([entry]), crm="<i>", said="<b>x</b>")
    for shown in (explained._repr_html_(), styling.explained(explained)):
        assert "<b>x" not in shown
        assert "&lt;b&gt;x" in shown
        assert "<s>" not in shown


# -- panels --


async def test_a_panel_shows_meaning_remedy_and_link() -> None:
    workbench = await signed_in(OAUTH)
    panel = ContactsPanel(workbench)
    error = await refused(workbench)
    panel._say_error(error)
    assert error.explanation is not None
    assert "What it means" in panel.status.value
    assert f'href="{error.explanation.documented_at}"' in panel.status.value
    assert 'rel="noopener noreferrer"' in panel.status.value


async def test_a_panel_shows_nothing_more_where_nothing_is_explained() -> None:
    workbench = await signed_in(OAUTH)
    panel = ContactsPanel(workbench)
    panel._say_error(NotFound("gone"))
    assert "What it means" not in panel.status.value


@pytest.mark.parametrize("crm", CRMS)
async def test_the_timeline_explains_what_was_refused_and_nothing_else(crm: str) -> None:
    workbench = await signed_in(crm)
    await refused(workbench)
    panel, explained = TimelinePanel(workbench), list[int]()
    for each in workbench.trace:
        panel.open_request(each.number)
        explained += [each.number] * ("What it means" in panel.details.value)
    assert [workbench.trace[-1].number] == explained
