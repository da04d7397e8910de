"""Keys that programs come in with, and the answers that they were given."""
