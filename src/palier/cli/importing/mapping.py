"""How a file is read: which column means what, and the source's own rules, as one document that is kept with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from palier.cli.importing.columns import NAMES, guess, missing
from palier.cli.importing.errors import UnreadableFile
from palier.cli.importing.files import Source
from palier.cli.importing.values import guess_date_format, guess_decimal_mark
from palier.core.errors import Refusal
from palier.core.money import is_currency
from palier.core.programme.load import load_json, load_yaml

ROLES = ("goods", "shipping", "discount", "leave_out")
ORDER_ROLES = ("order", "credit_note", "leave_out")
STATUSES = ("placed", "paid", "shipped", "delivered", "cancelled")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is made of rows whose order or product ``are`` one of these, or begins with one of those."""

    are: frozenset[str]
    begins_with: tuple[str, ...]
    role: str
    reason: str = ""
    categories: tuple[str, ...] = ()

    def fits(self, text: str) -> bool:
        return text in self.are or (bool(self.begins_with) and text.startswith(self.begins_with))


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that decides how the rows of a file are understood."""

    columns: Mapping[str, str]
    profile: str = ""
    currency: str = ""
    timezone: str = ""
    prices: str = "gross"
    status: str = "paid"
    date_format: str = ""
    decimal: str = "."
    orders: tuple[Rule, ...] = ()
    products: tuple[Rule, ...] = ()
    countries: Mapping[str, str] | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone or "UTC")

    def as_document(self) -> dict[str, Any]:
        """The document that reads the same file in the same way again."""
        document: dict[str, Any] = {
            "columns": dict(self.columns), "currency": self.currency, "timezone": self.timezone,
            "prices": self.prices, "status": self.status, "date_format": self.date_format, "decimal": self.decimal,
            "orders": [_as_document(rule) for rule in self.orders],
            "products": [_as_document(rule) for rule in self.products], "countries": dict(self.countries or {}),
        }  # fmt: skip
        if self.profile:
            document["name"] = self.profile
        return {key: value for key, value in document.items() if value not in ("", [], {})}


def understand(
    kind: str, source: Source, *, document: Mapping[str, Any] | None = None, profile: str = "",
    columns: Mapping[str, str] | None = None, settings: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
) -> Reading:  # fmt: skip
    """How to read ``source``: flags win over the mapping document, that over the profile, that over the guess."""
    chosen = load_profile(profile) if profile else _fitting_profile(source) if kind == "orders" else None
    merged: dict[str, Any] = {**(defaults or {}), **(chosen or {}), **(document or {})}
    named = {
        **_named(chosen, source, kind),
        **_named(document, source, kind),
        **_checked(columns or {}, source, kind),
    }
    merged |= {key: value for key, value in (settings or {}).items() if value}
    if source.kind == "jsonl":
        return _reading({**merged, "columns": {}}, {})
    guessed = guess(kind, source.header, source.sample)
    if "price" in guessed or "price" in named:
        # A total beside a price may be the whole order's, on every row: it counts only when it is named.
        guessed.pop("total", None)
    free = {meaning: name for meaning, name in guessed.items() if name not in named.values()}
    reading = _reading(merged, {**free, **named})
    lacking = missing(kind, reading.columns)
    if lacking:
        raise UnreadableFile(
            f"No column of {source.path.name} is known as {', '.join(lacking)}. "
            f"It has: {', '.join(name or '(blank)' for name in source.header[:40])}.",
            f"Say which it is: --map {lacking[0].split(' ')[0]}=COLUMN",
        )
    return _with_formats(kind, reading, source)


def load_profile(name: str) -> Mapping[str, Any]:
    """A profile that ships with Palier: the rules of a known source."""
    folder = resources.files("palier.cli.importing") / "profiles"
    known = sorted(
        entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")
    )
    if name not in known:
        raise UnreadableFile(f"There is no profile {name!r}.", f"Known are: {', '.join(known)}")
    return load_yaml((folder / f"{name}.yaml").read_text(encoding="utf-8"))


def load_document(path: Path) -> Mapping[str, Any]:
    """A mapping file, YAML or JSON."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"The mapping {path} cannot be read: {error}") from error
    try:
        document = load_json(text) if path.suffix.lower() == ".json" else load_yaml(text)
    except Refusal as error:
        raise UnreadableFile(f"The mapping {path} cannot be read: {error.message}") from error
    _reading(document, {})
    return document


_KEYS = {
    "name", "columns", "currency", "timezone", "prices", "status", "date_format", "decimal", "orders", "products",
    "countries",
}  # fmt: skip


