"""Flows about programmes, their people, programs and webhooks, imports and pushes, and about upkeep."""

from __future__ import annotations

from typing import Any

from palier.core.inbox import LEASE, Worked
from palier.core.product import ProductFacts
from palier.core.webhooks import Answer
from palier.flows.access.change_widget_secret import ChangeWidgetSecret, change_widget_secret
from palier.flows.access.claim_answer import ClaimAnswer, claim_answer
from palier.flows.access.issue_api_key import IssueApiKey, issue_api_key
from palier.flows.access.keep_answer import KeepAnswer, keep_answer
from palier.flows.access.release_answer import release_answer
from palier.flows.access.revoke_api_key import RevokeApiKey, revoke_api_key
from palier.flows.access.use_api_key import use_api_key
from palier.flows.catalogue.describe_products import DescribeProducts, describe_products
from palier.flows.catalogue.learn_products import learn_products
from palier.flows.imports.advance_import import AdvanceImport, advance_import
from palier.flows.imports.start_import import ImportedProblem, StartImport, start_import
from palier.flows.imports.undo_batch import UndoBatch, undo_batch
from palier.flows.inbox.change_hook_secret import ChangeHookSecret, change_hook_secret
from palier.flows.inbox.count_refused_hook import count_refused_hook
from palier.flows.inbox.receive_hook import ReceiveHook, receive_hook
from palier.flows.inbox.replay_inbox_message import ReplayInboxMessage, replay_inbox_message
from palier.flows.inbox.settle_inbox import settle_inbox
from palier.flows.inbox.take_inbox import take_inbox
from palier.flows.programme.discard_draft import DiscardDraft, discard_draft
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.flows.programme.open_shop import OpenShop, open_shop
from palier.flows.programme.publish_programme import PublishProgramme, publish_programme
from palier.flows.programme.roll_back_programme import roll_back_programme
from palier.flows.programme.save_draft import SaveDraft, save_draft
from palier.flows.staff.dismiss_staff import DismissStaff, dismiss_staff
from palier.flows.staff.invite_staff import InviteStaff, invite_staff
from palier.flows.staff.make_demo_staff import make_demo_staff
from palier.flows.staff.prepare_roles import prepare_roles
from palier.flows.staff.see_concern import SeeConcern, see_concern
from palier.flows.upkeep.forget_old_answers import forget_old_answers
from palier.flows.upkeep.forget_old_messages import forget_old_messages
from palier.flows.upkeep.forget_old_work import forget_old_work
from palier.flows.upkeep.rebuild_accounts import rebuild_accounts
from palier.flows.upkeep.seal_days import seal_days
from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.change_webhook import ChangeWebhook, change_webhook
from palier.flows.webhooks.change_webhook_secret import ChangeWebhookSecret, change_webhook_secret
from palier.flows.webhooks.open_deliveries import open_deliveries
from palier.flows.webhooks.remove_webhook import RemoveWebhook, remove_webhook
from palier.flows.webhooks.replay_deliveries import ReplayDeliveries, replay_deliveries
from palier.flows.webhooks.settle_deliveries import SettleDelivery, settle_deliveries
from palier.flows.webhooks.take_deliveries import take_deliveries
from palier.flows.webhooks.try_webhook import TryWebhook, try_webhook
from palier.store.models import Account
from tests.crash.case import Case
from tests.crash.world import rules
from tests.flows.world import DAY

ANEW = "each time it makes a new one; who is not answered looks whether it is there"
LEASED = "what was taken comes back when its lease ends"

ACCESS = (
    Case("a key is issued", "access.issue_api_key", lambda f: issue_api_key(
        IssueApiKey(f.shop, "till", ("orders:write",)), now=f.now), once=ANEW),
    Case("a key is revoked", "access.revoke_api_key", lambda f: revoke_api_key(
        RevokeApiKey(f.programme, f.key_id), now=f.now)),
    Case("a key is used", "access.use_api_key", lambda f: use_api_key(f.key, now=f.now)),
    Case("a widget secret is changed", "access.change_widget_secret", lambda f: change_widget_secret(
        ChangeWidgetSecret(f.shop), now=f.now), once=ANEW),
    Case("an answer is claimed", "access.claim_answer", lambda f: claim_answer(
        ClaimAnswer(f.shop, "new", "digest"), now=f.now),
        once="a claim whose process died is taken over after half a minute; see the API's cases"),
    Case("a dead process's claim", "access.claim_answer", lambda f: claim_answer(
        ClaimAnswer(f.shop, "claimed", "digest"), now=f.now), once="as above"),
    Case("an answer is kept", "access.keep_answer", lambda f: keep_answer(
        KeepAnswer(f.shop, "claimed", 200, {"said": "so"}))),
    Case("a claim is given up", "access.release_answer", lambda f: release_answer(f.shop, "claimed")),
)  # fmt: skip

