"""What every room's tests may need."""

import os
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
