"""The ``palier`` command: a table of commands, each in a file of its own that is imported when it is called."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version
from typing import Literal


@dataclass(frozen=True, slots=True)
class Command:
    """One command: ``module`` (in ``package``) has ``add_arguments(parser)`` and ``run(options) -> int``.

    Another entrance may bring a command of its own. ``needs`` says what ``main`` sees to before ``run``: nothing,
    Django's settings, or a database with a programme.
    """

    module: str
    about: str
    needs: Literal["nothing", "settings", "programme"] = "programme"
    package: str = "palier.cli"


COMMANDS = {
    "init": Command(
        "init", "make a new installation, or bring the tables of one up to date", needs="settings"
    ),
    "serve": Command("serve", "run the web server", needs="settings"),
    "demo": Command(
        "demo", "run a demo with a year of a shop's orders, on this machine only", needs="nothing"
    ),
    "import": Command("import_", "read orders, members or balances from files, or take an import back"),
    "programme": Command(
        "programme", "check, show, compare, publish and roll back the programme document", needs="nothing"
    ),
    "key": Command("key", "make, show and revoke the keys with which programs call the API"),
    "member": Command("member", "show a member and explain every point; gifts, merging, erasing"),
    "work": Command(
        "command",
        "work off what is due: time's effects, the inbox, webhooks, and chores",
        package="palier.jobs",
    ),
    "health": Command("health_command", "tell how old the oldest thing is that waits", package="palier.jobs"),
    "hook": Command("command", "where a shop pushes to, and what it signs with", package="palier.hooks"),
    "rehearse": Command("rehearse", "run scenario files and tell which expectations failed", needs="nothing"),
    "rebuild": Command(
        "rebuild", "derive every account from its ledger, tell what differs, and mend it with --write"
    ),
    "verify": Command("verify", "prove that every balance, tier and coupon is what the ledger says"),
    "backup": Command("backup", "write the whole installation into one file, while it runs"),
    "restore": Command("restore", "fill an empty database from a backup", needs="settings"),
}

DJANGO = "django"
"""``palier django …`` passes the rest to Django's own management commands."""


def main(arguments: list[str] | None = None) -> int:
    """Run the ``palier`` command and return its exit status: 0 done, 1 something did not hold, 2 refused."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _main(words)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _main(words: list[str]) -> int:
    name = words[0] if words else "--help"
    if name in ("-h", "--help", "help"):
        print(_overview())
        return 0
    if name == "--version":
        print(f"palier {version('palier')}")
        return 0
    if name == DJANGO:
        return _django(words[1:])
    command = COMMANDS.get(name)
    if command is None:
        near = get_close_matches(name, [*COMMANDS, DJANGO], n=1)
        return _refuse(
            f"there is no command {name!r}" + (f"; meant: {near[0]}" if near else "; see palier --help")
        )
    module = import_module(f"{command.package}.{command.module}")
    parser = argparse.ArgumentParser(
        prog=f"palier {name}", description=command.about[0].upper() + command.about[1:]
    )
    module.add_arguments(parser)
    return _run(module, command, parser.parse_args(words[1:]))


def _run(module: object, command: Command, options: argparse.Namespace) -> int:
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, OperationalError

    from palier.cli.start import require_programme, set_up
    from palier.core.errors import Refusal
    from palier.core.programme.problems import InvalidProgramme

    try:
        if command.needs != "nothing":
            set_up()
        if command.needs == "programme":
            require_programme()
        status: int = module.run(options)  # type: ignore[attr-defined]
    except InvalidProgramme as invalid:
        count = len(invalid.problems)
        heading = f"the document is refused; {count} problem{'s' if count > 1 else ''}:"
        return _refuse("\n  ".join([heading, *(str(problem) for problem in invalid.problems)]))
    except Refusal as refusal:
        return _refuse(str(refusal))
    except ImproperlyConfigured as error:
        return _refuse(str(error))
    except OperationalError as error:
        # Away, out of space, or locked for too long: what was in a transaction was not done.
        return _refuse(f"the database does not answer: {' '.join(str(error).split())}")
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise  # a mistake of ours
        return _refuse(f"the database cannot be read: {error}; if it was one, restore a backup")
    return status


def _django(words: list[str]) -> int:
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palier.config.settings")
    execute_from_command_line(["palier django", *words])
    return 0


def _overview() -> str:
    width = max(len(name) for name in [*COMMANDS, DJANGO])
    rows = [(name, command.about) for name, command in COMMANDS.items()]
    rows.append((DJANGO, "Django's own management commands"))
    table = "\n".join(f"  {name:<{width}}  {about}" for name, about in rows)
    return f"usage: palier COMMAND …\n\n{table}\n\npalier COMMAND --help tells more about one of them."


def _refuse(reason: str) -> int:
    print(f"palier: {reason}", file=sys.stderr)
    return 2
