"""What can be typed into the form of a sign-in."""

from __future__ import annotations

import pytest

from appconnect.auth.sign_in import ONE_WORD, WEB_ADDRESS, FormField

REDIRECT = FormField("redirectUri", "Redirect address", shape=WEB_ADDRESS)


@pytest.mark.parametrize("port", [1, 80, 8738, 65535])
def test_an_address_may_name_a_port(port):
    assert "" == REDIRECT.problem(f"http://localhost:{port}/back")


@pytest.mark.parametrize("port", [0, 65536, 70000, 99999, "x", "-1"])
def test_a_port_that_there_cannot_be_is_told(port):
    assert (
        "The Redirect address must be a web address such as http://127.0.0.1:8738/callback."
        == REDIRECT.problem(f"http://localhost:{port}/back")
    )


@pytest.mark.parametrize("address", ["https://acme.test", "http://acme.test/", "http://acme.test:08738/a/b"])
def test_an_address_may_be_of_any_host(address):
    assert "" == REDIRECT.problem(address)


@pytest.mark.parametrize(
    "address",
    ["ftp://acme.test", "http://", "http://a b/", "http://a@b/", "http://a/?q", "http://a/#f", "x http://a"],
)
def test_what_is_no_plain_address_is_told(address):
    assert REDIRECT.problem(address)


@pytest.mark.parametrize(("value", "fits"), [("a!~", True), ("a b", False), ("é", False), ("", False)])
def test_one_word_is_letters_digits_and_signs(value, fits):
    assert fits == (FormField("id", "Client id", shape=ONE_WORD).problem(value) == "")


def test_space_around_is_an_accident_except_in_passwords():
    assert ("a b", " a b ") == (
        FormField("id", "Id").meant(" a b\n"),
        FormField("password", "Password", verbatim=True).meant(" a b "),
    )


def test_a_field_without_a_shape_may_have_anything():
    assert "" == FormField("id", "Id").problem("a b\n")