CATALOGUE = (
    Case("products are described", "catalogue.describe_products", lambda f: describe_products(
        DescribeProducts(f.shop, (ProductFacts("mug", (("fr", "Tasse"),)), ProductFacts("hat"))), now=f.now)),
    Case("products are learned", "catalogue.learn_products", lambda f: learn_products(now=f.now)),
)  # fmt: skip


def _undo(facts: Any, batch: int) -> None:
    while undo_batch(UndoBatch(batch), now=facts.now).left:
        pass


_PROBLEM = ImportedProblem(3, "order 3", "no_price", "there is no price", 100)
IMPORTS = (
    Case("an import starts", "imports.start_import", lambda f: start_import(
        StartImport(f.shop, "orders", "new.csv", "digest-9", {}, 10, {"orders": 2}, (_PROBLEM,)), now=f.now)),
    Case("an import goes on", "imports.advance_import", lambda f: advance_import(
        AdvanceImport(f.under_way, 0, 500, {"orders": 500}, (_PROBLEM,)), now=f.now)),
    Case("an import ends, and tables are measured", "imports.advance_import", lambda f: advance_import(
        AdvanceImport(f.under_way, 0, 1500, {"orders": 1500}, (), True), now=f.now), steps=True),
    Case("imported orders are taken back", "imports.undo_batch", lambda f: _undo(f, f.batch)),
    Case("imported balances are taken back", "imports.undo_batch", lambda f: _undo(f, f.balances)),
)  # fmt: skip

INBOX = (
    Case("a hook's secret is changed", "inbox.change_hook_secret", lambda f: change_hook_secret(
        ChangeHookSecret(f.shop), now=f.now), once=ANEW),
    Case("pushes were refused", "inbox.count_refused_hook", lambda f: count_refused_hook(f.shop, 3, now=f.now),
         once="a count of strangers' tries"),
    Case("a push is received", "inbox.receive_hook", lambda f: receive_hook(
        ReceiveHook(f.shop, "evt-9", "order", "anna", '{"data": {}}'), now=f.now)),
    Case("a push is tried again", "inbox.replay_inbox_message", lambda f: replay_inbox_message(
        ReplayInboxMessage(f.programme, f.refused), now=f.now), refuses=True),
    Case("a push is put aside", "inbox.replay_inbox_message", lambda f: replay_inbox_message(
        ReplayInboxMessage(f.programme, f.refused, puts_aside=True), now=f.now), refuses=True),
    Case("pushes are taken", "inbox.take_inbox", lambda f: take_inbox(now=f.now), once=LEASED),
    Case("pushes were worked off", "inbox.settle_inbox", lambda f: settle_inbox(
        [(*f.taken, Worked("failed", "no")), (f.refused, 1, Worked("done"))], now=f.now)),
)  # fmt: skip

_STRICTER = rules(rewards=[{"id": "hundred", "at": 100, "coupon": {"discount": {"percent": 5}}}])
PROGRAMMES = (
    Case("an installation begins", "programme.init_programme", lambda f: init_programme(
        InitProgramme("Second", "CHF"), now=f.now), once=ANEW),
    Case("a shop is opened", "programme.open_shop", lambda f: open_shop(
        OpenShop(f.programme, "second", "Second"), now=f.now), refuses=True),
    Case("a version is published", "programme.publish_programme", lambda f: publish_programme(
        PublishProgramme(f.programme, _STRICTER, based_on=f.draft), now=f.now), refuses=True),
    Case("a version is published, whatever was", "programme.publish_programme", lambda f: publish_programme(
        PublishProgramme(f.programme, _STRICTER), now=f.now), once=ANEW),
    Case("an old version comes back", "programme.roll_back_programme", lambda f: roll_back_programme(
        f.programme, 1, author="me", based_on=f.draft, now=f.now), refuses=True),
    Case("a draft is saved", "programme.save_draft", lambda f: save_draft(
        SaveDraft(f.programme, _STRICTER, f.draft, author="me"), now=f.now)),
    Case("a draft is thrown away", "programme.discard_draft", lambda f: discard_draft(
        DiscardDraft(f.programme, f.draft))),
)  # fmt: skip

