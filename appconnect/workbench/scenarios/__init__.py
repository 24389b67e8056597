"""Scenarios: what was done with a workbench, kept as a recording that can be done again and compared."""
