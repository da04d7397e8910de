"""The operations of the API, one module for each tag of its document."""