STAFF = (
    Case("a colleague is invited", "staff.invite_staff", lambda f: invite_staff(
        InviteStaff("new@example.org", "support"), now=f.now), steps=True),
    Case("a colleague leaves", "staff.dismiss_staff", lambda f: dismiss_staff(DismissStaff("second@example.org"))),
    Case("the demo's people", "staff.make_demo_staff", lambda f: make_demo_staff(now=f.now), steps=True),
    Case("roles are mended", "staff.prepare_roles", lambda f: prepare_roles(), prepare=lambda f: _spoil_roles()),
    Case("a concern is put aside", "staff.see_concern", lambda f: see_concern(
        SeeConcern(f.programme, "order", "3", "me"), now=f.now)),
)  # fmt: skip


def _spoil_roles() -> None:
    from django.contrib.auth.models import Group

    Group.objects.get(name="owner").permissions.clear()
    Group.objects.get(name="support").delete()


def _spoil_accounts(facts: Any) -> None:
    Account.objects.filter(identities__customer_id="anna").update(available=1, spend_minor=3)
    Account.objects.filter(identities__customer_id="cleo").update(state={"format": 1})


def _rebuild(facts: Any) -> None:
    ids = list(Account.objects.filter(programme=facts.programme).values_list("id", flat=True))
    rebuild_accounts(facts.programme, ids, now=facts.now, writes=True)


UPKEEP = (
    Case("old answers are forgotten", "upkeep.forget_old_answers", lambda f: forget_old_answers(now=f.now),
         steps=True),
    Case("old messages are forgotten", "upkeep.forget_old_messages",
         lambda f: forget_old_messages(now=f.now + 40 * DAY), steps=True),
    Case("old work is forgotten", "upkeep.forget_old_work", lambda f: forget_old_work(now=f.now)),
    Case("accounts are mended", "upkeep.rebuild_accounts", _rebuild, prepare=_spoil_accounts),
    Case("days are sealed", "upkeep.seal_days", lambda f: seal_days(f.programme, now=f.now + 5 * DAY)),
)  # fmt: skip


def _settle(facts: Any, answer: Answer) -> None:
    attempt = SettleDelivery(*facts.waiting, facts.now, answer, 0)
    settle_deliveries([attempt], now=facts.now)


def _hand_on(facts: Any) -> None:
    while open_deliveries(facts.programme, now=facts.now, limit=1):
        pass


_NOBODY = (
    "who dies in it has nobody who settles the same attempt again; the delivery is taken and sent once more"
)
WEBHOOKS = (
    Case("a webhook is added", "webhooks.add_webhook", lambda f: add_webhook(
        AddWebhook(f.programme, "https://other.example.org/"), now=f.now), once=ANEW),
    Case("a webhook is changed", "webhooks.change_webhook", lambda f: change_webhook(
        ChangeWebhook(f.programme, f.webhook, url="https://new.example.org/", is_active=True))),
    Case("a webhook's secret is changed", "webhooks.change_webhook_secret", lambda f: change_webhook_secret(
        ChangeWebhookSecret(f.programme, f.webhook), now=f.now), once=ANEW),
    Case("a webhook is removed", "webhooks.remove_webhook", lambda f: remove_webhook(
        RemoveWebhook(f.programme, f.webhook), now=f.now), refuses=True),
    Case("a webhook is tried", "webhooks.try_webhook", lambda f: try_webhook(
        TryWebhook(f.programme, f.webhook), now=f.now), once=ANEW),
    Case("intents are handed on", "webhooks.open_deliveries", _hand_on, steps=True),
    Case("deliveries are taken", "webhooks.take_deliveries", lambda f: take_deliveries(now=f.now + LEASE),
         once=LEASED),
    Case("a delivery was taken", "webhooks.settle_deliveries", lambda f: _settle(f, Answer(200)),
         once=_NOBODY, again=lambda f: None),
    Case("a delivery failed", "webhooks.settle_deliveries", lambda f: _settle(f, Answer(503)),
         once=_NOBODY, again=lambda f: None),
    Case("an address is gone", "webhooks.settle_deliveries", lambda f: _settle(f, Answer(410)),
         once=_NOBODY, again=lambda f: None),
    Case("deliveries are sent again", "webhooks.replay_deliveries", lambda f: replay_deliveries(
        ReplayDeliveries(f.programme, f.webhook, f.delivery), now=f.now)),
)  # fmt: skip

CASES = (*ACCESS, *CATALOGUE, *IMPORTS, *INBOX, *PROGRAMMES, *STAFF, *UPKEEP, *WEBHOOKS)
