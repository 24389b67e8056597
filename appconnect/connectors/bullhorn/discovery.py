"""The data centre that a user belongs to.

https://bullhorn.github.io/Data-Center-URLs/
"""

from __future__ import annotations

import re

from appconnect.connectors.bullhorn.schemas import Places
from appconnect.errors import ConfigurationError, ForeignHost, NotFound, Rejected
from appconnect.http import CrmClient

DISCOVERY = "https://rest.bullhornstaffing.com/rest-services/loginInfo"


async def places_of(crm: CrmClient, username: str) -> Places:
    """Return the user's addresses. ConfigurationError for no or an unknown user, ForeignHost for a trap."""
    if not username:
        raise ConfigurationError(
            "To find its data centre, Bullhorn needs the user name: set BULLHORN_USERNAME "
            "or the option username."
        )
    try:
        places = await crm.get(DISCOVERY, into=Places, username=username)
    except (Rejected, NotFound) as error:
        if error.crm_message:
            raise ConfigurationError(
                f"Bullhorn does not tell where the user {username!r} belongs; check the user name. "
                f"It said: {error.crm_message}"
            ) from None
        places = Places()
    if not places.oauth_url or not places.rest_url:
        raise ConfigurationError(f"Bullhorn knows no user {username!r}; check the user name.")
    for address in (places.oauth_url, places.rest_url):
        if not crm.rules.trusts_address(address):
            shown = re.sub("//[^/]*@", "//", address)
            raise ForeignHost(f"{shown} is not an address of Bullhorn, so nothing was sent to it.")
    return places
