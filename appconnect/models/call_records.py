"""A call in the shapes that RingCentral sends it in: log records, telephony sessions, notifications of them.

https://developers.ringcentral.com/api-reference/Call-Log/readUserCallLog
https://developers.ringcentral.com/guide/notifications/event-filters/telephony-session-event
"""

from __future__ import annotations

from collections.abc import Mapping

Record = Mapping[str, object]

OVER = ("Disconnected", "Gone", "VoiceMail", "VoiceMailScreening", "FaxReceive")
"""The status codes of a party for whom the call does not go on."""


def read_call(record: Record) -> dict[str, object]:
    """Return the values of a Call; what is not told is left out."""
    owner = str(record.get("ownerId"))
    if isinstance(body := record.get("body"), Mapping):
        record = body
    values = {key: value for key, value in record.items() if value is not None}
    if parties := _mappings(values.pop("parties", None)):
        values = _of_session(values, parties, owner)
    if values.get("startTime") in ("", 0, "0"):  # not known: no call was in 1970
        del values["startTime"]
    if isinstance(legs := values.get("legs"), list):
        values["legs"] = [leg for leg in legs if leg is not None]
    if values.get("direction") in ("", "Unknown"):
        del values["direction"]
    return values


def _of_session(session: Record, parties: list[Record], owner: str) -> dict[str, object]:
    """Return the call that a telephony session is for us: what it says itself wins over its parties."""
    ours = _our_party(parties, owner)
    alike = [ours, *(party for party in parties if party.get("direction") == ours.get("direction"))]
    told: dict[str, object] = {
        key: next((party[key] for party in alike if party.get(key)), None)
        for key in ("direction", "from", "to")
    }
    told["startTime"] = session.get("creationTime")
    if str(session.get("id") or "").startswith("s-"):  # of a session that was asked for
        told["telephonySessionId"] = session["id"]
    if ours.get("missedCall") is True:
        told["result"] = "Missed"
    status = ours.get("status")
    code = status.get("code") if isinstance(status, Mapping) else status
    if code and code not in OVER and not ours.get("missedCall"):
        told["duration"] = None if "durationMs" in session else "pending"
    return {**{key: value for key, value in told.items() if value is not None}, **session}


def _our_party(parties: list[Record], owner: str) -> Record:
    """Return the party of the extension that is notified, else of an extension, else with a direction."""
    directed = [party for party in parties if party.get("direction")]
    internal = [party for party in directed if party.get("extensionId")]
    theirs = [party for party in internal if str(party["extensionId"]) == owner]
    return next(iter([*theirs, *internal, *directed, *parties]))


def _mappings(value: object) -> list[Record]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
