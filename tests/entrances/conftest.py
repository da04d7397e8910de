"""Fixtures that several entrances' tests share."""

from tests.entrances.import_fixtures import _fresh_versions, committed_shop, shop

__all__ = ["_fresh_versions", "committed_shop", "shop"]
