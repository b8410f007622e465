"""What people do from end to end, in a browser."""

import pytest

IN_A_BROWSER = [
    pytest.mark.browser,
    # the threads of the test server leave their connections to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
