"""Drafts are read, published after a look at who moves, rolled back, discarded, and edited as text."""

from datetime import UTC, datetime, timedelta

import pytest
from django_scopes import scopes_disabled

from palier.core.programme.load import load_yaml
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.programme.publish_programme import PublishProgramme, publish_programme
from palier.flows.programme.roll_back_programme import roll_back_programme
from palier.flows.programme.save_draft import SaveDraft, save_draft
from palier.store.models import Account, ProgrammeVersion
from tests.entrances.backoffice_ladder_shop import LADDER, PAGE, PUBLISH, TEXT, head, in_force, says
from tests.entrances.backoffice_shop import DOCUMENT, full_shop, make_shop, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
DISCARD = "/admin/programme/draft/discard/"
BACK = "/admin/programme/versions/1/roll-back/"


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def town():
    return full_shop()


@pytest.fixture
def owner(client):
    client.force_login(staff("owner"))
    return client


def draft(shop, *, silver: int = 500, gold: int = 1000, author: str = "anna", **changes):
    """A draft of the usual programme with other thresholds."""
    document = load_yaml(DOCUMENT.format(name="Maison Lune"))
    document["tiers"]["ladder"][1]["from"] = silver
    document["tiers"]["ladder"][2]["from"] = gold
    command = SaveDraft(shop.programme_id, {**document, **changes}, head(shop).pk, author=author)
    return save_draft(command, now=shop.now).version_id


def tick(page, **more):
    """What the confirmation sends when everything was read."""
    return {
        "base": page.context["head"].row.pk,
        "digest": page.context["digest"],
        "read": "on",
        "moves": "on",
        **more,
    }


def test_the_draft_is_told_in_words_with_who_and_when(owner, shop):
    draft(shop, silver=400)
    page = says(owner.get(PAGE))
    assert "Saved by anna" in page
    assert "Silver: threshold €500 → €400" in page
    assert "Version 1 In force" in page
    assert "Points end after 12 months" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            ["Brouillon", "Argent : seuil 500 € → 400 €", "Les points expirent après 12 mois", "En vigueur"],
        ),
        ("de", ["Entwurf", "Silber: Schwelle 500 € → 400 €", "Punkte gelten nur 12 Monate", "Gilt seit"]),
    ],
)
def test_the_draft_is_told_in_the_viewers_language(owner, shop, language, words):
    draft(shop, silver=400)
    page = says(owner.get(PAGE, HTTP_ACCEPT_LANGUAGE=language))
    assert [word for word in words if word not in page] == []


def test_publishing_shows_who_would_move_and_that_is_what_happens(owner, town):
    """R-TIER-7, D23."""
    draft(town, silver=700, gold=900)
    page = owner.get(PUBLISH)
    heads = page.context["heads"]
    assert (heads.up, heads.down, heads.total) == (0, 2, 6)
    assert heads.moves == (("Silver", "Bronze", 2),)
    assert heads.steps == (("Gold", 1, 1), ("Silver", 2, 0), ("Bronze", 3, 5))
    done = owner.post(PUBLISH, tick(page, note="For spring"), follow=True)
    assert "Version 2 is in force." in says(done)
    version = in_force(town)
    assert (version.author, version.note) == ("owner@example.com", "For spring")
    while catch_up_accounts(town.programme_id, now=datetime.now(UTC)):
        pass
    with scopes_disabled():
        tiers = list(Account.objects.values_list("tier", flat=True))
    assert (tiers.count("gold"), tiers.count("silver"), tiers.count("bronze")) == (1, 0, 5)


def test_promotions_are_counted_apart(owner, town):
    draft(town, silver=10, gold=600)
    heads = owner.get(PUBLISH).context["heads"]
    assert (heads.up, heads.down) == (1, 0) or heads.up + heads.down == sum(n for _, _, n in heads.moves)
    assert heads.down == 0


