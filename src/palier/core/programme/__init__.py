"""The programme document: frozen values, strict parsing, checks, canonical form, schema, and the diff in words."""
