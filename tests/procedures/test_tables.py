"""The decision tables of the shipped procedures say what their procedures mean."""

from __future__ import annotations

from typing import Any

import pytest

from engine import decisions
from tests.procedures.shipped import SLUGS, bundle_of, files_of

TABLES = [(slug, decision.file) for slug in SLUGS for decision in bundle_of(slug).decisions]


def decided(slug: str, key: str, **variables: Any) -> Any:
    """Evaluate a shipped table; give its outputs."""
    table = decisions.read(files_of(slug)[f"{key}.dmn"], file=f"{key}.dmn")
    return decisions.evaluate(table, key, variables).variables


@pytest.mark.parametrize(("slug", "file"), TABLES, ids=[file for _, file in TABLES])
def test_a_table_is_read_without_findings(slug: str, file: str) -> None:
    assert decisions.read(files_of(slug)[file], file=file).findings == ()


def screened(*names: str, product_type: str = "skin", for_children: str = "no", claim: str = "no") -> str:
    """Screen a cosmetic with these ingredients."""
    ingredients = [{"name": name, "function": "active"} for name in names]
    answers = {"product_type": product_type, "for_children": for_children, "therapeutic_claim": claim}
    found = decided("imported-cosmetics", "cosmetics-screening", ingredients=ingredients, **answers)
    assert found["screening_note"]
    return str(found["screening"])


def test_a_cosmetic_of_harmless_ingredients_is_clean() -> None:
    assert screened("Aqua", "Glycerin") == "clean"


@pytest.mark.parametrize("name", ["Hydroquinone", "MERCURY", "thimerosal", "Tretinoin", "Triclosan", "Formaldehyde"])
def test_a_listed_ingredient_is_found_however_it_is_written(name: str) -> None:
    assert screened("Aqua", name) == "doubtful"


def test_salicylic_acid_is_doubtful_for_small_children_only() -> None:
    assert screened("Salicylic acid") == "clean"
    assert screened("Salicylic acid", for_children="yes") == "doubtful"


@pytest.mark.parametrize("product_type", ["whitening", "hair_dye"])
def test_some_kinds_of_product_are_always_looked_at(product_type: str) -> None:
    assert screened("Aqua", product_type=product_type) == "doubtful"


def test_a_claim_to_treat_is_looked_at() -> None:
    assert screened("Aqua", claim="yes") == "doubtful"


@pytest.mark.parametrize(
    ("case", "device_class", "country", "route"),
    [
        ("class_a", "A", "none", "declaration"),
        ("class_b", "B", "none", "declaration"),
        ("class_a", "B", "none", "recheck"),
        ("class_b", "D", "none", "recheck"),
        ("registration", "C", "none", "registration"),
        ("registration", "D", "JP", "registration"),
        ("registration", "A", "none", "recheck"),
        ("measuring", "D", "none", "registration"),
        ("fast_track", "D", "JP", "fast_track"),
        ("fast_track", "C", "none", "recheck"),
        ("fast_track", "B", "US", "recheck"),
    ],
)
def test_a_device_goes_the_way_of_its_case_and_class(case: str, device_class: str, country: str, route: str) -> None:
    found = decided("medical-devices", "device-route", case=case, device_class=device_class, reference_country=country)
    assert found["route"] == route
    assert found["route_note"]
