"""Roles follow the mobile number and add up."""

import pytest

from portal.contracts.access import Access
from portal.functions import Role


@pytest.mark.accepts("A-S06-2")
def test_the_master_of_one_organization_has_no_role_on_another(world):
    access = Access.load(world.roa, world.b1.pk)
    assert access.contract in (world.a1, world.a2)
    assert world.b1 not in access.contracts


@pytest.mark.accepts("A-S05-1")
def test_a_traffic_manager_with_a_line_is_both(world):
    assert Access.load(world.traffic).roles == {Role.TRAFFIC, Role.EMPLOYEE}


@pytest.mark.accepts("A-S06-1")
def test_the_same_person_with_another_number_is_nobody(world):
    world.roa.mobile_number = "3319999999"
    assert Access.load(world.roa).roles == frozenset()
