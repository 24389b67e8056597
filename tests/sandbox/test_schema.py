"""Records are checked against compact data, and every problem is found at once."""

from __future__ import annotations

import pytest

from appconnect.sandbox.schema import Kind, read_schema

SCHEMA = read_schema(
    {
        "Contact": {
            "FIRST_NAME*": "text ≤5",
            "OWNER_USER_ID": "integer",
            "IMAGE_URL": "text read-only",
            "STATUS": "text ≤20 =NEW: NEW|IN PROGRESS",
            "BORN": "date",
            "SEEN": "date-time",
            "SHARE": "number",
            "OPTED_OUT": "boolean",
            "ADDRESS": {"CITY": "text ≤3"},
            "PHONES": [{"VALUE*": "text", "PRIMARY": "boolean"}],
            "TAGS": ["Tag"],
            "PARTNER": "Contact",
            "IDS": ["integer"],
            "EXTRA": "object",
        },
        "Tag": {"TAG_NAME*": "text"},
    }
)
CONTACT = SCHEMA["Contact"]


@pytest.mark.parametrize(
    ("body", "path", "kind"),
    [
        ({"NOBODY": 1}, "NOBODY", Kind.UNKNOWN),
        ({"IMAGE_URL": "x"}, "IMAGE_URL", Kind.READ_ONLY),
        ({"FIRST_NAME": "Ferdinand"}, "FIRST_NAME", Kind.LENGTH),
        ({"FIRST_NAME": 7}, "FIRST_NAME", Kind.TYPE),
        ({"OWNER_USER_ID": "7"}, "OWNER_USER_ID", Kind.TYPE),
        ({"OWNER_USER_ID": True}, "OWNER_USER_ID", Kind.TYPE),
        ({"SHARE": True}, "SHARE", Kind.TYPE),
        ({"OPTED_OUT": 1}, "OPTED_OUT", Kind.TYPE),
        ({"STATUS": "LOST"}, "STATUS", Kind.CHOICE),
        ({"BORN": "2026-02-30"}, "BORN", Kind.TYPE),
        ({"SEEN": "yesterday"}, "SEEN", Kind.TYPE),
        ({"ADDRESS": {"CITY": "Lima"}}, "ADDRESS.CITY", Kind.LENGTH),
        ({"ADDRESS": "Lima"}, "ADDRESS", Kind.TYPE),
        ({"PHONES": {"VALUE": "1"}}, "PHONES", Kind.TYPE),
        ({"PHONES": [{"VALUE": "1"}, {"PRIMARY": True}]}, "PHONES.1.VALUE", Kind.MISSING),
        ({"TAGS": [{"TAG": "x", "TAG_NAME": "y"}]}, "TAGS.0.TAG", Kind.UNKNOWN),
        ({"PARTNER": {"FIRST_NAME": "Nia", "PARTNER": {"FIRST_NAME": 1}}}, "PARTNER.PARTNER.FIRST_NAME", Kind.TYPE),
        ({"IDS": [1, "2"]}, "IDS.1", Kind.TYPE),
        ({"EXTRA": []}, "EXTRA", Kind.TYPE),
    ],
)  # fmt: skip
def test_a_value_that_breaks_the_schema_is_named_by_its_path(body, path, kind):
    found = list(CONTACT.problems(body, partly=True))
    assert [(each.path, each.kind) for each in found] == [(path, kind)]


def test_a_record_that_fits_has_no_problem():
    body = {
        "FIRST_NAME": "Nia", "OWNER_USER_ID": 7, "STATUS": "IN PROGRESS", "BORN": "1990-02-28", "SHARE": 0.5,
        "SEEN": "2026-01-02T09:30:00+01:00", "ADDRESS": {"CITY": "Rom"}, "PHONES": [{"VALUE": "1", "PRIMARY": True}],
        "TAGS": [{"TAG_NAME": "x"}], "PARTNER": None, "IDS": [1], "EXTRA": {"a": 1}, "OPTED_OUT": False,
    }  # fmt: skip
    assert list(CONTACT.problems(body)) == []


@pytest.mark.parametrize("body", [{}, {"FIRST_NAME": None}, {"FIRST_NAME": ""}])
def test_a_required_field_is_asked_for_only_of_whole_records(body):
    assert [each.kind for each in CONTACT.problems(body)] == [Kind.MISSING]
    assert list(CONTACT.problems(body, partly=True)) == []


def test_all_problems_are_told_together():
    found = CONTACT.problems({"FIRST_NAME": 7, "BORN": "x", "NOBODY": 1})
    assert [each.path for each in found] == ["FIRST_NAME", "BORN", "NOBODY"]


def test_a_blank_record_has_every_field():
    blank = CONTACT.blank()
    assert set(blank) == set(CONTACT.fields)
    assert (blank["STATUS"], blank["PHONES"], blank["OPTED_OUT"], blank["BORN"]) == ("NEW", [], False, None)


@pytest.mark.parametrize(
    ("what", "sentence"),
    [("texts", "no type 'texts'"), ("text long", "'long' says nothing"), ("Nobody", "no type 'Nobody'")],
)
def test_data_that_means_nothing_is_refused(what, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_schema({"Contact": {"NAME": what}})
