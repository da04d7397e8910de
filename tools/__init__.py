"""Programs for those who work on Palier; none of them is needed to run it."""
