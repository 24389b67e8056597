"""A computer that is set up for the live CRMs, in a world where their hosts are played."""

from rehearsed import computer, here, internet

__all__ = ["computer", "here", "internet"]
