"""Who owns a log: token, then mapping, then the connected user."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from appconnect.log_owner import Owner, OwnerSource, is_requested, make_assignment_token, owner_for
from appconnect.models import AdminConfiguration, User

NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
KEY = SecretStr("a server secret of at least 32 characters")
RAE = User(id="7001-pipedrive", name="Rae Quill")
OMAR = User(id="7002-pipedrive", name="Omar Vance")
INES = User(id="41-insightly", name="Ines Roth")
USERS = {user.id: user for user in (RAE, OMAR, INES)}
ADMIN = AdminConfiguration.model_validate(
    {
        "hashedAccountId": "h",
        "userMappings": [
            {"crmUserId": "7003", "rcExtensionId": "101"},
            {"crmUserId": "7004", "rcExtensionId": ["102", "103"]},
            {"crmUserId": "7005", "rcExtensionId": ["103"]},
        ],
    }
)
CONNECTED = Owner("7001", OwnerSource.CONNECTED)


def owner(submission, *, admin=ADMIN, secret_key=KEY, now=NOW):
    return owner_for(
        submission, connected=RAE, users_by_id=USERS.get, admin=admin, secret_key=secret_key, now=now
    )


def assigned(**more):
    return {"isAssignedToUser": True, **more}


def signed(claims, key=KEY):
    return jwt.encode(claims, key.get_secret_value(), algorithm="HS256")


def test_nobody_asked_for_an_assignee():
    token = make_assignment_token(OMAR.id, KEY, NOW)
    assert CONNECTED == owner({"adminAssignedUserToken": token, "adminAssignedUserRcId": "101"})
    assert CONNECTED == owner({"isAssignedToUser": False, "adminAssignedUserRcId": "101"})


@pytest.mark.parametrize("asking", [{"isAssignedToUser": True}, {"is_assigned_to_user": "true"}])
def test_a_submission_asks_for_an_assignee(asking):
    assert is_requested(asking)


@pytest.mark.parametrize("silent", [{}, {"isAssignedToUser": False}, {"isAssignedToUser": "false"}])
def test_a_submission_that_does_not_ask_for_one(silent):
    assert not is_requested(silent)


def test_a_token_names_the_owner():
    token = make_assignment_token(OMAR.id, KEY, NOW)
    assert Owner("7002", OwnerSource.TOKEN) == owner(assigned(adminAssignedUserToken=token))


def test_a_token_wins_over_a_mapping():
    token = make_assignment_token(OMAR.id, KEY, NOW)
    submission = assigned(adminAssignedUserToken=token, adminAssignedUserRcId="101")
    assert Owner("7002", OwnerSource.TOKEN) == owner(submission)


def test_snake_case_is_read_as_well():
    token = make_assignment_token(OMAR.id, KEY, NOW)
    submission = {"is_assigned_to_user": True, "admin_assigned_user_token": token}
    assert Owner("7002", OwnerSource.TOKEN) == owner(submission)


def test_a_token_lives_two_weeks():
    submission = assigned(adminAssignedUserToken=make_assignment_token(OMAR.id, KEY, NOW))
    last_moment = NOW + timedelta(weeks=2, seconds=-1)
    assert Owner("7002", OwnerSource.TOKEN) == owner(submission, now=last_moment)
    assert CONNECTED == owner(submission, now=NOW + timedelta(weeks=2))


NOT_ACCEPTED = "An assignment token was not accepted: {}"
NOT_HERE = "An assignment token names a user who is not signed in here."
OTHER_KEY = SecretStr("another secret of at least 32 characters")
BAD_TOKENS = {
    "garbage": ("not.a.token", NOT_ACCEPTED.format("DecodeError")),
    "another key": (
        make_assignment_token(OMAR.id, OTHER_KEY, NOW), NOT_ACCEPTED.format("InvalidSignatureError"),
    ),
    "expired": (
        make_assignment_token(OMAR.id, KEY, NOW - timedelta(weeks=3)), NOT_ACCEPTED.format("ExpiredSignatureError"),
    ),
    "never expires": (signed({"id": OMAR.id}), NOT_ACCEPTED.format("MissingRequiredClaimError")),
    "no user": (signed({"exp": NOW.timestamp() + 60}), NOT_ACCEPTED.format("MissingRequiredClaimError")),
    "expiry is text": (
        signed({"id": OMAR.id, "exp": "tomorrow"}), NOT_ACCEPTED.format("ExpiredSignatureError"),
    ),
    "unsigned": (
        jwt.encode({"id": OMAR.id, "exp": NOW.timestamp() + 60}, None, algorithm="none"),
        NOT_ACCEPTED.format("InvalidAlgorithmError"),
    ),
    "unknown user": (make_assignment_token("9999-pipedrive", KEY, NOW), NOT_HERE),
    "a user of another CRM": (make_assignment_token(INES.id, KEY, NOW), NOT_HERE),
}  # fmt: skip


@pytest.mark.parametrize(("token", "told"), BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
def test_a_token_not_to_be_believed_falls_through_to_the_mapping(token, told, caplog):
    submission = assigned(adminAssignedUserToken=token, adminAssignedUserRcId="101")
    assert Owner("7003", OwnerSource.MAPPING) == owner(submission)
    assert [("WARNING", told)] == [(each.levelname, each.getMessage()) for each in caplog.records]
    assert token not in caplog.text
    assert KEY.get_secret_value() not in caplog.text


def test_without_a_server_secret_no_token_is_believed(caplog):
    submission = assigned(adminAssignedUserToken=make_assignment_token(OMAR.id, KEY, NOW))
    assert CONNECTED == owner(submission, secret_key=None)
    assert CONNECTED == owner(submission, secret_key=SecretStr(""))
    told = "An assignment token cannot be checked: APP_SERVER_SECRET_KEY is not set."
    assert [("WARNING", told)] * 2 == [(each.levelname, each.getMessage()) for each in caplog.records]


def test_a_token_says_when_it_was_made_and_whom_it_names():
    token = make_assignment_token(OMAR.id, KEY, NOW, timedelta(hours=1))
    claims = jwt.decode(token, KEY.get_secret_value(), algorithms=["HS256"], options={"verify_exp": False})
    began = int(NOW.timestamp())
    assert {"id": OMAR.id, "iat": began, "exp": began + 3600} == claims


@pytest.mark.parametrize("more", [{"aud": "somebody"}, {"iat": NOW.timestamp() + 1_000_000_000}])
def test_what_else_a_token_says_does_not_matter(more):
    token = signed({"id": OMAR.id, "exp": NOW.timestamp() + 60, **more})
    assert Owner("7002", OwnerSource.TOKEN) == owner(assigned(adminAssignedUserToken=token))


def test_the_sources_of_an_owner_have_names_for_people():
    assert ["admin assigned user token", "admin user mapping", "connected user"] == list(OwnerSource)


@pytest.mark.parametrize(
    ("extension", "crm_id"), [("101", "7003"), (101, "7003"), ("102", "7004"), ("103", "7004")]
)
def test_the_first_mapping_with_the_extension_decides(extension, crm_id):
    assert Owner(crm_id, OwnerSource.MAPPING) == owner(assigned(adminAssignedUserRcId=extension))


@pytest.mark.parametrize("extension", ["10", "1", "", None, "104"])
def test_an_extension_in_no_mapping_leaves_the_connected_user(extension):
    assert CONNECTED == owner(assigned(adminAssignedUserRcId=extension))


def test_ids_compare_as_text_also_when_the_admin_wrote_numbers():
    admin = AdminConfiguration.model_validate(
        {"hashedAccountId": "h", "userMappings": [{"crmUserId": 7003, "rcExtensionId": [101, "102"]}]}
    )
    assert Owner("7003", OwnerSource.MAPPING) == owner(assigned(adminAssignedUserRcId="101"), admin=admin)


def test_a_mapping_without_extension_covers_nobody():
    admin = AdminConfiguration.model_validate(
        {"hashedAccountId": "h", "userMappings": [{"crmUserId": "7003"}]}
    )
    assert CONNECTED == owner(assigned(), admin=admin)
    assert CONNECTED == owner(assigned(adminAssignedUserRcId=""), admin=admin)


def test_no_configuration_means_no_mapping():
    assert CONNECTED == owner(assigned(adminAssignedUserRcId="101"), admin=None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(JSON, JSON, JSON)
def test_whatever_the_submission_says_nothing_is_raised(asked, token, extension):
    submission = {
        "isAssignedToUser": asked,
        "adminAssignedUserToken": token,
        "adminAssignedUserRcId": extension,
    }
    assert owner(submission).crm_id
