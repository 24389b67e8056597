"""``make batch``: prove it for every CRM, or for those that are named, and print one table."""

from __future__ import annotations

import argparse
import asyncio
import sys

from platforms import CRMS

from batch_proof.verdict import Proof, prove, table


def main() -> None:
    """Match and log, killed and not; end with 1 where anything is not as it must be."""
    arguments = argparse.ArgumentParser(description="Large batches against sandboxes.")
    arguments.add_argument("--crm", nargs="*", default=list(CRMS), choices=CRMS)
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--kills", type=int, nargs="*", default=[0, 10])
    arguments.add_argument("--seed", type=int, default=1)
    only = arguments.add_mutually_exclusive_group()
    only.add_argument("--match", action="store_true", help="only match, which writes nothing into the CRM")
    only.add_argument("--log", action="store_true", help="only log")
    given = arguments.parse_args()
    proofs = list[Proof]()
    for crm in given.crm:
        for log in (False,) if given.match else (True,) if given.log else (False, True):
            for kills in given.kills:
                proofs.append(asyncio.run(prove(crm, given.rows, kills, given.seed, log=log)))
                print(proofs[-1].told, flush=True)
    print(f"\n{table(proofs)}")
    sys.exit(any(each.problems for each in proofs))


if __name__ == "__main__":
    main()
