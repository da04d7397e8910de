"""What editors of the programme build upon: its draft, or the version in force while there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from palier.backoffice import formats
from palier.backoffice.access import Viewpoint
from palier.core.check import check
from palier.core.programme.canonical import to_document
from palier.core.programme.check import check as check_words
from palier.core.programme.diff import diff
from palier.core.programme.parse import parse
from palier.core.programme.source import with_section
from palier.core.programme.tell import Told, tell
from palier.core.programme.values import Programme as Rules
from palier.core.programme.values import Text, Tier
from palier.flows.programme.save_draft import SavedDraft, SaveDraft, save_draft
from palier.store.programmes.drafts import load_head
from palier.store.programmes.models import ProgrammeVersion

EDIT = "store.change_programmeversion"
PUBLISH = "store.add_programmeversion"
LOOK = "store.view_programmeversion"


@dataclass(frozen=True, slots=True)
class Head:
    """``rules`` are those of the draft, or of the version in force when there is none; ``author`` wrote them."""

    row: ProgrammeVersion
    rules: Rules
    in_force: ProgrammeVersion
    in_force_rules: Rules
    author: str
    changes: tuple[str, ...]
    """What the draft changes, in words; nothing without a draft."""

    @property
    def is_draft(self) -> bool:
        """Whether there is a draft."""
        return self.row.published_at is None


def head_of(viewpoint: Viewpoint) -> Head:
    """The programme's head. Three statements at most."""
    row = load_head(viewpoint.programme)
    in_force = viewpoint.programme.current_version
    assert in_force is not None
    current = viewpoint.timeline.versions[-1].programme
    rules = parse(row.document) if row.published_at is None else current
    changes = diff(current, rules, viewpoint.language)
    return Head(row, rules, in_force, current, names_of([row.author])(row.author), changes)


def names_of(authors: Iterable[str]) -> Callable[[str], str]:
    """How people are called who are known by their user name; others stay as they were written. One statement."""
    people = User.objects.filter(username__in={author for author in authors if author})
    known = {user.username: user.get_full_name() or user.username for user in people}
    return lambda author: known.get(author, author)


def author_of(request: HttpRequest) -> str:
    """Who is signed in, as it is written into a version."""
    return str(request.user.get_username())


def require(request: HttpRequest, permission: str) -> None:
    """``PermissionDenied`` unless the person who is signed in has that right."""
    if not request.user.has_perm(permission):  # type: ignore[union-attr]
        raise PermissionDenied


def base_in(post: QueryDict) -> int:
    """The id of the version that the page showed when it was sent; 0 when nothing sensible was sent."""
    text = post.get("base", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def save_section(
    request: HttpRequest, viewpoint: Viewpoint, head: Head, rules: Rules, *, section: str, based_on: int
) -> SavedDraft:
    """Save the draft with one section changed; the text that somebody wrote keeps its other lines."""
    source = with_section(head.row.source, section, rules)
    if rules == head.rules:
        return SavedDraft(head.row.pk, is_new=False)
    command = SaveDraft(viewpoint.programme.pk, to_document(rules), based_on, source, author_of(request))
    return save_draft(command, now=viewpoint.now)


def told(rules: Rules, language: str) -> list[Told]:
    """All that the check says, in words. The first time for a programme it may take a second or two."""
    return [tell(each, rules, language) for each in check(rules)]


def told_at_once(rules: Rules, language: str, *, section: str = "") -> list[Told]:
    """What the check says without trying carts; with ``section`` what it says of that part of the document."""
    return [tell(each, rules, language) for each in check_words(rules) if each.path.startswith(section)]


def new_warnings(before: Rules, after: Rules, language: str) -> list[Told]:
    """The warnings that only ``after`` has, those aside that only carts show: publishing shows them all."""
    known = told_at_once(before, language)
    return [each for each in told_at_once(after, language) if each not in known]


def someone_else(head: Head, viewpoint: Viewpoint) -> str:
    """What happened meanwhile, for whoever wanted to save upon something older."""
    at = head.row.created_at if head.is_draft else head.row.published_at
    assert at is not None
    words = {
        "who": head.author or _("Somebody"),
        "at": formats.moment(at, tz=viewpoint.tz, language=viewpoint.language),
        "version": head.row.number,
    }
    published_at = head.in_force.published_at
    if head.is_draft and published_at is not None and published_at > at:
        return _("Version %(version)s was published meanwhile; the draft stays.") % {
            "version": head.in_force.number
        }
    if head.is_draft:
        return _("%(who)s saved the draft meanwhile (%(at)s).") % words
    return _("The draft was published or discarded meanwhile; version %(version)s is in force.") % words


def tier_name(tier: Tier, rules: Rules, language: str) -> str:
    """The tier's name in the viewer's language, its id where it has none."""
    return read(tier.name, rules, language) or tier.id


def read(text: Text | None, rules: Rules, language: str) -> str:
    """A text of the programme in the viewer's language; empty where there is none."""
    return text.read(language, fallback=rules.languages[0]) if text is not None else ""
