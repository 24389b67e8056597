"""The batch panel as a person uses it, by keys alone: in JupyterLab in a real Chromium, in the light and the dark."""

from __future__ import annotations

import pytest
from in_browser import Lab, panel, screenshot
from platforms import needs
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, needs("pipedrive")]


def test_a_table_is_planned_and_run_by_keys_alone(lab: Lab) -> None:
    page = lab.ran("36_a_year_of_calls.ipynb")
    batch = panel(page, "Batch").first
    expect(batch.get_by_text("52 rows: 22 matched").first).to_be_visible()
    screenshot(batch, "batch-matched")
    batch.get_by_role("radio", name="Log", exact=True).press("Space")
    expect(batch.get_by_text("52 rows: 22 matched")).to_have_count(0)
    batch.get_by_role("checkbox", name="Dry run").press("Space")
    batch.get_by_role("button", name="Plan").press("Enter")
    expect(batch.get_by_text("This is the plan; the way with the arrow is taken.")).to_be_visible()
    screenshot(batch, "batch-planned")
    batch.get_by_role("button", name="Run").press("Enter")
    expect(batch.get_by_text("32 logged before").first).to_be_visible()
    expect(batch.get_by_role("button", name="Stop")).to_be_disabled()
    screenshot(batch, "batch-run")
    page.set_viewport_size({"width": 800, "height": 900})
    wider = batch.evaluate("panel => panel.scrollWidth - panel.clientWidth")
    bar = batch.locator(".progress").evaluate("bar => bar.offsetHeight")
    screenshot(batch, "batch-narrow")
    page.evaluate(
        "() => { window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'}); }"
    )
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)
    screenshot(batch, "batch-dark")
    assert (0, True) == (wider, bar > 10)