@pytest.mark.parametrize("left_out", ["read", "moves"])
def test_warnings_and_demotions_are_confirmed_or_nothing_is_published(owner, town, left_out):
    draft(town, silver=700)
    sent = tick(owner.get(PUBLISH))
    del sent[left_out]
    page = owner.post(PUBLISH, sent)
    assert "nothing was published yet" in says(page)
    assert in_force(town).number == 1


def test_new_warnings_stand_before_those_that_are_known(owner, shop):
    draft(shop, silver=400, rewards=[])
    page = owner.get(PUBLISH)
    assert [each.place for each in page.context["warnings"]] == ["Earning rules"]
    assert [each.place for each in page.context["known"]] == ["Points", "Silver", "Gold"]
    assert "3 warnings that the version in force has too" in says(page)


def test_a_ladder_that_stays_moves_nobody_and_asks_nothing_about_it(owner, shop):
    draft(shop, name="Maison Soleil")
    page = owner.get(PUBLISH)
    assert page.context["heads"] is None
    assert 'name="moves"' not in page.content.decode()
    sent = tick(page)
    del sent["moves"]
    owner.post(PUBLISH, sent)
    assert in_force(shop).number == 2


def test_a_double_click_publishes_once(owner, shop):
    draft(shop, silver=400)
    sent = tick(owner.get(PUBLISH))
    for _ in range(2):
        page = owner.post(PUBLISH, sent, follow=True)
    assert page.redirect_chain
    with scopes_disabled():
        assert ProgrammeVersion.objects.count() == 2


def test_a_version_that_was_published_meanwhile_is_told_and_the_draft_stays(owner, shop):
    first = draft(shop, silver=400)
    document = load_yaml(DOCUMENT.format(name="Maison Soleil"))
    publish_programme(PublishProgramme(shop.programme_id, document), now=shop.now + timedelta(minutes=1))
    page = owner.post(DISCARD, {"base": first})
    assert "Version 2 was published meanwhile; the draft stays." in says(page)
    assert head(shop).published_at is None


def test_a_draft_that_changed_meanwhile_is_looked_at_again(owner, shop):
    draft(shop, silver=400)
    sent = tick(owner.get(PUBLISH))
    draft(shop, silver=300, author="ben")
    page = owner.post(PUBLISH, sent)
    assert "ben saved the draft meanwhile" in says(page)
    assert "€300" in says(page)
    assert in_force(shop).number == 1
    owner.post(PUBLISH, tick(page))
    assert in_force(shop).number == 2


def test_without_a_draft_there_is_nothing_to_publish(owner, shop):
    assert owner.get(PUBLISH).url == PAGE
    assert owner.post(PUBLISH, {"base": "1"}).url == PAGE


def test_an_earlier_version_comes_back_as_a_new_one(owner, shop):
    document = load_yaml(DOCUMENT.format(name="Maison Soleil"))
    publish_programme(PublishProgramme(shop.programme_id, document, author="anna"), now=shop.now)
    page = owner.get(BACK)
    assert "name Maison Soleil → Maison Lune" in says(page)
    done = owner.post(BACK, tick(page), follow=True)
    assert "Version 3 is in force." in says(done)
    version = in_force(shop)
    assert (version.number, version.author, version.note) == (
        3, "owner@example.com", "Rolled back to version 1",
    )  # fmt: skip
    assert "What it changed since version 2" in says(owner.get(f"{PAGE}3/"))
    assert owner.get(BACK).url == PAGE


def test_rolling_back_keeps_the_open_draft_and_says_so(owner, shop):
    document = load_yaml(DOCUMENT.format(name="Maison Soleil"))
    publish_programme(PublishProgramme(shop.programme_id, document), now=shop.now)
    draft(shop, silver=400)
    page = owner.get(BACK)
    assert "The open draft stays a draft." in says(page)
    kept = head(shop)
    owner.post(BACK, tick(page))
    assert in_force(shop).note == "Rolled back to version 1"
    assert (head(shop).published_at, head(shop).digest) == (None, kept.digest)


