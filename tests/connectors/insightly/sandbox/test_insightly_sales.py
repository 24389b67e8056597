"""Products, price books, quotations, tickets, prospects and articles, and what is sent together with a record."""

from __future__ import annotations

import httpx
import pytest


async def first(http: httpx.AsyncClient, collection: str) -> int:
    """The id of the first record of a collection."""
    number: int = next(iter((await http.get(f"/{collection}")).json()[0].values()))
    return number


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        (
            "Product",
            {"PRODUCT_NAME": "Headset", "DEFAULT_PRICE": 49.9, "CURRENCY_CODE": "EUR"},
            "PRODUCT_NAME",
        ),
        ("Pricebook", {"NAME": "Partners", "CURRENCY_CODE": "EUR"}, "NAME"),
        ("Quotation", {"QUOTATION_NAME": "Offer", "OPPORTUNITY_ID": 501}, "QUOTATION_NAME"),
        ("Prospect", {"LAST_NAME": "Marsh", "EMAIL_ADDRESS": "m@marsh.example"}, "LAST_NAME"),
        ("Ticket", {"SUBJECT": "No tone", "CONTACT_ID": 3101}, "SUBJECT"),
        ("KnowledgeArticle", {"Title": "No tone", "Body": "Check the plug."}, "Title"),
        ("KnowledgeArticleFolder", {"FOLDER_NAME": "More"}, "FOLDER_NAME"),
        ("KnowledgeArticleCategory", {"CATEGORY_NAME": "More"}, "CATEGORY_NAME"),
        ("Vehicle__c", {"RECORD_NAME": "Bike"}, "RECORD_NAME"),
    ],
)
async def test_a_record_is_made_found_and_changed(
    http: httpx.AsyncClient, path: str, body: dict[str, object], name: str
) -> None:
    made = (await http.post(f"/{path}", json=body)).json()
    id_field, number = next(iter(made.items()))
    found = await http.get(f"/{path}/Search", params={"field_name": name, "field_value": body[name]})
    changed = await http.put(f"/{path}", json={id_field: number, name: "Other"})
    read = (await http.get(f"/{path}/{number}")).json()
    assert [number] == [row[id_field] for row in found.json()][-1:]
    assert (200, {**body, name: "Other"}) == (changed.status_code, {key: read[key] for key in body})


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        ("Product", {"DEFAULT_PRICE": 1}, "PRODUCT_NAME is required."),
        (
            "Product",
            {"PRODUCT_NAME": "A", "CURRENCY_CODE": "EURO"},
            "CURRENCY_CODE has a maximum length of 3.",
        ),
        ("Quotation", {"QUOTATION_NAME": "A"}, "OPPORTUNITY_ID is required."),
        ("Quotation", {"QUOTATION_NAME": "A", "OPPORTUNITY_ID": 1}, "OPPORTUNITY_ID is not valid."),
        ("Ticket", {"SUBJECT": "A", "CONTACT_ID": 1}, "CONTACT_ID is not valid."),
        ("Pricebook/{}/PricebookEntry", {"PRICE": 1, "PRODUCT_ID": 1}, "PRODUCT_ID is not valid."),
        ("Pricebook/{}/PricebookEntry", {"PRODUCT_ID": 211}, "PRICE is required."),
        ("Quotation/{}/QuotationLineItem", {"UNIT_PRICE": 1}, "QUANTITY is required."),
        ("Ticket/{}/Merge", {"TARGET_TICKET_NUMBER": 1}, "TARGET_TICKET_NUMBER is not valid."),
        ("Ticket/{}/Merge", {}, "TARGET_TICKET_NUMBER is not valid."),
    ],
)
async def test_a_record_that_cannot_be_is_a_400(
    http: httpx.AsyncClient, path: str, body: dict[str, object], problem: str
) -> None:
    address = path.format(await first(http, path.partition("/")[0]))
    answer = await http.post(f"/{address}", json=body)
    assert (400, True) == (answer.status_code, problem in answer.json()["Message"])


