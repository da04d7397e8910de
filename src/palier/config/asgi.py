"""The ASGI application that granian serves: the short way, and Django behind it."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from palier.config.processors import keep_to_one

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palier.config.settings")

# Before any thread is started: they inherit it.
keep_to_one()
_django = get_wsgi_application()

# Needs Django's settings.
from palier.api.hot.short_way import with_short_way  # noqa: E402

application = with_short_way(_django)

# What lives as long as the process is kept from the collector: else it walks through all of Django again and again.
gc.collect()
gc.freeze()