def test_a_version_that_a_program_rolled_back_says_so_in_the_readers_language(owner, shop):
    document = load_yaml(DOCUMENT.format(name="Maison Soleil"))
    publish_programme(PublishProgramme(shop.programme_id, document), now=shop.now)
    roll_back_programme(shop.programme_id, 1, author="ci (API)", now=shop.now)
    for page in (PAGE, f"{PAGE}3/"):
        german = owner.get(page, headers={"Accept-Language": "de"}).content.decode()
        assert "Zurückgesetzt auf Version 1" in german


def test_a_draft_is_discarded_after_being_asked_and_only_the_one_that_was_seen(owner, shop):
    first = draft(shop, silver=400)
    assert "Silver: threshold €500 → €400" in says(owner.get(DISCARD))
    draft(shop, silver=300, author="ben")
    page = owner.post(DISCARD, {"base": first})
    assert "ben saved the draft meanwhile" in says(page)
    assert head(shop).published_at is None
    assert owner.post(DISCARD, {"base": head(shop).pk}).url == PAGE
    assert head(shop).published_at is not None
    assert owner.get(DISCARD).url == PAGE


def test_a_version_is_read_whole_and_taken_along(owner, shop):
    page = owner.get(f"{PAGE}1/")
    assert "The document" in says(page)
    assert owner.get(f"{PAGE}7/").status_code == 404
    assert owner.get(f"{PAGE}99999999999999999999999/").status_code == 404
    file = owner.get(f"{PAGE}1/download/")
    assert file["Content-Disposition"] == 'attachment; filename="maison-lune-v1.yaml"'
    assert load_yaml(file.content.decode())["name"] == "Maison Lune"
    assert owner.get("/admin/programme/draft/download/").status_code == 404
    draft(shop, silver=400)
    assert "from: 400" in owner.get("/admin/programme/draft/download/").content.decode()


def test_the_text_is_edited_looked_at_and_saved_byte_for_byte(owner, shop):
    text = owner.get(TEXT).context["text"]
    written = "# Ours\n" + text.replace("from: 500", "from: 450")
    page = owner.post(TEXT, {"text": written.replace("\n", "\r\n"), "base": head(shop).pk, "do": "review"})
    assert page.context["review"].changes == ("Silver: threshold €500 → €450",)
    assert head(shop).published_at is not None
    owner.post(TEXT, {"text": page.context["text"], "base": head(shop).pk, "do": "save"})
    assert (head(shop).source, head(shop).author) == (written, "owner@example.com")
    assert owner.get(TEXT).context["text"] == written


def test_problems_stand_with_their_line_their_path_and_what_was_meant(owner, shop):
    text = owner.get(TEXT).context["text"].replace("from: 500", "form: 500").replace("id: gold", "id: bronze")
    page = owner.post(TEXT, {"text": text, "base": head(shop).pk, "do": "save"})
    problems = page.context["problems"]
    assert [(each.path, each.suggestion) for each in problems] == [
        ("tiers.ladder[1].form", "from"),
        ("tiers.ladder[2].id", ""),
    ]
    lines = text.splitlines()
    assert "form: 500" in lines[problems[0].line - 1]
    assert page.context["text"] == text
    assert head(shop).published_at is not None


def test_problems_are_told_in_the_viewers_language(owner, shop):
    text = owner.get(TEXT).context["text"].replace("from: 500", "form: 500")
    for language, words in (("fr", "Clé inconnue"), ("de", "Unbekannter Schlüssel"), ("en", "Unknown key")):
        sent = {"text": text, "base": head(shop).pk}
        assert words in says(owner.post(TEXT, sent, HTTP_ACCEPT_LANGUAGE=language))


NO_DOCUMENTS = [
    ("name: [", 1), ("", None), ("a: 1\na: 2", 2), ("x" * 1_000_001, None), ("- 1", None), ("a: &x [*x]", 1),
]  # fmt: skip


def test_what_is_no_document_is_refused_with_everything_kept(owner, shop):
    for text, line in NO_DOCUMENTS:
        page = owner.post(TEXT, {"text": text, "base": head(shop).pk, "do": "save"})
        assert page.status_code == 200, text[:20]
        assert page.context["problems"][0].line == line, text[:20]
        assert page.context["text"] == text
    assert head(shop).published_at is not None


