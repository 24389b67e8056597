"""A session of Bullhorn's, recorded and played back."""

from __future__ import annotations

from pathlib import Path

import pytest

from appconnect.workbench import connect


async def test_a_bullhorn_session_that_ends_is_renewed_in_replay_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path))
    seen = []
    for mode in ("sandbox", "replay"):
        workbench = connect("bullhorn", mode=mode, record=mode == "sandbox")
        await workbench.sign_in()
        await workbench.crm.get("/logout")
        assert "Contact found" == (await workbench.find_contact("+14155550142")).message
        seen.append([(each.method, each.path, each.status) for each in workbench.trace])
        await workbench.close()
    assert seen[0] == seen[1]
    assert 2 == len(
        [path for _, path, _ in seen[0] if path.startswith("/oauth/token")]
    )  # sign-in and renewal
