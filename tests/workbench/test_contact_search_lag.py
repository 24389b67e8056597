"""A new contact that the CRM's search does not know yet, or does not know any more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest
from workbench_steps import CRMS, sandbox_of, signed_in

from appconnect.errors import AlreadyKnown, Rejected, StoreError, Unavailable
from appconnect.models import Contact, NewContact
from appconnect.phone import PhoneNumber
from appconnect.workbench import Workbench
from appconnect.writes_under_way import leaves, one_try

NUMBER, NAME = "+14155550123", "Dora Double"
CREATED, BEFORE = "Contact created", "Contact was created before"


class SlowSearch:
    """A CRM in which a contact is found by number, or by name, from a certain time on."""

    def __init__(self, workbench: Workbench) -> None:
        self.clock = sandbox_of(workbench).clock
        self.made: list[tuple[Contact, datetime]] = []
        self.error: Exception | None = None
        self.lag = {"number": 0.0, "name": 0.0}
        self.asked: list[str] = []

    def add(self, name: str = NAME, phone: str = NUMBER) -> str:
        contact = Contact(id=str(100 + len(self.made)), name=name, phone=phone, type="person")
        self.made.append((contact, self.clock.now()))
        return contact.id

    def _known(self, how: str) -> list[Contact]:
        self.asked.append(how)
        now = self.clock.now()
        return [each for each, at in self.made if now >= at + timedelta(seconds=self.lag[how])]

    async def find_contact(self, number: PhoneNumber) -> list[Contact]:
        return self._known("number")

    async def find_contact_with_name(self, name: str) -> list[Contact]:
        return self._known("name")

    async def create_contact(self, number: PhoneNumber, name: str, *_: object) -> NewContact:
        leaves()  # as the client says of each write
        error, self.error = self.error, None
        with one_try():  # and of what came of it
            if isinstance(error, Rejected):
                raise error
            made = self.add(name)
            if error is not None:
                raise error
        return NewContact(id=made, name=name, type="person")


@pytest.fixture
async def workbench() -> AsyncIterator[Workbench]:
    workbench = await signed_in(CRMS[0])
    yield workbench
    await workbench.close()


@pytest.fixture
def crm(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> SlowSearch:
    slow = SlowSearch(workbench)
    for name in ("find_contact", "find_contact_with_name", "create_contact"):
        monkeypatch.setattr(workbench.connector, name, getattr(slow, name))
    return slow


@pytest.fixture
def seconds(crm: SlowSearch) -> Callable[[], float]:
    start = crm.clock.now()

    def passed() -> float:
        return (crm.clock.now() - start).total_seconds()

    return passed


async def create(workbench: Workbench, name: str = NAME, **more: bool) -> tuple[str, str]:
    made = await workbench.create_contact(NUMBER, name, **more)
    assert made.contact_info is not None, made.error
    return made.contact_info.id, made.message


async def lose(workbench: Workbench, crm: SlowSearch) -> None:
    crm.error = Unavailable("The answer was lost.")
    assert isinstance((await workbench.create_contact(NUMBER, NAME)).error, Unavailable)


async def lose_for_good(workbench: Workbench, crm: SlowSearch) -> None:
    crm.lag = {"number": 1000, "name": 1000}
    await lose(workbench, crm)
    crm.made.clear()
    crm.lag = {"number": 0, "name": 0}


async def test_who_comes_soon_waits_for_the_search_and_finds_what_was_made(
    workbench: Workbench, crm: SlowSearch, seconds: Callable[[], float], caplog: pytest.LogCaptureFixture
) -> None:
    crm.lag = {"number": 40, "name": 40}
    await lose(workbench, crm)
    crm.clock.advance(10)
    assert ("100", CREATED) == await create(workbench)
    assert (1, 65) == (len(crm.made), seconds())
    assert "Waiting 55 seconds for a contact that may have been created just now." in caplog.messages


@pytest.mark.parametrize(("after", "waited"), [(10, 55), (64, 1), (65, 0), (80, 0)])
async def test_what_is_not_found_when_nothing_can_arrive_any_more_was_not_made(
    workbench: Workbench,
    crm: SlowSearch,
    seconds: Callable[[], float],
    after: float,
    waited: float,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await lose_for_good(workbench, crm)
    crm.clock.advance(after)
    assert ("100", CREATED) == await create(workbench)
    assert after + waited == seconds()
    assert (waited > 0) is any("Waiting" in each for each in caplog.messages)


async def test_what_is_found_is_not_waited_for(
    workbench: Workbench, crm: SlowSearch, seconds: Callable[[], float]
) -> None:
    await lose_for_good(workbench, crm)
    made = crm.add()
    crm.clock.advance(10)
    assert ((made, CREATED), 10) == (await create(workbench), seconds())


async def test_a_namesake_of_before_is_not_taken_for_the_one_that_was_made(
    workbench: Workbench, crm: SlowSearch
) -> None:
    crm.add()
    crm.clock.advance(100)
    crm.lag = {"number": 40, "name": 40}
    crm.error = Unavailable("Lost.")
    assert isinstance((await workbench.create_contact(NUMBER, NAME, even_if_known=True)).error, Unavailable)
    crm.made.pop()
    assert ("101", CREATED) == await create(workbench, even_if_known=True)


async def test_who_is_offered_somebody_may_ask_again_at_once(workbench: Workbench, crm: SlowSearch) -> None:
    crm.add()
    for _ in range(2):
        assert isinstance((await workbench.create_contact(NUMBER, NAME)).error, AlreadyKnown)


async def test_a_lost_contact_is_found_at_once_by_number(workbench: Workbench, crm: SlowSearch) -> None:
    crm.error = Unavailable("The answer was lost.")
    assert ("100", CREATED) == await create(workbench)
    assert ["number", "number"] == crm.asked


async def test_or_by_name_where_it_carries_the_number(workbench: Workbench, crm: SlowSearch) -> None:
    crm.lag["number"] = 1000
    crm.add("Dora Double", phone="+14155550199")  # a namesake with another number
    crm.error = Unavailable("The answer was lost.")
    assert ("101", CREATED) == await create(workbench)
    assert ["number", "number", "name"] == crm.asked


@pytest.mark.parametrize(
    ("name", "found"), [("DORA  double", True), ("Dora", False), ("Dora Double Jr.", False)]
)
async def test_what_was_made_has_the_name_however_the_crm_spells_it(
    workbench: Workbench, crm: SlowSearch, name: str, found: bool
) -> None:
    await lose_for_good(workbench, crm)
    crm.add(name)
    again = await workbench.create_contact(NUMBER, NAME)
    assert (found, not found) == (again.contact_info is not None, isinstance(again.error, AlreadyKnown))


async def test_a_refused_contact_is_not_looked_for(workbench: Workbench, crm: SlowSearch) -> None:
    crm.error = Rejected("No.")
    assert isinstance((await workbench.create_contact(NUMBER, NAME)).error, Rejected)
    assert ["number"] == crm.asked


@pytest.mark.parametrize(("after", "again"), [(39, ("100", BEFORE)), (41, ("101", CREATED))])
async def test_a_contact_that_the_search_does_not_know_counts_for_forty_seconds(
    workbench: Workbench, crm: SlowSearch, after: float, again: tuple[str, str]
) -> None:
    crm.lag["number"] = 1000
    assert ("100", CREATED) == await create(workbench)
    crm.clock.advance(after)
    assert again == await create(workbench)


async def test_a_contact_that_the_search_knows_counts_for_good_unless_one_more_is_wanted(
    workbench: Workbench, crm: SlowSearch
) -> None:
    assert ("100", CREATED) == await create(workbench)
    crm.clock.advance(1000)
    assert ("100", BEFORE) == await create(workbench, "dora DOUBLE")
    assert ("101", CREATED) == await create(workbench, even_if_known=True)


async def test_a_contact_whose_note_no_key_opens_any_more_counts_as_long_as_the_search_knows_it(
    workbench: Workbench, crm: SlowSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StoreError("This was sealed with another key.")

    crm.lag["number"] = 10
    assert ("100", CREATED) == await create(workbench)
    monkeypatch.setattr(type(workbench.environment.vault), "open", fails)
    assert ("101", CREATED) == await create(workbench)
    crm.clock.advance(10)
    assert ("101", BEFORE) == await create(workbench)


async def test_a_crm_that_cannot_be_searched_is_written_to_without_a_look(
    workbench: Workbench, crm: SlowSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = {"find_contact": "no", "find_contact_with_name": "no"}
    monkeypatch.setattr(type(workbench.connector), "unsupported", both)
    crm.add()
    assert ("101", CREATED) == await create(workbench)
    crm.error = Unavailable("Lost.")
    other = await workbench.create_contact(NUMBER, "Di Two")
    assert (Unavailable, []) == (type(other.error), crm.asked)


# -- the same number, under another name --


async def offered(workbench: Workbench, name: str = "Di Two") -> list[tuple[str, str, str]]:
    made = await workbench.create_contact(NUMBER, name)
    assert isinstance(made.error, AlreadyKnown), made
    return [(each.id, each.name, each.phone) for each in made.known_contacts]


async def test_who_was_just_created_is_offered_to_another_name_that_the_search_does_not_know_it_for(
    workbench: Workbench, crm: SlowSearch, seconds: Callable[[], float]
) -> None:
    crm.lag = {"number": 40, "name": 40}
    assert ("100", CREATED) == await create(workbench)
    crm.clock.advance(39)
    assert ([("100", NAME, NUMBER)], 39) == (await offered(workbench), seconds())
    assert ("101", CREATED) == await create(workbench, "Di Two", even_if_known=True)


async def test_who_was_created_and_is_gone_when_the_search_must_know_is_offered_to_nobody(
    workbench: Workbench, crm: SlowSearch
) -> None:
    crm.lag = {"number": 1000, "name": 1000}
    assert ("100", CREATED) == await create(workbench)
    crm.clock.advance(41)
    assert ("101", CREATED) == await create(workbench, "Di Two")


async def test_another_name_waits_for_the_search_where_an_answer_was_lost_and_is_offered_what_was_made(
    workbench: Workbench, crm: SlowSearch, seconds: Callable[[], float]
) -> None:
    crm.lag = {"number": 40, "name": 40}
    await lose(workbench, crm)
    crm.clock.advance(10)
    assert ([("100", NAME, NUMBER)], 65) == (await offered(workbench), seconds())


async def test_another_name_is_created_when_nothing_can_arrive_any_more(
    workbench: Workbench, crm: SlowSearch, seconds: Callable[[], float]
) -> None:
    await lose_for_good(workbench, crm)
    crm.clock.advance(10)
    assert (("100", CREATED), 65) == (await create(workbench, "Di Two"), seconds())


@pytest.mark.parametrize("even_if_known", [True, False])
async def test_another_name_waits_for_nobody_where_nothing_was_written_or_it_is_wanted_anyway(
    workbench: Workbench, crm: SlowSearch, seconds: Callable[[], float], even_if_known: bool
) -> None:
    if even_if_known:
        await lose_for_good(workbench, crm)
    else:
        crm.error = Rejected("No.")
        assert isinstance((await workbench.create_contact(NUMBER, NAME)).error, Rejected)
    made = await create(workbench, "Di Two", even_if_known=even_if_known)
    assert (("100", CREATED), 0) == (made, seconds())


async def test_another_number_waits_for_nobody(
    workbench: Workbench, crm: SlowSearch, seconds: Callable[[], float]
) -> None:
    await lose_for_good(workbench, crm)
    made = await workbench.create_contact("+14155550124", "Di Two")
    assert (None, 0) == (made.error, seconds())
