"""A draft is saved, discarded and published by one person at a time, and nothing of it is lost."""

import pytest

from palier.core.errors import DraftChanged
from palier.core.programme.canonical import digest
from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme
from palier.flows.programme.discard_draft import DiscardDraft, discard_draft
from palier.flows.programme.roll_back_programme import roll_back_programme
from palier.flows.programme.save_draft import SaveDraft, save_draft
from palier.store.models import Programme, ProgrammeVersion
from palier.store.programmes.drafts import load_head
from tests.flows.test_publish import ladder
from tests.flows.test_races import at_once
from tests.flows.world import World, document


def head(world: World) -> ProgrammeVersion:
    return load_head(Programme.objects.get(pk=world.programme_id))


def save(world: World, doc, *, based_on: int, **options):
    return save_draft(SaveDraft(world.programme_id, doc, based_on, **options), now=world.now)


def digest_of(silver: int) -> str:
    return digest(parse(ladder(silver)))


def test_a_draft_begins_with_what_is_in_force_and_changes_nothing(world):
    world.pay("1", 450)
    begun = head(world)
    saved = save(world, ladder(400), based_on=begun.pk, author="anna@example.com", source="text")
    draft = head(world)
    assert (draft.pk, saved.is_new, draft.published_at) == (saved.version_id, True, None)
    assert (draft.author, draft.source, draft.created_at) == ("anna@example.com", "text", world.now)
    world.later(days=1).work()
    assert world.view().tier == "bronze"


def test_the_second_of_two_admins_is_told_and_the_firsts_work_stays(world):
    """R-ADM-5."""
    begun = head(world).pk
    first = save(world, ladder(400), based_on=begun, author="anna")
    with pytest.raises(DraftChanged):
        save(world, ladder(300), based_on=begun, author="ben")
    assert (head(world).pk, head(world).author) == (first.version_id, "anna")
    assert save(world, ladder(300), based_on=first.version_id, author="ben").is_new
    assert head(world).document["tiers"]["ladder"][1]["from"] == "300.00"


def test_a_double_click_saves_once(world):
    begun = head(world).pk
    first = save(world, ladder(400), based_on=begun)
    again = save(world, ladder(400), based_on=begun)
    assert (again.version_id, again.is_new) == (first.version_id, False)


def test_what_is_in_force_already_makes_no_draft(world):
    assert not save(world, document(), based_on=head(world).pk).is_new
    assert ProgrammeVersion.objects.count() == 1


def test_a_draft_of_a_version_that_is_in_force_no_more_is_not_saved_unseen(world):
    begun = head(world).pk
    world.publish(ladder(300))
    with pytest.raises(DraftChanged):
        save(world, ladder(400), based_on=begun)


def test_an_invalid_draft_is_refused_whole(world):
    world.pay("1")
    begun = head(world).pk
    for doc in ({"name": "x"}, document(currency="USD")):
        with pytest.raises(InvalidProgramme):
            save(world, doc, based_on=begun)
    assert head(world).pk == begun


def test_a_draft_is_discarded_once_and_only_the_one_that_was_looked_at(world):
    first = save(world, ladder(400), based_on=head(world).pk).version_id
    second = save(world, ladder(300), based_on=first).version_id
    with pytest.raises(DraftChanged):
        discard_draft(DiscardDraft(world.programme_id, first))
    discard_draft(DiscardDraft(world.programme_id, second))
    discard_draft(DiscardDraft(world.programme_id, second))
    assert head(world).published_at is not None


def test_only_what_was_looked_at_is_published_or_rolled_back(world):
    begun = head(world).pk
    draft = save(world, ladder(400), based_on=begun).version_id
    with pytest.raises(DraftChanged):
        world.publish(ladder(400), based_on=begun)
    with pytest.raises(DraftChanged):
        roll_back_programme(world.programme_id, 1, author="", now=world.now, based_on=begun)
    assert world.publish(ladder(400), based_on=draft).number == 2
    back = roll_back_programme(
        world.programme_id, 1, author="anna", now=world.now, note="retour", based_on=head(world).pk
    )
    assert ProgrammeVersion.objects.get(pk=back.version_id).note == "retour"


def test_publishing_something_else_keeps_the_draft_and_tells_who_looked_at_it(world):
    """A file published by the command or the API; nothing that somebody drafted is lost."""
    draft = save(world, ladder(400), based_on=head(world).pk, author="anna")
    assert world.publish(ladder(300)).number == 2
    kept = head(world)
    assert (kept.published_at, kept.digest, kept.author, kept.number) == (None, digest_of(400), "anna", 3)
    with pytest.raises(DraftChanged):
        world.publish(ladder(400), based_on=draft.version_id)
    assert world.publish(ladder(400), based_on=kept.pk).number == 3
    assert head(world).published_at is not None


def test_the_draft_that_is_published_is_none_any_more_however_it_was_sent(world):
    save(world, ladder(400), based_on=head(world).pk)
    world.publish(ladder(400))
    assert head(world).published_at is not None


def test_rolling_back_keeps_the_draft(world):
    world.publish(ladder(450))
    draft = save(world, ladder(400), based_on=head(world).pk)
    roll_back_programme(world.programme_id, 1, author="", now=world.now, based_on=draft.version_id)
    assert (head(world).published_at, head(world).digest) == (None, digest_of(400))


def test_another_programmes_draft_is_left_alone(world):
    other = World.new()
    theirs = save(other, ladder(400), based_on=head(other).pk).version_id
    mine = save(world, ladder(300), based_on=head(world).pk).version_id
    discard_draft(DiscardDraft(world.programme_id, mine))
    assert head(other).pk == theirs


def test_of_eight_who_save_publish_and_discard_at_once_each_wins_or_is_told(committed_world):
    """R-ADM-5: one wins; nobody overwrites what they did not see, and there is never more than one draft."""
    world = committed_world
    begun = head(world).pk

    def told(work):
        try:
            work()
        except DraftChanged:
            return "told"
        return "won"

    def saving(silver):
        return lambda: told(lambda: save(world, ladder(silver), based_on=begun, author=str(silver)))

    answers = at_once(*[saving(400 + turn) for turn in range(8)])
    assert sorted(answers) == ["told"] * 7 + ["won"]
    draft = head(world)
    assert draft.author == str(400 + answers.index("won"))
    publish = lambda: told(lambda: world.publish(ladder(450), based_on=draft.pk))  # noqa: E731
    discard = lambda: told(lambda: discard_draft(DiscardDraft(world.programme_id, draft.pk)))  # noqa: E731
    answers = at_once(publish, publish, discard, publish)
    assert "won" in answers
    assert ProgrammeVersion.objects.filter(published_at=None).count() == 0
    assert ProgrammeVersion.objects.count() <= 2
