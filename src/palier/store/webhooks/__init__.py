"""Addresses that are told what happens to members, and what became of every telling."""
