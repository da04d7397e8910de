"""Scenario files as values: read strictly, so that a typing error is told and never passes as an expectation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from palier.core.errors import Refusal
from palier.core.messages import InvalidMember, parse_member
from palier.core.messages_kinds import INSTANT, read_message, word
from palier.core.programme.kinds import NAME, STRING, whole
from palier.core.programme.load import load_json, load_yaml
from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme
from palier.core.programme.reader import (
    Context,
    Field,
    Kind,
    key_path,
    many,
    meant,
    read_fields,
    record,
    shown,
)

Facts = Mapping[Any, object]

ACTIONS = ("order", "refund", "quote", "voucher", "gift", "event", "publish", "erase", "repeat")
"""What a step may do; at most one of them."""

MEMBER_FACTS = ("spend", "orders", "tier", "group", "points", "progress", "coupons", "history", "segments")
PARTS = {
    "points": ("available", "pending", "debt", "spent", "expired", "lifetime"),
    "progress": ("spent", "next", "missing", "percent"),
    "coupons": ("state", "percent", "amount", "min_total", "expires", "code"),
}
QUOTE_PARTS = {
    "discounts": ("source", "id", "amount", "points", "lines"),
    "refused": ("source", "reason"),
    "hints": ("kind", "missing"),
}
STEP_FACTS = ("id", "missing")
QUOTE_FACTS = ("discounts", "free_shipping", "total", "earns", "next_tier", "hints", "refused")


OTHER_EXPECTATIONS = ("error", "messages", "quote")


class InvalidScenario(Refusal):
    """The file is no valid scenario."""

    code = "invalid_scenario"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the clock moves to ``at`` (None: it stands still), ``action`` is sent, ``expect`` must hold then."""

    number: int
    at: datetime | None
    action: str | None
    content: Any
    expect: Facts

    @property
    def path(self) -> str:
        """Where it stands in the file."""
        return f"steps[{self.number - 1}]"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file: a programme, the members that need facts, and a story."""

    file: str
    title: str
    programme: Mapping[str, Any]
    members: tuple[tuple[str, Facts], ...]
    steps: tuple[Step, ...]


def load_scenario(file: Path) -> Scenario:
    """The scenario in ``file``. Raises InvalidScenario with the place and the reason."""
    try:
        document = _document(file)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidScenario(
            f"this file cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from None
    except InvalidProgramme as error:
        raise InvalidScenario(error.message) from None
    return read_message(InvalidScenario, lambda context: _read(context, document, file))


def _document(file: Path) -> Mapping[Any, object]:
    text = file.read_text(encoding="utf-8")
    return load_json(text) if file.suffix == ".json" else load_yaml(text)


def _read(context: Context, document: object, file: Path) -> Scenario:
    values = read_fields(context, "", document, FIELDS)
    programme = _programme(context, "programme", values["programme"], file)
    try:
        parse(programme)
    except InvalidProgramme as error:
        for problem in error.problems:
            where = f"programme.{problem.path}" if problem.path else "programme"
            context.note(where, problem.reason, problem.suggestion)
        context.fail_noted()
    members = values.get("members", ())
    return Scenario(
        file=str(file),
        title=values.get("scenario", file.stem),
        programme=programme,
        members=members,
        steps=_steps(context, values["steps"], file),
    )


def _programme(context: Context, path: str, value: object, file: Path) -> Mapping[str, Any]:
    """A document as it stands, or the one in the file that a path names, relative to the scenario."""
    if isinstance(value, str):
        try:
            return _document(file.parent / value)
        except (OSError, UnicodeDecodeError, InvalidProgramme) as error:
            context.fail(path, f"{value!r} cannot be read: {getattr(error, 'strerror', None) or error}")
    if not isinstance(value, Mapping):
        context.fail(path, f"expected a programme or the path of one; found {shown(value)}")
    return value


def _steps(context: Context, steps: tuple[Facts, ...], file: Path) -> tuple[Step, ...]:
    read: list[Step] = []
    clock: datetime | None = None
    for index, step in enumerate(steps):
        path = f"steps[{index}]"
        values = read_fields(context, path, step, STEP_FIELDS)
        actions = [name for name in ACTIONS if name in values]
        if len(actions) > 1:
            context.fail(path, f"a step does one thing; found {', '.join(actions)}")
        at = values.get("at")
        if at is not None and clock is not None and at < clock:
            context.fail(f"{path}.at", "the clock never goes back; the step before is later")
        clock = at or clock
        action = actions[0] if actions else None
        content = values.get(action) if action else None
        if action == "publish" and isinstance(content, str):
            content = _programme(context, f"{path}.publish", content, file)
        if action == "repeat" and not any(each.action in ("order", "refund", "event") for each in read):
            context.fail(f"{path}.repeat", "nothing was sent yet that could be sent again")
        read.append(Step(index + 1, at, action, content, values.get("expect", {})))
    return tuple(read)


def _read_map(context: Context, path: str, value: object) -> Facts:
    if not isinstance(value, Mapping):
        context.fail(path, f"expected a map; found {shown(value)}")
    return value


def _read_members(context: Context, path: str, value: object) -> tuple[tuple[str, Facts], ...]:
    members: list[tuple[str, Facts]] = []
    for customer, facts in _read_map(context, path, value).items():
        id = NAME.read(context, path, customer)
        where = key_path(path, id)
        said = _read_map(context, where, {} if facts is None else facts)
        try:
            parse_member(id, said)
        except InvalidMember as error:
            context.fail(f"{where}.{error.path}", error.message, error.hint.removeprefix("meant: "))
        members.append((id, said))
    return tuple(members)


def _read_expect(context: Context, path: str, value: object) -> Facts:
    for key, expected in _read_map(context, path, value).items():
        where = key_path(path, str(key))
        if key == "error":
            word().read(context, where, expected)
        elif key == "messages":
            for index, each in enumerate(_MAPS.read(context, where, expected)):
                _known(context, f"{where}[{index}]", each, None)
        elif key == "quote":
            _read_quote_facts(context, where, _read_map(context, where, expected))
        elif not isinstance(expected, Mapping) or _is_mistyped(str(key), expected):
            reason = f"expected the facts of a member; found {shown(expected)}"
            context.fail(where, reason, meant(str(key), OTHER_EXPECTATIONS))
        else:
            _read_member_facts(context, where, _read_map(context, where, expected))
    return _read_map(context, path, value)


def _is_mistyped(key: str, facts: Facts) -> bool:
    """Whether it is another expectation, mistyped, and no member: the facts are none of a member's."""
    return bool(meant(key, OTHER_EXPECTATIONS)) and not set(facts) <= set(MEMBER_FACTS)