async def test_a_price_is_seen_from_its_price_book_and_its_product(http: httpx.AsyncClient) -> None:
    book, product = await first(http, "Pricebook"), await first(http, "Product")
    entry = {"PRODUCT_ID": product, "PRICE": 99.5}
    added = (await http.post(f"/Pricebook/{book}/PricebookEntry", json=entry)).json()[-1]
    number = added["PRICEBOOK_ENTRY_ID"]
    seen = [
        [row["PRICEBOOK_ENTRY_ID"] for row in (await http.get(path)).json()]
        for path in (
            f"/Pricebook/{book}/PricebookEntry",
            f"/Product/{product}/PricebookEntry",
            "/PricebookEntry",
        )
    ]
    changed = await http.put(
        f"/Product/{product}/PricebookEntry", json={"PRICEBOOK_ENTRY_ID": number, "PRICE": 1}
    )
    deleted = await http.delete(f"/Pricebook/{book}/PricebookEntry/{number}")
    assert ([True] * 3, (99.5, book), 1, 202, 404) == (
        [number in numbers for numbers in seen],
        (added["PRICE"], added["PRICEBOOK_ID"]),
        changed.json()[-1]["PRICE"],
        deleted.status_code,
        (await http.get(f"/PricebookEntry/{number}")).status_code,
    )


@pytest.mark.parametrize(
    ("collection", "part"),
    [
        ("Opportunities", "OpportunityLineItem"),
        ("Quotation", "QuotationLineItem"),
        ("Quotation", "QuotationDocument"),
    ],
)
async def test_a_part_belongs_to_its_record_alone(
    http: httpx.AsyncClient, collection: str, part: str
) -> None:
    number = await first(http, collection)
    rows = (await http.get(f"/{collection}/{number}/{part}")).json()
    other = {"OPPORTUNITY_NAME": "B", "QUOTATION_NAME": "B", "OPPORTUNITY_ID": 501}
    fields = {"Opportunities": ["OPPORTUNITY_NAME"], "Quotation": ["QUOTATION_NAME", "OPPORTUNITY_ID"]}
    made = await http.post(f"/{collection}", json={name: other[name] for name in fields[collection]})
    elsewhere = f"/{collection}/{next(iter(made.json().values()))}/{part}"
    deleted = await http.delete(f"{elsewhere}/{next(iter(rows[0].values()))}")
    assert (1, [], 404) == (len(rows), (await http.get(elsewhere)).json(), deleted.status_code)


async def test_a_merged_ticket_is_gone_and_the_other_one_stays(http: httpx.AsyncClient) -> None:
    one, other = (await http.get("/Ticket")).json()[:2]
    merge = {"TARGET_TICKET_NUMBER": int(other["TICKET_NUMBER"])}
    merged = await http.post(f"/Ticket/{one['TICKET_ID']}/Merge", json=merge)
    rest = (await http.get("/Ticket")).json()
    assert ([other["TICKET_ID"]], [other["TICKET_ID"]]) == (
        [row["TICKET_ID"] for row in merged.json()],
        [row["TICKET_ID"] for row in rest],
    )


async def test_an_article_is_kept_in_every_language(http: httpx.AsyncClient) -> None:
    path = f"/KnowledgeArticle/{await first(http, 'KnowledgeArticle')}"
    before = (await http.get(f"{path}/Translations/de")).json()
    await http.post(f"{path}/Translations/de", json={"Title": "Wenn die Leitung abbricht"})
    await http.put(f"{path}/Translations/de", json={"Body": "Kabel prüfen."})
    (after,) = (await http.get(f"{path}/Translations/de")).json()
    assert ([], "Wenn die Leitung abbricht", "Kabel prüfen.", "de", "When a line drops") == (
        before,
        after["Title"],
        after["Body"],
        after["Language"],
        (await http.get(path)).json()["Title"],
    )


async def test_a_type_of_record_of_the_account_s_own_is_described_and_searched(
    http: httpx.AsyncClient,
) -> None:
    (named,) = (await http.get("/CustomObjects")).json()
    name = named["OBJECT_NAME"]
    (field,) = (await http.get(f"/CustomFields/{name}")).json()
    plate = {"field_name": field["FIELD_NAME"], "field_value": "HLT 1"}
    (found,) = (await http.get(f"/{name}/Search", params=plate)).json()
    assert (named, "Nia's van", 202) == (
        (await http.get(f"/CustomObjects/{name}")).json(),
        found["RECORD_NAME"],
        (await http.delete(f"/{name}/{found['RECORD_ID']}")).status_code,
    )


@pytest.mark.parametrize(
    ("path", "status"), [("/CustomObjects/Boat__c", 404), ("/Boat__c", 405), ("/Boat__c/1", 404)]
)
async def test_a_type_of_record_that_nobody_made_is_refused(
    http: httpx.AsyncClient, path: str, status: int
) -> None:
    assert status == (await http.get(path)).status_code


# -- what is sent together with a record --


