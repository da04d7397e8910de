"""The programme document: frozen values, strict parsing, checks, canonical form, schema, diff in words."""
