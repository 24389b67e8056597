"""Helpers for text: HTML, dates in moment.js letters, UTF-16 lengths, line breaks, names of persons."""
