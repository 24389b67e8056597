"""Bodies of call logs and message logs, written and read in HTML, Markdown and plain text."""