def test_the_currency_stays_once_there_are_accounts(owner, town):
    text = owner.get(TEXT).context["text"].replace("currency: EUR", "currency: CHF")
    page = owner.post(TEXT, {"text": text, "base": head(town).pk, "do": "save"})
    assert [each.path for each in page.context["problems"]] == ["currency"]


def test_two_who_edit_the_text_lose_nothing(owner, shop):
    text, base = owner.get(TEXT).context["text"], head(shop).pk
    draft(shop, silver=400, author="ben")
    mine = text.replace("from: 1000", "from: 1100")
    page = owner.post(TEXT, {"text": mine, "base": base, "do": "save"})
    assert "ben saved the draft meanwhile" in says(page)
    assert "Silver: threshold €400 → €500" in says(page)
    assert head(shop).author == "ben"
    owner.post(TEXT, {"text": page.context["text"], "base": page.context["head"].row.pk, "do": "save"})
    assert head(shop).author == "owner@example.com"


def test_the_text_of_a_stranger_is_escaped(owner, shop):
    text = owner.get(TEXT).context["text"].replace("Maison Lune", "</textarea><script>alert(1)</script>")
    page = owner.post(TEXT, {"text": text, "base": head(shop).pk, "do": "review"})
    assert "<script>alert(1)" not in page.content.decode()
    owner.post(TEXT, {"text": text, "base": head(shop).pk, "do": "save"})
    for path in (PAGE, TEXT, PUBLISH, LADDER):
        assert "<script>alert(1)" not in owner.get(path).content.decode()


@pytest.mark.parametrize("role", ["owner", "manager", "support", "read-only"])
def test_who_may_look_edit_and_publish(client, shop, role):
    document = load_yaml(DOCUMENT.format(name="Maison Soleil"))
    publish_programme(PublishProgramme(shop.programme_id, document), now=shop.now)
    draft(shop, silver=400)
    client.force_login(staff(role))
    may = role in ("owner", "manager")
    page = client.get(PAGE)
    assert page.status_code == 200
    assert {client.get(path).status_code for path in (f"{PAGE}1/", f"{PAGE}1/download/")} == {200}
    assert ("Review and publish" in says(page), "Discard" in says(page)) == (may, may)
    allowed = 200 if may else 403
    assert {client.get(path).status_code for path in (TEXT, PUBLISH, DISCARD, BACK)} == {allowed}
    base = head(shop).pk
    text = {"text": "name: X\ncurrency: EUR", "base": base, "do": "save"}
    answers = {
        "text": client.post(TEXT, text).status_code,
        "publish": client.post(PUBLISH, {"base": head(shop).pk, "read": "on", "moves": "on"}).status_code,
        "back": client.post(BACK, {"base": head(shop).pk, "read": "on", "moves": "on"}).status_code,
        "discard": client.post(DISCARD, {"base": head(shop).pk}).status_code,
    }
    assert set(answers.values()) == ({302} if may else {403})
    assert in_force(shop).number == (4 if may else 2)


def test_another_programmes_versions_do_not_exist_here(owner, shop):
    other = make_shop("Zollhaus")
    for name in ("Zwei", "Drei"):
        document = load_yaml(DOCUMENT.format(name=name))
        publish_programme(PublishProgramme(other.programme_id, document), now=other.now)
    assert owner.get(f"{PAGE}2/").status_code == 404
    assert owner.get(f"{PAGE}2/roll-back/").status_code == 404
    assert len(owner.get(PAGE).context["versions"].object_list) == 1


def test_the_pages_cost_the_same_however_many_versions_there_are(owner, shop, django_assert_max_num_queries):
    for number in range(30):
        document = load_yaml(DOCUMENT.format(name=f"Lune {number}"))
        publish_programme(PublishProgramme(shop.programme_id, document), now=shop.now)
    draft(shop, silver=400)
    owner.get(PAGE)
    with django_assert_max_num_queries(16):
        owner.get(PAGE)
    with django_assert_max_num_queries(16):
        owner.get(PUBLISH)
