"""The checks behind ``palier verify``: written from the invariants, sharing no code with the engine that they check."""
