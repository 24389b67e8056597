"""Who takes part in a message: who wrote it, and who else is in a group, beside the contact and the agent."""

from __future__ import annotations

from appconnect.errors import UnusableNumber
from appconnect.models import Contact, Direction, Message, Party
from appconnect.phone import carries, parse

UNKNOWN = "Unknown"


def others(message: Message, contact: Contact, agent: str) -> list[str]:
    """Return the names of the other people of a group: name, else number, else extension."""
    if not message.is_group:
        return []
    to = [party for party in message.to if not party.target]
    parties = [message.from_, *to] if message.direction is Direction.INBOUND else to
    names = [_label(party) for party in parties if not _is(contact, party)]
    return [name for name in dict.fromkeys(names) if name and name.casefold() != agent.casefold()]


def sender(message: Message, contact: Contact, agent: str, *, is_group: bool) -> str:
    """Return who wrote a message: in a group whoever it says itself, else the contact or the agent."""
    party = message.from_
    if message.direction is Direction.OUTBOUND:
        return (party.name if is_group else "") or agent or _label(party)
    name = (party.name or (contact.name if _is(contact, party) else "")) if is_group else contact.name
    if name and party.phone_number:
        return f"{name} ({party.phone_number})"
    return name or _label(party) or UNKNOWN


def _label(party: Party) -> str:
    extension = f"ext. {party.extension_number}" if party.extension_number else ""
    return party.name or party.phone_number or extension


def _is(contact: Contact, party: Party) -> bool:
    """Return True for the party that is the contact, by name or by number."""
    if party.name and party.name.casefold() == contact.name.casefold():
        return True
    try:
        return bool(party.phone_number) and carries(contact.phone, parse(party.phone_number))
    except UnusableNumber:
        return party.phone_number == contact.phone
