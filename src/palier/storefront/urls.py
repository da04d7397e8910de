"""Addresses that shoppers' browsers ask for."""

from django.urls import path

from palier.storefront.demo import later, ordering, selling, wallet, who
from palier.storefront.script import script

urlpatterns = [
    path("widget/palier.js", script, name="widget_script"),
    # The demo's shop: in demo mode only, and only to this machine.
    path("demo/", selling.shelf_page, name="demo_shop"),
    path("demo/who/", who.who, name="demo_who"),
    path("demo/be/", who.be, name="demo_be"),
    path("demo/sign-up/", who.sign_up, name="demo_sign_up"),
    path("demo/token/", who.token, name="demo_token"),
    path("demo/put/", selling.put, name="demo_put"),
    path("demo/basket/", selling.basket, name="demo_basket"),
    path("demo/basket/code/", selling.enter_code, name="demo_code"),
    path("demo/basket/code/drop/", selling.drop_code, name="demo_code_drop"),
    path("demo/basket/points/", selling.choose_points, name="demo_points"),
    path("demo/checkout/", selling.checkout, name="demo_checkout"),
    path("demo/checkout/choose/", selling.choose, name="demo_choose"),
    path("demo/checkout/place/", selling.place, name="demo_place"),
    path("demo/orders/", ordering.orders, name="demo_orders"),
    path("demo/orders/<str:number>/", ordering.order, name="demo_order"),
    path("demo/orders/<str:number>/step/", ordering.step, name="demo_step"),
    path("demo/orders/<str:number>/cancel/", ordering.cancel, name="demo_cancel"),
    path("demo/orders/<str:number>/refund/", ordering.refund, name="demo_refund"),
    path("demo/account/", wallet.account, name="demo_account"),
    path("demo/account/voucher/", wallet.make_voucher, name="demo_voucher"),
    path("demo/account/newsletter/", wallet.subscribe, name="demo_newsletter"),
    path("demo/later/", later.a_month_later, name="demo_later"),
]
