"""Every CRM's way of signing in, written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from appconnect.auth.key_sign_in import InsightlySignIn
from appconnect.auth.session import BullhornSignIn
from appconnect.auth.sign_in import PipedriveSignIn, SignIn, Surroundings
from appconnect.auth.user_key_sign_in import RedtailSignIn

SIGN_INS: Mapping[str, Callable[[Surroundings], SignIn]] = {
    "pipedrive": PipedriveSignIn,
    "bullhorn": BullhornSignIn,
    "insightly": InsightlySignIn,
    "redtail": RedtailSignIn,
}
