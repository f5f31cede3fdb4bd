"""Numbers in words: what is said of shares."""

import pytest

from attention.ui.wording import percent


@pytest.mark.parametrize(("share", "said"), [(0.0, "0"), (0.001, "<1"), (0.5, "50"), (0.996, ">99"), (1.0, "100")])
def test_nothing_is_said_to_be_certain_that_is_not(share, said):
    assert percent(share) == f"{said}\u00a0%"
