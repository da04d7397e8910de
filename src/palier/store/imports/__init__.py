"""Import batches and what they could not read."""
