"""How fast things are: ours beside another way of doing the same, both measured in one run.

``make bench`` prints one table. A module of this package holds the rows of one subject; what is decorated with
:func:`bench.rows.measurement` in it is measured, so that another subject is another module. Ratios count, for
seconds depend on the machine. Everything runs against the sandbox, never against a live CRM.
"""
