"""A session of Bullhorn's sandbox, for those clients that do not sign in themselves."""

from __future__ import annotations

import httpx

from appconnect.connectors.bullhorn.sandbox.sign_in import CLIENT, LOGINS


def sign_in(url: str) -> dict[str, str]:
    """Return ``BhRestToken`` and ``restUrl`` for the sandbox at an address on a port."""
    app = {"client_id": CLIENT.id, "client_secret": CLIENT.secret}
    login = {"username": "rae.quill", "password": LOGINS["rae.quill"], "action": "Login"}
    answer = httpx.post(f"{url}/oauth/authorize", params={**app, **login, "response_type": "code"})
    code = httpx.URL(answer.headers["location"]).params["code"]
    form = {**app, "grant_type": "authorization_code", "code": code}
    access = httpx.post(f"{url}/oauth/token", data=form).json()["access_token"]
    params = {"version": "*", "access_token": access, "ttl": "60"}
    session: dict[str, str] = httpx.post(f"{url}/rest-services/login", params=params).json()
    return session
