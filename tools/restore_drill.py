"""The restore drill: a backup of a running system, the machine lost, everything back on an empty one.

``python -m tools.restore_drill --from sqlite --to postgres``. The commands on the empty machine are those that stand in
docs/backup.md, read from there. Ends with 1 when anything acknowledged before the backup began is missing or another.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.running.compare import missing, other_ledger, wrong_points
from tools.running.errands import Shopper
from tools.running.notebook import Notebook, Write
from tools.running.places import Place, place
from tools.running.processes import ROOT, Installation
from tools.running.shopper import Run, Teller

MANUAL = ROOT / "docs" / "backup.md"
HEADING = "## An empty machine"
WORKED_OFF_S = 60
"""A worker takes what waits in the inbox within this time, whatever else the machine does."""
SECRET = "drill-" + "0" * 50
TELLABLE = ("member", "order", "refund", "gift", "event", "push")
"""What shops know themselves and tell again; holds and vouchers existed only in Palier."""


@dataclass(slots=True)
class Drill:
    """What happened: how long each step took (seconds), counts, and broken promises."""

    times: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Measure a step."""
        began = time.monotonic()
        yield
        self.times[name] = round(time.monotonic() - began, 2)

    def hold(self, name: str, found: list[str]) -> None:
        """Nothing may be found."""
        self.counts[name] = len(found)
        self.broken += [f"{name}: {each}" for each in found[:20]]


def commands_of_the_manual(backup: Path) -> list[list[str]]:
    """What the manual says to type on an empty machine, with this backup for the one in its example."""
    block = MANUAL.read_text(encoding="utf-8").split(HEADING)[1].split("```sh\n")[1].split("```")[0]
    typed = [shlex.split(line, comments=True) for line in block.splitlines() if line.startswith("palier ")]
    return [[str(backup) if word.endswith(".jsonl.gz") else word for word in words[1:]] for words in typed]


def drill(
    source: Place, target: Place, *, shoppers: int = 4, pause_s: float = 0.02, writes: int = 1000, after_s: float = 3,
    seed: int = 1,
) -> Drill:  # fmt: skip
    """So many writes on the source, a backup of it while they go on, its end, and a new life in the target."""
    found = Drill()
    lost = Installation(source.folder / "machine", source.url, SECRET)
    backup = target.folder / "kept-elsewhere.jsonl.gz"
    try:
        run, began_at = _load_and_back_up(found, lost, backup, shoppers, pause_s, writes, after_s, seed)
    finally:
        lost.end()
    notebook = run.notebook
    ghost = lost.ask("kept")  # only the comparison sees the lost machine again
    saved = Installation(target.folder / "machine", target.url, SECRET)
    try:
        with found.timed("an empty machine answers again"):
            restored = _follow_the_manual(found, saved, backup)
            _work_off(found, saved)
        kept = saved.ask("kept")
        before = notebook.acknowledged(began_at)
        found.counts["acknowledged before the backup began"] = len(before)
        found.counts["acknowledged after that"] = len(notebook.acknowledged()) - len(before)
        found.counts["of those, gone with the machine"] = len(
            missing((w for w in notebook.acknowledged() if w.acknowledged_at >= began_at), kept)
        )
        found.hold("acknowledged before, and missing", missing(before, kept))
        found.hold("wrong points", wrong_points(notebook.writes, kept))
        found.hold("other entries", other_ledger(ghost, restored))
        found.counts["entries"], found.counts["seals"] = len(restored["chain"]), len(restored["seals"])
        if not restored["seals"] or restored["seals"] != ghost["seals"][: len(restored["seals"])]:
            found.hold("other seals", [str(restored["seals"])])
        with found.timed("shops tell everything again"):
            told = _tell_again(run, saved, kept)
            _work_off(found, saved)
        kept = saved.ask("kept")
        found.hold("told again, and missing", missing(told, kept))
        found.hold("wrong points after that", wrong_points(told + _known_here(notebook.writes, kept), kept))
        _must_be_clean(found, saved, "verify after that", "verify")
    finally:
        saved.end()
    return found


