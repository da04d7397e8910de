"""Persons and what they have: registered, read, merged, closed, erased, exported."""
