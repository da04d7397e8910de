"""One round of everything, in shops that stay for many rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from tests.entrances.api_shop import DOCUMENT
from tests.races.contests import CONTESTS, Contest
from tests.races.kit import Arena, Clients
from tests.races.pairs import FOR_ALL, Tournament, publish_meets_everything


class Night:
    """``begin`` makes new shops; ``round`` yields what came out wrong, and goes on."""

    def __init__(self, clients: Clients, only: str | None) -> None:
        self.clients = clients
        self.only = only
        self.arenas: dict[Contest, Arena] = {}
        self.tournament: Tournament | None = None

    def begin(self) -> None:
        if self.only != "pairs":
            self.arenas = {each: Arena.new(self.clients, document) for each, document in CONTESTS.items()}
        if self.only != "contests":
            self.tournament = Tournament(Arena.new(self.clients, DOCUMENT))

    def round(self, random: Random, name: str) -> Iterator[str]:
        for contest, arena in self.arenas.items():
            yield from _wrong(contest.__name__, lambda contest=contest, arena=arena: contest(arena, random))
        if self.tournament is None:
            return
        yield from _wrong("pairs", lambda: self.tournament.round(name))
        for write in FOR_ALL:
            yield from _wrong(
                write.operation, lambda write=write: publish_meets_everything(self.clients, write)
            )

    def checked(self) -> Iterator[str]:
        for arena in [*self.arenas.values(), *([self.tournament.arena] if self.tournament else [])]:
            yield from _wrong("verify", arena.check)


def _wrong(name: str, work: Callable[[], object]) -> Iterator[str]:
    try:
        work()
    except AssertionError as error:
        yield f"{name}: {str(error)[:4000]}"
