"""Each sandbox against what the vendor says and against clients that other people wrote: ``make parity``."""
