"""Reproducible benchmarks: Palier beside bare SQL on the same database, in the same run."""
