"""A request that was sent: by which workbench, on which account, for which operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from appconnect.http import Exchange, Purpose

REFUSED: Final = 429
OTHER: Final = "request"
"""What a request is called that belongs to no operation, as the workbench's method that sends one."""
CONTRACT_NAMES: Final[Mapping[str, str]] = {
    "check_sign_in": "get_user_info",
    "list_users": "get_user_list",
    "log_call": "create_call_log",
    "log_message": "create_message_log",
    "log_shared_sms": "create_message_log",
    "set_disposition": "upsert_call_disposition",
    "sign_out": "unauthorize",
}
"""The workbench's methods that the contract, and with it what is said of costs, calls otherwise."""


def contract_name(method: str) -> str:
    """Return what the contract calls a method of the workbench: ``log_call`` → ``create_call_log``."""
    return CONTRACT_NAMES.get(method, method)


@dataclass(frozen=True)
class Sent:
    """An exchange, and what it counts towards.

    ``account`` names whose limits it uses: requests of one account share them, whoever sends them. ``who`` is
    the workbench that sent it, ``operation`` the method that it was sent for ("find_contact").
    """

    account: str
    who: str
    operation: str
    exchange: Exchange

    @property
    def at(self) -> datetime:
        """When it left."""
        return self.exchange.at

    @property
    def answered(self) -> datetime:
        """When its answer was there."""
        return self.exchange.at + timedelta(seconds=self.exchange.seconds)

    @property
    def is_refused(self) -> bool:
        """True where the CRM said that there were too many requests."""
        return self.exchange.status == REFUSED


def sent_by(who: str, account: str, exchanges: Iterable[Exchange], names: Mapping[int, str]) -> list[Sent]:
    """Return the requests of one workbench; ``names`` are its operations by number."""
    return [Sent(account, who, _operation(each, names), each) for each in exchanges]


def _operation(exchange: Exchange, names: Mapping[int, str]) -> str:
    if exchange.operation in names:
        return names[exchange.operation]
    return OTHER if exchange.purpose is Purpose.OPERATION else exchange.purpose.value.replace("-", "_")
