"""What is typed to sign in, and what the settings may add to it."""

from __future__ import annotations

from workbench_steps import sandbox_of

from appconnect.connectors.bullhorn.sandbox.sign_in import LOGINS
from appconnect.errors import CredentialsRejected, InputError
from appconnect.workbench import connect


async def test_another_users_name_is_not_sent_with_the_password_that_is_set() -> None:
    workbench = connect("redtail", mode="sandbox")
    result = await workbench.sign_in({"username": "somebody.else"})
    assert isinstance(result.error, InputError)
    assert [] == sandbox_of(workbench).requests
    await workbench.close()


async def test_a_typed_user_name_alone_leads_to_the_consent_page() -> None:
    workbench = connect("bullhorn", mode="sandbox")
    assert (await workbench.sign_in({"username": "kit.moss"})).successful
    posted = [seen.form for seen in sandbox_of(workbench).requests if "authorize" in seen.path]
    assert [] == [form for form in posted if "password" in form]
    await workbench.close()


async def test_name_and_password_sign_an_api_user_in_without_a_page() -> None:
    workbench = connect("bullhorn", mode="sandbox")
    typed = {"username": "kit.moss", "password": LOGINS["kit.moss"]}
    assert "Kit Moss" == getattr((await workbench.sign_in(typed)).user, "name", "")
    await workbench.close()


async def test_a_wrong_password_is_said_to_be_wrong() -> None:
    workbench = connect("bullhorn", mode="sandbox")
    result = await workbench.sign_in({"username": "kit.moss", "password": "wrong"})
    assert isinstance(result.error, CredentialsRejected)
    await workbench.close()
