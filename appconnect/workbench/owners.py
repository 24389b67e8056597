"""The owner of a log, by what was chosen in the log form, the admin's configuration, or a token."""

from __future__ import annotations

from dataclasses import dataclass

from appconnect import log_owner
from appconnect.errors import ConfigurationError, InputError
from appconnect.log_owner import Owner
from appconnect.models import AdminConfiguration, JsonObject
from appconnect.workbench import validation
from appconnect.workbench.context import Context


@dataclass(frozen=True)
class Submission:
    """The choices of the log form, and the account whose admin configuration holds for them."""

    chosen: JsonObject
    hashed_account_id: str

    @classmethod
    def of(cls, additional_submission: object, hashed_account_id: object) -> Submission:
        """Return the submission; InputError when it is not values by name, or the account id no text."""
        account = validation.text(hashed_account_id or "", "hashed account id")
        return cls(validation.fields(additional_submission, "additional submission"), account)


class Owners:
    """Decides who owns a log, and keeps what decides it."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def owner(self, submission: Submission) -> Owner:
        """Return who owns a log with this submission, and which of the three ways decided."""
        context = self.context
        if context.user is None:
            raise InputError("Sign in first: without a user there is no owner to fall back to.")
        account = submission.hashed_account_id
        return log_owner.owner_for(
            submission.chosen,
            connected=context.user,
            users_by_id=context.connections.user,
            admin=context.environment.store.admin(account) if account else None,
            secret_key=context.environment.settings.app_server_secret_key,
            now=context.now(),
        )

    def owner_to_send(self, submission: Submission) -> str | None:
        """Return the owner's CRM id where the form asks for an assignee; else the CRM's own default holds."""
        if not log_owner.is_requested(submission.chosen):
            return None
        return self.owner(submission).crm_id

    def apply_admin_settings(self, submission: Submission) -> None:
        """Have the connector work with what the account's admin has set, beside the user's settings."""
        account = submission.hashed_account_id
        admin = self.context.environment.store.admin(account) if account else None
        self.context.account.admin_settings = admin.settings if admin else {}

    def save_admin(self, configuration: AdminConfiguration) -> None:
        """Remember an account's admin configuration in place of the one before."""
        found = validation.instance(
            AdminConfiguration, configuration, "configuration", "an AdminConfiguration"
        )
        self.context.environment.store.save_admin(found)

    def token(self, user_id: str) -> str:
        """Return a token that names a user of ours as the owner of logs, for two weeks."""
        key = self.context.environment.settings.app_server_secret_key
        if key is None or not key.get_secret_value():
            raise ConfigurationError("Assignment tokens are signed with APP_SERVER_SECRET_KEY; set it first.")
        return log_owner.make_assignment_token(validation.text(user_id, "user id"), key, self.context.now())
