"""What is typed to sign in, and what the settings may add to it."""

from __future__ import annotations

from played import sandbox_of

from appconnect.errors import CredentialsRejected, InputError
from appconnect.sandbox.bullhorn.company import LOGINS
from appconnect.workbench import connect


async def test_another_users_name_is_not_sent_with_the_password_that_is_set() -> None:
    bench = connect("redtail", mode="sandbox")
    result = await bench.sign_in({"username": "somebody.else"})
    assert isinstance(result.error, InputError)
    assert [] == sandbox_of(bench).requests
    await bench.close()


async def test_a_typed_user_name_alone_leads_to_the_consent_page() -> None:
    bench = connect("bullhorn", mode="sandbox")
    assert (await bench.sign_in({"username": "kit.moss"})).successful
    posted = [seen.form for seen in sandbox_of(bench).requests if "authorize" in seen.path]
    assert [] == [form for form in posted if "password" in form]
    await bench.close()


async def test_name_and_password_sign_an_api_user_in_without_a_page() -> None:
    bench = connect("bullhorn", mode="sandbox")
    typed = {"username": "kit.moss", "password": LOGINS["kit.moss"]}
    assert "Kit Moss" == getattr((await bench.sign_in(typed)).user, "name", "")
    await bench.close()


async def test_a_wrong_password_is_said_to_be_wrong() -> None:
    bench = connect("bullhorn", mode="sandbox")
    result = await bench.sign_in({"username": "kit.moss", "password": "wrong"})
    assert isinstance(result.error, CredentialsRejected)
    await bench.close()
