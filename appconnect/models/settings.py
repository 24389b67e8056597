"""The settings of admins and users in App Connect."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, JsonValue

from appconnect.models.wire import JsonObject, Wire


class UserMapping(Wire):
    """An admin's word on whose logs are whose: one CRM user for one or several RingCentral extensions."""

    crm_user_id: str
    rc_extension_id: str | list[str] = ""

    def covers(self, extension_id: str) -> bool:
        """Return whether this mapping names the extension; ids compare as text."""
        ids = self.rc_extension_id if isinstance(self.rc_extension_id, list) else [self.rc_extension_id]
        return extension_id in [str(each) for each in ids]


class AdminConfiguration(Wire):
    """The settings of an account's admin; found by the hashed account id."""

    hashed_account_id: str
    user_mappings: list[UserMapping] = Field(default_factory=list)
    user_settings: JsonObject = Field(default_factory=dict)
    custom: JsonObject = Field(default_factory=dict)

    @property
    def settings(self) -> UserSettings:
        """The settings for the account's users, in the shape of theirs; ``custom`` may have bare values."""
        settings: JsonObject = {
            key: value if isinstance(value, dict) else {"value": value} for key, value in self.custom.items()
        }
        return settings | self.user_settings


UserSettings = Mapping[str, JsonValue]
"""App Connect's user settings: ``{"addCallLogNote": {"value": true}, …}``."""


def setting(settings: UserSettings, key: str, default: JsonValue) -> JsonValue:
    """Return ``settings[key].value``, or the default when it is not set."""
    entry = settings.get(key)
    value = entry.get("value") if isinstance(entry, dict) else None
    return default if value is None else value
