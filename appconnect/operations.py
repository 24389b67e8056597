"""The fifteen operations by name, and how a connector declares those that it does not support."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from appconnect.errors import NotSupported

OPERATIONS = (
    "get_auth_type", "get_oauth_info", "get_user_info", "unauthorize",
    "find_contact", "find_contact_with_name", "create_contact",
    "create_call_log", "update_call_log", "get_call_log", "upsert_call_disposition",
    "create_message_log", "update_message_log",
    "get_log_format_type", "get_user_list",
)  # fmt: skip
NOT_YET = "This connector does not support this yet."
"""The reason for what is still to be written, or the beginning of it."""
NEVER_UNSUPPORTED = ("get_auth_type", "get_user_info", "get_log_format_type")
"""Without these there is no connection to speak of."""
DEADLINE_SECONDS = 240.0
"""How long one operation may take in all, its retries and waits among them."""
AS_CALLS = {"create_message_log": "create_call_log", "update_message_log": "update_call_log"}
"""Inherited: messages are kept as calls are, unless a connector writes these itself."""
INHERITED = frozenset({*AS_CALLS, "unauthorize"})
"""What a connector need not write: signing out revokes what the credentials know to revoke."""


def settle(connector: type, base: type, declared: Mapping[str, str]) -> Mapping[str, str]:
    """Make a connector class whole: every operation is written, or refuses with the declared reason.

    Returns what is unsupported: what is declared, and message logs where they rest on call logs that are
    unsupported. Where no log can be created, ``find_log`` is not needed. ``base`` is Connector itself. Raises
    TypeError, one sentence, for an operation that is neither written nor declared, or both.
    """
    for name, reason in declared.items():
        _check(connector, name, reason)
    unsupported = dict(declared)
    for message, call in AS_CALLS.items():
        if call in declared and getattr(connector, message) is getattr(base, message):
            unsupported.setdefault(message, declared[call])
    refused = dict(unsupported)
    if {"create_call_log", "create_message_log"} <= unsupported.keys():
        refused.setdefault("find_log", unsupported["create_call_log"])
    for name in (*OPERATIONS, "find_log"):
        if name in refused and (name in unsupported or not _is_written(connector, base, name)):
            setattr(connector, name, _refusal(refused[name]))
        elif name not in INHERITED and not _is_written(connector, base, name):
            raise TypeError(
                f"{connector.__name__} lacks {name}: write it, or name it in `unsupported` with the reason."
            )
    return unsupported


def _check(connector: type, name: str, reason: str) -> None:
    if name not in OPERATIONS or name in NEVER_UNSUPPORTED:
        there_are = ", ".join(each for each in OPERATIONS if each not in NEVER_UNSUPPORTED)
        raise TypeError(f"{connector.__name__}.unsupported cannot name {name!r}; there are: {there_are}.")
    if not reason.strip():
        raise TypeError(f"{connector.__name__}.unsupported lacks the reason for {name!r}.")
    if name in vars(connector):
        raise TypeError(f"{connector.__name__} has {name} and declares it unsupported; take out one of them.")


def _is_written(connector: type, base: type, name: str) -> bool:
    method = getattr(connector, name)
    return method is not getattr(base, name) and not getattr(method, "is_refusal", False)


def _refusal(reason: str) -> Callable[..., Awaitable[None]]:
    async def refuse(self: object, *_: object, **__: object) -> None:
        raise NotSupported(reason)

    refuse.is_refusal = True  # type: ignore[attr-defined]
    return refuse
