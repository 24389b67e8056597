"""What can be typed into the form of a sign-in."""

from __future__ import annotations

import pytest

from appconnect.auth.sign_in import WEB_ADDRESS, FormField

REDIRECT = FormField("redirectUri", "Redirect address", shape=WEB_ADDRESS)


@pytest.mark.parametrize("port", [1, 80, 8738, 65535])
def test_an_address_may_name_a_port(port):
    assert "" == REDIRECT.problem(f"http://localhost:{port}/back")


@pytest.mark.parametrize("port", [0, 65536, 70000, 99999, "x", "-1"])
def test_a_port_that_there_cannot_be_is_told(port):
    assert REDIRECT.problem(f"http://localhost:{port}/back").startswith("The Redirect address must be")
