import os
from pathlib import Path

import numpy as np
import pytest
import sacrebleu
import torch

from attention.training.checkpoint import CHECKPOINTS
from attention.translation.alignment import train_aligner
from attention.translation.corpus import Pair, find_split
from attention.translation.decoding import DecodingOptions
from attention.translation.evaluation import (
    _forced_weights,
    aligner_for,
    attention_quality,
    corpus_scores,
    evaluate,
    word_texts,
)
from attention.translation.tokens import BEGIN, END, PAD
from attention.translation.translator import Translator
from tests.translation.toy import pairs_of, untrained_checkpoint

SHORT = DecodingOptions(beam=2, max_length=7)
FOUND = ["le chat dort sur le tapis .", "un chien noir", "il est parti hier soir ."]


@pytest.fixture(scope="module", params=["recurrent", "transformer"])
def translator(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    return Translator.load(untrained_checkpoint(folder, request.param))


def test_one_reference_each_equals_sacrebleu_itself():
    wanted = ["le chat dort sur un tapis .", "un grand chien noir", "elle est partie hier soir ."]
    scores = corpus_scores(FOUND, [[reference] for reference in wanted], "en-fr")
    assert scores.bleu == sacrebleu.corpus_bleu(FOUND, [wanted]).score
    assert scores.chrf == sacrebleu.corpus_chrf(FOUND, [wanted]).score
    assert (scores.sentences, scores.references) == (3, 3)
    assert "nrefs:1|case:mixed|eff:no|tok:13a" in scores.signature


def test_equal_numbers_of_references_equal_sacrebleu_itself():
    first = ["le chat dort sur un tapis .", "un grand chien noir", "elle est partie hier soir ."]
    second = ["un chat dort sur le tapis .", "le chien noir", "il est parti hier ."]
    scores = corpus_scores(FOUND, list(zip(first, second, strict=True)), "en-fr")
    assert scores.bleu == sacrebleu.corpus_bleu(FOUND, [first, second]).score
    assert scores.chrf == sacrebleu.corpus_chrf(FOUND, [first, second]).score


def test_missing_references_count_as_if_the_first_were_given_again():
    """Repeating a reference changes neither clipping nor the closest length, so it is an oracle for ragged lists."""
    ragged = [["le chat dort sur un tapis ."], ["un chien", "un grand chien noir", "le chien noir"], FOUND[2:]]
    filled = [[*group, *[group[0]] * (3 - len(group))] for group in ragged]
    scores = corpus_scores(FOUND, ragged, "en-fr")
    streams = [list(stream) for stream in zip(*filled, strict=True)]
    assert scores.bleu == pytest.approx(sacrebleu.corpus_bleu(FOUND, streams).score)
    assert scores.chrf == pytest.approx(sacrebleu.corpus_chrf(FOUND, streams).score)
    assert "nrefs:var" in scores.signature
    assert (scores.sentences, scores.references) == (3, 5)


def test_chinese_is_cut_by_the_zh_tokeniser():
    scores = corpus_scores(["我不喜欢黑猫。"], [["我不喜欢白猫。"]], "en-zh")
    assert scores.bleu == sacrebleu.corpus_bleu(["我不喜欢黑猫。"], [["我不喜欢白猫。"]], tokenize="zh").score
    assert "tok:zh" in scores.signature


def test_scoring_needs_a_reference_for_everything():
    with pytest.raises(ValueError, match="do not match"):
        corpus_scores(["a"], [["b"], ["c"]], "en-fr")
    with pytest.raises(ValueError, match="at least one reference"):
        corpus_scores(["a"], [[]], "en-fr")
    with pytest.raises(ValueError, match="nothing to score"):
        corpus_scores([], [], "en-fr")


def test_each_source_is_scored_once_against_all_its_references(translator):
    pairs = [*pairs_of("en-fr"), Pair("Is the dog there?", "Y a-t-il un chien ?"), Pair("Is the dog there?", "Chien ?")]
    scores = evaluate(translator, pairs, SHORT)
    assert (scores.sentences, scores.references) == (4, 6)
    texts = [translator.translate(pair.source, SHORT).translation for pair in pairs[:4]]
    groups = [
        [pairs[0].target],
        [pairs[1].target],
        [pairs[2].target, *(p.target for p in pairs[4:])],
        [pairs[3].target],
    ]
    wanted = corpus_scores(texts, groups, "en-fr")
    assert (scores.bleu, scores.chrf) == (wanted.bleu, wanted.chrf)
    assert scores.cut == sum(not translator.translate(pair.source, SHORT).finished for pair in pairs[:4])


def test_attention_quality_equals_a_slow_count(translator):
    pairs = pairs_of("en-fr")
    aligner = aligner_for(translator, pairs * 4)
    found = attention_quality(translator, pairs, aligner)
    hits, hits_with_end, links, widths, sentences = 0, 0, 0, [], 0
    for pair in pairs:
        words = word_texts(translator, [pair.source], "en")[0]
        if sum(any(c.isalnum() for c in word) for word in words) < 5:
            continue
        sentences += 1
        matrix = translator.force(pair.source, pair.target).map.matrix()
        widths += matrix[:-1].max(axis=1).tolist()
        for source, target in aligner.links(words, word_texts(translator, [pair.target], "fr")[0]):
            links += 1
            hits += matrix[target, :-1].argmax() == source
            hits_with_end += matrix[target].argmax() == source
    assert links > 5
    assert (found.links, found.sentences) == (links, sentences)
    assert found.agreement == pytest.approx(100 * hits / links)
    assert found.agreement_with_end == pytest.approx(100 * hits_with_end / links)
    assert found.mean_max_weight == pytest.approx(np.mean(widths), abs=1e-5)
    layers = translator.translate("lunch", SHORT).word_maps["cross"].layers
    assert len(found.by_layer) == len(found.by_head) == layers
    if layers == 1:
        assert found.by_layer[0] == found.by_head[0][0] == found.agreement


def test_without_any_link_there_is_nothing_to_compare(translator):
    aligner = train_aligner([(["x"], ["y"])])  # knows none of the words
    with pytest.raises(ValueError, match="no link"):
        attention_quality(translator, pairs_of("en-fr"), aligner)


def test_padding_in_a_batch_does_not_change_the_weights(translator):
    encode = translator.subwords.encode
    sources = [[*encode(text), END] for text in ("lunch", "I don't like the black cat!")]
    targets = [[*encode(text), END] for text in ("J'ai déjeuné, puis dormi.", "chat")]
    for source, target, weights in zip(sources, targets, _forced_weights(translator, sources, targets), strict=True):
        ids = torch.tensor([source])
        with torch.inference_mode():
            encoded = translator.model.encode(ids, ids != PAD)
            alone = translator.model.force(encoded, torch.tensor([[BEGIN, *target[:-1]]])).weights[0]
        assert weights == pytest.approx(alone.numpy(), abs=1e-5)


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "least"), [("en-fr-recurrent", 40), ("en-fr-transformer", 40), ("en-zh-transformer", 20)]
)
def test_shipped_model_scores_well_on_part_of_its_test_split(name, least):
    pair = name[:5]
    data = Path(os.environ.get("ATTENTION_DATA", "../shared/data")) / f"tatoeba_{pair.replace('-', '_')}"
    for path in (CHECKPOINTS / name, data):
        if not path.exists():
            pytest.skip(f"{path} is not there")
    pairs = find_split(data, pair, "test")
    chosen = set(list(dict.fromkeys(p.source for p in pairs))[::20])
    scores = evaluate(Translator.load(name), [p for p in pairs if p.source in chosen])
    assert scores.bleu > least
