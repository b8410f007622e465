"""What people do from end to end, in a browser."""

import pytest
from django.db import connection

IN_A_BROWSER = [
    pytest.mark.browser,
    # the threads of the test server leave their connections to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def on_one_database(reason: str) -> pytest.MarkDecorator:
    """Leave a journey out on PostgreSQL, for a reason: time."""
    return pytest.mark.skipif(connection.vendor == "postgresql", reason=reason)