def _load_and_back_up(
    found: Drill, lost: Installation, backup: Path, shoppers: int, pause_s: float, writes: int, after_s: float,
    seed: int,
) -> tuple[Run, float]:  # fmt: skip
    shop = lost.ask("begin")
    web = lost.web()
    lost.worker()
    run = Run(Notebook(), shop, lambda: web.port, seed, pause_s, erases=False)
    threads = [Shopper(run, number) for number in range(shoppers)]
    for thread in threads:
        thread.start()
    while len(run.notebook.acknowledged()) < writes:
        time.sleep(0.1)
    began_at = time.time()
    with found.timed("backup, under load"):
        status, _, said = lost.command("backup", str(backup), "--json")
    if status:
        raise RuntimeError(said)
    found.counts["bytes of the backup"] = backup.stat().st_size
    time.sleep(after_s)
    run.is_lost.set()
    lost.end()
    for thread in threads:
        thread.join()
    found.broken += run.notebook.violations
    return run, began_at


def _follow_the_manual(found: Drill, saved: Installation, backup: Path) -> dict[str, Any]:
    """What the backup held: once web and worker are there, what waited in it is worked off anew."""
    restored: dict[str, Any] = {}
    for words in commands_of_the_manual(backup):
        if words[0] in ("serve", "work"):
            restored = restored or saved.ask("kept")
            saved.web() if words[0] == "serve" else saved.worker()
            continue
        name = " ".join(word for word in words if not word.startswith("/"))
        with found.timed(f"palier {name}"):
            _must_be_clean(found, saved, f"palier {name}", *words)
    return restored


def _work_off(found: Drill, saved: Installation) -> None:
    """Pushes are acknowledged once they are kept: until the worker has taken them they are not orders yet."""
    until = time.monotonic() + WORKED_OFF_S
    while waiting := saved.ask("kept", "waiting").get("pushes"):
        if time.monotonic() > until:
            found.hold("not worked off", [f"{waiting} pushes"])
            return
        time.sleep(0.2)


def _must_be_clean(found: Drill, saved: Installation, name: str, *words: str) -> None:
    status, out, error = saved.command(*words)
    found.hold(f"refused: {name}", [out[-2000:] + error[-2000:]] if status else [])


def _tell_again(run: Run, saved: Installation, kept: dict[str, Any]) -> list[Write]:
    """Everything that shops know, in the order in which it was told first."""
    web = next(child for child in saved.children if child.port)
    again = Run(Notebook(), run.shop, lambda: web.port, run.seed, 0)
    speaker = Shopper(again, 0)
    gone = {
        write.name for write in run.notebook.writes if _hold_of(write) and not _is_known(write, run, kept)
    }
    told = []
    for write in run.notebook.writes:
        if write.kind in TELLABLE and not write.refusal and write.name.split(" ")[0] not in gone:
            new = Write(
                write.kind, write.member, write.name, write.method, write.path, write.body, write.key, write.updated,
                write.effect,
            )  # fmt: skip
            Teller.tell(speaker, new)
            told.append(new)
    return told


def _hold_of(write: Write) -> str:
    return str(write.body.get("hold", "")) if write.kind == "order" else ""


def _is_known(write: Write, run: Run, kept: dict[str, Any]) -> bool:
    """Whether the hold that this order names is in the backup."""
    hold = _hold_of(write)
    return any(
        each.kind == "hold" and each.answer and each.answer["id"] == hold and each.name in kept["holds"]
        for each in run.notebook.writes
    )


def _known_here(writes: list[Write], kept: dict[str, Any]) -> list[Write]:
    """What nobody can tell again, as far as it is in the backup."""
    return [write for write in writes if write.kind not in TELLABLE]


def _drill_in(root: Path, options: argparse.Namespace) -> Drill:
    with place(options.source, root / "source") as source, place(options.target, root / "target") as target:
        return drill(
            source, target, shoppers=options.shoppers, writes=options.writes, after_s=options.after,
            seed=options.seed,
        )  # fmt: skip


def main() -> int:
    """Print times and counts; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--to", dest="target", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--shoppers", type=int, default=4)
    parser.add_argument("--writes", type=int, default=1000, help="acknowledged before the backup begins")
    parser.add_argument("--after", type=float, default=3, metavar="SECONDS", help="load after it")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="palier-drill-") as root:
        found = _drill_in(Path(root), options)
    print(json.dumps({"seconds": found.times, "counts": found.counts, "broken": found.broken}, indent=1))
    return 1 if found.broken else 0


if __name__ == "__main__":
    sys.exit(main())
