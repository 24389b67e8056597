"""The parts of a workbench, each loaded and made when it is used first: a panel needs few of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from appconnect.workbench.context import Context
from appconnect.workbench.live_writes import LiveWrites

if TYPE_CHECKING:
    from appconnect.workbench.calls import CallLogs
    from appconnect.workbench.contacts import Contacts
    from appconnect.workbench.idempotency import IdempotentWrites
    from appconnect.workbench.messages import MessageLogs
    from appconnect.workbench.owners import Owners
    from appconnect.workbench.sign_in import SignInFlow


class Parts:
    """The parts of a workbench; ``context`` is what they share."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._live_writes = LiveWrites(context)  # at once: it locks before anybody else hears of a sign-out

    @cached_property
    def _writes(self) -> IdempotentWrites:
        from appconnect.workbench.idempotency import IdempotentWrites

        return IdempotentWrites(self.context)

    @cached_property
    def _owners(self) -> Owners:
        from appconnect.workbench.owners import Owners

        return Owners(self.context)

    @cached_property
    def _sign_in(self) -> SignInFlow:
        from appconnect.workbench.sign_in import SignInFlow

        return SignInFlow(self.context)

    @cached_property
    def _contacts(self) -> Contacts:
        from appconnect.workbench.contacts import Contacts

        return Contacts(self.context, self._writes)

    @cached_property
    def _calls(self) -> CallLogs:
        from appconnect.workbench.calls import CallLogs

        return CallLogs(self.context, self._writes, self._owners)

    @cached_property
    def _messages(self) -> MessageLogs:
        from appconnect.workbench.messages import MessageLogs

        return MessageLogs(self.context, self._writes, self._owners)
