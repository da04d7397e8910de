"""Accounts on the bench: locked, opened, worked on and written. What flows share."""
