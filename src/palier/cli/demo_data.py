"""The demo's content: a gift shop's programme, and a part of a real shop's year under it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

from palier.cli.demo_names import invent
from palier.cli.demo_products import describe_all
from palier.cli.importing import files, mapping
from palier.cli.importing.report import Report
from palier.cli.importing.run import Job, import_orders
from palier.cli.importing.values import parse_instant
from palier.core.member import MemberFacts
from palier.core.programme.load import load_yaml

DATA = resources.files("palier") / "data"
_WEEK = timedelta(weeks=1)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Seeded:
    """What ``seed_demo`` made."""

    programme_id: int
    shop_id: int
    members: int
    orders: int
    refunds: int
    batch_id: int


@dataclass(frozen=True, slots=True)
class _Customer:
    id: str
    country: str
    first_at: datetime


def seed_demo(now: datetime, *, is_quiet: bool = True) -> Seeded:
    """Make the demo's programme in an empty database, its members, and their orders of about a year up to ``now``.

    The dates of the sample are moved by whole weeks, so that its last order lies within the seven days before ``now``.
    """
    from palier.flows.programme.init_programme import InitProgramme, init_programme

    with resources.as_file(DATA / "online_retail_sample.csv.gz") as path:
        source = files.look_at(Path(path))
        reading = mapping.understand("orders", source, profile="online-retail")
        customers, first_at, last_at = _customers(source, reading)
        shift = (now - last_at) // _WEEK * _WEEK
        begin = first_at + shift - timedelta(days=1)
        text = (DATA / "demo.yaml").read_text(encoding="utf-8")
        document = load_yaml(text)
        made = init_programme(
            InitProgramme(
                str(document["name"]),
                "GBP",
                "Europe/London",
                "en",
                document=document,
                source=text,
                shop_slug="default",
            ),
            now=begin,
        )
        _register(made.shop_id, customers, shift, begin)
        describe_all(made.shop_id, source, now=begin)
        report = Report("orders", source.path.name)
        job = Job(
            source, reading, made.shop_id, made.programme_id, "GBP", is_quiet=is_quiet,
            shift_s=int(shift.total_seconds()),
        )  # fmt: skip
        import_orders(job, report, now=now)
    assert report.status == "done"
    assert report.batch is not None
    counts = report.counts
    return Seeded(
        made.programme_id, made.shop_id, len(customers), counts["orders"], counts["refunds"], report.batch
    )


def _customers(source: files.Source, reading: mapping.Reading) -> tuple[list[_Customer], datetime, datetime]:
    """Every customer with country and first order, and the first and last instant of the file."""
    place = {meaning: source.header.index(name) for meaning, name in reading.columns.items()}
    found: dict[str, _Customer] = {}
    instants: dict[str, datetime] = {}
    first, last = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    for _, row in files.rows(source):
        assert not isinstance(row, str)
        text, customer = row[place["date"]], row[place["customer"]]
        at = instants.get(text) or parse_instant(text, reading.date_format, reading.zone)
        instants[text] = at
        first, last = min(first, at), max(last, at)
        if customer and (customer not in found or at < found[customer].first_at):
            found[customer] = _Customer(customer, row[place["country"]], at)
    return sorted(found.values(), key=lambda c: (c.first_at, c.id)), first, last


def _register(shop_id: int, customers: list[_Customer], shift: timedelta, begin: datetime) -> None:
    from palier.flows.members.register_members import RegisterMembers, register_members

    facts = []
    for customer in customers:
        person = invent(customer.id, customer.country)
        facts.append(
            MemberFacts(
                customer.id, person.name, person.email, person.language, person.is_company, born=person.born,
                signed_up=customer.first_at + shift,
                said=frozenset({"name", "email", "language", "company", "born", "signed_up"}),
            )
        )  # fmt: skip
    for start in range(0, len(facts), _AT_ONCE):
        register_members(RegisterMembers(shop_id, tuple(facts[start : start + _AT_ONCE])), now=begin)
