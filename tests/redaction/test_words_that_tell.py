"""Each word by which secrets and people are known, by itself; and pseudonyms as every version makes them."""

from __future__ import annotations

import json

import httpx
import pytest
from pydantic import JsonValue

from appconnect.errors import ConfigurationError
from appconnect.http.bodies import Body
from appconnect.http.exchange import SIGNED, Request, Response, Snapshot
from appconnect.redaction import ConnectionSecrets, PeopleFields, Pseudonymizer, RedactionRules, Redactor
from appconnect.redaction.detectors import detectors
from appconnect.redaction.hints import SecretHints
from appconnect.redaction.masked_texts import MaskedTexts
from appconnect.redaction.pseudonyms import Pseudonyms, is_pseudonym
from appconnect.redaction.secret_values import SecretValues
from appconnect.redaction.time_zones import neutral_zone

URL = "https://crm.example/x"
SIGNED_BY_NOTHING = frozenset[str]()


def asked(**parts: object) -> Request:
    return Request.model_validate({"method": "GET", "url": URL, "signed": SIGNED_BY_NOTHING, **parts})


# -- headers --

HARMLESS = ["accept", "accept-charset", "accept-encoding", "accept-language", "access-control-allow-credentials", "cache-control", "connection", "content-encoding", "content-length", "content-type", "date", "expect", "host", "idempotency-key", "if-match", "if-modified-since", "if-none-match", "origin", "prefer", "range", "te", "user-agent"]  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_a_header_that_says_nothing_of_who_asks_is_shown_also_where_the_sign_in_adds_it(name: str) -> None:
    request = asked(headers={name: "k9f8e7d6c5b4a392"}, signed=frozenset({name}))
    assert {name: "k9f8e7d6c5b4a392"} == Redactor().request(request).headers
    assert {f"x-{name}": f"<x-{name}>"} == Redactor().request(
        asked(headers={f"x-{name}": "k9f8e7d6c5b4a392"}, signed=frozenset({f"x-{name}"}))
    ).headers


@pytest.mark.parametrize(
    "word",
    [
        "apikey",
        "auth",
        "authentication",
        "authorization",
        "cookie",
        "credential",
        "credentials",
        "jwt",
        "key",
        "password",
        "secret",
        "session",
        "signature",
        "sso",
        "token",
    ],
)
def test_a_header_with_such_a_word_in_its_name_is_not_shown(word: str) -> None:
    shown = Redactor().response(Response(status=200, headers={f"acme-{word}-count": "4711"})).headers
    assert {f"acme-{word}-count": f"<acme-{word}-count>"} == shown


@pytest.mark.parametrize(
    "name",
    ["apikey", "api-key", "authorization", "proxy-authorization", "x-access-token", "x-api-key", "x-api-token", "x-auth-token"],
)  # fmt: skip
def test_what_a_header_of_keys_holds_is_known_from_then_on_whatever_it_looks_like(name: str) -> None:
    redacts = Redactor()
    redacts.learn(asked(headers={name: "letters-only"}))
    assert f"no <{name}> here" == redacts.text("no letters-only here")


@pytest.mark.parametrize("scheme", ["Basic", "bearer", "Digest", "Negotiate", "OAuth", "Token"])
def test_of_an_authorization_the_scheme_is_shown(scheme: str) -> None:
    shown = Redactor().request(asked(headers={"authorization": f"{scheme} 4711"})).headers
    assert {"authorization": f"{scheme} <authorization>"} == shown


def test_a_recording_keeps_so_many_headers_and_no_others() -> None:
    names = [
        *HARMLESS,
        "link",
        "location",
        "retry-after",
        "x-total-count",
        "x-ratelimit-left",
        "server",
        "etag",
    ]
    headers = dict.fromkeys(names, "1")
    assert {"accept": "1", "content-type": "1"} == Redactor().stored_request(asked(headers=headers)).headers
    assert {
        *("content-type", "link", "location", "retry-after", "x-total-count", "x-ratelimit-left"),
    } == set(Redactor().stored_response(Response(status=200, headers=headers)).headers)
    keeping = Redactor(RedactionRules(kept_headers=("ETag",)))
    assert "etag" in keeping.stored_request(asked(headers=headers)).headers
    assert "etag" in keeping.stored_response(Response(status=200, headers=headers)).headers


