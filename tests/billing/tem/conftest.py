"""A year of sums that tell a story, on the contract of the world."""

from __future__ import annotations

import pytest

from tests.billing.tem.story import tell


@pytest.fixture
def story(world, tmp_path):
    return tell(world, tmp_path)