async def test_tags_dates_and_domains_are_sent_with_their_record(http: httpx.AsyncClient) -> None:
    lists = {
        "TAGS": [{"TAG_NAME": "vip"}],
        "DATES": [{"OCCASION_NAME": "Founded", "OCCASION_DATE": "1999-05-06 00:00:00"}],
        "EMAILDOMAINS": [{"EMAIL_DOMAIN": "marsh.example"}],
    }
    made = (await http.post("/Organisations", json={"ORGANISATION_NAME": "Marsh", **lists})).json()
    path = f"/Organisations/{made['ORGANISATION_ID']}"
    assert {"TAG_NAME": "vip"} == made["TAGS"][0]
    assert ("Founded", "marsh.example") == (
        (await http.get(f"{path}/Dates")).json()[0]["OCCASION_NAME"],
        (await http.get(f"{path}/EmailDomains")).json()[0]["EMAIL_DOMAIN"],
    )
    kept = (await http.put("/Organisations", json={**made, "TAGS": []})).json()
    assert ([], made["DATES"], made["EMAILDOMAINS"]) == (kept["TAGS"], kept["DATES"], kept["EMAILDOMAINS"])
    assert [] == (await http.get("/Organisations/SearchByTag?tagName=vip")).json()


@pytest.mark.parametrize(
    ("lists", "problem"),
    [
        ({"TAGS": [{}]}, "TAG_NAME is required."),
        ({"TAGS": [{"TAG_NAME": "x" * 256}]}, "TAG_NAME has a maximum length of 255."),
        ({"TAGS": {"TAG_NAME": "x"}}, "TAGS has a value of the wrong type."),
        ({"DATES": [{"OCCASION_DATE": "soon"}]}, "is not a valid date and time"),
    ],
)
async def test_a_list_that_cannot_be_is_a_400_and_changes_nothing(
    http: httpx.AsyncClient, lists: dict[str, object], problem: str
) -> None:
    before = (await http.get("/Contacts/3101")).json()
    answer = await http.put("/Contacts", json={"CONTACT_ID": 3101, "FIRST_NAME": "No", **lists})
    assert (400, True) == (answer.status_code, problem in answer.json()["Message"])
    assert before == (await http.get("/Contacts/3101")).json()


async def test_the_custom_fields_that_are_not_sent_stay_as_they_are(http: httpx.AsyncClient) -> None:
    async def customised(name: str, value: str | None) -> dict[str, object]:
        custom = [{"FIELD_NAME": name, "FIELD_VALUE": value}]
        answer = await http.put("/Contacts", json={"CONTACT_ID": 3101, "CUSTOMFIELDS": custom})
        return {each["FIELD_NAME"]: each["FIELD_VALUE"] for each in answer.json()["CUSTOMFIELDS"]}

    await customised("TEA__c", "Assam")
    assert {"TEA__c": "Assam", "PHONE_2__c": "+1"} == await customised("PHONE_2__c", "+1")
    assert {"TEA__c": None, "PHONE_2__c": "+1"} == await customised("TEA__c", None)


# -- how published clients read a whole collection --


async def test_a_collection_is_counted_and_read_page_by_page(http: httpx.AsyncClient) -> None:
    counted = await http.get("/Contacts", params={"top": 1, "brief": "true", "count_total": "true"})
    total, rows = int(counted.headers["X-Total-Count"]), list[dict[str, object]]()
    for skip in range(0, total, 3):
        rows += (await http.get("/Contacts", params={"top": 3, "skip": skip, "brief": "false"})).json()
    assert (total, total) == (len(rows), len({row["CONTACT_ID"] for row in rows}))


@pytest.mark.parametrize("collection", ["Contacts", "Quotation", "Product", "Ticket", "Prospect", "Users"])
async def test_what_changed_since_a_moment_is_searched(http: httpx.AsyncClient, collection: str) -> None:
    old = await http.get(
        f"/{collection}/Search", params={"updated_after_utc": "2025-01-01T00:00:00Z", "top": 500}
    )
    new = await http.get(
        f"/{collection}/Search", params={"updated_after_utc": "2030-01-01T00:00:00Z", "top": 500}
    )
    assert (True, []) == (len(old.json()) > 0, new.json())


async def test_what_nobody_may_read_is_in_no_list_and_no_search(http):
    for path in ("/Opportunities", "/Opportunities/Search?field_name=OPPORTUNITY_STATE&field_value=OPEN"):
        rows = (await http.get(path)).json()
        assert ["Holt renewal", "Holt support plan"] == [row["OPPORTUNITY_NAME"] for row in rows]
    hidden = 1 + max(row["OPPORTUNITY_ID"] for row in rows)
    assert 403 == (await http.get(f"/Opportunities/{hidden}")).status_code
