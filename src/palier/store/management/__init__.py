"""Commands of Django's own that Palier does in another way."""
