"""What every room's tests may need."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of the corpora: $ATTENTION_LAB_DATA, or `shared/data` beside the project."""
    folder = Path(os.environ.get("ATTENTION_LAB_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no corpora at {folder}; set ATTENTION_LAB_DATA to the folder that holds tatoeba_en_fr")
    return folder


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves torch with another default type, which would change what later tests measure."""
    yield
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_default_dtype() is not torch.float32:
        found = torch.get_default_dtype()
        torch.set_default_dtype(torch.float32)
        pytest.fail(f"the test left torch's default type at {found}; set it back to float32")
