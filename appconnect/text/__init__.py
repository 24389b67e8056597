"""Pure helpers for text: HTML in pieces, dates in moment.js letters, UTF-16 lengths, names of persons."""
