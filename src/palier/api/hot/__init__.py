"""The short way: quotes and orders answered before Django is entered; the rest goes the long way."""
