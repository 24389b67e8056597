"""Bodies of message logs: a day's SMS conversation, a shared one, a voicemail, a fax."""
