"""What Pipedrive is asked, with every parameter, within the documented limits of its lists."""

from __future__ import annotations

from typing import Any

import pytest
from wire import Wire, said

from appconnect.connectors.pipedrive import Pipedrive
from appconnect.errors import ForeignHost
from appconnect.http import RateLimit
from appconnect.models import LogDraft
from appconnect.phone import parse

NIA = parse("+14155550142")
DRAFT = LogDraft(subject="x", body="y")


def asked(world: Any, path: str) -> list[dict[str, str]]:
    return [dict(seen.query) for seen in world.crm.requests if seen.path == path]


async def test_a_match_asks_for_whole_pages_and_open_deals(world: Any) -> None:
    await world.pipedrive.find_contact(NIA)
    assert {
        "/api/v2/persons/search": [{"term": "4155550142", "fields": "phone", "limit": "500"}],
        "/api/v2/persons": [{"ids": "501", "limit": "100"}],
        "/api/v2/deals": [{"person_id": "501", "status": "open", "limit": "500"}],
        "/v1/leads": [{"person_id": "501", "limit": "500"}],
    } == {path: asked(world, path) for _, path in world.sent}


async def test_a_lost_log_is_looked_for_among_the_newest_of_the_person(world: Any) -> None:
    await world.pipedrive.find_log(world.nia, DRAFT)
    assert [{"person_id": "501", "sort_by": "add_time", "sort_direction": "desc", "limit": "100"}] == asked(
        world, "/api/v2/activities"
    )


@pytest.mark.parametrize(("has_start", "pages"), [(False, 1), (True, 2)])
async def test_without_a_start_only_the_newest_hundred_are_looked_through(
    world: Any, has_start: bool, pages: int
) -> None:
    for _ in range(101):
        world.crm.database.add_activity(
            subject="other", participants=[{"person_id": 501, "primary": True}], person_id=501, due_date=None,
            due_time=None, duration=None, note=None, type="call", done=True,
        )  # fmt: skip
    draft = DRAFT.model_copy(update={"start": world.crm.clock.now()}) if has_start else DRAFT
    assert await world.pipedrive.find_log(world.nia, draft) is None
    assert pages == len(asked(world, "/api/v2/activities"))


async def test_the_list_of_all_persons_is_read_oldest_first_and_counted_by_the_newest(world: Any) -> None:
    [each async for each in world.pipedrive.directory().contacts()]
    await world.pipedrive.directory().count()
    assert [
        {"sort_by": "id", "limit": "500"}, {"sort_by": "id", "sort_direction": "desc", "limit": "1"},
    ] == asked(world, "/api/v2/persons")  # fmt: skip


async def test_no_more_than_a_thousand_are_found_and_thirty_two_requests_are_under_way(world: Any) -> None:
    world.crm.database.add_crowd(1001)
    assert 1000 == len(await world.pipedrive.find_contact_with_name("Guest"))
    assert 32 == world.transport.most


async def test_what_an_older_version_remembered_and_left_to_do_is_known_by_its_name(world: Any) -> None:
    await world.pipedrive.create_call_log(world.nia, DRAFT)
    assert world.pipedrive.cache.get("activityTypes")
    assert ["link to organization"] == [*world.pipedrive.follow_ups]


async def test_credentials_go_to_pipedrive_alone(world: Any) -> None:
    with pytest.raises(ForeignHost) as caught:
        await world.pipedrive.crm.send("GET", "https://pipedrive.example/v1/users/me")
    assert "Credentials only go to: oauth.pipedrive.com, *.pipedrive.com (https)." in caught.value.message


async def test_a_burst_that_is_too_large_is_waited_out_for_two_seconds(world: Any) -> None:
    world.crm.faults.add("GET", "/v1/users/me", status=429, json={"error": "request over limit"})
    began = world.crm.clock.now()
    await world.pipedrive.get_user_info()
    assert 2.0 <= (world.crm.clock.now() - began).total_seconds() < 3.0


async def test_limits_are_read_from_the_documented_headers() -> None:
    """https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting."""
    headers = {
        "x_ratelimit_limit": "80", "x_ratelimit_remaining": "79", "x_ratelimit_reset": "2",
        "x_daily_ratelimit_token_limit": "30000", "x_daily_ratelimit_token_remaining": "29998",
    }  # fmt: skip
    wire = Wire(said(200, {}, **headers), limit_headers=Pipedrive.rules.limit_headers)
    await wire.client.get("/v1/users/me")
    assert RateLimit(80, 79, 2.0, 30_000, 29_998) == wire.client.trace[-1].limits
