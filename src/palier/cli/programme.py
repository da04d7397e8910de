"""``palier programme``: the programme document, checked, shown, compared, published and rolled back."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from palier.cli.chosen import add_author, add_programme, find_programme, now_in
from palier.cli.programme_text import read_text
from palier.core.check import check
from palier.core.errors import Refusal
from palier.core.formats import LANGUAGES
from palier.core.programme.check_warning import Warning as Concern
from palier.core.programme.diff import diff
from palier.core.programme.parse import parse, parse_text
from palier.core.programme.problems import InvalidProgramme
from palier.core.programme.schema import schema
from palier.core.programme.text import to_json, to_yaml
from palier.core.programme.values import Programme

DRAFT = "draft"
CURRENT = "current"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier programme``."""
    verbs = parser.add_subparsers(
        dest="verb", required=True, metavar="check|show|list|diff|publish|rollback|schema"
    )
    verb = _verb(verbs, "check", "tell all that is wrong or doubtful in a document")
    verb.add_argument("file", type=Path, metavar="FILE")
    verb.add_argument("--strict", action="store_true", help="exit with 1 when there are warnings")
    verb = _verb(
        verbs, "show", "print a version, the one in force by default", is_stored=True, has_json=False
    )
    which = verb.add_mutually_exclusive_group()
    which.add_argument("--version", type=int, metavar="N", help="that version")
    which.add_argument("--draft", action="store_true", help="the draft")
    verb.add_argument(
        "--format",
        choices=["yaml", "json", "source"],
        default="yaml",
        help="yaml (default), json, or source: the text as it was written, comments and all",
    )
    _verb(verbs, "list", "the versions so far, newest last", is_stored=True)
    verb = _verb(verbs, "diff", "tell in words what differs between two documents", is_stored=True)
    for name in ("old", "new"):
        verb.add_argument(
            name, metavar=name.upper(), help="a file, a version's number, draft, or current (in force)"
        )
    _add_language(verb)
    verb = _verb(verbs, "publish", "put a document in force, or keep it as the draft", is_stored=True)
    verb.add_argument("file", metavar="FILE", help="a file, or draft")
    verb.add_argument("--note", default="", help="what this version is about, for those who will ask")
    verb.add_argument(
        "--draft", action="store_true", help="keep it as the draft; nothing changes for anybody"
    )
    _add_publishing(verb)
    verb = _verb(verbs, "rollback", "put an earlier version in force again, as a new one", is_stored=True)
    verb.add_argument("number", type=int, metavar="N", help="the version's number")
    _add_publishing(verb)
    _verb(verbs, "schema", "print the JSON Schema of a document, for editors", has_json=False)


def _verb(
    verbs: Any, name: str, about: str, *, is_stored: bool = False, has_json: bool = True
) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name, help=about, description=f"{about[0].upper()}{about[1:]}."
    )
    if has_json:
        verb.add_argument("--json", action="store_true", help="one JSON object on standard output")
    if is_stored:
        add_programme(verb)
    return verb


