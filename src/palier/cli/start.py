"""What commands do before their own work: Django's settings, and a database that has been initialised."""

from __future__ import annotations

import gc
import os

from palier.core.errors import Refusal


class NotInitialised(Refusal):
    """The database holds no programme yet."""

    code = "not_initialised"


def set_up() -> None:
    """Load Django's settings from the environment; what lives as long as the process is kept from the collector.

    Without that every full collection in the middle of long work walks through all of Django again.
    """
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palier.config.settings")
    django.setup()
    gc.collect()
    gc.freeze()


def require_programme() -> None:
    """Raise ``NotInitialised`` unless the database has its tables and a programme in them."""
    from django.db import connection
    from django_scopes import scopes_disabled

    from palier.store.programmes.models import Programme

    if Programme._meta.db_table not in connection.introspection.table_names():
        raise NotInitialised("this database is empty", hint="run palier init")
    with scopes_disabled():
        if not Programme.objects.exists():
            raise NotInitialised("this database holds no programme", hint="run palier init")
