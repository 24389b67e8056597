"""What is special in panels for a CRM whose data centre must be found, and whose notes have an action."""

from __future__ import annotations

from appconnect.panels import ConnectPanel
from appconnect.workbench import connect


async def test_finding_the_data_centre_is_the_first_step_shown() -> None:
    panel = ConnectPanel(connect("bullhorn", mode="sandbox"))
    await panel.sign_in()

    shown = panel.snapshot()
    told = [
        "GET /rest-services/loginInfo",
        "https://auth-east.bullhornstaffing.com/oauth/authorize",
        "POST /oauth/token",
        "POST /rest-services/login",
        "rest32.bullhornstaffing.com",
    ]
    assert sorted(told, key=shown.index) == told
    assert "&lt;BhRestToken&gt;" in shown
