"""What was just done is kept as a recording, a pytest case and a cell, and is run at once."""

from __future__ import annotations

from workbench.test_live_recordings import crm as live_crm  # noqa: F401
