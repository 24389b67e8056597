"""What a sandbox answers where its vendor leaves it open, until somebody switches it."""

from __future__ import annotations

import re

import httpx
import pytest

from appconnect.connectors import registry
from appconnect.sandbox import Sandbox, SandboxClock, serve

OFF = {
    "bullhorn": "actions_enforced all_fields bad_secret_401 exact_phones field_map_enforced index_lag leads_hidden"
    " password_in_query_only retry_after to_many_in_bodies unknown_login_refused",
    "insightly": "case_sensitive_search crlf ignore_unknown_keys links_echo_case links_merge plain_errors"
    " put_answers_201 retry_after",
    "pipedrive": "activity_outcome archived_deals_by_id cloudflare_for_oauth company_closed conference_meetings"
    " contact_sync every_scope nested_pagination numbers_as_texts primary_flag retry_after rewrites_notes"
    " rotate_refresh_tokens search_lags times_need_seconds times_now_and_then uninstall_callback"
    " unknown_custom_fields v1_gone",
    "redtail": "creates_answer_id html_rewritten labels_as_code put_answers_204 strict_phone_search",
}
"""The others are on. Turning one round breaks the tests of everybody who relies on it: say so in the changelog."""
ROW = re.compile(r"<th[^>]*>(?:<code>)?(\w+)(?:</code>)?</th><td[^>]*>(on|off) – ")


@pytest.mark.parametrize(("crm", "off"), OFF.items())
async def test_the_first_page_tells_which_toggles_are_on_and_opens_what_one_needs_first(crm, off):
    played = registry.platform(crm).sandbox()(clock := SandboxClock())
    async with serve(Sandbox(clock, [played])) as url, httpx.AsyncClient() as client:
        page = (await client.get(url)).text
    told = dict(ROW.findall(page))
    assert set(off.split()) == {name for name, position in told.items() if position == "off"}
    assert {each.name for each in played.known_toggles} == told.keys()
    summaries = re.findall(r"(<details[^>]*>)<summary>(\w+)", page)
    opened = {"Credentials", "Try"}
    assert {name: "<details open>" if name in opened else "<details>" for _, name in summaries} == {
        name: tag for tag, name in summaries
    }
