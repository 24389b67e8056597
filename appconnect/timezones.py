"""Time zones by IANA name, also where a CRM calls them as Windows does ("Pacific Standard Time").

Windows names: https://github.com/unicode-org/cldr/blob/main/common/supplemental/windowsZones.xml, by Babel.
"""

from __future__ import annotations

from zoneinfo import available_timezones

RETIRED = {"Kamchatka Standard Time": "Asia/Kamchatka", "Mid-Atlantic Standard Time": "Etc/GMT+2"}
"""Names that Windows still knows and the CLDR no longer does."""


def iana_name(name: str) -> str:
    """The IANA name of a zone that is named as Windows or as IANA does; "" when nobody knows it."""
    from babel.core import get_global  # takes a moment, and only some CRMs need it

    wanted = " ".join(name.split())
    windows: dict[str, str] = {**get_global("windows_zone_mapping"), **RETIRED}
    by_folded = {each.casefold(): zone for each, zone in windows.items()}
    if zone := by_folded.get(wanted.casefold().replace(" daylight ", " standard ")):
        return zone
    return wanted if wanted in available_timezones() else ""
