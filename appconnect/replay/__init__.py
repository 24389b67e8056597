"""Recordings: exchanges with a CRM, stored without secrets and played back without a network."""
