"""Palier: an open, self-hosted loyalty system."""

__version__ = "0.1.0"