def test_what_is_stored_is_in_order_and_names_nothing_that_signed() -> None:
    request = asked(headers={"content-type": "a", "accept": "b"}, signed=frozenset({"x"}))
    stored = Redactor().stored_request(request)
    assert (["accept", "content-type"], None) == (list(stored.headers), stored.signed)
    answer = Response(status=200, headers={"link": "a", "content-type": "b"})
    assert ["content-type", "link"] == list(Redactor().stored_response(answer).headers)


# -- parameters --


@pytest.mark.parametrize(
    "name",
    ["session", "sessionid", "jsessionid", "phpsessid", "sid", "ticket", "sig", "signature", "otp", "pin"],
)
def test_a_code_or_session_of_a_query_is_secret_and_a_plain_word_is_not(name: str) -> None:
    assert {name: f"<{name}>"} == Redactor().request(asked(query={name: "Zk3/9x"})).query
    assert {name: "Monday"} == Redactor().request(asked(query={name: "Monday"})).query
    code = "4711" if name not in ("otp", "pin") else f"<{name}>"
    assert {name: code} == Redactor().request(asked(query={name: "4711"})).query


@pytest.mark.parametrize(
    "name",
    [
        *("access_token", "client_secret", "passphrase", "passcode", "pwd", "credential", "cookie", "assertion", "jwt", "csrf"),
        *("xsrf", "api_key", "private_key", "session_key", "authorization", "code", "code_verifier", "code_challenge"),
        *("state", "nonce", "client_id", "redirect_uri", "username", "session", "jsessionid", "phpsessid", "sid", "sig"),
        *("signature", "ticket", "otp", "pin"),
    ],
)  # fmt: skip
def test_such_a_parameter_is_masked_in_an_address_in_a_text(name: str) -> None:
    assert f"see /?a=1&{name}=<{name}>&z=1" == Redactor().text(f"see /?a=1&{name}=Zk3/9x&z=1")


def test_a_field_within_another_one_is_secret_by_its_own_name() -> None:
    query = {"user[state]": "CA-4711-x", "user[city]": "Nia", "user[token]": "4711", "user[pinX]": "4711"}
    shown = {**query, "user[state]": "<user_state_>", "user[token]": "<user_token_>"}
    assert shown == Redactor().request(asked(query=query)).query


def test_json_in_a_text_keeps_its_letters() -> None:
    body = Body(kind="text", value='{"pin": 4711, "token": "4711", "name": "Zoë"}')
    shown = Redactor().response(Response(status=200, body=body)).body
    assert Body(kind="text", value='{"pin": 4711, "token": "<token>", "name": "Zoë"}') == shown


@pytest.mark.parametrize(
    "beside", ["grant_type", "client_id", "client_secret", "password", "code_verifier", "otp"]
)
def test_beside_a_field_of_a_sign_in_a_state_is_secret(beside: str) -> None:
    assert "<state>" == Redactor().json({beside: "x", "state": "CA-4711-x"})["state"]  # type: ignore[index,call-overload]
    assert {f"x{beside}": "", "state": "CA"} == Redactor().json({f"x{beside}": "", "state": "CA"})


@pytest.mark.parametrize(
    ("name", "shortest"),
    [
        ("password", 4), ("username", 4), ("client_secret", 8), ("code", 8), ("code_verifier", 8), ("redirect_uri", 8),
        ("state", 8), ("authorization", 8), ("client_id", 99), ("code_challenge", 99), ("nonce", 99),
    ],
)  # fmt: skip
def test_a_secret_is_masked_elsewhere_from_a_length_on_that_depends_on_its_name(
    name: str, shortest: int
) -> None:
    for length in (3, 4, 7, 8, 9):
        value, redacts = "Zk39xQ7vW"[:length], Redactor()
        redacts.learn(asked(query={name: value}))
        assert (length >= shortest) == (f"no <{name}> here" == redacts.text(f"no {value} here")), length


