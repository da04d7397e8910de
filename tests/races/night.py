"""Rounds of everything, in shops that stay for some of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from tests.entrances.api_shop import DOCUMENT
from tests.races.contests import CONTESTS, Contest
from tests.races.kit import Arena, Clients
from tests.races.pairs import FOR_ALL, Interruption, Tournament


class Night:
    """``begin`` makes new shops; ``round`` yields what came out wrong, and goes on; ``checked`` looks at the books.

    What one after the other gives is found out once.
    """

    def __init__(self, clients: Clients, only: str | None) -> None:
        self.clients = clients
        self.has_contests = only != "pairs"
        self.arenas: dict[Contest, Arena] = {}
        self.tournament: Tournament | None = None
        self.interruptions: list[Interruption] = []
        if only != "contests":
            self.tournament = Tournament(Arena.new(clients, DOCUMENT))
            self.interruptions = [Interruption(clients, write) for write in FOR_ALL]

    def begin(self) -> None:
        if self.has_contests:
            self.arenas = {each: Arena.new(self.clients, document) for each, document in CONTESTS.items()}
        if self.tournament is not None:
            self.tournament.arena = Arena.new(self.clients, DOCUMENT)

    def round(self, random: Random, name: str) -> Iterator[str]:
        for contest, arena in self.arenas.items():
            yield from _wrong(contest.__name__, lambda contest=contest, arena=arena: contest(arena, random))
        if self.tournament is not None:
            yield from _wrong("pairs", lambda: self.tournament.round(name))
        for each in self.interruptions:
            yield from _wrong(each.write.operation, each.round)

    def checked(self) -> Iterator[str]:
        for arena in [*self.arenas.values(), *([self.tournament.arena] if self.tournament else [])]:
            yield from _wrong("verify", arena.check)


def _wrong(name: str, work: Callable[[], object]) -> Iterator[str]:
    try:
        work()
    except AssertionError as error:
        yield f"{name}: {str(error)[:4000]}"
