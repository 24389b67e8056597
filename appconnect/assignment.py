"""Whose log it is, when App Connect's server logs on behalf of somebody else.

Three ways, in this order: a token that names one of our users, the admin's mapping of extensions, and
otherwise the connected user. The same for every CRM; what an owner is called in a request is the
connector's business.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import jwt
from pydantic import JsonValue, SecretStr
from pydantic.alias_generators import to_camel

from appconnect.models import AdminConfiguration, JsonObject, User

ALGORITHM = "HS256"
TOKEN_LIFETIME = timedelta(weeks=2)

log = logging.getLogger(__name__)


class Way(StrEnum):
    """How the owner was found."""

    NAMED = "admin assigned user token"
    MAPPED = "admin user mapping"
    CONNECTED = "connected user"


@dataclass(frozen=True)
class Owner:
    """The CRM's id of the user that a log belongs to, and which of the three ways decided."""

    crm_id: str
    way: Way


def asked_for(additional_submission: JsonObject) -> bool:
    """Whether the submission asks for an assignee at all (``isAssignedToUser``)."""
    return _said(additional_submission, "is_assigned_to_user") in (True, "true")


def owner_for(
    additional_submission: JsonObject,
    *,
    connected: User,
    users_by_id: Callable[[str], User | None],
    admin: AdminConfiguration | None = None,
    secret_key: SecretStr | None = None,
    now: datetime,
) -> Owner:
    """The owner of a log; never raises for what the submission says.

    ``additional_submission`` may say ``isAssignedToUser``, ``adminAssignedUserToken`` and
    ``adminAssignedUserRcId`` (or the same in snake case); ``users_by_id`` finds our stored users by
    ``"<crm id>-<platform>"``.
    """
    if asked_for(additional_submission):
        token = _said(additional_submission, "admin_assigned_user_token")
        if token and (owner := _named_by(str(token), connected, users_by_id, secret_key, now)):
            return Owner(owner, Way.NAMED)
        extension = _said(additional_submission, "admin_assigned_user_rc_id")
        if extension and admin and (owner := _mapped_to(str(extension), admin)):
            return Owner(owner, Way.MAPPED)
    return Owner(connected.crm_id, Way.CONNECTED)


def make_assignment_token(
    user_id: str, secret_key: SecretStr, now: datetime, lifetime: timedelta = TOKEN_LIFETIME
) -> str:
    """A token that names one of our stored users, by ``"<crm id>-<platform>"``, as the owner of logs."""
    claims = {"id": user_id, "iat": int(now.timestamp()), "exp": int((now + lifetime).timestamp())}
    return jwt.encode(claims, secret_key.get_secret_value(), algorithm=ALGORITHM)


# -- how it is decided --


def _said(submission: JsonObject, field: str) -> JsonValue:
    return submission.get(to_camel(field), submission.get(field))


def _named_by(
    token: str,
    connected: User,
    users_by_id: Callable[[str], User | None],
    secret_key: SecretStr | None,
    now: datetime,
) -> str:
    """The CRM id of the user that the token names, or "" when the token is not to be believed."""
    if not (secret_key and secret_key.get_secret_value()):
        log.warning("An assignment token cannot be checked: APP_SERVER_SECRET_KEY is not set.")
        return ""
    try:
        user_id = _read_token(token, secret_key, now)
    except jwt.InvalidTokenError as error:
        log.warning("An assignment token was not accepted: %s", type(error).__name__)
        return ""
    user = users_by_id(user_id)
    if user is None or _platform(user) != _platform(connected):
        log.warning("An assignment token names nobody who is known here.")
        return ""
    return user.crm_id


def _read_token(token: str, secret_key: SecretStr, now: datetime) -> str:
    claims = jwt.decode(
        token,
        secret_key.get_secret_value(),
        algorithms=[ALGORITHM],
        # times are compared below: PyJWT would take the computer's clock, not the one handed in
        options={"require": ["id", "exp"], "verify_exp": False, "verify_iat": False, "verify_aud": False},
    )
    expires = claims["exp"]
    if not isinstance(expires, int | float) or expires <= now.timestamp():
        raise jwt.ExpiredSignatureError
    return str(claims["id"])


def _mapped_to(extension: str, admin: AdminConfiguration) -> str:
    covering = (mapping.crm_user_id for mapping in admin.user_mappings if mapping.covers(extension))
    return next(covering, "")


def _platform(user: User) -> str:
    return user.id.rpartition("-")[2]
