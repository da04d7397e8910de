"""Bugs planted on purpose: each is one that shops have complained of, and each must be found."""
