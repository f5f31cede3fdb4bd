"""Translation: corpus and subwords, two models, decoding, evaluation, and the facade that a page calls."""
