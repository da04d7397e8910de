"""The entrance for machines without a session: what shops push, and who asks whether Palier is well."""
