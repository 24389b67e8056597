"""The owner of a log, when App Connect's server logs on behalf of another user.

The owner comes from a token that names one of our users, else from the admin's mapping of extensions, else it
is the connected user. This is the same for every CRM.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import JsonValue, SecretStr
from pydantic.alias_generators import to_camel

from appconnect.models import AdminConfiguration, JsonObject, User

ALGORITHM = "HS256"
TOKEN_LIFETIME = timedelta(weeks=2)

log = logging.getLogger(__name__)


class OwnerSource(StrEnum):
    """The source that named the owner."""

    TOKEN = "admin assigned user token"  # noqa: S105
    MAPPING = "admin user mapping"
    CONNECTED = "connected user"


@dataclass(frozen=True)
class Owner:
    """The CRM's id of the user that a log belongs to, and the source that named the user."""

    crm_id: str
    source: OwnerSource


def is_requested(additional_submission: JsonObject) -> bool:
    """Return True when the submission asks for an assignee (``isAssignedToUser``)."""
    return _value(additional_submission, "is_assigned_to_user") in (True, "true")


def owner_for(
    additional_submission: JsonObject,
    *,
    connected: User,
    users_by_id: Callable[[str], User | None],
    admin: AdminConfiguration | None = None,
    secret_key: SecretStr | None = None,
    now: datetime,
) -> Owner:
    """Return the owner of a log; no submission raises an error.

    ``additional_submission`` may hold ``isAssignedToUser``, ``adminAssignedUserToken`` and
    ``adminAssignedUserRcId`` (or the same in snake case); ``users_by_id`` returns our stored user for
    ``"<crm id>-<platform>"``.
    """
    if is_requested(additional_submission):
        token = _value(additional_submission, "admin_assigned_user_token")
        if token and (owner := _user_in_token(str(token), connected, users_by_id, secret_key, now)):
            return Owner(owner, OwnerSource.TOKEN)
        extension = _value(additional_submission, "admin_assigned_user_rc_id")
        if extension and admin and (owner := _mapped_to(str(extension), admin)):
            return Owner(owner, OwnerSource.MAPPING)
    return Owner(connected.crm_id, OwnerSource.CONNECTED)


def make_assignment_token(
    user_id: str, secret_key: SecretStr, now: datetime, lifetime: timedelta = TOKEN_LIFETIME
) -> str:
    """Return a token that names a stored user, by ``"<crm id>-<platform>"``, as the owner of logs."""
    import jwt

    claims = {"id": user_id, "iat": int(now.timestamp()), "exp": int((now + lifetime).timestamp())}
    return jwt.encode(claims, secret_key.get_secret_value(), algorithm=ALGORITHM)


# -- sources --


def _value(submission: JsonObject, field: str) -> JsonValue:
    return submission.get(to_camel(field), submission.get(field))


def _user_in_token(
    token: str,
    connected: User,
    users_by_id: Callable[[str], User | None],
    secret_key: SecretStr | None,
    now: datetime,
) -> str:
    """Return the CRM id of the user that the token names; "" for a token that is not valid here."""
    if not (secret_key and secret_key.get_secret_value()):
        log.warning("An assignment token cannot be checked: APP_SERVER_SECRET_KEY is not set.")
        return ""
    import jwt

    try:
        user_id = _read_token(token, secret_key, now)
    except jwt.InvalidTokenError as error:
        log.warning("An assignment token was not accepted: %s", type(error).__name__)
        return ""
    user = users_by_id(user_id)
    if user is None or _platform(user) != _platform(connected):
        log.warning("An assignment token names a user who is not signed in here.")
        return ""
    return user.crm_id


def _read_token(token: str, secret_key: SecretStr, now: datetime) -> str:
    import jwt

    claims = jwt.decode(
        token,
        secret_key.get_secret_value(),
        algorithms=[ALGORITHM],
        # times are compared below: PyJWT would use the computer's clock, not ``now``
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
