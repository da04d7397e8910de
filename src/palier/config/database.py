"""From ``PALIER_DATABASE_URL`` to Django's database settings."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from palier.config.embedded_postgres import start

FORMS = (
    "sqlite:///var/palier.sqlite3 (three slashes: relative, four: absolute), "
    "postgresql://user:password@host:5432/name, or embedded-postgres:///var/postgres"
)

# WAL lets readers pass while one writes. IMMEDIATE takes the write lock at BEGIN: with the default, DEFERRED,
# a third of contended transactions fail with "database is locked". FULL survives a power cut. Pages are read through
# mmap: what each of a server's connections keeps of them besides can be small.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4000; "
        "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=67108864;"
    ),
}


# The hot statements have a constant text and find their rows by key: after a few uses the server keeps their plan and
# spares itself planning, which costs more than running them. Left alone it would plan anew for every list of ids.
POSTGRESQL_OPTIONS = {
    "server_side_binding": True,
    "prepare_threshold": 5,
    "options": "-c plan_cache_mode=force_generic_plan",
}


def database_settings(url: str) -> dict[str, Any]:
    """Django's settings for the database that ``url`` names; a wrong URL is refused with the form it should have."""
    scheme = url.partition("://")[0]
    if scheme == "sqlite":
        return _sqlite(_path_of(url))
    if scheme in {"postgresql", "postgres"}:
        return _postgresql(url)
    if scheme == "embedded-postgres":
        return _embedded_postgres(_path_of(url))
    raise _refusal(url, f"the kind of database {scheme!r} is unknown")


def _sqlite(path: Path) -> dict[str, Any]:
    _make_for_its_owner(path)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": 0,
        "OPTIONS": dict(SQLITE_OPTIONS),
    }


def _make_for_its_owner(path: Path) -> None:
    """Make the file, empty, if it is missing: SQLite would let everybody read who reaches it, and its journals too."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise ImproperlyConfigured(
            f"PALIER_DATABASE_URL: cannot make {path}: {error.strerror}. Name a file in a writable directory."
        ) from error


def _postgresql(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refusal(url, str(error)) from error
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        raise _refusal(url, "it must end with the name of one database")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    # A socket directory cannot stand in the host part; libpq's own form is ?host=/var/run/postgresql.
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or options.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": POSTGRESQL_OPTIONS | options,
    }


def _embedded_postgres(directory: Path) -> dict[str, Any]:
    server = start(directory)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": server.database,
        "USER": server.user,
        "HOST": server.host,
        "PORT": server.port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(POSTGRESQL_OPTIONS),
    }


def _path_of(url: str) -> Path:
    """The part after three slashes; relative to the working directory unless it starts with a fourth."""
    _, _, rest = url.partition("://")
    path = unquote(rest.removeprefix("/"))
    if not rest.startswith("/") or not path or "?" in rest:
        raise _refusal(url, "a path must follow three slashes")
    return Path(path).expanduser().resolve()


def _refusal(url: str, problem: str) -> ImproperlyConfigured:
    """The password never shows: only what stands before and after it does."""
    scheme, separator, rest = url.partition("://")
    shown = f"{scheme}{separator}***@{rest.rpartition('@')[2]}" if "@" in rest else url
    return ImproperlyConfigured(f"PALIER_DATABASE_URL={shown!r}: {problem}. Write it like {FORMS}.")
