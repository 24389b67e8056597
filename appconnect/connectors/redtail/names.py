"""The names of users and contacts, which may be closed to this user: then they are "", and that is told.

https://documenter.getpostman.com/view/7873823/SVzxXyzn (Lists, Contacts)
"""

from __future__ import annotations

from appconnect.connectors.redtail.schemas import OneDatabaseUser, OnePerson
from appconnect.errors import Unavailable
from appconnect.http import CrmClient, or_default
from appconnect.http.decoding import check_id


async def user_name(crm: CrmClient, user_id: str) -> str:
    """Return a user's name."""

    async def read() -> str:
        user = (await crm.get(f"/lists/database_users/{user_id}", into=OneDatabaseUser)).database_users
        check_id(user.id, user_id)
        return _told(user.name)

    return await or_default(read(), "", missing=f"the name of user {user_id}")


async def contact_name(crm: CrmClient, contact_id: int | None) -> str:
    """Return a contact's name; "" also for none."""
    if contact_id is None:
        return ""

    async def read() -> str:
        contact = (await crm.get(f"/contacts/{contact_id}", into=OnePerson)).contact
        check_id(contact.id, contact_id)
        return _told(contact.name)

    return await or_default(read(), "", missing=f"the name of contact {contact_id}")


def _told(name: str) -> str:
    if not name:
        raise Unavailable("Redtail left it out of its answer.")
    return name
