"""A programme document read from a file."""

from __future__ import annotations

from pathlib import Path

from palier.core.errors import Refusal


def read_text(path: Path) -> str:
    """The text of a file in UTF-8; ``Refusal`` says why there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Refusal(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise Refusal(f"{path} is not written in UTF-8", hint="save it as UTF-8") from error