@pytest.mark.parametrize(
    "document",
    [
        *({name: "hunter2-0123hunter2"} for name in ("passphrase", "passcode", "assertion", "code_verifier", "jwt", "csrf", "xsrf")),
        *({name: "hunter2-0123hunter2"} for name in ("api_key", "access_key", "auth_key", "private_key", "signing_key", "session_key")),
        {"grant_type": "x", "state": "hunter2-0123hunter2"},
        {"client_id": "x", "state": "hunter2-0123hunter2"},
        {"otp": "123456", "state": "hunter2-0123hunter2"},
        {"to\u212aen": "hunter2-0123hunter2"},
        {"cred\u0130ential": "hunter2-0123hunter2"},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("in_ascii", [True, False])
def test_what_names_a_secret_is_worth_reading(document: dict[str, str], in_ascii: bool) -> None:
    def may_name(told: dict[str, str]) -> bool:
        request = httpx.Request("GET", URL, extensions={SIGNED: SIGNED_BY_NOTHING})
        headers = {"content-type": "application/json"}
        content = json.dumps(told, ensure_ascii=in_ascii).encode()
        passed = Snapshot(request, httpx.Response(200, headers=headers, content=content))
        return SecretHints(detectors(RedactionRules())).may_name(passed)

    assert may_name(document)
    assert not may_name({"name": "hunter2-0123hunter2"})


# -- fields of people --

KINDS = ("texts", "phones", "birthdays", "identifiers", "places", "queries")


def only(kind: str) -> Pseudonymizer:
    """Knows the fields of one kind alone, by the names that a platform has which states none."""
    people = PeopleFields(**{each: () for each in KINDS if each != kind})  # type: ignore[arg-type]
    return Pseudonymizer(RedactionRules(people=people), b"key")


FIELDS: dict[str, tuple[JsonValue, JsonValue, str, str]] = {
    "texts": (
        "Nia", "Batesela",
        "nickname mycompanyx organisation organization employerx job_title subject notes comments descriptions body mydetails "
        "memo text addresses street2 city zip5 post_code postalx mylocations website q term searchfor keywords",
        "kind subjects bodies texts terms websites memos qq cities titles detailsx xpostal xsearch",
    ),
    "phones": (
        1234567, 5550185, "homephones mymobiles mycell myfaxes tel tel_home pager im ims", "cells tels pagers hotel tel2 imsx"),
    "birthdays": ("2020-05-06", "1970-01-01", "mybirthdate dob", "dobs born"),
    "identifiers": (
        "12-34", "99-99",
        "taxid mytaxnumber tin myssns socialxsecurity nationalid passports driverlicense ibans account_number cardnumber "
        "vatnumber nino cpf",
        "taxids tins accounts cards numbers ninos cpfs",
    ),
    "places": (
        "TX", "XX",
        "city my_city state my_state stateorprovince province region county town country my_country countryname country_name "
        "locality sublocality my_admin_area_level_1",
        "cities mycity states towns regions localities",
    ),
    "queries": ('a "Nia"', 'a "Batesela"', "query where myfilter jql soql", "queries wheres filters"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_of_such_a_name_holds_people_s_data_and_one_beside_it_does_not(kind: str) -> None:
    value, made, theirs, others = FIELDS[kind]
    assert dict.fromkeys(theirs.split(), made) == only(kind).json(dict.fromkeys(theirs.split(), value))
    assert dict.fromkeys(others.split(), value) == only(kind).json(dict.fromkeys(others.split(), value))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: RedactionRules(secret_names="pin"), "RedactionRules(secret_names=…) takes a tuple of texts, as in ('one', 'two')."),
        (lambda: PeopleFields(texts=("a", 1)), "PeopleFields(texts=…) takes a tuple of texts, as in ('one', 'two')."),
        (lambda: RedactionRules(secret_paths=("/t/x/",)), "'/t/x/' is no secret path; write it like /t/{token}/, with the secret in braces."),
        (lambda: PeopleFields(settings_paths="("), "PeopleFields(settings_paths='(') is no regular expression: missing ), unterminated subpattern at position 0."),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_meant_are_told_to_the_letter(make: object, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()  # type: ignore[operator]
    assert told == caught.value.message


def test_rules_state_nothing_unless_they_say_so() -> None:
    assert RedactionRules() == RedactionRules((), (), (), (), (), (), (), PeopleFields())
    assert (r"(?!)", ()) == (PeopleFields().settings_paths, PeopleFields().company_domains)


# -- pseudonyms --


@pytest.mark.parametrize(
    ("kind", "text", "made"),
    [
        ("word", "Nia", "Batesela"),
        ("word", "o'neil", "bozafufa"),
        ("word", "ZOË", "RUBOGOZE"),
        ("word", "李", "moperavi"),
        ("phone", "+1 (415) 867-5309 x12", "+1 (415) 555-0192 x12"),
        ("phone", "030 1234567", "030 5550185"),
        ("phone", "123456", "123456"),
        ("number", "415.867.5309", "415.555.0192"),
        ("number", "4111 1111 1111 1111", "9999 0536 9558 1500"),
        ("number", "+351 912 345 678", "+351 915 550 158"),
        ("number", "351912345678", "351915550158"),
        ("number", "00351912345678", "00351915550158"),
        ("number", "123-45-6789", "999-01-8356"),
        ("number", "85073003328", "99913998521"),
        ("number", "41" * 40, "9991681158113735366890564992221176015848413397919834979065708362" + "9" * 16),
        ("identifier", "AB-078 051 120", "XX-999 464 455"),
        ("identifier", "12-34", "99-99"),
        ("email", "Nia.Holt@holt.co.uk", "sabavafu@example.com"),
        ("iban", "DE89 3704 0044 0532 0130 00", "DE00 9283 6159 7729 0507 21"),
        ("ip", "84.17.3.91", "198.51.100.151"),
        ("ip", "2a02:908:1:2::7", "2001:db8::cc96:edfc:8636:ef8f"),
        ("birth", "6 May 1961", "1 Jan 1970"),
        ("birth", "1961-05-06T10:11:12Z", "1970-01-01T00:00:00Z"),
        ("place", "TX", "XX"),
    ],
)  # fmt: skip
def test_the_same_key_gives_the_same_pseudonym_in_every_version(kind: str, text: str, made: str) -> None:
    """A recording of an earlier one is replayed, and what was made with it is known as what it is."""
    pseudonyms = Pseudonyms(b"key")
    assert made == getattr(pseudonyms, kind)(text)
    assert made == getattr(Pseudonyms(b"another"), kind)(made)
    if kind not in ("place", "phone"):
        assert is_pseudonym(kind, made)
        assert not is_pseudonym(kind, text)
    assert not is_pseudonym("else", made)


def test_without_a_key_nobody_can_guess_the_pseudonyms() -> None:
    names = ["Nia", "Holt", "Omar", "Vance", "Zoe"]
    assert [Pseudonymizer().word(name) for name in names] != [Pseudonymizer().word(name) for name in names]


def test_an_address_that_a_host_is_named_by_keeps_its_dashes() -> None:
    made = Pseudonymizer(key=b"key").contacts("ec2-54-12-33-4.example.com")
    assert "ec2-198-51-100-25.example.com" == made


@pytest.mark.parametrize(
    ("told", "made"),
    [
        ("on 03/12/41", "on 01/01/70"), ("on 03/12/40", "on 03/12/40"), ("on 03.12.41", "on 01.01.70"), ("on 12-03-41", "on 01-01-70"),
        ("on 03/12/2007", "on 01/01/1970"), ("on 03/12/2008", "on 03/12/2008"), ("on 2007-12-03", "on 1970-01-01"),
    ],
)  # fmt: skip
def test_a_date_before_there_were_records_is_somebody_s_birth(told: str, made: str) -> None:
    assert made == Pseudonymizer(key=b"key").contacts(told)


def test_what_only_looks_like_an_account_number_is_replaced_piece_by_piece() -> None:
    pseudonymizer = Pseudonymizer(key=b"key")
    pieces = pseudonymizer.word("ab"), "12", pseudonymizer.word("abcdabcd")
    assert "".join(pieces) == pseudonymizer.text("ab12abcdabcd")


def test_a_field_of_phones_may_hold_several() -> None:
    made = Pseudonymizer(key=b"key").json({"phone": "4158675309:2234455667"})
    assert "8675309" not in str(made)
    assert "4455667" not in str(made)


def test_a_date_of_birth_that_was_seen_is_known_in_prose_however_it_is_written() -> None:
    knows = Pseudonymizer(key=b"key")
    answer = Response(status=200, body=Body(kind="json", value={"birthday": "2011-05-06"}))
    assert "on 2011-05-06" == knows.contacts("on 2011-05-06")
    knows.learn(asked(), answer)
    assert "on 1970-01-01 or 01/01/1970" == knows.contacts("on 2011-05-06 or 06/05/2011")
    assert "on 2011-05-07" == knows.contacts("on 2011-05-07")


def test_json_in_a_text_with_people_keeps_its_letters() -> None:
    body = Body(kind="text", value='{"name": "Nia", "kind": "Café"}')
    made = Pseudonymizer(key=b"key").response(Response(status=200, body=body), URL).body
    assert Body(kind="text", value='{"name": "Batesela", "kind": "Café"}') == made


def test_a_place_among_the_settings_of_the_crm_is_nobody_s() -> None:
    people, value = PeopleFields(settings_paths=r"/kinds\b"), {"state": "TX", "city": "Lisbon"}
    answer = Response(status=200, body=Body(kind="json", value=value))
    made = Pseudonymizer(RedactionRules(people=people), b"key").response(answer, "https://crm.example/kinds")
    assert made.body is not None
    assert value == made.body.value


@pytest.mark.parametrize(
    ("zone", "neutral"),
    [
        ("Europe/Lisbon", "WET"), ("Europe/London", "WET"), ("Europe/Berlin", "CET"), ("Europe/Athens", "EET"),
        ("America/New_York", "EST5EDT"), ("America/Chicago", "CST6CDT"), ("America/Denver", "MST7MDT"),
        ("America/Los_Angeles", "PST8PDT"), ("America/Phoenix", "Etc/GMT+7"), ("Asia/Tokyo", "Etc/GMT-9"),
        ("Pacific/Kiritimati", "Etc/GMT-14"), ("Pacific/Pago_Pago", "Etc/GMT+11"), ("Africa/Abidjan", "UTC"),
        ("UTC", "UTC"), ("Etc/GMT+3", "Etc/GMT+3"), ("America/Nowhere", "America/Nowhere"), ("../etc", "../etc"),
    ],
)  # fmt: skip
def test_a_time_zone_is_named_by_the_first_that_names_no_place(zone: str, neutral: str) -> None:
    assert neutral == neutral_zone(zone)


def test_where_every_zone_names_a_place_the_first_is_taken_whoever_is_meant() -> None:
    """Not every computer knows the old names; those of Antarctica come last."""
    assert neutral_zone("Asia/Kolkata") in ("Asia/Calcutta", "Asia/Colombo")
    assert neutral_zone("Asia/Kolkata") == neutral_zone("Asia/Colombo")
    assert neutral_zone("Australia/Sydney") in ("Australia/ACT", "Australia/Canberra", "Australia/Hobart")


# -- how much is remembered --


def test_of_five_thousand_learned_secrets_a_tenth_is_forgotten_at_once() -> None:
    learned = SecretValues()
    assert not learned.learn([("token", f"Xq{number:06d}-zR7") for number in range(5_000)])
    assert (5_000, True, 4_501) == (len(learned), learned.learn([("token", "one-more-4711")]), len(learned))
    assert "Xq000499-zR7 <token>" == learned.mask("Xq000499-zR7 Xq000500-zR7")


def test_each_secret_that_becomes_known_is_masked_from_then_on() -> None:
    held = ConnectionSecrets(["the first"])
    redacts = Redactor(secrets=held)
    text = "the first, the second, third-4711, fourth-4711"
    assert "<secret>, the second, third-4711, fourth-4711" == redacts.text(text)
    versions = [redacts.version]
    held.add(["the second"])
    assert "<secret>, <secret>, third-4711, fourth-4711" == redacts.text(text)
    versions.append(redacts.version)
    for name, value in (("seal", "third-4711"), ("sign", "fourth-4711")):
        held.hold({name: value})
        assert f"<{name}>" in redacts.text(text)
        versions.append(redacts.version)
    redacts.learn(asked(query={"token": "fifth-4711"}))
    assert "<token>" == redacts.text("fifth-4711")
    versions.append(redacts.version)
    assert sorted(set(versions)) == versions


@pytest.mark.parametrize(
    ("holder", "shown"),
    [
        (ConnectionSecrets(["a", "b"]), "<ConnectionSecrets: 2 values>"),
        (SecretValues(), "<SecretValues: 0 values>"),
    ],
)
def test_what_holds_secrets_says_how_many_and_is_not_copied(
    holder: ConnectionSecrets | SecretValues, shown: str
) -> None:
    assert shown == repr(holder)
    with pytest.raises(TypeError, match=r"^Secrets are not copied and not pickled\.$"):
        holder.__reduce__()


def test_of_renewed_credentials_five_hundred_are_remembered() -> None:
    held = ConnectionSecrets()
    for number in range(502):
        held.hold({"access_token": f"access-{number:05d}-x"})
    assert "access-00001-x <access_token>" == Redactor(secrets=held).text("access-00001-x access-00002-x")


def test_short_texts_are_remembered_until_there_are_five_thousand() -> None:
    asked_for: list[str] = []
    masked = MaskedTexts(lambda text: asked_for.append(text) or text.upper(), lambda: 1)
    assert ["A", "A", "B" * 200, "B" * 200, "C" * 201, "C" * 201] == [
        masked(text) for text in ("a", "a", "b" * 200, "b" * 200, "c" * 201, "c" * 201)
    ]
    assert ["a", "b" * 200, "c" * 201, "c" * 201] == asked_for
    for number in range(4_998):
        masked(f"{number}")
    assert "<MaskedTexts: 5000 texts>" == repr(masked)
    masked("one more")
    assert "<MaskedTexts: 1 texts>" == repr(masked)
    with pytest.raises(TypeError, match=r"^What holds secrets is not copied and not pickled\.$"):
        masked.__reduce__()


def test_a_text_is_masked_anew_once_another_secret_is_known() -> None:
    version = 1
    masked = MaskedTexts(lambda text: f"{text}{version}", lambda: version)
    assert "a1" == masked("a")
    version = 2
    assert "a2" == masked("a") == masked("a")


def test_a_body_that_is_nested_too_deep_is_told_as_that() -> None:
    deep: JsonValue = "x"
    for _ in range(3_000):
        deep = [deep]
    answer = Response.model_construct(
        status=200, headers={}, body=Body.model_construct(kind="json", value=deep)
    )
    shown = Redactor().response(answer).body
    assert shown is not None
    assert "<nested_too_deep_to_be_shown>" == shown.value
