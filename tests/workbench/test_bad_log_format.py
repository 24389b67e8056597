"""A log format that nobody writes is a sentence that names those there are; a known one may be plain text."""

from __future__ import annotations

from typing import Any

import pytest
from answers import call, sms
from workbench_steps import nia, sent

from appconnect.errors import ConfigurationError, InputError
from appconnect.logs.calls import body
from appconnect.models import LogFormat
from appconnect.workbench import Workbench

KNOWN = "text/html, text/markdown, text/plain"
ODD = ["text/rtf", "", "HTML", None, 5]


@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_of_a_connector(
    workbench: Workbench, told: Any, monkeypatch: pytest.MonkeyPatch, odd: Any
) -> None:
    person = await nia(workbench)
    logged = await workbench.log_call(call("s-0"), person)
    monkeypatch.setattr(workbench.connector, "get_log_format_type", lambda: odd)
    before = sent(workbench)
    expected = (ConfigurationError, f"There is no log format {odd!r}; choose one of: {KNOWN}.")
    results = [
        await workbench.log_call(call(), person, note="Mine"),
        await workbench.log_message(sms("1", "Hello"), person),
        await workbench.log_shared_sms({"conversationId": "c", "entities": [{"id": "1"}]}, person),
    ]
    assert [expected] * 3 == [told(workbench, result) for result in results]
    assert before == sent(workbench)
    assert expected == told(workbench, await workbench.update_call_log(logged.log_id, call(), note="New"))
    with pytest.raises(ConfigurationError):
        workbench.compose_call_body(call(), person)


async def test_of_a_connector_that_gives_a_plain_text(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not taken for another one: in HTML, text is escaped."""
    person = await nia(workbench)
    for known in LogFormat:
        monkeypatch.setattr(workbench.connector, "get_log_format_type", lambda known=known: str(known.value))
        composed = workbench.compose_message(sms("1", "<b>"), person).body
        assert (known is LogFormat.HTML) == ("&lt;b&gt;" in composed)
        assert workbench.log_format is known


@pytest.mark.parametrize("odd", ["text/rtf", "HTML", 5], ids=repr)
async def test_of_a_preview(workbench: Workbench, odd: Any) -> None:
    with pytest.raises(InputError) as caught:
        workbench.compose_call_body(call(), await nia(workbench), format=odd)
    assert f"There is no format {odd!r}; choose one of: {KNOWN}." == caught.value.message


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_of_a_body_that_is_read(odd: Any) -> None:
    with pytest.raises(ConfigurationError, match="There is no log format"):
        body.parse("Text", odd)
