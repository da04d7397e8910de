"""Reading the environment: the only place where Palier learns how it is installed."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_YES = {"1", "true", "yes", "on"}
_NO = {"", "0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks; ``default`` when it is unset or blank."""
    return os.environ.get(name, "").strip() or default


def flag(name: str) -> bool:
    """The variable as yes or no; unset means no, anything unclear is refused."""
    value = text(name).lower()
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no. Use 1 or 0.")


def whole(name: str, default: int, *, most: int = 10**9) -> int:
    """The variable as a whole number from 0 to ``most``; anything else is refused."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal()) or int(value) > most:
        raise ImproperlyConfigured(f"{name}={value!r} is no whole number from 0 to {most}.")
    return int(value)


def choice(name: str, default: str, known: tuple[str, ...]) -> str:
    """The variable, in capitals, which has to be one of the ``known`` words."""
    value = text(name, default).upper()
    if value not in known:
        raise ImproperlyConfigured(f"{name}={value!r} is none of {', '.join(known)}.")
    return value


def var_directory() -> Path:
    """Where Palier keeps what it writes: ``PALIER_VAR``, else ``./var``. Made if missing, for its owner only."""
    directory = Path(text("PALIER_VAR", "var")).expanduser().resolve()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"Palier cannot make its directory {directory}: {error.strerror}. Set PALIER_VAR to a writable directory."
        ) from error
    return directory


def public_url() -> str:
    """The address at which people reach this installation, without a trailing slash."""
    url = text("PALIER_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"PALIER_PUBLIC_URL={url!r} is not an address. Write it like https://loyalty.example.com."
        )
    return url


def secret_key(directory: Path) -> str:
    """``PALIER_SECRET_KEY``, else the key kept in ``directory``, made once and readable by its owner only."""
    given = text("PALIER_SECRET_KEY")
    if given:
        return given
    path = directory / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(50))
    key = path.read_text(encoding="ascii").strip()
    if len(key) < 32:
        raise ImproperlyConfigured(
            f"The secret key in {path} is too short. Restore it from a backup, or delete the file "
            "to get a new one (everybody will have to sign in again)."
        )
    return key


def _write_once(path: Path, content: str) -> None:
    """Of several processes that start together one wins, and none ever reads a half-written key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(content + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
