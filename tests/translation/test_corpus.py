import gzip

import pytest

from attention.translation.corpus import CorpusError, Pair, find_split, read_pairs, references, split_pair


def write(path, content):
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["a.tsv", "a.tsv.gz", "a.txt"])
def test_tsv_lines_become_pairs_in_order(tmp_path, name):
    path = write(tmp_path / name, "Go.\tVa !\nHi.\tSalut.\n")
    assert read_pairs(path) == [Pair("Go.", "Va !"), Pair("Hi.", "Salut.")]


def test_a_last_line_without_newline_counts(tmp_path):
    assert read_pairs(write(tmp_path / "a.tsv", "Go.\tVa !\nHi.\tSalut."))[1] == Pair("Hi.", "Salut.")


def test_windows_line_ends_and_byte_order_mark_are_not_text(tmp_path):
    path = write(tmp_path / "a.tsv", "\ufeffGo.\tVa !\r\nHi.\tSalut.\r\n")
    assert read_pairs(path) == [Pair("Go.", "Va !"), Pair("Hi.", "Salut.")]


def test_text_is_put_in_composed_form(tmp_path):
    path = write(tmp_path / "a.tsv", "cafe\u0301\te\u0301te\u0301\n")
    assert read_pairs(path) == [Pair("café", "été")]


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_aligned_files_become_the_same_pairs(tmp_path, ending):
    english = write(tmp_path / f"a.en{ending}", "Go.\nHi.\n")
    french = write(tmp_path / f"a.fr{ending}", "Va !\nSalut.\n")
    assert read_pairs(english, french) == [Pair("Go.", "Va !"), Pair("Hi.", "Salut.")]


def test_aligned_lines_may_hold_tabs_inside(tmp_path):
    english, french = write(tmp_path / "a.en", "one\ttwo\n"), write(tmp_path / "a.fr", "un deux\n")
    assert read_pairs(english, french) == [Pair("one\ttwo", "un deux")]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("Go.\tVa !\nno tab here\n", 2, "1 field;"),
        ("Go.\tVa !\tCC BY\n", 1, "3 fields;"),
        ("a\tb\nc\td\n" + "\t" * 9 + "\n", 3, "10 fields;"),
        ("Go.\tVa !\n\nHi.\tSalut.\n", 2, "empty"),
        ("Go.\t \n", 1, "target is empty"),
        ("a\tb\n\tSalut.\n", 2, "source is empty"),
    ],
)
def test_a_bad_line_is_named_by_file_number_and_reason(tmp_path, content, line, reason):
    path = write(tmp_path / "a.tsv", content)
    with pytest.raises(CorpusError) as error:
        read_pairs(path)
    assert f"{path}, line {line}:" in str(error.value)
    assert reason in str(error.value)


def test_an_empty_side_of_aligned_files_is_named(tmp_path):
    english, french = write(tmp_path / "a.en", "Go.\nHi.\n"), write(tmp_path / "a.fr", "Va !\n\n")
    with pytest.raises(CorpusError, match=r"line 2: the target is empty"):
        read_pairs(english, french)


def test_aligned_files_of_different_lengths_are_refused(tmp_path):
    english, french = write(tmp_path / "a.en", "Go.\nHi.\n"), write(tmp_path / "a.fr", "Va !\n")
    with pytest.raises(CorpusError, match=r"has 2 lines, .* has 1"):
        read_pairs(english, french)


@pytest.mark.parametrize("name", ["a.tsv", "a.tsv.gz"])
def test_an_empty_file_is_refused(tmp_path, name):
    with pytest.raises(CorpusError, match="is empty"):
        read_pairs(write(tmp_path / name, ""))


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(CorpusError, match="does not exist"):
        read_pairs(tmp_path / "none.tsv")
    with pytest.raises(CorpusError, match="is a folder"):
        read_pairs(tmp_path)


def test_wrong_encoding_is_named_with_its_line(tmp_path):
    path = write(tmp_path / "a.tsv", b"Go.\tVa !\nCoffee.\tCaf\xe9.\n")
    with pytest.raises(CorpusError, match=r"line 2: not UTF-8"):
        read_pairs(path)


def whole_gzip():
    return gzip.compress("".join(f"line {i}\tligne {i * i}\n" for i in range(2000)).encode())


@pytest.mark.parametrize(
    "broken",
    [
        b"Go.\tVa !\n",  # not compressed at all
        whole_gzip()[:-4000],  # cut
        whole_gzip()[:500] + b"\xff" * 64 + whole_gzip()[564:],  # damaged inside
        whole_gzip()[:-8] + b"\0" * 8,  # checksum of another text
    ],
    ids=["plain", "cut", "damaged", "checksum"],
)
def test_broken_gzip_is_refused_with_what_to_do(tmp_path, broken):
    path = tmp_path / "a.tsv.gz"
    path.write_bytes(broken)
    with pytest.raises(CorpusError, match="not a whole gzip file"):
        read_pairs(path)


@pytest.mark.parametrize(
    "names", [["train.tsv"], ["train.tsv.gz"], ["train.en", "train.fr"], ["train.en.gz", "train.fr.gz"]]
)
def test_a_split_is_found_in_each_known_form(tmp_path, names):
    texts = ["Go.\tVa !\n"] if len(names) == 1 else ["Go.\n", "Va !\n"]
    for name, text in zip(names, texts, strict=True):
        write(tmp_path / name, text)
    assert find_split(tmp_path, "en-fr", "train") == [Pair("Go.", "Va !")]


def test_a_folder_without_the_split_says_what_was_wanted(tmp_path):
    write(tmp_path / "valid.en", "only one side\n")
    with pytest.raises(CorpusError, match=r"valid\.tsv, valid\.tsv\.gz, or valid\.en with valid\.fr"):
        find_split(tmp_path, "en-fr", "valid")


def test_an_unknown_split_or_pair_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="train, valid, test"):
        find_split(tmp_path, "en-fr", "dev")
    assert split_pair("en-zh") == ("en", "zh")
    for pair in ("enfr", "en-fr-zh", "en-", "../x-y", ""):
        with pytest.raises(CorpusError, match="en-fr"):
            split_pair(pair)


def test_references_group_by_source_in_order_of_appearance():
    pairs = [Pair("Hi.", "Salut."), Pair("Go.", "Va !"), Pair("Hi.", "Bonjour."), Pair("hi.", "salut")]
    assert list(references(pairs).items()) == [("Hi.", ["Salut.", "Bonjour."]), ("Go.", ["Va !"]), ("hi.", ["salut"])]


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("folder", "pair", "pairs", "sources"),
    [("tatoeba_en_fr", "en-fr", 4000, 2724), ("tatoeba_en_zh", "en-zh", 2501, 2354)],
)
def test_the_fixed_test_splits_have_their_known_sizes(data_folder, folder, pair, pairs, sources):
    found = find_split(data_folder / folder, pair, "test")
    assert (len(found), len(references(found))) == (pairs, sources)
    assert sum(map(len, references(found).values())) == pairs
