"""What is said of migrations: what was stopped, what is in the database, what serves, what to do."""

from typing import Any

import pytest
from slipway_host import explain

SERVES = "Release r1 is still serving."
STOPPED = {
    "failed": "migrate",
    "error": "DataError: too long",
    "migration": "shop.0004_prices",
    "operation": "Alter field price on order",
    "number": 3,
    "of": 4,
    "atomic": True,
    "applied": [],
}
ADDED = {"name": "shop.0002_note", "class": "additive", "safe_back": True, "why": "adds the column shop_order.note"}
DROPPED = {
    "name": "shop.0003_key",
    "class": "destructive",
    "safe_back": False,
    "why": "drops the column shop_order.key",
}
FAILED = "The migration shop.0004_prices failed at operation 3 of 4, Alter field price on order (DataError: too long)."


def said(**changes: Any) -> str:
    return explain.step({**STOPPED, **changes}, settings="site", serving="r1", variables=[], output="")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, f"{FAILED} It was rolled back whole. The database is as it was. {SERVES}"),
        (
            {"applied": [ADDED]},
            f"{FAILED} It was rolled back whole. Applied before and kept: shop.0002_note. {SERVES}",
        ),
        (
            {"applied": [ADDED, DROPPED]},
            f"{FAILED} It was rolled back whole. Applied before and kept: shop.0002_note, shop.0003_key. {SERVES} "
            "It may fail, since shop.0003_key drops the column shop_order.key.",
        ),
        (
            {"atomic": False},
            f"{FAILED} It is not atomic, so the 2 operations before stay applied; what failed may be half done: set "
            f"that right before you deploy again. {SERVES}",
        ),
        (
            {"operation": None, "number": 4},
            "The migration shop.0004_prices failed at its end, where Django makes the indexes and constraints that it "
            f"puts off (DataError: too long). It was rolled back whole. The database is as it was. {SERVES}",
        ),
        (
            {"operation": None, "number": 0},
            "The migration shop.0004_prices failed before its first operation (DataError: too long). It was rolled "
            f"back whole. The database is as it was. {SERVES}",
        ),
        (
            {"migration": None},
            f"The step migrate failed (DataError: too long). The database is as it was. {SERVES}",
        ),
    ],
)
def test_a_failure_says_where_it_stopped_and_what_is_in_the_database(changes: dict[str, Any], sentence: str) -> None:
    assert said(**changes) == sentence


def test_a_lock_names_the_table_its_holder_and_what_to_do() -> None:
    lock = {"tries": 1, "seconds": 5, "tables": ["shop_order"], "holders": ["process 71 of role app"]}
    assert said(lock=lock, atomic=False, number=1) == (
        "The migration shop.0004_prices gave up at operation 1 of 4, Alter field price on order: it waited 5 s for "
        "shop_order, which process 71 of role app held. It is not atomic; what failed may be half done: set that right "
        f"before you deploy again. {SERVES} Run this again when that lock is gone."
    )


def test_a_lock_whose_holder_is_gone_is_told_without_it() -> None:
    assert said(lock={"tries": 3, "seconds": 1, "tables": [], "holders": []}).startswith(
        "The migration shop.0004_prices gave up at operation 3 of 4, Alter field price on order: it waited 3 times 1 s "
        "for other transactions. It was rolled back whole."
    )


def test_an_index_that_is_half_built_needs_nobody_s_hand() -> None:
    assert said(atomic=False, number=1, index="by_price").endswith(
        f"It is not atomic; the index by_price may be half built, and is then built anew when this runs again. {SERVES}"
    )


def test_destructive_migrations_wait_for_the_key_that_names_them() -> None:
    report = {"failed": "refused", "error": "", "refused": [DROPPED]}
    assert explain.step(report, settings="site", serving=None, variables=[], output="") == (
        "Destructive migrations wait to be accepted: shop.0003_key (drops the column shop_order.key). Name it in "
        "acceptMigrations to have it run; the database is as it was. No release was serving before."
    )
