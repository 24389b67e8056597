"""``python -m parity.fuzzing [CRM…]``: only what schemathesis finds."""

from __future__ import annotations

import asyncio
import sys

from parity.fuzzing import CRMS, fuzz
from parity.ledger import Ledger

if __name__ == "__main__":
    found = Ledger()
    for name in sys.argv[1:] or CRMS:
        for operation, statuses in asyncio.run(fuzz(found, name)).items():
            sys.stdout.write(f"only refused: {name} {operation} {statuses}\n")
    sys.stdout.write(f"{found}\n")
