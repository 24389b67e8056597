"""The texts of logs: bodies of calls and messages, written and read in HTML, Markdown and plain text."""
