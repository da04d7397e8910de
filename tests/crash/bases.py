"""What cases begin with: the world in which everything has happened, or tables without a row."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections

from palier.cli import main
from tests.crash.case import Case
from tests.crash.place import Place, enter
from tests.crash.trial import Base, look, prepare_base
from tests.crash.world import make_world

_ANY = Case("", "", print)


def bases(place: Place) -> Callable[[Case], Base]:
    """Where each case begins; what it needs is made when it is asked for first."""
    made: dict[str, Base] = {}

    def known(case: Case) -> Base:
        if "world" not in made:
            made["world"] = prepare_base(place, _world)
        if case.base not in made:
            made[case.base] = Base(place.new(), made["world"].facts)
        return made[case.base]

    _warm_up(place, known)
    return known


def _warm_up(place: Place, known: Callable[[Case], Base]) -> None:
    """Load what looks at a database, once for all children. It keeps nothing of what it saw."""
    name = place.copy(known(_ANY).template)
    there = connection.settings_dict["NAME"]
    enter(name)
    look(_ANY)
    connections.close_all()
    enter(there)
    place.drop(name)


def _world() -> Any:
    call_command("migrate", verbosity=0, interactive=False)
    facts = make_world()
    facts.backup = str(Path(os.environ["PALIER_TEST_DIRECTORY"]) / "world.gz")
    main(["backup", facts.backup, "--force", "--json"])
    return facts
