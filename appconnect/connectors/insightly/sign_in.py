"""Insightly's sign-in: a key that a person pastes, and the address of the pod that it belongs to.

https://api.na1.insightly.com/v3.1/#!/Overview/Authentication
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import JsonValue, SecretStr

from appconnect.auth.api_key import ApiKeySignIn, HeaderScheme
from appconnect.auth.sign_in import ONE_WORD, FormField
from appconnect.errors import ForeignHost

POD_HOST = re.compile(r"api\.[a-z]{2,3}\d{1,2}\.insightly\.com")
API_PATHS = ("", "/", "/v3.1", "/v3.1/")
WHERE = "both are in Insightly under User Settings > API"


class InsightlySignIn(ApiKeySignIn):
    """HTTP Basic with the API key as user name and an empty password, to the pod of the account."""

    title = "Insightly"
    where = WHERE
    fields = (
        FormField("apiKey", "API key", secret=True, hint="User Settings > API", shape=ONE_WORD),
        FormField("apiUrl", "API URL", hint="https://api.na1.insightly.com, shown below the key"),
    )
    scheme = HeaderScheme.basic("apiKey", "")
    shown = ("apiUrl",)
    check = "/Users/Me"

    def filled(self, typed: Mapping[str, SecretStr], scheme: HeaderScheme) -> dict[str, str]:
        """Return the key, and the pod's address spelled out."""
        filled = super().filled(typed, scheme)
        return {**filled, "apiUrl": insightly_api(filled["apiUrl"])}

    def api_url(self, kept: Mapping[str, str]) -> str:
        """Return the pod's address, checked again."""
        return insightly_api(kept["apiUrl"])

    def is_expected(self, body: JsonValue) -> bool:
        """Return whether this is a user of Insightly's."""
        return isinstance(body, dict) and "USER_ID" in body


def insightly_api(typed: str) -> str:
    """Return the address of the API for what a person pasted, with or without ``/v3.1`` and https.

    Raises `ForeignHost` for anything but ``https://api.<pod>.insightly.com``, so that no key goes there.
    """
    text = typed.strip()
    host = _pod_host(text if "://" in text else f"https://{text}")
    if host is None:
        raise ForeignHost(
            "This is not the API URL of an Insightly account, so nothing was sent to it. It looks like "
            f"https://api.na1.insightly.com, with the pod in place of na1; {WHERE}."
        )
    return f"https://{host}/v3.1"


def _pod_host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.netloc.lower()  # not .hostname: a user or a port has no place here
    except ValueError:
        return None
    if parts.scheme != "https" or parts.path.lower() not in API_PATHS or parts.query or parts.fragment:
        return None
    return host if POD_HOST.fullmatch(host) else None
