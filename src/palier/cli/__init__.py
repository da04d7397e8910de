"""The ``palier`` command."""


def main(arguments: list[str] | None = None) -> int:
    """Run the ``palier`` command and return its exit status."""
    raise SystemExit("palier: the commands are not written yet")
