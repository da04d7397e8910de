"""The REST API, the widgets' API and what both say in the same way."""