def _reading(document: Mapping[str, Any], columns: Mapping[str, str]) -> Reading:
    unknown = [str(key) for key in document if key not in _KEYS]
    if unknown:
        raise UnreadableFile(
            f"The mapping has no key {unknown[0]!r}.", f"Its keys are: {', '.join(sorted(_KEYS))}"
        )
    reading = Reading(
        columns=columns, profile=str(document.get("name", "")), currency=str(document.get("currency", "")).upper(),
        timezone=str(document.get("timezone", "")), prices=str(document.get("prices", "gross")),
        status=str(document.get("status", "paid")), date_format=str(document.get("date_format", "")),
        decimal=str(document.get("decimal", "")), orders=_rules(document, "orders", ORDER_ROLES),
        products=_rules(document, "products", ROLES), countries=_texts(document, "countries"),
    )  # fmt: skip
    if reading.currency and not is_currency(reading.currency):
        raise UnreadableFile(f"{reading.currency!r} is no currency.", "Use its ISO code, such as EUR.")
    try:
        ZoneInfo(reading.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnreadableFile(
            f"{reading.timezone!r} is no time zone.", "Use one such as Europe/Paris."
        ) from error
    for value, allowed, key in (
        (reading.prices, ("gross", "net"), "prices"),
        (reading.status, STATUSES, "status"),
        (reading.decimal, ("", ".", ","), "decimal"),
    ):
        if value not in allowed:
            raise UnreadableFile(
                f"{key} cannot be {value!r}.", f"It is one of: {', '.join(a for a in allowed if a)}"
            )
    return reading


def _rules(document: Mapping[str, Any], key: str, roles: Sequence[str]) -> tuple[Rule, ...]:
    listed = document.get(key, [])
    if not isinstance(listed, (list, tuple)):
        raise UnreadableFile(f"{key} of the mapping is a list of rules.")
    rules = []
    for i, rule in enumerate(listed):
        unknown = (
            set(rule) - {"are", "begins_with", "as", "reason", "categories"}
            if isinstance(rule, Mapping)
            else {"?"}
        )
        if unknown or rule.get("as") not in roles or not (rule.get("are") or rule.get("begins_with")):
            raise UnreadableFile(
                f"{key}[{i}] of the mapping is no rule.",
                f"Write it like {{are: [A, B], begins_with: [C], as: {'|'.join(roles)}, reason: why}}",
            )
        rules.append(
            Rule(
                frozenset(map(str, rule.get("are", ()))), tuple(map(str, rule.get("begins_with", ()))), rule["as"],
                str(rule.get("reason", "")), tuple(map(str, rule.get("categories", ()))),
            )
        )  # fmt: skip
    return tuple(rules)


def _texts(document: Mapping[str, Any], key: str) -> dict[str, str]:
    value = document.get(key, {})
    if not isinstance(value, Mapping):
        raise UnreadableFile(f"{key} of the mapping is a map.")
    return {str(name): str(text) for name, text in value.items()}


def _as_document(rule: Rule) -> dict[str, Any]:
    document = {
        "are": sorted(rule.are), "begins_with": list(rule.begins_with), "as": rule.role, "reason": rule.reason,
        "categories": list(rule.categories),
    }  # fmt: skip
    return {key: value for key, value in document.items() if value}


def _named(document: Mapping[str, Any] | None, source: Source, kind: str) -> dict[str, str]:
    """The columns that a document names; of alternatives the one that the file has."""
    columns = (document or {}).get("columns", {})
    if not isinstance(columns, Mapping):
        raise UnreadableFile("columns of the mapping is a map of meaning to column.")
    named = {}
    for meaning, name in columns.items():
        choice = [str(n) for n in name] if isinstance(name, (list, tuple)) else [str(name)]
        named[str(meaning)] = next((n for n in choice if n in source.header), choice[0])
    return _checked(named, source, kind)


def _checked(columns: Mapping[str, str], source: Source, kind: str) -> dict[str, str]:
    for meaning, name in columns.items():
        if meaning not in NAMES[kind]:
            raise UnreadableFile(
                f"A column cannot mean {meaning!r}.", f"It can mean: {', '.join(NAMES[kind])}"
            )
        if name not in source.header:
            raise UnreadableFile(
                f"{source.path.name} has no column {name!r}.", f"It has: {', '.join(source.header[:40])}"
            )
    return dict(columns)


def _fitting_profile(source: Source) -> Mapping[str, Any] | None:
    """The shipped profile all of whose columns the file has, if there is one."""
    folder = resources.files("palier.cli.importing") / "profiles"
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not entry.name.endswith(".yaml"):
            continue
        profile = load_profile(entry.name.removesuffix(".yaml"))
        wanted = [n if isinstance(n, (list, tuple)) else [n] for n in profile["columns"].values()]
        if all(any(name in source.header for name in names) for names in wanted):
            return profile
    return None


def _with_formats(kind: str, reading: Reading, source: Source) -> Reading:
    """Dates and decimal marks, from what the sample holds, unless they were said."""

    def samples(*meanings: str) -> list[str]:
        places = [source.header.index(reading.columns[m]) for m in meanings if m in reading.columns]
        return [row[place] for row in source.sample for place in places]

    dates = {"orders": ("date",), "members": ("signed_up",), "balances": ("expires",)}[kind]
    mark = reading.decimal or guess_decimal_mark(samples("price", "total", "spend"))
    form = reading.date_format or guess_date_format(samples(*dates))
    return replace(reading, decimal=mark, date_format=form)
