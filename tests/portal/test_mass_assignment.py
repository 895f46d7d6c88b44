"""Whatever else is posted with a form stays what it was: who one is, what one may, whose something is."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from django import forms
from django.apps import apps
from django.urls import reverse

from portal import functions
from portal.accounts.models import User
from portal.contracts.models import Contract, Delegation, Organization, Referent
from portal.contracts.routes import every_route
from tests.portal.test_permissions import undone

OURS = ("portal", "lines", "billing", "thresholds", "support")
SAFE_FROM_FORMS = {
    "is_staff", "is_superuser", "is_active", "user_permissions", "sessions_epoch", "password", "previous_password",
    "agreement", "closed_at", "terms_accepted_at", "iban", "puk", "pin",
}  # fmt: skip
LEAVING = {"accounts:logout", "accounts:end_other_sessions"}


def every_model_form() -> set[type[forms.ModelForm]]:
    for name in OURS:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if "migrations" not in found.name and "management" not in found.name:
                importlib.import_module(found.name)
    known, queue = set(), [forms.ModelForm]
    while queue:
        for kind in queue.pop().__subclasses__():
            queue.append(kind)
            if kind.__module__.split(".")[0] in OURS:
                known.add(kind)
    return known


def test_a_form_over_a_model_names_its_fields():
    wrong = []
    for form in every_model_form():
        if form._meta.model is None:  # a page of the console fills it in
            continue
        fields = form._meta.fields
        if fields is None or fields == forms.ALL_FIELDS:
            wrong.append(f"{form.__module__}.{form.__name__} takes every field")
        elif taken := SAFE_FROM_FORMS & set(fields):
            wrong.append(f"{form.__module__}.{form.__name__} takes {taken}")
    assert wrong == []


def extra(world) -> dict[str, object]:
    """A value for every field of every model, as one would guess it, and the keys of the other organization."""
    posted: dict[str, object] = {}
    for model in apps.get_models():
        if model.__module__.split(".")[0] in OURS:
            posted |= {field.name: "1" for field in model._meta.fields}
    stolen = {
        "is_staff": "on", "is_superuser": "on", "is_active": "", "groups": "1", "user_permissions": "1",
        "organization": world.b.pk, "organization_id": world.b.pk, "contract_id": world.b1.pk,
        "mobile_number": world.roa.mobile_number, "number": world.roa.mobile_number, "user": world.outsider.pk,
        "user_id": world.outsider.pk, "actor": world.outsider.pk, "agreement": "5", "sessions_epoch": "0",
        "role": "master", "roles": "R", "state": "completed", "tax_code": world.b.tax_code,
    }  # fmt: skip
    return posted | stolen


def standing() -> list:
    """All that says who somebody is and what they may."""
    people = User.objects.order_by("pk").values_list(
        "pk", "username", "mobile_number", "organization", "is_staff", "is_superuser", "is_active", "agreement",
        "password", "email", "closed_at",
    )  # fmt: skip
    return [
        list(people),
        list(User.groups.through.objects.values_list("user", "group")),
        list(User.user_permissions.through.objects.values_list("user", "permission")),
        list(
            Referent.objects.order_by("pk").values_list("pk", "contract", "role", "mobile_number", "valid_to")
        ),
        list(Delegation.objects.order_by("pk").values_list("pk", "user", "contract")),
        list(Contract.objects.order_by("pk").values_list("pk", "number", "organization")),
        list(Organization.objects.order_by("pk").values_list("pk", "tax_code", "name")),
    ]


@pytest.mark.parametrize("person", ["employee", "roa", "traffic"])
def test_every_field_of_every_model_posted_everywhere_changes_nobody(world, enter, person):
    browser, posted, before = enter(getattr(world, person)), extra(world), standing()
    kept, changed, answered = browser.cookies["session"].value, [], 0
    for route in every_route():
        if (
            not route.name
            or route.arguments
            or route.name in LEAVING
            or route.function not in functions.FUNCTIONS
        ):
            continue
        browser.cookies["session"] = kept
        with undone():
            answer = browser.post(reverse(route.name), posted)
            answered += answer.status_code in (200, 302)
            if standing() != before:
                changed.append(route.name)
    assert changed == []
    assert answered > 20