def _read_quote_facts(context: Context, path: str, facts: Facts) -> None:
    _known(context, path, facts, QUOTE_FACTS)
    for key, known in QUOTE_PARTS.items():
        if key in facts:
            for index, each in enumerate(_MAPS.read(context, f"{path}.{key}", facts[key])):
                _known(context, f"{path}.{key}[{index}]", each, known)
    if isinstance(facts.get("next_tier"), Mapping):
        _known(context, f"{path}.next_tier", _read_map(context, path, facts["next_tier"]), STEP_FACTS)


def _read_member_facts(context: Context, path: str, facts: Facts) -> None:
    _known(context, path, facts, MEMBER_FACTS)
    for key in ("points", "progress"):
        if key in facts:
            _known(context, f"{path}.{key}", _read_map(context, f"{path}.{key}", facts[key]), PARTS[key])
    if "coupons" in facts:
        for index, coupon in enumerate(_MAPS.read(context, f"{path}.coupons", facts["coupons"])):
            _known(context, f"{path}.coupons[{index}]", coupon, PARTS["coupons"])


def _known(context: Context, path: str, facts: Facts, known: tuple[str, ...] | None) -> None:
    for key in facts:
        if not isinstance(key, str):
            context.fail(path, f"a key must be a text; found {shown(key)}")
        if known is not None and key not in known:
            reason = f"there is no such fact; known here: {', '.join(known)}"
            context.note(key_path(path, key), reason, meant(key, known))


def _anything(context: Context, path: str, value: object) -> object:
    return value


MAP: Kind[Facts] = Kind(_read_map, {})
_MAPS = many(MAP)
ANY: Kind[object] = Kind(_anything, {})
FIELDS = {
    "scenario": Field(STRING, "What the story shows"),
    "programme": Field(ANY, "The programme, or the path of one", required=True),
    "members": Field(Kind(_read_members, {}), "Those that need facts"),
    "steps": Field(many(MAP, least=1), "The story", required=True),
}
STEP_FIELDS = {
    "at": Field(INSTANT, "The clock moves here first"),
    "order": Field(MAP, "An order"),
    "refund": Field(MAP, "A refund"),
    "quote": Field(MAP, "A cart that is priced"),
    "voucher": Field(MAP, "Points become a coupon"),
    "gift": Field(MAP, "Points by hand"),
    "event": Field(MAP, "An event"),
    "publish": Field(ANY, "A new version of the programme"),
    "erase": Field(
        record({"member": Field(NAME, required=True)}, lambda context, path, values: values),
        "A member is forgotten",
    ),
    "repeat": Field(whole(least=1, most=100), "The last order, refund or event again, so many times"),
    "expect": Field(Kind(_read_expect, {}), "What must hold then"),
}
