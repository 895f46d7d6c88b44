"""The small operation of the operations' own tests, to have something to file."""

from tests.portal.operations.conftest import access, draft, operation  # noqa: F401
