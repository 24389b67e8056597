"""Searching in Pipedrive's sandbox: fuzzy, by digits, less than the record."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


async def found(api, term, path="/api/v2/persons/search", **params):
    reply = await api.get(path, params={"term": term} | params)
    assert 200 == reply.status_code, reply.text
    return [hit["item"] for hit in reply.json()["data"]["items"]]


def names(items):
    return [item["name"] for item in items]


async def test_a_hit_is_less_than_the_record(api):
    reply = await api.get("/api/v2/persons/search", params={"term": "nia", "fields": "name"})

    assert {
        "success": True,
        "data": {
            "items": [
                {
                    "result_score": 0.375,
                    "item": {
                        "id": 501,
                        "type": "person",
                        "name": "Nia Holt",
                        "phones": ["+1 415-555-0142", "+1 (628) 555-0143"],
                        "emails": ["nia@holt.example"],
                        "primary_email": "nia@holt.example",
                        "visible_to": 3,
                        "owner": {"id": 7001},
                        "organization": {"id": 61, "name": "Holt Ltd", "address": None},
                        "custom_fields": [],
                        "notes": [],
                    },
                }
            ]
        },
        "additional_data": {"next_cursor": None},
    } == reply.json()


@pytest.mark.parametrize("term", ["4155550142", "+1 415-555-0142", "(415) 555 0142"])
async def test_phones_are_found_by_digits_and_so_is_a_lookalike(api, term):
    hits = names(await found(api, term, fields="phone"))
    assert "Nia Holt" == hits[0]
    assert ("Lena Fuzz" in hits) is (term != "+1 415-555-0142")


async def test_the_deleted_are_not_found(api):
    assert "Nia Holt (old)" not in names(await found(api, "4155550142"))


async def test_two_persons_may_share_a_number(api):
    assert ["Omar Vance", "Ines Roth"] == names(await found(api, "4155550177", fields="phone"))


async def test_phones_can_be_compared_as_text_instead(api, crm):
    crm.toggles["phones_by_digits"] = False
    assert [] == await found(api, "4155550142", fields="phone")
    assert ["Nia Holt"] == names(await found(api, "415-555-0142", fields="phone"))


async def test_exact_match_takes_the_whole_value_whatever_its_case(api):
    assert ["Nia Holt"] == names(await found(api, "NIA HOLT", exact_match="true"))
    assert [] == await found(api, "nia", exact_match="true")
    assert [] == await found(api, "4155550142", fields="phone", exact_match="true")
    assert ["Nia Holt"] == names(await found(api, "14155550142", fields="phone", exact_match="true"))


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("O'Neil", "Sinéad O'Neil"),
        ("sinéad", "Sinéad O'Neil"),
        ("🌟 & Sons", "Zoë 🌟 & Sons"),
        ("holt nia", "Nia Holt"),
        ("omar@vance", "Omar Vance"),
    ],
)
async def test_awkward_names_are_found_when_encoded(api, term, name):
    assert [name] == names(await found(api, term))


async def test_a_bare_plus_is_a_space_and_a_bare_ampersand_ends_the_term(api):
    plus = await api.get("/api/v2/persons/search?term=+14155550142")
    assert ["Nia Holt"] == names(hit["item"] for hit in plus.json()["data"]["items"])
    cut = await api.get("/api/v2/persons/search?term=Zo%C3%AB & Sons")
    assert (400, "ERR_SCHEMA_VALIDATION_FAILED") == (cut.status_code, cut.json()["code"])


async def test_the_fields_searched_can_be_chosen(api):
    assert [] == await found(api, "nia@holt", fields="name,phone")
    assert ["Nia Holt"] == names(await found(api, "nia@holt", fields="email"))
    reply = await api.get("/api/v2/persons/search", params={"term": "nia", "fields": "mobile"})
    assert 400 == reply.status_code


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({}, '"term" is not allowed to be empty'),
        ({"term": ""}, '"term" is not allowed to be empty'),
        ({"term": " "}, '"term" is not allowed to be empty'),
        ({"term": "n"}, '"term" length must be at least 2 characters long'),
    ],
)
async def test_a_term_too_short_is_refused(api, params, error):
    reply = await api.get("/api/v2/persons/search", params=params)
    assert (400, "ERR_INVALID_INPUT", error) == (
        reply.status_code,
        reply.json()["code"],
        reply.json()["error"],
    )


async def test_one_character_is_enough_for_an_exact_match(api):
    assert [] == await found(api, "n", exact_match="true")


@pytest.mark.parametrize("params", [{"limit": "501"}, {"start": "0"}, {"exact_match": "1"}])
async def test_search_parameters_are_read_strictly(api, params):
    reply = await api.get("/api/v2/persons/search", params={"term": "nia"} | params)
    assert (400, "ERR_SCHEMA_VALIDATION_FAILED") == (reply.status_code, reply.json()["code"])


async def test_many_hits_come_in_pages(api, crm):
    crm.database.add_crowd(230)
    cursor, pages = None, []
    for _ in range(3):
        params = {"term": "4155550199", "fields": "phone"} | ({"cursor": cursor} if cursor else {})
        reply = (await api.get("/api/v2/persons/search", params=params)).json()
        pages.append([hit["item"]["id"] for hit in reply["data"]["items"]])
        cursor = reply["additional_data"]["next_cursor"]
    assert ([100, 100, 30], None) == ([len(page) for page in pages], cursor)
    assert 230 == len({number for page in pages for number in page})


async def test_search_can_be_held_to_an_organization(api):
    assert ["Nia Holt"] == names(await found(api, "415555", fields="phone", organization_id=61))


async def test_a_new_person_can_take_a_moment_to_be_found(api, crm, clock):
    crm.toggles["search_lags"] = True
    clock.advance(60)
    await api.post("/api/v2/persons", json={"name": "Brand New"})
    assert [] == await found(api, "Brand New")
    assert ["Nia Holt"] == names(await found(api, "Nia"))
    clock.advance(5)
    assert ["Brand New"] == names(await found(api, "Brand New"))


@given(term=st.text(min_size=1, max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
async def test_any_term_is_answered_in_the_envelope(api, crm, term):
    crm.clock.advance(2)
    reply = await api.get("/api/v2/persons/search", params={"term": term})
    assert reply.status_code in {200, 400, 429}
    assert reply.json()["success"] is (reply.status_code == 200)


# -- leads and items --


async def test_leads_can_be_searched_by_title_and_person(api):
    [lead] = await found(api, "holt", "/api/v2/leads/search", person_id=501)
    assert ("lead", "Holt second site", {"id": 501, "name": "Nia Holt"}, False) == (
        lead["type"],
        lead["title"],
        lead["person"],
        lead["is_archived"],
    )
    assert 36 == len(lead["id"])


async def test_items_of_all_kinds_need_the_search_scope(api, by_key):
    assert 403 == (await api.get("/api/v2/itemSearch", params={"term": "holt"})).status_code
    kinds = {item["type"] for item in await found(by_key, "holt", "/api/v2/itemSearch")}
    assert {"person", "deal", "lead", "organization"} == kinds
    assert ["Holt Ltd"] == names(await found(by_key, "holt", "/api/v2/itemSearch", item_types="organization"))


async def test_item_search_pages_are_smaller(by_key):
    reply = await by_key.get("/api/v2/itemSearch", params={"term": "holt", "limit": 101})
    assert 400 == reply.status_code
