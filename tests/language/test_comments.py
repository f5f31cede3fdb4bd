from __future__ import annotations

import gzip

import numpy as np
import pytest

from attention.language.comments import Comment, DataError, find_split, label_matrix, read_comments


def written(tmp_path, text: str, name: str = "train.tsv"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def test_columns_are_read_as_they_stand(tmp_path):
    path = written(tmp_path, "So good!\t13,17\tab1\nMeh.\t27\tab2\r\n")
    assert read_comments(path) == [Comment("So good!", (13, 17), "ab1"), Comment("Meh.", (27,), "ab2")]


def test_quotation_marks_are_text(tmp_path):
    texts = ['"Unclosed', '""Doubled"" marks', "it's", '"a,b"']
    path = written(tmp_path, "".join(f"{text}\t0\tid{i}\n" for i, text in enumerate(texts)))
    assert [comment.text for comment in read_comments(path)] == texts


def test_gzip_and_byte_order_mark_are_understood(tmp_path):
    path = tmp_path / "dev.tsv.gz"
    path.write_bytes(gzip.compress("\ufeffcafé 😡\t2\tx\n".encode()))
    assert find_split(tmp_path, "dev") == [Comment("café 😡", (2,), "x")]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("no tabs", "1 column"),
        ("text\t3", "2 columns"),
        ("text\t3\tid\tmore", "4 columns"),
        (" \t3\tid", "text is empty"),
        ("text\t3\t ", "id is empty"),
        ("text\t\tid", "labels ''"),
        ("text\tjoy\tid", "labels 'joy'"),
        ("text\t3;4\tid", "labels '3;4'"),
        ("text\t-1\tid", "labels '-1'"),
        ("text\t3,\tid", "labels '3,'"),
        ("text\t28\tid", "label 28 does not exist"),
        ("text\t²\tid", "labels '²'"),
        ("text\t3,3\tid", "twice"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, line, complaint):
    path = written(tmp_path, f"fine\t0\tid0\n{line}\nfine\t1\tid2\n")
    with pytest.raises(DataError, match="line 2") as caught:
        read_comments(path)
    assert complaint in str(caught.value)


def test_unreadable_files_are_named(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        read_comments(tmp_path / "none.tsv")
    with pytest.raises(DataError, match="is empty"):
        read_comments(written(tmp_path, ""))
    (tmp_path / "latin.tsv").write_bytes("ok\t1\tx\ncafé\t1\ty\n".encode("latin-1"))
    with pytest.raises(DataError, match="line 2: not UTF-8"):
        read_comments(tmp_path / "latin.tsv")
    (tmp_path / "cut.tsv.gz").write_bytes(gzip.compress(b"text\t1\tx\n" * 99)[:-9])
    with pytest.raises(DataError, match="gzip"):
        read_comments(tmp_path / "cut.tsv.gz")
    with pytest.raises(DataError, match=r"no test split; wanted test\.tsv"):
        find_split(tmp_path, "test")
    with pytest.raises(DataError, match="'valid' is not known"):
        find_split(tmp_path, "valid")


def test_a_hundred_thousand_rows_are_read_whole(tmp_path):
    count = 100_000
    path = written(tmp_path, "".join(f'comment "{i}"\t{i % 28}\tid{i}\n' for i in range(count)))
    comments = read_comments(path)
    assert len(comments) == count
    assert comments[77_777] == Comment('comment "77777"', (77_777 % 28,), "id77777")
    assert label_matrix(comments).sum(axis=0).tolist() == [len(range(label, count, 28)) for label in range(28)]


def test_label_matrix_marks_each_label():
    matrix = label_matrix([Comment("a", (0, 27), "1"), Comment("b", (5,), "2")])
    assert matrix.shape == (2, 28)
    assert [np.flatnonzero(row).tolist() for row in matrix] == [[0, 27], [5]]
