"""What is special in panels for a CRM with passwords, a time zone to set, and no word about limits."""

from __future__ import annotations

from workbench_steps import nia, sandbox_of, signed_in

from appconnect.connectors.redtail.sandbox import sign_in
from appconnect.panels import CallLogPanel, ConnectPanel, ContactsPanel, MessageLogPanel, RateLimitsPanel
from appconnect.workbench import connect


async def test_spaces_around_a_typed_password_belong_to_it(monkeypatch) -> None:
    panel = ConnectPanel(connect("redtail", mode="sandbox"))
    monkeypatch.setitem(sign_in.LOGINS, ("rae.quill", " spaces count "), 880042)
    panel.fields["password"].value = " spaces count "
    panel.fields["username"].value = " rae.quill "

    await panel.sign_in()
    assert "signed in as Rae Quill" == panel.about()


async def test_a_password_leaves_its_field_the_moment_it_is_used_also_a_wrong_one() -> None:
    panel = ConnectPanel(connect("redtail", mode="sandbox"))
    panel.fields["password"].value = "not hers"

    await panel.sign_in()
    assert "" == panel.fields["password"].value
    assert "not hers" not in panel.snapshot()
    assert "not signed in" == panel.about()


async def test_without_a_word_about_limits_the_workbench_counts_its_own_requests() -> None:
    workbench = await signed_in("redtail")
    panel = RateLimitsPanel(workbench)
    await workbench.find_contact_with_name("Holt")

    assert len(workbench.trace) == 4
    assert "the workbench counts its own requests" in panel.snapshot()
    assert "4 requests, 4 of them in the last minute" in panel.snapshot()
    assert "the CRM has said nothing; 4 requests counted here" == panel.about()


async def test_requests_of_the_last_minute_are_counted_apart() -> None:
    workbench = await signed_in("redtail")
    await workbench.sleep(61)
    await workbench.list_users()

    assert "3 requests, 1 of them in the last minute" in RateLimitsPanel(workbench).snapshot()


async def test_refusals_are_counted_also_where_no_answer_speaks_of_limits() -> None:
    workbench = await signed_in("redtail", plan="tiny")
    for _ in range(9):
        await workbench.list_users()

    refused = [each.status for each in sandbox_of(workbench).requests].count(429)
    assert refused
    assert (
        f"{refused} of {len(workbench.trace)} requests (status 429)" in RateLimitsPanel(workbench).snapshot()
    )


async def test_a_time_zone_that_is_none_is_told_in_the_forms() -> None:
    workbench = await signed_in("redtail")
    contact = await nia(workbench)
    workbench.settings = {"redtailCustomTimezone": {"value": "Mars/Olympus"}}

    for panel in (CallLogPanel(workbench, contact), MessageLogPanel(workbench, contact, "Hello")):
        assert "which is no time zone" in panel.preview.value


async def test_a_new_contact_gets_a_category_only_if_somebody_chooses_one() -> None:
    workbench = await signed_in("redtail")
    panel = ContactsPanel(workbench, "303 555 0177")
    await panel.search()
    panel.new_name.value = "Jan de la Cruz"
    assert [("none", ""), ("Review", "1")] == list(panel.offered["category"].options)[:2]

    await panel.create()
    assert "category_id" not in workbench.trace[-1].request_body

    panel = ContactsPanel(workbench, "303 555 0178")
    await panel.search()
    panel.new_name.value = "Jan de la Cruz"
    panel.offered["category"].value = "3"
    await panel.create()
    assert 3 == workbench.trace[-1].request_body["category_id"]


async def test_a_log_against_a_new_contact_can_be_filed_like_any_other() -> None:
    workbench = await signed_in("redtail")
    contacts = ContactsPanel(workbench, "303 555 0177")
    form = CallLogPanel(workbench, contacts)
    await contacts.search()
    contacts.new_name.value = "Jan de la Cruz"

    await contacts.create()
    assert ["none", "Review", "General Information"] == _titles(form)[:3]

    form.links["category"].value = "1"
    await form.log()
    assert 1 == sandbox_of(workbench).database.activities[9001]["category_id"]


async def test_a_search_by_name_forgets_no_categories() -> None:
    workbench = await signed_in("redtail")
    contacts = ContactsPanel(workbench, "+14155550142")
    await contacts.search()
    contacts.query.value = "Nobody Atall"

    await contacts.search()
    assert "category" in contacts.offered


async def test_read_back_a_category_is_told_by_its_name() -> None:
    workbench = await signed_in("redtail")
    form = CallLogPanel(workbench, await nia(workbench))
    form.links["category"].value = "3"
    await form.log()

    await form.read()
    assert "<td>Prospecting &amp; Referrals</td>" in form.wire.value


def _titles(form: CallLogPanel) -> list[str]:
    return [title for title, _ in form.links["category"].options]
