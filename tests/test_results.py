"""Results of operations: what goes over App Connect's wire, what a notebook shows, and what is raised."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from appconnect.errors import AppConnectError, NotFound, RateLimited
from appconnect.models import (
    CallLogInfo,
    CallLogRead,
    Choice,
    Contact,
    ContactCreated,
    ContactMatches,
    CrmUser,
    Detail,
    DetailItem,
    Logged,
    LogUpdated,
    MessageLevel,
    NewContact,
    OAuthInfo,
    Result,
    ReturnMessage,
    SignedIn,
    SignedOut,
    Tracking,
    User,
    UserList,
)

SAID = ReturnMessage(message="Done", message_type=MessageLevel.SUCCESS)
WIRE = {
    "successful": True,
    "returnMessage": {"message": "Done", "messageType": "success", "ttl": 2000},
    "extraDataTracking": {},
}
RAE = User(id="7-acme", name="Rae", timezone_name="Europe/Lisbon", timezone_offset="+01:00")
NIA = Contact(
    id="501", name="Nia", phone="+1", type="Lead", title="Owner", organization="Holt", organization_id="61"
)


@pytest.mark.parametrize(
    ("result", "more"),
    [
        (SignedIn(user=RAE), {"user": {"id": "7-acme", "name": "Rae", "timezoneName": "Europe/Lisbon", "timezoneOffset": "+01:00", "platformAdditionalInfo": {}}}),
        (SignedOut(), {}),
        (ContactMatches(), {"matchedContactInfo": []}),
        (ContactMatches(matched_contact_info=[NIA]), {"matchedContactInfo": [
            {"id": "501", "name": "Nia", "phone": "+1", "type": "Lead", "title": "Owner", "organization": "Holt", "additionalInfo": {}}]}),
        (ContactMatches(matched_contact_info=[Contact(id="1", name="x")]), {"matchedContactInfo": [
            {"id": "1", "name": "x", "phone": "", "type": "", "organization": "", "additionalInfo": {}}]}),
        (ContactMatches(matched_contact_info=[Contact(id="new", name="New", is_new_contact=True, default_contact_type="Lead")]),
         {"matchedContactInfo": [{"id": "new", "name": "New", "isNewContact": True, "defaultContactType": "Lead", "additionalInfo": {}}]}),
        (ContactCreated(contact_info=NewContact(id="1", name="Uma", type="Lead"), known_contacts=[NIA]), {"contactInfo": {"id": "1", "name": "Uma"}}),
        (Logged(log_id="9"), {"logId": "9"}),
        (LogUpdated(log_id="9", updated_note="Hi"), {"updatedNote": "Hi"}),
        (CallLogRead(call_log_info=CallLogInfo()), {"callLogInfo": {"subject": "", "note": "", "contactName": "", "fullBody": "", "dispositions": {}}}),
        (UserList(users=[CrmUser(id="7", name="Rae")]), {"users": [{"id": "7", "name": "Rae", "email": ""}]}),
        (Logged(successful=False, error=NotFound("Gone")), {"successful": False}),
        (Logged(extra_data_tracking=Tracking(ratelimit_remaining=0, with_transcript=False)),
         {"extraDataTracking": {"ratelimitRemaining": 0, "withTranscript": False}}),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_on_the_wire_is_what_app_connect_expects_and_nothing_of_ours(
    result: Result, more: dict[str, object]
) -> None:
    result.return_message = SAID
    assert WIRE | more == result.to_wire()
    assert type(result).model_validate(result.to_wire()).to_wire() == result.to_wire()


def test_details_of_a_message_are_lines_of_text() -> None:
    detail = Detail(title="More", items=[DetailItem(id="1", text="one"), DetailItem(id="2", text="two")])
    told = ReturnMessage(message="Done", message_type=MessageLevel.WARNING, ttl=5, details=[detail, detail])
    assert ["one", "two", "one", "two"] == told.lines
    assert {"message": "Done", "messageType": "warning", "ttl": 5, "details": [
        {"title": "More", "items": [{"id": "1", "type": "text", "text": "one"}, {"id": "2", "type": "text", "text": "two"}]}] * 2
    } == told.to_wire()  # fmt: skip
    assert [] == SAID.lines
    with pytest.raises(ValidationError):
        DetailItem.model_validate({"id": "1", "type": "html", "text": "one"})


def test_the_secret_of_an_app_is_not_on_the_wire() -> None:
    app = OAuthInfo.model_validate(
        {
            "clientId": "me",
            "clientSecret": "hunter2",
            "authorizeUri": "a",
            "accessTokenUri": "b",
            "redirectUri": "c",
        }
    )
    assert {
        "clientId": "me",
        "authorizeUri": "a",
        "accessTokenUri": "b",
        "redirectUri": "c",
        "revokeUri": "",
        "apiUri": "",
    } == app.to_wire()
    assert "hunter2" not in f"{app!r} {app} {app.model_dump()}"
    assert "hunter2" == app.client_secret.get_secret_value()


# -- what is raised --


def test_only_a_failure_raises_and_what_stands_behind_it() -> None:
    done = Logged(log_id="9", error=NotFound("Gone"))
    assert done is done.raise_for_error()
    with pytest.raises(NotFound, match=r"^Gone$"):
        Logged(successful=False, error=NotFound("Gone")).raise_for_error()
    with pytest.raises(AppConnectError, match=r"^Done$"):
        Logged(successful=False, return_message=SAID).raise_for_error()
    with pytest.raises(AppConnectError, match=r"^The operation failed and does not say why\.$"):
        Logged(successful=False).raise_for_error()


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        (Logged(log_id="9", return_message=SAID), "Logged(log_id='9', message='Done')"),
        (Logged(successful=False, error=RateLimited("No")), "Logged(successful=False, message='')"),
        (SignedIn(user=RAE), "SignedIn(message='')"),
        (ContactMatches(matched_contact_info=[NIA]), "ContactMatches(message='')"),
        (LogUpdated(log_id="9", updated_note="Hi"), "LogUpdated(log_id='9', message='')"),
        (UserList(users=[CrmUser(id="7", name="Rae")]), "UserList(message='')"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_repr_is_one_line_without_peoples_data(result: Result, shown: str) -> None:
    assert shown == repr(result)


def test_the_repr_of_a_log_that_is_read_leaves_out_what_a_person_wrote() -> None:
    info = CallLogInfo(
        subject="Call",
        note="private",
        contact_name="Nia",
        full_body="private",
        full_log_response={"a": "private"},
    )
    assert "CallLogInfo(subject='Call', contact_name='Nia')" == repr(info)
    assert "private" not in repr(CallLogRead(call_log_info=info))
    assert "User(id='7-acme', name='Rae', timezone_name='Europe/Lisbon', timezone_offset='+01:00')" == repr(
        RAE.model_copy(update={"platform_additional_info": {"a": "private"}})
    )
    assert "private" not in repr(
        NIA.model_copy(update={"default_contact_type": "private", "created_date": datetime.now(UTC)})
    )


# -- what a notebook shows --


@pytest.mark.parametrize(
    ("result", "shown", "hidden"),
    [
        (SignedIn(user=RAE), ["user", "Rae", "id", "7-acme", "time zone", "Europe/Lisbon"], []),
        (SignedIn(), ["successful"], ["time zone"]),
        (Logged(log_id="9"), ["log id", "9"], ["details", "means", "to do"]),
        (Logged(), ["log id", "Done"], []),
        (LogUpdated(log_id="9", updated_note="Hi there"), ["log id", "9", "note", "Hi there"], []),
        (LogUpdated(), ["log id", "note"], ["None"]),
        (ContactCreated(contact_info=NewContact(id="1", name="Uma", type="Lead")), ["id", "name", "Uma", "type", "Lead"], ["known"]),
        (ContactCreated(known_contacts=[NIA, NIA]), ["known", "Nia #501, Nia #501"], ["name"]),
        (CallLogRead(call_log_info=CallLogInfo(subject="Call", note="Hi", contact_name="Nia", full_body="All", dispositions={"deal": "901"})),
         ["subject", "Call", "contact", "Nia", "note", "Hi", "deal", "901", "body", "All"], []),
        (CallLogRead(), ["successful"], ["subject"]),
        (ContactMatches(), ["successful"], ["organization"]),
        (UserList(), ["successful"], ["email"]),
        (UserList(users=[CrmUser(id="7", name="Rae", email="rae@x.test")]), ["id", "name", "email", "rae@x.test"], ["successful"]),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_notebook_shows_what_came_of_it(result: Result, shown: list[str], hidden: list[str]) -> None:
    result.return_message = SAID
    html = result._repr_html_()
    assert ([], []) == (
        [word for word in ["Done", *shown] if word not in html],
        [word for word in hidden if word in html],
    )


def test_the_details_of_a_message_are_shown_below_it() -> None:
    items = [DetailItem(id="1", text="one"), DetailItem(id="2", text="two")]
    told = ReturnMessage(
        message="Done", message_type=MessageLevel.SUCCESS, details=[Detail(title="More", items=items)]
    )
    html = Logged(return_message=told)._repr_html_()
    assert "details" in html
    assert "one two" in html


def test_contacts_are_rows_with_a_column_for_each_field_of_the_form() -> None:
    offer = {
        "deals": [Choice(const="1", title="Renewal"), Choice(const="2", title="Upsell")],
        "Lead": {"stage": [Choice(const="3", title="New")]},
    }
    other = {"leads": [Choice(const="4", title="Roof")]}
    found = ContactMatches(matched_contact_info=[
        NIA.model_copy(update={"additional_info": offer}), Contact(id="2", name="Omar", additional_info=other),
        Contact(id="new", name="Create new contact...", is_new_contact=True, additional_info=offer),
    ])  # fmt: skip
    frame = found.to_dataframe()
    assert ["id", "name", "phone", "type", "title", "organization", "deals", "leads"] == list(frame.columns)
    assert [
        ["501", "Nia", "+1", "Lead", "Owner", "Holt", "Renewal, Upsell", ""],
        ["2", "Omar", "", "", "", "", "", "Roof"],
    ] == frame.to_numpy().tolist()
    assert ["501", "2"] == [each.id for each in found.contacts]
    assert {"stage": [Choice(const="3", title="New")]} == found.matched_contact_info[0].choices_of_type(
        "Lead"
    )
    assert (
        {}
        == found.matched_contact_info[0].choices_of_type("deals")
        == found.matched_contact_info[0].choices_of_type("x")
    )
    assert [] == [
        word for word in ("Renewal, Upsell", "deals", "organization") if word not in found._repr_html_()
    ]


def test_users_are_rows() -> None:
    frame = UserList(
        users=[CrmUser(id="7", name="Rae", email="rae@x.test"), CrmUser(id="8", name="Uma")]
    ).to_dataframe()
    assert (["id", "name", "email"], [["7", "Rae", "rae@x.test"], ["8", "Uma", ""]]) == (
        list(frame.columns),
        frame.to_numpy().tolist(),
    )
    assert ["id", "name", "email"] == list(UserList().to_dataframe().columns)
