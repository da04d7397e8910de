"""Programmes, their versions, and shops."""
