"""``python -m palier`` does what the ``palier`` command does."""

import sys

from palier.cli import main

if __name__ == "__main__":
    sys.exit(main())
