"""A second, plain reading of programme.md: what every member must have after a history, computed without the engine."""
