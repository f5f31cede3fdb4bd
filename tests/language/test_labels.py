from __future__ import annotations

import json

import numpy as np

from attention.language.labels import EKMAN, EMOTIONS, GROUPS, group_labels


def test_every_emotion_is_in_one_group_of_each_kind():
    for grouping in (GROUPS, EKMAN):
        assert sorted(name for names in grouping.values() for name in names) == sorted(EMOTIONS)


def test_group_labels_are_any_of_their_labels():
    labels = np.zeros((3, 28))
    labels[0, EMOTIONS.index("joy")] = labels[0, EMOTIONS.index("fear")] = 1
    labels[1, EMOTIONS.index("neutral")] = 1
    assert group_labels(labels).tolist() == [[1, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]


def test_names_and_groups_are_the_official_ones(data_folder):
    folder = data_folder / "goemotions"
    assert tuple((folder / "emotions.txt").read_text().split()) == EMOTIONS
    for file, grouping in (("sentiment_mapping.json", GROUPS), ("ekman_mapping.json", EKMAN)):
        official = {name: tuple(members) for name, members in json.loads((folder / file).read_text()).items()}
        assert {name: members for name, members in grouping.items() if name != "neutral"} == official
