"""Insightly: whatever happens to whoever, what is known of spellings changes no match.

Each match is made twice: by a connector that has been there all the time, and by one that knows nothing and
searches for every spelling.
"""

import asyncio
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from appconnect.connectors.insightly import Insightly
from appconnect.connectors.insightly.sandbox.schema import CONTACT, LEAD
from appconnect.phone import parse
from appconnect.workbench import connect

NUMBERS = [parse(each) for each in ("+13035550199", "+442079460999", "+5491123456789")]
FIELDS = {
    CONTACT: ["PHONE", "PHONE_MOBILE", "PHONE_HOME", "PHONE_OTHER", "PHONE_ASSISTANT", "PHONE_FAX", "PHONE_2__c"],
    LEAD: ["PHONE", "MOBILE", "FAX", "HOTLINE__c"],
}  # fmt: skip
FORMATS = ["", "(***) ***-****", "***.***.****, 0**********"]


def spellings(number):
    """A number as people type it: as it is searched for, nearly so, and otherwise."""
    national = number.national
    searched_for = [number.e164, national, number.formatted, *(each.e164 for each in number.habits)]
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number.e164)
    nearly = [f" {number.e164}", f"{national}\u200b", wide, number.formatted.replace(" ", "\u00a0")]
    otherwise = [
        f"({national[:3]}) {national[3:6]}-{national[6:]}",
        f"0{national}",
        f"{number.e164} ext. 7",
        "n/a",
    ]
    return [*searched_for, *nearly, *otherwise]


NUMBER = st.sampled_from(NUMBERS)
SPELLING = NUMBER.flatmap(lambda number: st.sampled_from(spellings(number)))
KIND = st.sampled_from([CONTACT, LEAD])
PLACE = KIND.flatmap(lambda kind: st.tuples(st.just(kind), st.sampled_from(FIELDS[kind])))
WHO = st.integers(0, 30)
MATCH = st.tuples(st.just("match"), NUMBER, st.sampled_from(FORMATS))
STEPS = st.lists(
    st.one_of(
        MATCH,
        MATCH,
        st.tuples(st.just("add"), PLACE, SPELLING),
        st.tuples(st.just("change"), PLACE, WHO, st.one_of(st.none(), SPELLING)),
        st.tuples(st.just("remove"), KIND, WHO),
        st.tuples(st.just("convert"), WHO, WHO),
        st.tuples(st.just("name"), st.sampled_from(["", "PHONE_2__c, HOTLINE__c", "PHONE_FAX"])),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 50.0, 70.0])),
    ),
    min_size=3,
    max_size=14,
)


class NobodyLeft(Exception):
    """A step has nobody to be done to: all of a kind were removed."""


class Account:
    """A played account, and the connector that is there all the time."""

    def __init__(self, workbench):
        self.connector = workbench.connector
        self.client = workbench.connector.crm
        self.crm = workbench.environment.sandbox["insightly"]

    def one_of(self, kind, who):
        if not (ids := sorted(self.crm.database.records[kind.name])):
            raise NobodyLeft
        return ids[who % len(ids)]

    def fields(self, place, text):
        _, name = place
        if name.endswith("__c"):
            return {"CUSTOMFIELDS": [{"FIELD_NAME": name, "FIELD_VALUE": text}]}
        return {name: text}

    async def match(self, number, formats):
        known = await self.connector.find_contact(number, overriding_format=formats)
        for records in ("Contacts", "Leads"):
            self.crm.faults.add("GET", f"*/{records}/Search", status=400, json={"Message": "no"})
        other = Insightly(self.client, self.connector.account)
        searched = await other.find_contact(number, overriding_format=formats)
        assert 0 == len(self.crm.faults)
        assert searched == known

    async def add(self, place, text):
        self.crm.database.add(place[0], {"FIRST_NAME": "Uma", "LAST_NAME": "New", **self.fields(place, text)})

    async def change(self, place, who, text):
        self.crm.database.change(place[0], self.one_of(place[0], who), self.fields(place, text))

    async def remove(self, kind, who):
        self.crm.database.records[kind.name].remove(self.one_of(kind, who))

    async def convert(self, who, into):
        became = {"CONVERTED": True, "CONVERTED_CONTACT_ID": self.one_of(CONTACT, into)}
        self.crm.database.change(LEAD, self.one_of(LEAD, who), became)

    async def name(self, fields):
        self.connector.account.options = {"phoneFields": fields}

    async def wait(self, seconds):
        self.client.clock.advance(seconds)


async def live_through(steps):
    async with connect("insightly", mode="sandbox") as workbench:
        await workbench.sign_in()
        account = Account(workbench)
        for name, *what in steps:
            with suppress(NobodyLeft):
                await getattr(account, name)(*what)
        for number in NUMBERS:
            await account.match(number, "")


@settings(max_examples=20, deadline=None)
@given(STEPS)
def test_what_is_known_of_spellings_changes_no_match(steps):
    asyncio.run(live_through(steps))
