"""A task that tells which process runs it, and hangs in the first one."""

import os
import time
from pathlib import Path

from django_tasks import task


@task
def hang_once(folder: str) -> int:
    """Hang in the first process that runs it, return in the second."""
    seen = Path(folder)
    is_first = not any(seen.iterdir())
    (seen / str(os.getpid())).touch()
    if is_first:
        time.sleep(600)
    return os.getpid()
