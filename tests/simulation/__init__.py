"""Seeded random histories through the flows, proved by the checks of ``palier verify``."""
