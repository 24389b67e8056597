"""A large batch against a sandbox: every row accounted for exactly once, however often it is killed and resumed.

    PYTHONPATH=tests python -m batch_proof          # 100,000 rows, logged in one go and killed ten times, and matched
    … -m batch_proof --rows 500 --kills 3 --crm pipedrive --seed 7
    … -m batch_proof --match                        # only matched

The CRM is played here; the batch runs in another process, which is killed by SIGKILL at random requests, before they
are answered or after; a match, which sends few, at random transactions. Time is the sandbox's: it moves when the batch
waits, and only while no answer is on its way. Where the day's budget of the CRM's plan ends a run, the next one is on
the next day.
"""
