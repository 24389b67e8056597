"""Bodies of call logs: composed from facts, parsed, updated, and shortened to what a CRM holds."""
