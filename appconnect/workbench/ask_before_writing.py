"""The question that a notebook asks before it writes made-up calls and messages into a real account."""

from __future__ import annotations

from appconnect.errors import WriteDeclined


def ask_before_writing(crm: str, what: str) -> None:
    """Ask the person at the notebook or the terminal; WriteDeclined unless the answer is yes."""
    try:
        answer = input(f"This writes into your {crm} account: {what}. Type yes to go on: ")
    except (EOFError, OSError, NotImplementedError):  # nobody is there
        answer = ""
    if answer.strip().casefold() not in ("y", "yes"):
        raise WriteDeclined(
            f"Nothing was written into your {crm} account, since nobody said yes. "
            "To be asked again, run on from this cell."
        )
