"""What is said of what goes wrong with Bullhorn, sentence by sentence."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from appconnect import operation_warnings
from appconnect.errors import (
    ConfigurationError,
    CredentialsRejected,
    CrmError,
    Forbidden,
    ForeignHost,
    InputError,
    NotFound,
    SessionExpired,
    SignInError,
    Unavailable,
    Unconfirmed,
)
from appconnect.models import Contact, Direction, LogDraft
from appconnect.phone import parse

LOGIN = "/rest-services/login"
NIA, NUMBER = Contact(id="105", name="Nia Holt", type="Candidate"), parse("+14155550142")
START = datetime(2026, 1, 2, 9, tzinfo=UTC)
DRAFT = LogDraft(body="Hi", start=START, direction=Direction.OUTBOUND, reference="s-1")


async def fails(work, kind, message, status=None):
    with pytest.raises(kind) as caught:
        await work
    assert (kind, message) == (type(caught.value), caught.value.message)
    if isinstance(caught.value, CrmError):
        assert status == caught.value.status


# -- the data centre --


async def test_no_user_name(signed_out):
    signed_out.account.options = {}
    await fails(
        signed_out.connector.get_oauth_info(), ConfigurationError,
        "To find its data centre, Bullhorn needs the user name: set BULLHORN_USERNAME or the option username.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"status": 200, "json": {}}, "Bullhorn knows no user 'rae.quill'; check the user name."),
        ({"status": 400, "json": {}}, "Bullhorn knows no user 'rae.quill'; check the user name."),
        ({"status": 200, "json": {"oauthUrl": "https://a.bullhornstaffing.com"}},
         "Bullhorn knows no user 'rae.quill'; check the user name."),
        ({"status": 200, "json": {"restUrl": "https://a.bullhornstaffing.com"}},
         "Bullhorn knows no user 'rae.quill'; check the user name."),
        ({"status": 404, "json": {"errorMessage": "No."}},
         "Bullhorn does not tell where the user 'rae.quill' belongs; check the user name. It said: No."),
    ],
    ids=str,
)  # fmt: skip
async def test_a_user_who_belongs_nowhere(signed_out, answer, message):
    signed_out.sandbox.faults.add(path="*/loginInfo", **answer)
    await fails(signed_out.connector.get_oauth_info(), ConfigurationError, message)


@pytest.mark.parametrize("trap", ["oauthUrl", "restUrl"])
async def test_an_address_of_somebody_else(signed_out, trap):
    right = "https://a.bullhornstaffing.com"
    places = {"oauthUrl": right, "restUrl": right, trap: "https://me:secret@evil.example/x"}
    signed_out.sandbox.faults.add(path="*/loginInfo", status=200, json=places)
    await fails(
        signed_out.connector.get_oauth_info(), ForeignHost,
        "https://evil.example/x is not an address of Bullhorn, so nothing was sent to it.",
    )  # fmt: skip


async def test_the_whole_of_a_data_centre(signed_out):
    info = await signed_out.connector.get_oauth_info()
    assert ("sandbox-bullhorn-client", "sandbox-bullhorn-secret", "http://127.0.0.1:8738/callback", "") == (
        info.client_id, info.client_secret.get_secret_value(), info.redirect_uri, info.revoke_uri
    )  # fmt: skip


# -- signing in --


async def test_a_wrong_password_or_client(signed_out):
    wrong = "Bullhorn does not accept this user name and password."
    await fails(signed_out.sign_in(password="nope-nope"), CredentialsRejected, wrong)
    signed_out.account.client_id = "somebody-else"
    unknown = "Bullhorn does not know this client id; check the settings."
    await fails(signed_out.sign_in(), CredentialsRejected, unknown)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_page_that_does_not_come(signed_out, status):
    signed_out.sandbox.faults.add("POST", "/oauth/authorize", status=status, text="busy", times=None)
    down = "Bullhorn's sign-in is not answering; try again later."
    await fails(signed_out.sign_in(), Unavailable, down, status)


@pytest.mark.parametrize("status", [200, 404, 499])
async def test_a_page_that_wants_a_person(signed_out, status):
    signed_out.sandbox.faults.add("POST", "/oauth/authorize", status=status, text="Terms")
    await fails(
        signed_out.sign_in(), SignInError,
        "Bullhorn answered with a page of its own: it has terms for this user to accept, or it takes the password "
        "in the address only, where this workbench does not write it. Sign in once in the browser.",
    )  # fmt: skip


@pytest.mark.parametrize(
    "typed", [{}, {"username": "x"}, {"password": "x"}, {"username": "", "password": "x"}]
)
async def test_half_of_what_must_be_typed(signed_out, typed):
    info = await signed_out.connector.get_oauth_info()
    typed = {name: SecretStr(value) for name, value in typed.items()}
    steps = signed_out.way.auth_flow(typed, info, None)
    missing = "To sign in without Bullhorn's page, fill in user name and password."
    await fails(signed_out.auth_flow(steps), InputError, missing)


@pytest.mark.parametrize(("rounds", "is_too_much"), [(2, False), (3, True)])
async def test_data_centres_that_send_on(signed_out, rounds, is_too_much):
    again = {"Location": "/oauth/token"}
    signed_out.sandbox.faults.add("POST", "/oauth/token", status=308, headers=again, times=rounds)
    if is_too_much:
        circle = "Bullhorn's data centres send each other's requests in a circle; try again later."
        await fails(signed_out.sign_in_by_code(), SignInError, circle)
    else:
        await signed_out.sign_in_by_code()
    assert 3 == signed_out.sent("POST", "/oauth/token")


@pytest.mark.parametrize(
    ("token", "address"), [("a\nb", "https://a.bullhornstaffing.com/x"), ("t", "https://a\x00/")]
)
async def test_a_session_that_cannot_be_used(signed_out, token, address):
    signed_out.sandbox.faults.add("POST", LOGIN, status=200, json={"BhRestToken": token, "restUrl": address})
    useless = "Bullhorn opened a session that cannot be used; try again later."
    await fails(signed_out.sign_in_by_code(), Unavailable, useless)


@pytest.mark.parametrize("status", [429, 500])
async def test_no_session_for_now(signed_out, status):
    signed_out.sandbox.faults.add("POST", LOGIN, status=status, text="busy", times=None)
    later = "Bullhorn opens no session now; try again later."
    await fails(signed_out.sign_in_by_code(), Unavailable, later, status)


@pytest.mark.parametrize(
    ("status", "body", "said", "tries"),
    [
        (400, {"errorMessage": "No."}, "No.", 3),
        (400, {}, "status 400.", 3),
        (403, {"errorMessage": "Not you"}, "Not you.", 1),
        (200, [], "status 200.", 1),
        (200, {"BhRestToken": 5, "restUrl": "x"}, "status 200.", 1),
        (200, {"BhRestToken": "x", "restUrl": None}, "status 200.", 1),
    ],
    ids=str,
)
async def test_a_session_that_is_refused(signed_out, status, body, said, tries):
    signed_out.sandbox.faults.add("POST", LOGIN, status=status, json=body, times=None)
    message = f"Bullhorn did not open a session; sign in again. It said: {said}"
    await fails(signed_out.sign_in_by_code(), SignInError, message)
    assert tries == signed_out.sent("POST", LOGIN)


async def test_a_token_that_is_refused_once_is_no_matter(signed_out):
    for status in (400, 500):
        signed_out.sandbox.faults.add("POST", LOGIN, status=status, json={})
    await signed_out.sign_in_by_code()
    assert 3 == signed_out.sent("POST", LOGIN)


async def test_a_session_that_is_over_for_good(make_bench):
    workbench = make_bench(refresh_tokens=False)
    await workbench.sign_in_by_code()
    workbench.sandbox.end_sessions()
    over = "The Bullhorn session has ended; sign in again."
    await fails(workbench.connector.get_user_list(), SessionExpired, over, 401)


async def test_a_session_shows_where_it_is_and_nothing_else(workbench):
    assert "RestSession(https://rest32.bullhornstaffing.com/rest-services/e1)" == repr(workbench.crm.signer)
    info = await workbench.connector.get_oauth_info()
    unopened = workbench.way.restore(workbench.stored[0], info)
    assert "RestSession(https://rest-east.bullhornstaffing.com/rest-services/_)" == repr(unopened)


def test_what_is_typed_is_explained(workbench):
    name, password = workbench.way.fields
    assert ("username", "User name", "Decides which of Bullhorn's data centres is asked.") == (
        name.name, name.label, name.hint,
    )  # fmt: skip
    assert ("password", "Password", "Of an API user; not needed in the browser.", True, True, False) == (
        password.name, password.label, password.hint, password.secret, password.verbatim, password.kept,
    )  # fmt: skip


# -- contacts --


@pytest.mark.parametrize("name", ["", " \n"])
async def test_no_name(bullhorn, name):
    await fails(bullhorn.find_contact_with_name(name), InputError, "There is no name to search for.")


async def test_a_name_too_long(bullhorn):
    assert [] == await bullhorn.find_contact_with_name("x" * 100)
    too_long = "No name in Bullhorn is longer than 100 characters."
    await fails(bullhorn.find_contact_with_name("x" * 101), InputError, too_long)
    too_long = "A name in Bullhorn has at most 100 characters; shorten it."
    await fails(bullhorn.create_contact(NUMBER, "x" * 101), InputError, too_long)


async def warned(work):
    """What is said while something is done, and of which kinds of contacts nobody was searched."""
    with operation_warnings.collect() as warnings:
        found = await work
    gaps = {kind: (gap.message, gap.is_lasting) for kind, gap in warnings.not_searched.items()}
    return found, list(warnings), gaps


async def test_people_whom_the_user_may_not_see(workbench, bullhorn):
    workbench.sandbox.faults.add(path="*/search/Lead", status=403, json={}, times=None)
    found, said, gaps = await warned(bullhorn.find_contact(NUMBER))
    sentence = "Bullhorn does not let this user search its Lead records."
    assert (["Nia Holt"], [sentence], {"lead": (sentence, True)}) == (
        [each.name for each in found],
        said,
        gaps,
    )
    workbench.sandbox.faults.add(path="*/search/*", status=403, json={}, times=None)
    nobody = "This Bullhorn user may see neither candidates nor contacts nor leads."
    await fails(bullhorn.find_contact(NUMBER), Forbidden, nobody, 403)


async def test_people_whom_bullhorn_does_not_search(workbench, bullhorn):
    workbench.sandbox.faults.add(
        path="*/search/ClientContact", status=400, json={"errorMessage": "Index is being built."}, times=None
    )
    found, said, gaps = await warned(bullhorn.find_contact(NUMBER))
    sentence = "Bullhorn did not search its ClientContact records: Index is being built."
    assert (["Nia Holt"], [sentence], {"contact": (sentence, False)}) == (
        [each.name for each in found], said, gaps,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        ("Invalid field 'phone3'", ["Bullhorn did not search phone3 of its Candidate records."]),
        ("phone2, phone3 are hidden", ["Bullhorn did not search phone2, phone3 of its Candidate records."]),
        ("Invalid field 'occupation'", []),
        ("Something about more", []),
    ],
)
async def test_fields_that_bullhorn_does_not_search(workbench, bullhorn, refused, said):
    workbench.sandbox.faults.add(path="*/search/Candidate", status=400, json={"errorMessage": refused})
    found, warnings, gaps = await warned(bullhorn.find_contact(NUMBER))
    assert (["Nia Holt"], said) == ([each.name for each in found], warnings)
    assert ({"candidate": (said[0], False)} if said else {}) == gaps
    asked = [each.query for each in workbench.sandbox.requests if each.path.endswith("/search/Candidate")]
    lost = [name for name in ("phone2", "phone3", "occupation") if name in refused]
    assert 2 == len(asked)
    assert not [
        name for name in lost if name in asked[1]["fields"].split(",") or f"{name}:" in asked[1]["query"]
    ]
    assert lost or "companyName" not in asked[1]["fields"]


async def test_nobody_of_this_id(bullhorn):
    nobody = "Bullhorn has neither a contact nor a candidate nor a lead 999."
    await fails(bullhorn.directory().contact("999"), NotFound, nobody, 404)
    await fails(bullhorn.directory().contact("105", "Lead"), NotFound, nobody.replace("999", "105"), 404)


@pytest.mark.parametrize(
    ("status", "path", "work", "said"),
    [
        (403, "*/settings/*", lambda bullhorn: bullhorn.find_contact(NUMBER), "the note actions"),
        (403, "*/meta/Lead", lambda bullhorn: bullhorn.new_contact_choices(), "the statuses of a Lead"),
    ],
)  # fmt: skip
async def test_what_could_not_be_read_is_named(workbench, bullhorn, status, path, work, said):
    workbench.sandbox.faults.add("GET", path, status=status, json={"errorMessage": "No."}, times=None)
    _, warnings, _ = await warned(work(bullhorn))
    assert [True] == [said in each for each in warnings], warnings


# -- logs --


async def test_a_log_that_was_deleted(workbench, bullhorn):
    workbench.record("Note", 9301)["isDeleted"] = True
    await fails(bullhorn.get_call_log("9301"), NotFound, "This log was deleted in Bullhorn.", 404)


async def test_an_action_too_long(bullhorn):
    too_long = f"The note action '{'Y' * 31}' is 31 characters long; Bullhorn holds 30."
    draft = DRAFT.model_copy(update={"additional_submission": {"noteActions": "Y" * 31}})
    await fails(bullhorn.create_call_log(NIA, draft), InputError, too_long)
    draft = DRAFT.model_copy(update={"additional_submission": {"noteActions": "Y" * 30}})
    assert await bullhorn.create_call_log(NIA, draft)


async def test_a_default_action_that_cannot_be_used(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallNoteAction="Y" * 31)
    _, said, _ = await warned(bullhorn.create_call_log(NIA, DRAFT))
    assert [
        "bullhornOutboundCallNoteAction is longer than the 30 characters that Bullhorn holds, so it was left out."
    ] == said
    workbench.settings(bullhornOutboundCallNoteAction="Y" * 30)
    workbench.connector.cache.kept.clear()
    workbench.sandbox.faults.add(
        "GET", "*/settings/*", status=200, json={"commentActionList": []}, times=None
    )
    _, said, _ = await warned(bullhorn.create_call_log(NIA, DRAFT.model_copy(update={"reference": "s-2"})))
    assert [
        f"bullhornOutboundCallNoteAction is '{'Y' * 30}', which is not one of this Bullhorn company's note actions, "
        "so it was left out; there are: none. allowBullhornCustomNoteAction allows others."
    ] == said


async def test_actions_that_could_not_be_checked(workbench, bullhorn):
    workbench.sandbox.faults.add("GET", "*/settings/*", status=403, json={"errorMessage": "No."}, times=None)
    draft = DRAFT.model_copy(update={"additional_submission": {"noteActions": "Email"}})
    _, said, _ = await warned(bullhorn.create_call_log(NIA, draft))
    assert [True] == ["the note actions, so that 'Email' is not checked" in each for each in said], said


async def test_a_copy_that_stays(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    workbench.sandbox.faults.add(
        "POST", "*/entity/Candidate/*", status=403, json={"errorMessage": "No."}, times=None
    )
    _, said, _ = await warned(bullhorn.delete_call_log(log_id))
    begins = "The copy of the old note is still in the comments of Nia Holt; take it out yourself. "
    assert [True] == [each.startswith(begins) and each.endswith("No.") for each in said], said


async def test_comments_that_somebody_else_keeps_writing(workbench, bullhorn, caplog):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)

    def overwrite():
        workbench.record("Candidate", 105)["comments"] = "Mine"
        workbench.after("POST", "/entity/Candidate/105", overwrite)

    overwrite()
    _, said, _ = await warned(bullhorn.create_call_log(NIA, DRAFT))
    assert [
        "The copy in the contact's comments is not written yet; the log's next update tries again."
    ] == said
    assert "Somebody else writes the contact's comments at the same time." in caplog.text
    assert ("Mine", 3) == (
        workbench.record("Candidate", 105)["comments"],
        workbench.sent("POST", "/entity/Candidate"),
    )


async def test_a_copy_of_nobody_knows_whose_note(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    note = {"data": {"id": 9302, "comments": "Hi", "personReference": None}}
    workbench.sandbox.faults.add("GET", "*/entity/Note/9302", status=200, json=note, times=None)
    untyped = NIA.model_copy(update={"type": ""})
    _, said, _ = await warned(bullhorn.create_call_log(untyped, DRAFT))
    missing = "The copy in the contact's comments is not written: the note does not show whom it is about."
    assert [missing] == said


async def test_what_is_said_of_a_link_that_is_missing(make_bench):
    workbench = make_bench(lead_reference=False)
    await workbench.sign_in_by_code()
    workbench.sandbox.faults.add("PUT", "*/entity/NoteEntity", status=403, json={"errorMessage": "No."})
    ines = Contact(id="107", name="Ines Roth", type="Lead")
    _, said, _ = await warned(workbench.connector.create_call_log(ines, DRAFT))
    assert [True] == [each.startswith("The note is not linked to lead 107") for each in said], said


async def test_a_zone_that_is_none(workbench, bullhorn):
    workbench.account.options = {**workbench.account.options, "timezone": "Mars"}
    unknown = "'Mars' is not a time zone; set the option timezone to a name like Europe/London."
    await fails(bullhorn.get_user_info(), ConfigurationError, unknown)


async def test_a_write_that_is_not_told_as_done(workbench, bullhorn):
    workbench.sandbox.faults.add("PUT", "*/entity/Note", status=200, json={})
    with pytest.raises(Unconfirmed):
        await bullhorn.create_call_log(NIA, DRAFT)


@pytest.mark.parametrize(
    ("what", "work"),
    [
        ("note", lambda bullhorn: bullhorn.get_call_log("x")),
        ("note", lambda bullhorn: bullhorn.update_call_log("x", DRAFT)),
        ("note", lambda bullhorn: bullhorn.delete_call_log("x")),
        ("contact", lambda bullhorn: bullhorn.create_call_log(NIA.model_copy(update={"id": "x"}), DRAFT)),
        ("contact", lambda bullhorn: bullhorn.find_log(NIA.model_copy(update={"id": "x"}), DRAFT)),
        ("contact", lambda bullhorn: bullhorn.directory().contact("x")),
        ("owner", lambda bullhorn: bullhorn.create_call_log(NIA, DRAFT.model_copy(update={"owner_id": "x"}))),
    ],
)
async def test_an_id_that_is_none(bullhorn, what, work):
    message = f"'x' is not a Bullhorn {what} id; those are whole numbers."
    await fails(work(bullhorn), InputError, message)


@pytest.mark.parametrize(
    ("path", "record", "work", "what"),
    [
        (
            "entity/CorporateUser/101",
            {"id": 101},
            lambda bullhorn: bullhorn.get_user_info(),
            "data.name of user 101",
        ),
        ("query/CorporateUser", {"id": 7}, lambda bullhorn: bullhorn.get_user_list(), "name of user 7"),
        ("search/Candidate", {"id": 7}, lambda bullhorn: bullhorn.find_contact(NUMBER), "name of person 7"),
        (
            "entity/Candidate/105",
            {"id": 105},
            lambda bullhorn: bullhorn.directory().contact("105", "Candidate"),
            "data.name of person 105",
        ),
        (
            "query/ClientCorporation",
            {"id": 7},
            lambda bullhorn: bullhorn.create_contact(NUMBER, "Ann", "Contact"),
            "name of company 7",
        ),
        (
            "entity/Note/9301",
            {"id": 9301},
            lambda bullhorn: bullhorn.get_call_log("9301"),
            "data.comments of note 9301",
        ),
    ],
)
async def test_what_cannot_be_read_is_left_out(workbench, bullhorn, path, record, work, what):
    field = what.removeprefix("data.").partition(" ")[0]
    record = {**record, field: ["x"]}
    answer = {"data": record if path.startswith("entity") else [record]}
    workbench.sandbox.faults.add("GET", f"*/{path}", status=200, json=answer, times=None)
    _, said, _ = await warned(work(bullhorn))
    assert [f"Left out of what the CRM answered: {what} (Input should be a valid string)."] == said
