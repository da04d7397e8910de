"""The switchboard: every bug that can be planted."""

from tests.mutants.kind import Planted
from tests.mutants.planted_cart import CART
from tests.mutants.planted_orders import ORDERS
from tests.mutants.planted_shops import SHOPS
from tests.mutants.planted_wallet import WALLET

PLANTED: tuple[Planted, ...] = (*ORDERS, *WALLET, *CART, *SHOPS)
