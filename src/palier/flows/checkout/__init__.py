"""Carts: quoted, held, released, kept; points that become vouchers."""
