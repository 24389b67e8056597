"""A workbench for people who write and debug CRM connectors of RingCentral App Connect."""
