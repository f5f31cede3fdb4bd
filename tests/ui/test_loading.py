"""What is loaded, when, and how often."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from attention.ui import loading
from tests.conftest import ROOT

HEAVY = ("torch", "pandas")  # plotly is imported by Streamlit itself


def loaded_after(code: str) -> set[str]:
    """Return which heavy libraries a fresh Python has loaded after running the code."""
    code += f"\nimport sys; print('LOADED', *[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split("LOADED", 1)[1].split())


def test_front_door_and_overview_come_up_without_torch():
    code = (
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        "assert not app.exception, app.exception"
    )
    assert "torch" not in loaded_after(code)


def test_prepared_process_has_frozen_the_heavy_libraries_on_one_thread():
    code = (
        "import gc\n"
        "from attention.ui.loading import prepare_process\n"
        "assert prepare_process()\n"
        "import torch\n"
        "assert torch.get_num_threads() == 1\n"
        "assert gc.get_freeze_count() > 100_000"
    )
    assert loaded_after(code) == set(HEAVY)


def test_translator_is_loaded_once_and_warmed_up(monkeypatch):
    calls = []

    class Fake:
        def __init__(self, name):
            calls.append(name)

        def translate(self, text):
            calls.append(text)

        load = classmethod(lambda cls, name: cls(name))

    monkeypatch.setitem(sys.modules, "attention.translation.translator", SimpleNamespace(Translator=Fake))
    monkeypatch.setattr(loading, "prepare_process", lambda: True)
    loading.translator.clear()
    try:
        assert loading.translator("a") is loading.translator("a")
        assert calls == ["a", loading.WARM_UP]
    finally:
        loading.translator.clear()


@pytest.mark.parametrize("room", ["links", "page", "loading", "headers", "lookup"])
def test_shared_parts_import_nothing_heavy(room):
    assert loaded_after(f"import attention.ui.{room}") == set()
