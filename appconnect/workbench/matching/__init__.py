"""Why a number matched or did not: what was asked, what came back, and what became of it."""
