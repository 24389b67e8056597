"""Reading the number of a match, with everything that is assumed on the way."""

from __future__ import annotations

from appconnect import phone
from appconnect.connector import Connector
from appconnect.errors import InputError
from appconnect.phone import PhoneNumber
from appconnect.text.quotation import quotation
from appconnect.workbench import validation
from appconnect.workbench.matching.explanation import NumberRead

SETTING = "APPCONNECT_DEFAULT_REGION"
AT_HOME = (
    "Without “+” {title}'s connector takes it for an internal extension, and find_contact asks nothing. "
    "What follows is for {e164}."
)


def read_number(typed: object, connector: Connector, region: str) -> tuple[PhoneNumber | None, NumberRead]:
    """Return the number to search for, None for what is none, and how it was understood."""
    try:
        text = validation.text(typed, "phone number")
        number = phone.parse(text, region=region)
    except InputError as error:
        return None, NumberRead(typed=quotation(str(typed)), problem=error.message)
    is_at_home = connector.extensions_lack_plus and phone.lacks_country_code(text)
    return number, NumberRead(
        typed=quotation(text),
        e164=number.e164,
        formatted=number.formatted,
        country_code=number.country_code,
        region=number.region,
        national=number.national,
        extension=phone.extension_in(text),
        region_from=SETTING if phone.assumes_region(text, region=region) else "",
        remark=AT_HOME.format(title=connector.title, e164=number.e164) if is_at_home else "",
    )