def _add_language(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--language", choices=LANGUAGES, default="en", help="of what is told in words (en)")


def _add_publishing(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--dry-run", action="store_true", help="tell what would change and whether it would be refused"
    )
    add_author(verb, "who publishes")
    _add_language(verb)


def run(options: argparse.Namespace) -> int:
    """0 done, 1 ``check --strict`` has doubts, 2 refused: the document is invalid, or there is no such thing."""
    verb = {
        "check": _check, "show": _show, "list": _list, "diff": _diff, "publish": _publish, "rollback": _roll_back,
        "schema": _schema,
    }[options.verb]  # fmt: skip
    try:
        return verb(options)
    except InvalidProgramme as invalid:
        if not getattr(options, "json", False):
            raise
        problems = [
            {"path": each.path, "reason": each.reason, "suggestion": each.suggestion}
            for each in invalid.problems
        ]
        print(json.dumps({"valid": False, "problems": problems}, ensure_ascii=False))
        return 2


def _check(options: argparse.Namespace) -> int:
    concerns = check(parse_text(read_text(options.file)))
    if options.json:
        print(json.dumps({"valid": True, "problems": [], "warnings": _as_json(concerns)}, ensure_ascii=False))
    else:
        _tell(concerns)
        found = f"{len(concerns)} warning{'s' if len(concerns) != 1 else ''}" if concerns else "no warnings"
        print(f"{options.file} is a valid programme; {found}.")
    return 1 if concerns and options.strict else 0


def _as_json(concerns: tuple[Concern, ...]) -> list[dict[str, Any]]:
    return [
        {
            "path": each.path, "code": each.code, "reason": each.reason, "suggestion": each.suggestion,
            "facts": dict(each.facts),
        }
        for each in concerns
    ]  # fmt: skip


def _tell(concerns: tuple[Concern, ...]) -> None:
    for each in concerns:
        suggestion = f" ({each.suggestion})" if each.suggestion else ""
        print(f"warning: {each.path + ': ' if each.path else ''}{each.reason}{suggestion}")


def _schema(options: argparse.Namespace) -> int:
    print(json.dumps(schema(), ensure_ascii=False, indent=2))
    return 0


def _show(options: argparse.Namespace) -> int:
    programme = _programme(options)
    version = _version(programme, DRAFT if options.draft else options.version or CURRENT)
    if options.format == "json":
        print(to_json(version.document))
    elif options.format == "source" and version.source:
        print(version.source.rstrip("\n"))
    else:
        print(to_yaml(version.document), end="")
    return 0


def _list(options: argparse.Namespace) -> int:
    programme = _programme(options)
    rows = [
        {
            "version": version.number,
            "state": _state(programme, version),
            "at": (version.published_at or version.created_at).isoformat(timespec="seconds"),
            "author": version.author,
            "note": version.note,
        }
        for version in _versions(programme).order_by("number")
    ]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for row in rows:
        told = "  ".join(text for text in (row["author"], row["note"]) if text)
        print(f"{row['version']:>4}  {row['state']:<8}  {row['at'][:16].replace('T', ' ')}  {told}".rstrip())
    return 0


def _state(programme: Any, version: Any) -> str:
    if version.published_at is None:
        return DRAFT
    return "in force" if version.pk == programme.current_version_id else "earlier"


def _diff(options: argparse.Namespace) -> int:
    old, new = (_named(name, options)[0] for name in (options.old, options.new))
    _tell_changes(diff(old, new, options.language), options)
    return 0


def _tell_changes(changes: tuple[str, ...], options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps({"changes": list(changes)}, ensure_ascii=False))
    else:
        print("\n".join(changes) if changes else "Nothing differs.")


def _publish(options: argparse.Namespace) -> int:
    programme = _programme(options)

    from palier.flows.programme.publish_programme import PublishProgramme, publish_programme

    rules, source = _named(options.file, options)
    command = PublishProgramme(
        programme.pk,
        _document(rules),
        source=source,
        author=options.author,
        note=options.note,
        is_draft=options.draft,
    )
    return _put(programme, rules, options, lambda now: publish_programme(command, now=now))


def _roll_back(options: argparse.Namespace) -> int:
    programme = _programme(options)

    from palier.flows.programme.roll_back_programme import roll_back_programme

    rules = parse(_version(programme, options.number).document)
    return _put(
        programme,
        rules,
        options,
        lambda now: roll_back_programme(programme.pk, options.number, author=options.author, now=now),
    )


def _put(programme: Any, rules: Programme, options: argparse.Namespace, flow: Any) -> int:
    """Tell what changes, then run the flow; a dry run runs it too, in a transaction that is taken back."""
    from django.db import transaction

    is_draft = getattr(options, "draft", False)
    in_force = _version(programme, CURRENT)
    changes = diff(parse(in_force.document), rules, options.language)
    concerns = check(rules)
    if not options.json:
        print("\n".join(changes) if changes else f"Nothing differs from version {in_force.number}, in force.")
        _tell(concerns)
    number, is_done = in_force.number, False
    if changes or is_draft:
        with transaction.atomic():
            number = flow(now_in(programme)).number
            transaction.set_rollback(options.dry_run)
        is_done = not options.dry_run
    if options.json:
        told = {"version": number, "done": is_done, "changes": list(changes), "warnings": _as_json(concerns)}
        print(json.dumps(told, ensure_ascii=False))
    elif changes or is_draft:
        print(_outcome(number, is_draft=is_draft, is_done=is_done))
        kept = None if is_draft or not is_done else _versions(programme).filter(published_at=None).first()
        if kept is not None:
            print(f"The draft stays a draft, as version {kept.number}.")
    return 0


def _outcome(number: int, *, is_draft: bool, is_done: bool) -> str:
    if is_draft:
        return (
            f"Kept as the draft, version {number}." if is_done else f"Would be the draft, version {number}."
        )
    if is_done:
        return f"Version {number} is in force."
    return f"Would be in force as version {number}. Nothing was written."


def _named(name: str, options: argparse.Namespace) -> tuple[Programme, str]:
    """The programme that a version, ``draft``, ``current`` or a file holds, and its text as it was written."""
    if name in (DRAFT, CURRENT) or name.isdecimal():
        version = _version(_programme(options), int(name) if name.isdecimal() else name)
        return parse(version.document), version.source
    text = read_text(Path(name))
    return parse_text(text), text


def _document(rules: Programme) -> dict[str, Any]:
    from palier.core.programme.canonical import to_document

    return to_document(rules)


def _programme(options: argparse.Namespace) -> Any:
    from palier.cli.start import require_programme, set_up

    set_up()
    require_programme()
    return find_programme(options)


def _versions(programme: Any) -> Any:
    from django_scopes import scope

    from palier.store.programmes.models import ProgrammeVersion

    with scope(programme=programme):
        return ProgrammeVersion.objects.all()


def _version(programme: Any, which: int | str) -> Any:
    if which == CURRENT:
        return programme.current_version
    found = _versions(programme)
    if which == DRAFT:
        version = found.filter(published_at=None).first()
        if version is None:
            raise Refusal("there is no draft", hint="keep one: palier programme publish FILE --draft")
        return version
    version = found.filter(number=which).first()
    if version is None:
        raise Refusal(f"there is no version {which}", hint="see palier programme list")
    return version
