"""Messages for people: results and errors in one sentence, with details."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appconnect import errors, user_messages
from appconnect.models import Contact, MessageLevel, User
from appconnect.user_messages import ADVICE, MAX_QUOTE, for_error

RAE = User(id="7001-pipedrive", name="Rae {Quill}")
ADA = Contact(id="501", name="Ada Quill")
NEW = Contact(id="createNewContact", name="Create new contact...", is_new_contact=True)

NOT_AN_AUTHORIZATION_PROBLEM = [
    errors.Rejected("The activity's subject is too long.", status=400, crm_message="subject: max 255"),
    errors.PaymentRequired("The plan is full.", status=402),
    errors.NotFound("There is no activity 9301.", status=404),
    errors.Rejected("It was changed meanwhile.", status=409),
]


def lines(message):
    return [item.text for detail in message.details or [] for item in detail.items]


def all_errors(root=errors.AppConnectError):
    return [root, *(each for child in root.__subclasses__() for each in all_errors(child))]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (user_messages.call_logged(), "Call logged"),
        (user_messages.call_logged(updated=True), "Call log updated."),
        (user_messages.call_log_updated(), "Call log updated."),
        (user_messages.message_logged(), "Message logged"),
        (user_messages.contact_created(), "Contact created"),
        (user_messages.contacts_found([ADA]), "Contact found"),
        (user_messages.contacts_found([ADA, ADA, NEW]), "2 contacts found"),
        (user_messages.disposition_set(True), "Call disposition set"),
        (user_messages.disposition_set(False), "Nothing to set"),
        (user_messages.signed_in(RAE, "Pipedrive"), "Connected to Pipedrive as Rae {Quill}"),
        (user_messages.signed_out(crm="Pipedrive"), "Signed out of Pipedrive"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_exact_words_of_success(message, text):
    assert {"message": text, "messageType": "success", "ttl": 2000} == message.to_wire()


@pytest.mark.parametrize("found", [[], [NEW]], ids=["nothing", "only the entry for a new one"])
def test_no_match_is_a_warning_that_says_what_to_do(found):
    expected = {
        "message": "Contact not found",
        "messageType": "warning",
        "ttl": 3000,
        "details": [
            {
                "title": "Details",
                "items": [
                    {
                        "id": "1",
                        "type": "text",
                        "text": "Create a new contact, or search in another way.",
                    }
                ],
            }
        ],
    }
    assert expected == user_messages.contacts_found(found).to_wire()


def test_a_sign_out_that_the_crm_did_not_confirm_says_why():
    message = user_messages.signed_out(errors.Unreachable("Pipedrive does not answer."), crm="Pipedrive")
    assert "Signed out here; Pipedrive did not confirm it" == message.message
    assert MessageLevel.WARNING is message.message_type
    assert ["Pipedrive does not answer."] == lines(message)


def test_a_log_that_another_process_is_writing_is_no_error_of_the_person():
    message = for_error(errors.BeingLogged("This is being logged right now by another process."))
    assert MessageLevel.WARNING is message.message_type


def test_an_extension_is_answered_with_app_connect_s_own_sentence():
    message = for_error(errors.InternalExtension(user_messages.INTERNAL_EXTENSION))
    assert "Logging against internal extension number is not supported." == message.message
    assert MessageLevel.WARNING is message.message_type


def test_a_search_that_ended_early_says_so():
    found = user_messages.contacts_found([ADA] * 100, max_matches=100, max_log_form_options=50)
    assert ("The first 100 contacts", MessageLevel.WARNING) == (found.message, found.message_type)
    assert [
        "There may be more. Search for the full name.",
        "Only the first 50 have choices in the log form, such as deals.",
    ] == lines(found)


@pytest.mark.parametrize(("number", "said"), [(50, 0), (51, 1)])
def test_contacts_without_what_the_form_offers_are_told_of(number, said):
    found = user_messages.contacts_found([ADA] * number, max_matches=100, max_log_form_options=50)
    assert (f"{number} contacts found", said) == (found.message, len(lines(found)))


def test_every_kind_of_error_that_a_person_meets_has_advice():
    for kind in all_errors():
        advice = next(ADVICE[each] for each in kind.__mro__ if each in ADVICE)
        assert advice.to_do
    crm_errors = set(all_errors(errors.CrmError))
    assert crm_errors <= ADVICE.keys()
    general = ADVICE[errors.AppConnectError]
    without = [
        kind.__name__ for kind in all_errors() if kind is not errors.AppConnectError
        and next(ADVICE[each] for each in kind.__mro__ if each in ADVICE) is general
    ]  # fmt: skip
    assert [] == [name for name in without if not name.startswith("_")]


@pytest.mark.parametrize(
    ("kind", "said"),
    [(errors.WriteDeclined, "answer yes"), (errors.WritesNotArmed, "workbench.arm_writes()")],
)
def test_a_write_that_a_person_must_allow_says_how(kind, said):
    message = for_error(kind("Nothing was written."))
    assert MessageLevel.WARNING is message.message_type
    assert [True] == [said in line for line in lines(message)]


def test_every_message_has_a_level_and_a_time_to_read_it():
    for kind in all_errors():
        message = for_error(kind("It went wrong."), crm="Pipedrive")
        assert message.message_type in (MessageLevel.WARNING, MessageLevel.DANGER, MessageLevel.ERROR)
        assert 3000 <= message.ttl <= 5000
        assert "{" not in message.message + "".join(lines(message))
        assert "It went wrong." in [message.message, *lines(message)]


def test_what_was_typed_is_answered_in_the_error_s_own_words():
    message = for_error(errors.UnusableNumber('"204" is too short for a phone number.'))
    assert '"204" is too short for a phone number.' == message.message
    assert MessageLevel.WARNING is message.message_type
    assert ["Check the phone number. Nothing was sent."] == lines(message)


def test_a_crm_error_says_what_to_do_what_happened_and_what_the_crm_said():
    error = errors.Rejected(
        "Pipedrive refused the activity.", status=400, crm_message="due_date is not valid"
    )
    message = for_error(error, crm="Pipedrive")
    assert "Pipedrive did not accept what was sent" == message.message
    assert [
        "Correct what Pipedrive names and try again; signing in again does not help.",
        "Pipedrive refused the activity.",
        "Pipedrive said: due_date is not valid",
    ] == lines(message)


@pytest.mark.parametrize("error", NOT_AN_AUTHORIZATION_PROBLEM, ids=lambda error: str(error.status))
def test_only_a_lost_session_sends_people_to_sign_in_again(error):
    told = for_error(error, crm="Pipedrive")
    asked = " ".join([told.message, *lines(told)]).lower()
    assert "authori" not in asked
    assert "sign in" not in asked
    assert "signing in" not in asked.replace("signing in again does not help", "")


def test_a_lost_session_asks_to_sign_in_again():
    message = for_error(errors.SessionExpired("Pipedrive answered 401.", status=401), crm="Pipedrive")
    assert "Your Pipedrive session has expired" == message.message
    assert "Sign in again." == lines(message)[0]


@pytest.mark.parametrize(
    ("retry_after", "when"),
    [
        (None, "in a moment"),
        (0, "in 1 second"),
        (1.2, "in 2 seconds"),
        (60, "in 60 seconds"),
        (121, "in about 3 minutes"),
        (7200, "in about 120 minutes"),
        (7201, "in about 3 hours"),
        (float("inf"), "in a moment"),
    ],
)
def test_a_burst_limit_says_when_to_try_again(retry_after, when):
    error = errors.RateLimited("Too many.", status=429, retry_after=retry_after)
    message = for_error(error, crm="Pipedrive")
    assert "Pipedrive is getting too many requests" == message.message
    assert f"Try again {when}. The data is fine." == lines(message)[0]
    assert MessageLevel.WARNING is message.message_type


@pytest.mark.parametrize(
    ("retry_after", "when"), [(None, "at the CRM's next daily reset"), (36_000, "in about 10 hours")]
)
def test_a_daily_limit_says_when_the_budget_refills_and_that_waiting_does_not_help(retry_after, when):
    error = errors.RateLimited("Too many.", status=429, retry_after=retry_after, daily=True)
    message = for_error(error, crm="Insightly")
    assert "Today's Insightly requests are used up" == message.message
    assert f"The budget refills {when}. Until then Insightly refuses every request." == lines(message)[0]


def test_a_block_says_to_wait_and_not_for_a_new_day():
    message = for_error(errors.Blocked("Shut out.", status=403, crm_message="Error 1015"), crm="Pipedrive")
    assert "Pipedrive blocks requests from here for a while" == message.message
    assert "Wait a few minutes, then try again. The data is fine." == lines(message)[0]


def test_a_lost_answer_to_a_write_says_that_it_may_have_been_done():
    message = for_error(errors.Unreachable("Timed out.", maybe_done=True), crm="Redtail")
    assert "Redtail did not answer; the change may already be saved" == message.message
    assert "Redtail cannot be reached" == for_error(errors.Unreachable("Timed out."), crm="Redtail").message


def test_without_a_name_a_sentence_still_begins_with_a_capital():
    assert "The CRM cannot be reached" == for_error(errors.Unreachable("Timed out.")).message


LONG_TEXT = st.text() | st.builds(lambda text, times: text * times, st.text(min_size=1), st.integers(1, 500))


@given(LONG_TEXT, LONG_TEXT)
@example("word " * 100, "x\n" * 400)
def test_whatever_the_crm_says_the_lines_stay_short(text, crm_message):
    error = errors.Rejected(text, status=400, crm_message=crm_message)
    assert "Pipedrive did not accept what was sent" == for_error(error, crm="Pipedrive").message
    for line in lines(for_error(error, crm="Pipedrive")):
        assert len(line) <= len("Pipedrive said: ") + MAX_QUOTE
        assert "\n" not in line


@pytest.mark.parametrize(("length", "ending"), [(MAX_QUOTE, "x"), (MAX_QUOTE + 1, "…"), (9000, "…")])
def test_a_long_sentence_of_the_crm_is_cut_at_300_characters(length, ending):
    error = errors.Rejected("Refused.", status=400, crm_message="x" * length)
    quote = lines(for_error(error, crm="Pipedrive"))[-1].removeprefix("Pipedrive said: ")
    assert (MAX_QUOTE, ending) == (len(quote), quote[-1])


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (1, "P (1) carries this number already, so Ivy was not created."),
        (2, "P (1), P (2) carry this number already, so Ivy was not created."),
        (5, "P (1), P (2), P (3), P (4), P (5) carry this number already, so Ivy was not created."),
        (
            6,
            "P (1), P (2), P (3), P (4), P (5) and 1 more carry this number already, so Ivy was not created.",
        ),
    ],
)
def test_up_to_five_who_carry_the_number_are_named(number, sentence):
    known = [Contact(id=str(each), name="P", type="person") for each in range(1, number + 1)]
    assert sentence == user_messages.already_known(known, "Ivy")


MAY_BE_MORE = "There may be more. Search for the full name."
FEW = "Only the first 2 have choices in the log form, such as deals."


@pytest.mark.parametrize(
    ("number", "bounds", "text", "level", "said"),
    [
        (1, {"left_out": "1 hit left out."}, "Contact found", "success", ["1 hit left out."]),
        (2, {"left_out": "1 hit left out."}, "2 contacts found", "success", ["1 hit left out."]),
        (1, {"max_matches": 1}, "Contact found", "success", []),
        (2, {"max_matches": 3}, "2 contacts found", "success", []),
        (3, {"max_matches": 3, "left_out": "One."}, "The first 3 contacts", "warning", ["One.", MAY_BE_MORE]),
        (4, {"max_matches": 3}, "The first 4 contacts", "warning", [MAY_BE_MORE]),
        (2, {"max_log_form_options": 2}, "2 contacts found", "success", []),
        (3, {"max_log_form_options": 2}, "3 contacts found", "success", [FEW]),
    ],
)
def test_how_many_were_found_is_told_with_what_is_missing(number, bounds, text, level, said):
    found = user_messages.contacts_found([ADA] * number, **bounds)
    assert (text, level, 5000 if level == "warning" else 2000) == (
        found.message,
        found.message_type,
        found.ttl,
    )
    assert said == lines(found)


def test_warnings_follow_what_a_message_says_already():
    message = user_messages.with_warnings(
        user_messages.contacts_found([]), ["Deals were not read.", "Nor tasks."]
    )
    assert ("Contact not found", "warning", 5000) == (message.message, message.message_type, message.ttl)
    advice = "Create a new contact, or search in another way."
    assert [advice, "Deals were not read.", "Nor tasks."] == lines(message)
    assert ["It is not linked."] == lines(
        user_messages.with_warnings(user_messages.call_logged(), ["It is not linked."])
    )


def test_without_warnings_a_message_stays_as_it_is():
    message = user_messages.call_logged()
    assert message is user_messages.with_warnings(message, [])
    assert user_messages.with_warnings(None, ["It is not linked."]) is None


@pytest.mark.parametrize(
    ("maybe_done", "is_write", "text", "to_do"),
    [
        (True, True, "Acme did not answer; the change may already be saved",
         "Try again to check. Nothing is written twice: Acme is searched first."),
        (True, False, "Others have it.", "Wait a moment, then try again. Nothing was changed."),
        (False, True, "Others have it.", "Wait a moment, then try again. Nothing was changed."),
    ],
)  # fmt: skip
def test_a_write_that_others_took_over_may_have_been_done(maybe_done, is_write, text, to_do):
    error = errors.Busy("Others have it.")
    error.maybe_done = maybe_done
    message = for_error(error, crm="Acme", is_write=is_write)
    assert (text, to_do) == (message.message, lines(message)[0])
    assert "Wait a moment, then try again. Nothing was changed." == user_messages.what_to_do(
        error, crm="Acme"
    )


def test_what_to_do_names_the_crm_and_when():
    error = errors.RateLimited("Too many.", daily=True, retry_after=36_000)
    assert (
        "The budget refills in about 10 hours. Until then Acme refuses every request."
        == user_messages.what_to_do(error, crm="Acme")
    )
    lost = errors.Unreachable("Timed out.", maybe_done=True)
    assert "Check the network connection and try again." == user_messages.what_to_do(lost, crm="Acme")


@pytest.mark.parametrize(
    ("text", "said"),
    [("Refused.", ["Acme said: no such field"]), ("Refused: no such field.", [])],
)
def test_what_the_crm_says_is_not_said_twice(text, said):
    error = errors.Rejected(text, crm_message="no such field")
    assert [text, *said] == lines(for_error(error, crm="Acme"))[1:]


@pytest.mark.parametrize("why", ["not all were searched", "Not all were searched."])
def test_why_a_contact_was_not_created_is_a_sentence(why):
    assert (
        "Not all were searched. Somebody may carry this number already, so Ivy was not created."
        == user_messages.not_searched(why, "Ivy")
    )
