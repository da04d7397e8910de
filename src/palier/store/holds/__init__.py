"""Holds of checkouts: what was quoted, and where each stands."""
