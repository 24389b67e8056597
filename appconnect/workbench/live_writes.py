"""Requests of a person's own write into a live account only after somebody has allowed it for the session."""

from __future__ import annotations

from appconnect.errors import AppConnectError, NotSignedIn, WritesNotArmed
from appconnect.settings import Mode
from appconnect.workbench.context import Context


class LiveWrites:
    """The switch of one workbench; it goes off by itself when its user signs out or another one signs in.

    In the sandbox and in replay nothing needs to be allowed.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._user_id = ""
        """Who is allowed to write; "" for nobody."""
        context.on_user_change(self._user_changed)

    @property
    def are_armed(self) -> bool:
        """Whether a write would be sent."""
        return self._context.environment.mode is not Mode.LIVE or bool(self._user_id)

    def arm(self) -> None:
        """Allow writes. Raises NotSignedIn where nobody is signed in or kept, since it is for one user."""
        self._user_id = self._who()
        if not self._user_id:
            raise NotSignedIn(
                f"Nobody is signed in to {self._context.title}; sign in first, then allow writes."
            )
        self._context.tell_user_change()

    def disarm(self) -> None:
        """Refuse writes again."""
        if self._user_id:
            self._user_id = ""
            self._context.tell_user_change()

    def check(self, method: str, path: str) -> None:
        """Raise WritesNotArmed for a request that would write and may not."""
        if self.are_armed or self._context.connector.rules.is_read(method, path):
            return
        raise WritesNotArmed(
            f"{method} may write into your {self._context.title} account, so nothing was sent. "
            "To allow it in this session, run workbench.arm_writes(), or arm writes in the request panel."
        )

    def _who(self) -> str:
        """Return the id of who is signed in, or kept; "" for nobody."""
        if self._context.user is not None:
            return self._context.user.id
        connection = self._context.connections.current()
        return connection.user_id if connection else ""

    def _user_changed(self) -> None:
        if not self._user_id:
            return
        try:
            is_still_there = self._who() == self._user_id
        except AppConnectError:
            is_still_there = False
        if not is_still_there:
            self._user_id = ""
