"""What happens to an account as a whole: merged, erased, opened with a balance."""

from hypothesis import given
from hypothesis import strategies as st

from palier.core.account import AccountState, Cause, Timeline, Totals
from palier.core.book import Book
from palier.core.catch_up import catch_up
from palier.core.erase import erase
from palier.core.merge import merge
from palier.core.opening import open_balance, undo_opening
from palier.core.period import Duration
from palier.core.programme.values import Award, EarningRule, Settle
from palier.core.values import replace
from tests.core.kit import (
    EURO,
    Story,
    few,
    ladder,
    points,
    points_discount,
    programme,
    reward,
    when,
    without_lots,
)
from tests.core.test_histories import HISTORIES, PROGRAMMES, happen

RULES = programme(points=points("P12M", expiry="fixed"), tiers=ladder(0, 100, coupons=(1,)))


def opened(story):
    book = Book(story.state, Timeline(tuple(story.versions)), new_code=lambda: ("cx", "CODEX"))
    catch_up(book, story.now)
    return book


def merged(one, other):
    """Both books after ``other`` was merged into ``one``; the second account is number 2."""
    other.state = replace(other.state, id=2)
    until = max(one.now, other.now)
    kept, gone = opened(one.at(until)), opened(other.at(until))
    merge(kept, gone)
    return kept, gone


def total(*books):
    return [sum(book.totals[name] for book in books) for name in Totals.__struct_fields__]


def test_cus_4_a_merge_moves_points_with_their_dates_and_spend_and_lifts_the_tier():
    one, other = Story(RULES).order("A", 60), Story(RULES).later(10).gift(5).order("B", 70)
    kept, gone = merged(one, other)
    assert (kept.totals["available"], kept.totals["spend_minor"], kept.tier) == (135, 130 * EURO, "t1")
    assert without_lots(kept.lots.values()) == [(60, when("2027-01-11")), (75, when("2027-01-21"))]
    assert not any(gone.totals.values())
    assert gone.tier is None


def test_cus_4_the_debt_of_one_is_paid_by_the_points_of_the_other():
    one = Story(RULES).gift(30)
    other = Story(RULES).order("B", 40, discounts=(points_discount(50),))
    kept, _ = merged(one, other)
    assert (kept.totals["available"], kept.totals["debt"]) == (0, 20)


def test_cus_4_what_is_once_per_member_is_united():
    one, other = Story(RULES).order("A", 100), Story(RULES).order("B", 100)
    other.coupons = {}
    kept, gone = merged(one, other)
    assert list(kept.tier_coupons) == ["t1"]
    assert not gone.coupons


@few(12)
@given(st.sampled_from(sorted(PROGRAMMES)), HISTORIES, HISTORIES)
def test_i_13_a_merge_conserves_every_sum(name, first, second):
    rules = replace(PROGRAMMES[name], rewards=())
    one, other = Story(rules), Story(rules)
    for story, history in ((one, first), (other, second)):
        for step in history:
            happen(story, step)
    until = max(one.now, other.now)
    before = total(opened(one.at(until)), opened(other.at(until)))
    kept, gone = merged(one, other)
    after = total(kept, gone)
    paid = before[3] - after[3]
    assert paid >= 0
    assert after == [before[0] - paid, *before[1:3], before[3] - paid, *before[4:]]
    assert not (kept.totals["debt"] and kept.totals["available"])
    assert kept.totals["available"] == sum(lot.remaining for lot in kept.lots.values() if lot.settled)
    assert kept.totals["pending"] == sum(lot.remaining for lot in kept.lots.values() if not lot.settled)


def test_i_14_erasing_lets_points_lapse_and_withdraws_coupons_and_changes_no_sum():
    story = Story(programme(rewards=(reward(100),))).order("A", 130)
    book = opened(story)
    erase(book)
    assert (book.totals["available"], book.totals["lifetime"], book.totals["expired"]) == (0, 130, 30)
    assert (book.totals["spend_minor"], [c.state for c in book.touched.values()]) == (
        130 * EURO,
        ["cancelled"],
    )
    erase(book)
    assert book.close(next_due_at=None).entries[-1].kind == "lapse"
    assert len(book.entries) == 1


def balance(start=RULES):
    story = Story(start)
    return opened(story)


CAUSE = Cause("import", "7")


def test_imp_1_an_opening_balance_is_points_and_spend_and_may_be_undone():
    book = balance()
    open_balance(book, 80, spend_minor=120 * EURO, ends_at=when("2026-05-01"), cause=CAUSE)
    assert (book.totals["available"], book.totals["activity"], book.tier) == (80, 0, "t1")
    assert without_lots(book.lots.values()) == [(80, when("2026-05-01"))]
    undo_opening(book, 80, spend_minor=120 * EURO, at=book.now, of=CAUSE, cause=Cause("import", "8"))
    assert (book.totals["available"], book.totals["spend_minor"], book.tier) == (0, 0, "t0")
    assert [entry.kind for entry in book.entries] == ["opening", "tier", "opening", "tier"]


def test_imp_1_a_debit_takes_what_is_there_and_the_rest_is_owed_until_it_is_undone():
    book = balance()
    open_balance(book, 30, spend_minor=0, ends_at=None, cause=CAUSE)
    open_balance(book, -50, spend_minor=0, ends_at=None, cause=Cause("import", "9"))
    assert (book.totals["available"], book.totals["debt"], book.totals["lifetime"]) == (0, 20, -20)
    undo_opening(book, -50, spend_minor=0, at=book.now, of=Cause("import", "9"), cause=Cause("import", "10"))
    assert (book.totals["available"], book.totals["debt"], book.totals["lifetime"]) == (30, 0, 30)


def test_a_new_account_has_nothing():
    assert AccountState(1, when("2026-01-10")).totals == Totals()


def test_cus_4_pending_points_move_too_and_settle_at_their_own_instant():
    rules = replace(RULES, points=replace(RULES.points, settle=Settle("paid", Duration(days=14))))
    one, other = Story(rules).gift(5), Story(rules).order("B", 70)
    kept, gone = merged(one, other)
    assert (kept.totals["available"], kept.totals["pending"], gone.totals["pending"]) == (5, 70, 0)
    assert [lot.available_at for lot in kept.lots.values() if not lot.settled] == [when("2026-01-24T09:00")]
    assert not gone.lots or not any(lot.remaining for lot in gone.lots.values())


def test_cus_4_what_was_given_once_is_given_to_neither_again():
    visit = EarningRule("visit", on="visit", award=Award(15), once=True)
    rules = replace(RULES, earning=(*RULES.earning, visit))
    kept, _ = merged(Story(rules), Story(rules).event("visit"))
    assert kept.once == {"visit"}
    assert kept.totals["activity"] == 15
