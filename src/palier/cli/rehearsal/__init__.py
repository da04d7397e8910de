"""Rehearsing scenario files: reading them, taking their steps through the flows, comparing what came of it."""
