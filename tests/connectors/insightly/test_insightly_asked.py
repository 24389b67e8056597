"""What Insightly is asked, with every parameter, within the documented limits of its lists."""

from __future__ import annotations

from typing import Any

import pytest
from wire import Wire, said

from appconnect.connectors.insightly import Insightly
from appconnect.errors import ForeignHost, Unavailable
from appconnect.http import RateLimit
from appconnect.models import Contact, LogDraft
from appconnect.phone import parse

NIA = parse("+14155550142")
CONTACT = Contact(id="3101", name="Nia Holt", type="Contact")
SINCE = "2000-01-01T00:00:00Z"


def asked(world: Any, path: str) -> list[dict[str, str]]:
    return [dict(seen.query) for seen in world.crm.requests if seen.path == f"/v3.1{path}"]


async def test_all_people_are_read_with_their_number_page_by_page(world: Any) -> None:
    await world.insightly.find_contact(NIA)
    first = {"updated_after_utc": SINCE, "count_total": "true", "top": "500"}
    for path in ("/Contacts/Search", "/Leads/Search"):
        (query,) = asked(world, path)
        assert first == {name: text for name, text in query.items() if (name, text) != ("skip", "0")}


async def test_a_field_is_searched_for_a_text_in_whole_pages(world: Any) -> None:
    await world.insightly.find_contact_with_name("Nia Holt")
    assert [
        {"field_name": "FIRST_NAME", "field_value": "Nia Holt", "top": "500"},
        {"field_name": "LAST_NAME", "field_value": "Nia Holt", "top": "500"},
        {"field_name": "LAST_NAME", "field_value": "Holt", "top": "500"},
    ] == asked(world, "/Contacts/Search") == asked(world, "/Leads/Search")  # fmt: skip


async def test_lists_are_read_in_whole_pages_and_counted_by_one_record(world: Any) -> None:
    [each async for each in world.insightly.directory().contacts()]
    await world.insightly.directory().count()
    await world.insightly.get_user_list()
    for path in ("/Contacts", "/Leads"):
        assert [{"top": "500"}, {"top": "1", "count_total": "true"}] == asked(world, path)
    assert [{"top": "500"}] == asked(world, "/Users")


async def test_credentials_go_to_insightlys_pods_alone(world: Any) -> None:
    with pytest.raises(ForeignHost) as caught:
        await world.insightly.crm.send("GET", "https://insightly.example/v3.1/Users/Me")
    assert "Credentials only go to: api.*.insightly.com (https)." in caught.value.message


async def test_what_an_older_version_remembered_and_left_to_do_is_known_by_its_name(world: Any) -> None:
    world.insightly.account.options = {"phoneFields": "PHONE_2__c"}
    await world.insightly.find_contact(NIA)
    await world.insightly.create_contact(parse("+14155550100"), "Uma New", "Lead")
    assert {"customFields", "leadDefaults"} <= {*world.insightly.cache.kept}
    kinds = ("Contact", "Lead", "Organisation", "Opportunity", "Project")
    assert [f"link to {kind}" for kind in kinds] == [*world.insightly.follow_ups]


@pytest.mark.parametrize(
    ("method", "is_sent_again"), [("GET", True), ("PUT", True), ("POST", False), ("DELETE", False)]
)
async def test_what_reads_or_sets_given_fields_may_be_sent_again(
    world: Any, method: str, is_sent_again: bool
) -> None:
    world.crm.faults.add(method, "*/Events/5501", status=503, text="busy", times=None)
    with pytest.raises(Unavailable):
        await world.insightly.crm.send(method, "/Events/5501", body=None if method == "GET" else {})
    assert is_sent_again == (len(world.sent) > 1)


async def test_a_second_that_is_full_is_waited_out(world: Any) -> None:
    world.crm.faults.add("GET", "*/Users/Me", status=429, json={"Message": "API rate limit exceeded."})
    began = world.crm.clock.now()
    await world.insightly.get_user_info()
    assert 1.0 <= (world.crm.clock.now() - began).total_seconds() < 2.0


async def test_a_lost_event_is_looked_for_by_its_title(world: Any) -> None:
    await world.insightly.find_log(CONTACT, LogDraft(subject="Call", body="x"))
    assert [{"field_name": "TITLE", "field_value": "Call", "top": "500"}] == asked(world, "/Events/Search")


async def test_limits_are_read_from_the_documented_headers_which_count_the_day() -> None:
    headers = {"x_ratelimit_limit": "60000", "x_ratelimit_remaining": "59998"}
    wire = Wire(said(200, [], **headers), limit_headers=Insightly.rules.limit_headers)
    await wire.client.get("/Users")
    assert RateLimit(60_000, 59_998, None, 60_000, 59_998) == wire.client.trace[-1].limits
