import json

import pytest
import torch
from torch import nn

from attention.training import checkpoint
from attention.training.checkpoint import (
    CheckpointError,
    find_checkpoint,
    load_parameters,
    quantise_rows,
    read_config,
    save_checkpoint,
    save_parameters,
)


@pytest.fixture(autouse=True)
def no_hub(monkeypatch, tmp_path):
    """Nothing here may ask the network; the shipped models are a folder of the test's own."""

    def refuse(name):
        raise AssertionError(f"the hub was asked for {name!r}")

    monkeypatch.setattr(checkpoint, "_from_hub", refuse)
    monkeypatch.setattr(checkpoint, "CHECKPOINTS", tmp_path / "shipped")
    monkeypatch.chdir(tmp_path)


def model():
    torch.manual_seed(2)
    return nn.Sequential(nn.Linear(5, 7), nn.LayerNorm(7), nn.Linear(7, 3, bias=False))


def test_an_8_bit_row_is_wrong_by_at_most_half_its_scale():
    torch.manual_seed(0)
    matrix = torch.randn(13, 40) * torch.logspace(-4, 3, 13)[:, None]
    matrix[4] = 0
    numbers, scale = quantise_rows(matrix)
    assert (numbers.dtype, scale.dtype) == (torch.int8, torch.float16)
    assert numbers.abs().max() <= 127
    error = (numbers * scale.float()[:, None] - matrix).abs()
    assert (error <= 0.5001 * scale.float()[:, None]).all()
    assert (numbers[4] == 0).all()
    large = [row for row in range(13) if row != 4]
    assert (numbers.abs().amax(dim=1)[large] >= 126).all()  # the scale is as fine as it can be


def test_8_bit_storage_keeps_matrices_within_the_bound_and_the_rest_in_half_precision(tmp_path):
    parameters = model().state_dict()
    save_parameters(tmp_path / "a.safetensors", parameters, "int8")
    loaded = load_parameters(tmp_path / "a.safetensors")
    assert loaded.keys() == parameters.keys()
    for name, value in parameters.items():
        assert loaded[name].dtype == torch.float32
        bound = value.abs().amax(dim=-1, keepdim=True) / 253 if value.ndim == 2 else value.abs() * 2**-10
        assert ((loaded[name] - value).abs() <= bound + 1e-8).all()


@pytest.mark.parametrize(
    ("storage", "bytes_each", "tolerance"), [("int8", 1, 0.01), ("float16", 2, 1e-3), ("float32", 4, 0)]
)
def test_storage_sizes_and_errors(tmp_path, storage, bytes_each, tolerance):
    matrix = torch.randn(300, 200)
    save_parameters(tmp_path / "a.safetensors", {"matrix": matrix}, storage)
    size = (tmp_path / "a.safetensors").stat().st_size
    assert size == pytest.approx(matrix.numel() * bytes_each, rel=0.03)
    error = (load_parameters(tmp_path / "a.safetensors")["matrix"] - matrix).abs().max()
    assert error <= tolerance * matrix.abs().max()


def test_saving_twice_in_8_bits_loses_nothing_more(tmp_path):
    save_parameters(tmp_path / "a.safetensors", model().state_dict(), "int8")
    once = load_parameters(tmp_path / "a.safetensors")
    save_parameters(tmp_path / "b.safetensors", once, "int8")
    twice = load_parameters(tmp_path / "b.safetensors")
    for name in once:
        torch.testing.assert_close(once[name], twice[name], rtol=1e-3, atol=1e-6)


def test_an_unknown_storage_is_refused(tmp_path):
    with pytest.raises(ValueError, match="int8, float16, float32"):
        save_parameters(tmp_path / "a.safetensors", {}, "int4")


def test_a_checkpoint_folder_holds_config_parameters_tokenizer_and_card(tmp_path):
    class Tokenizer:
        def save(self, path):
            path.write_text("pieces")

    folder = save_checkpoint(
        tmp_path / "new" / "m", model(), {"pair": "en-fr", "title": "français"}, Tokenizer(), "# Card"
    )
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md", "config.json", "model.safetensors", "tokenizer.json"
    ]  # fmt: skip
    assert read_config(folder) == {"pair": "en-fr", "title": "français"}
    assert (folder / "README.md").read_text() == "# Card"
    assert (folder / "model.safetensors").stat().st_mode & 0o777 == 0o644  # another user runs the app
    other = model()
    other.load_state_dict(load_parameters(folder / "model.safetensors"))


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "does not exist"), ("{", "is not JSON"), ("[1]", "holds a list"), (b"\xff", "is not JSON")],
)
def test_a_config_that_cannot_be_read_is_named(tmp_path, content, message):
    if content is not None:
        (tmp_path / "config.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CheckpointError, match=message):
        read_config(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"not safetensors at all", b"\x80\x04\x95pickle"])
def test_a_file_that_is_not_safetensors_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match="not a readable safetensors file"):
        load_parameters(tmp_path / "model.safetensors")


def make(folder):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({}))
    return folder


def test_a_shipped_name_comes_before_a_local_folder(tmp_path):
    shipped = make(tmp_path / "shipped" / "en-fr")
    local = make(tmp_path / "other")
    make(tmp_path / "en-fr")
    assert find_checkpoint("en-fr") == shipped
    assert find_checkpoint("other").resolve() == local
    assert find_checkpoint(str(local)) == local


def test_a_missing_name_lists_what_is_shipped(tmp_path):
    make(tmp_path / "shipped" / "en-fr")
    with pytest.raises(CheckpointError, match="shipped: en-fr"):
        find_checkpoint("en-de")


def test_a_mistyped_path_is_not_asked_of_the_hub(tmp_path):
    make(tmp_path / "runs" / "best")
    with pytest.raises(CheckpointError, match="no checkpoint is called"):
        find_checkpoint("runs/bset")


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", "../x", "../../etc/passwd", "/etc", "~/x", "a/../b", "a..b/c", "x" * 300, "x" * 5000 + "/y",
     "a\0b", "a/b\n", "en-fr\n", "<script>/x", "http://x/y", "-a/b", "é/ü"],
)  # fmt: skip
def test_an_odd_name_gives_a_clear_error_and_asks_no_network(name, tmp_path):
    make(tmp_path / "shipped" / "en-fr")
    with pytest.raises(CheckpointError, match="no checkpoint is called"):
        find_checkpoint(name)


def test_a_shipped_name_cannot_climb_out_of_its_folder(tmp_path, monkeypatch):
    (tmp_path / "shipped").mkdir()
    (tmp_path / "elsewhere").mkdir()
    make(tmp_path / "secret")
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(CheckpointError):
        find_checkpoint("x/../secret")


def test_a_hub_name_is_asked_of_the_hub_for_safe_files_only(monkeypatch, tmp_path):
    monkeypatch.undo()
    asked = []

    def download(name, allow_patterns):
        asked.append((name, allow_patterns))
        return str(tmp_path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    assert find_checkpoint("some-user/some-model") == tmp_path
    assert asked == [("some-user/some-model", ["config.json", "*.safetensors", "tokenizer.json", "README.md"])]


def test_a_hub_that_does_not_answer_gives_a_clear_error(monkeypatch):
    monkeypatch.undo()

    def download(name, allow_patterns):
        raise ConnectionError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    with pytest.raises(CheckpointError, match="could not be fetched from the hub: no network"):
        find_checkpoint("some-user/some-model")
