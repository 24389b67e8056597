"""The connectors: one folder per CRM, none knows another; others come from packages of their own.

``platform`` says what a CRM consists of, ``registry`` finds every CRM that is installed.
"""
