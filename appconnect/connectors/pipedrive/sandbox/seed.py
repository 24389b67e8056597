"""The records that a fresh sandbox starts with.

Who works at the made-up company, whom it knows, what it sells.
"""

from __future__ import annotations

from appconnect.connectors.pipedrive.sandbox.answers import Row
from appconnect.connectors.pipedrive.sandbox.database import Database, entry
from appconnect.connectors.pipedrive.sandbox.fields import seed_fields
from appconnect.sandbox import cast
from appconnect.sandbox.base import JsonObject

ACTIVITY_TYPES = (
    ("Call", "call", True),
    ("Meeting", "meeting", True),
    ("Task", "task", True),
    ("SMS", "sms", True),
    ("Recall order", "recall_order", True),  # "call" is in it, and it is no call
    ("Old call", "old_call", False),
)
FOUNDED = "2024-03-01T08:00:00Z"
NIAS_MOBILE: JsonObject = {"value": "+1 (628) 555-0143", "primary": False, "label": "mobile"}


STAGES = ("Qualified", "Contact Made", "Demo Scheduled", "Proposal Made", "Negotiations Started")
CURRENCIES = (("EUR", "Euro", "€"), ("GBP", "British Pound", "£"), ("USD", "US Dollar", "$"))


def seed(database: Database) -> None:
    """Fill an empty database."""
    _settings(database)
    seed_fields(database)
    for member, active in ((cast.RAE, True), (cast.KIT, True), (cast.OLU, False)):
        database.add_user(member, active=active)
    for name, key, active in ACTIVITY_TYPES:
        database.add_activity_type(name, key, active=active)
    holt = database.add_organization("Holt Ltd")["id"]
    nia = database.add_member(cast.NIA, org_id=holt, phones=[entry(cast.NIA.phone), NIAS_MOBILE])
    omar, ines = database.add_member(cast.OMAR), database.add_member(cast.INES)
    for member in (cast.LOOKALIKE, cast.SINEAD, cast.ZOE, cast.ALONE):
        database.add_member(member)
    database.add_person("Nia Holt (old)", {"phones": [entry(cast.NIA.phone)], "is_deleted": True})
    _sales(database, nia, omar, ines)


def _settings(database: Database) -> None:
    times: Row = {"is_deleted": False, "add_time": FOUNDED, "update_time": FOUNDED}
    pipeline: Row = {"id": 1, "name": "Pipeline", "order_nr": 1, "is_deal_probability_enabled": False}
    database.pipelines.put(pipeline | times)
    for number, name in enumerate(STAGES, 1):
        stage: Row = {
            "id": number,
            "order_nr": number,
            "name": name,
            "pipeline_id": 1,
            "deal_probability": 100,
        }
        database.stages.put(stage | {"is_deal_rot_enabled": False, "days_to_rotten": None} | times)
    for number, (code, name, symbol) in enumerate(CURRENCIES, 1):
        currency: Row = {"id": number, "code": code, "name": name, "symbol": symbol, "decimal_points": 2}
        database.currencies.put(currency | {"active_flag": True, "is_custom_flag": False})


def _sales(database: Database, nia: int, omar: int, ines: int) -> None:
    database.add_deal("Holt renewal", nia, value=12_000)
    database.add_deal("Holt training", nia, value=800)
    database.add_deal("Holt first order", nia, status="won")
    database.add_deal("Holt office move", nia, status="lost")
    database.add_deal("Holt archive", nia, is_archived=True)
    database.add_deal("Holt typing error", nia, is_deleted=True, status="deleted")
    database.add_deal("Vance pilot <A&B>", omar)
    database.add_lead("Holt second site", nia, value={"amount": 4000, "currency": "EUR"})
    database.add_lead("Holt old idea", nia, is_archived=True)
    database.add_lead("Roth newsletter", ines)
