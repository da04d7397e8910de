"""A statement that went to libpq itself is asked again after a rollback, when the driver has forgotten all it knew."""

import pytest
from django.db import transaction

from palier.store.prepared import Prepared
from palier.store.rows import select


@pytest.mark.django_db(transaction=True)
def test_a_prepared_statement_answers_inside_a_transaction_that_follows_a_rollback() -> None:
    number = Prepared(
        "number", "SELECT %s::int + 1" if _is_postgresql() else "SELECT CAST(%s AS integer) + 1"
    )
    with transaction.atomic():
        assert number.rows([1]) == [(2,)]
        for _ in range(8):  # from the sixth time on the driver keeps a statement of its own
            select("SELECT 1 WHERE 1 = %s", [1])
    with transaction.atomic():
        try:
            with transaction.atomic():
                raise RuntimeError
        except RuntimeError:
            pass
        select("SELECT 1 WHERE 1 = %s", [1])
        assert number.rows([2]) == [(3,)]
    with transaction.atomic():
        select("SELECT 1 WHERE 1 = %s", [1])
        assert number.rows([3]) == [(4,)]


def _is_postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"
