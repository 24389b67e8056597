"""What a person types to sign in, and the settings that complete it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr
from pydantic.alias_generators import to_snake

from appconnect.auth.sign_in import FormField
from appconnect.errors import InputError
from appconnect.settings import Mode
from appconnect.workbench import validation
from appconnect.workbench.context import Context


class SignInForm:
    """The fields of a CRM's sign-in, what was typed into them, and what is set for them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.fields = context.connections.sign_in.fields
        self.app_fields = context.connections.sign_in.app_fields

    def take(self, typed: object) -> dict[str, str]:
        """Return what was typed, checked; InputError in a sentence. What is needed before signing in is used.

        That is the registered app, and what is no secret: it may decide where to sign in (a data centre).
        """
        checked = validation.texts(typed, "sign-in form")
        meant = {field.name: field.meant(checked.get(field.name, "")) for field in self._all}
        secret = {name: SecretStr(value) for name, value in meant.items() if value}
        self._context.connections.sign_in.validate(secret)
        self._context.use_app({each.name: meant[each.name] for each in self.app_fields if meant[each.name]})
        account = self._context.account
        plain = {each.name: meant[each.name] for each in self.fields if not each.secret and meant[each.name]}
        account.options = {**account.options, **plain}
        return checked

    def needs_page(self, typed: Mapping[str, str]) -> bool:
        """Return whether a person must consent; a password that is typed, or set for live runs, spares it."""
        if not self._context.uses_oauth:
            return False
        secrets = [field.name for field in self.fields if field.secret]
        is_live = self._context.environment.mode is Mode.LIVE
        set_for_live = is_live and all(self.is_set(field) for field in self.fields)
        return not (any(typed.get(name) for name in secrets) or (secrets and set_for_live))

    def completed(self, typed: Mapping[str, str]) -> dict[str, SecretStr]:
        """Return what was typed, completed from the settings; InputError for what is missing from both."""
        if missing := self.missing(typed):
            raise InputError(f"To sign in to {self._context.title}, fill in: {', '.join(missing)}.")
        return self._filled(typed)

    def missing(self, typed: Mapping[str, str]) -> list[str]:
        """Return the labels of what is neither typed nor set; none where there is a consent page instead."""
        if self._context.uses_oauth:
            return []
        filled = self._filled(typed)
        return [field.label for field in self.fields if not _plain(filled[field.name])]

    def is_set(self, field: FormField) -> bool:
        """Return whether the settings hold a field."""
        return bool(self._setting(field.name))

    def variable(self, field: FormField) -> str:
        """Return the environment variable of a field; "" for what is only typed."""
        kind = type(self._context.environment.credentials)
        name = to_snake(field.name)
        return kind.variable(name) if name in kind.model_fields else ""

    def names_somebody(self, typed: Mapping[str, str]) -> bool:
        """Return whether anything was typed that tells who signs in."""
        return any(typed.get(field.name, "").strip() for field in self._all)

    @property
    def _all(self) -> tuple[FormField, ...]:
        return (*self.app_fields, *self.fields)

    def _filled(self, typed: Mapping[str, str]) -> dict[str, SecretStr]:
        is_other = self._is_other_user(typed)
        return {
            field.name: SecretStr(
                field.meant(typed.get(field.name, ""))
                or ("" if is_other and field.verbatim else field.meant(self._setting(field.name)))
            )
            for field in self.fields
        }

    def _is_other_user(self, typed: Mapping[str, str]) -> bool:
        """Whether another user's name was typed than the one that is set, whose password is not theirs."""
        names = [field.name for field in self.fields if not field.secret and typed.get(field.name)]
        return any(typed[name].strip() != self._setting(name) for name in names)

    def _setting(self, name: str) -> str:
        """Return what the settings hold for a field."""
        value = self._context.environment.credentials.model_dump().get(to_snake(name))
        return _plain(value) if isinstance(value, SecretStr) else str(value or "")


def _plain(secret: SecretStr) -> str:
    return secret.get_secret_value()
