"""A Palier that runs, and a shop that uses it and remembers what it was told: for the restore drill and the soak."""
