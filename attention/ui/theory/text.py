"""Every sentence of the theory page around the chapters' own text, in one table."""

from __future__ import annotations

TEXT: dict[str, str] = {
    # the frame
    "contents": "Chapters",
    "chapter": "Chapter {number}",
    "corrections_short": "The article, corrected",
    "previous": "← {title}",
    "next": "{title} →",
    "references": "References",
    "open_playground": "Open in the playground",
    "loading": "Loading what computes the figure …",
    "table": "The same as a table",
    "save_svg": "Save picture (SVG)",
    "save_csv": "Save table (CSV)",
    "no_model": "This figure needs the English–French Transformer, which is not installed. The README says how to"
    " train it.",
    # the article, corrected
    "corrections_title": "The article, corrected",
    "kind": "Show only",
    "kind_claim": "claims",
    "kind_formula": "formulas",
    "kind_shape": "shapes",
    "kind_code": "code",
    "kind_setup": "set-up",
    "kind_reference": "references",
    "corrections_count": "{count} of {total} corrections, in the order of the article. Each link opens in a new tab,"
    " so that you keep your place.",
    "one_claim": "claim",
    "one_formula": "formula",
    "one_shape": "shape",
    "one_code": "code",
    "one_setup": "set-up",
    "one_reference": "reference",
    "place_in_article": "Where",
    "says": "The article says",
    "right": "What is right",
    "source_head": "Source",
    "see": "See it live",
    "correction_place": "{number} · {place} · {kind}",
    "source": "Source: {source}",
    # words of several figures
    "key": "key",
    "query": "query",
    "value": "value",
    "weight": "weight",
    "score": "score",
    "item": "bar",
    "item_colour": "colour",
    "item_tilt": "tilt",
    # 1 visual search
    "colour": "Look for the colour",
    "tilt": "and the tilt",
    "search_T": "Temperature",
    "any": "any",
    "orange": "orange",
    "green": "green",
    "pink": "pink",
    "upright": "upright",
    "level": "level",
    "tilted": "tilted",
    "search_alt": "Twelve coloured bars; indigo discs behind them show the attention weight of each",
    "search_found": "Bars with all that you look for: {count} of {items}. They get {share} of the attention.",
    "search_nothing": "Nothing in particular is looked for: every bar gets {share} of the attention.",
    "visual_search_caption": "The deeper the indigo behind a bar, the more attention it gets; all twelve add up to 1."
    " A bar’s score is the number of wanted features it has; softmax of the scores, divided by the temperature, gives"
    " the weights. A bar that shares one feature gets some attention too.",
    # 2 soft look-up
    "soft_answer": "The look-up answers: tea is served at {answer}.",
    "soft_lookup_caption": "Drag tea, or use the arrow keys. To the right is hot, up is to drink; each word’s two"
    " numbers were set by hand. Each word also has a value, its temperature when served; the answer is the mean of the"
    " values, weighted by attention. A lower temperature makes it an ordinary look-up: one key, one value.",
    "bandwidth": "Bandwidth",
    "at": "Ask at",
    "points": "examples",
    "curve": "attention at every place",
    "answer": "answer",
    "kernel_alt": "Twelve points, the curve that attention draws through them, and below, the weight of each point",
    "kernel_answer": "At {at} the answer is {answer}; {near} of the 12 examples have more than 5 % of the weight.",
    "kernel_regression_caption": "Each dot is an example: its place is the key, its height the value. The dotted line"
    " is the query; the bars below are its weights, softmax of −(q − k)² / 2h² with the bandwidth h. A small h copies"
    " the nearest example, a large one averages all.",
    # 4 temperature
    "T": "Temperature",
    "normaliser": "Normaliser",
    "softmax": "softmax",
    "sparsemax": "sparsemax",
    "entmax15": "entmax-1.5",
    "hardmax": "hard argmax",
    "uniform": "uniform",
    "score_is": "score {score}",
    "temperature_alt": "Bars: the weight of each of five scores",
    "temperature_said": "The best key gets {first}. The spread is that of {keys} keys sharing equally (entropy {bits}"
    " bits).",
    "temperature_caption": "Five fixed scores, divided by the temperature, then turned into weights that add up to 1."
    " Low temperatures approach the hard choice, high ones equal shares. Sparsemax and entmax reach exactly 0.",
    # 3 scores
    "score_by": "Score",
    "stretch": "Length of the query",
    "dot": "dot",
    "scaled_dot": "scaled dot",
    "general": "general",
    "additive": "additive",
    "cosine": "cosine",
    "scores": "scores",
    "weights": "weights",
    "context": "context",
    "scores_best": "Key {key} wins with {share}.",
    "said_dot": "A long key in the query’s direction scores highest.",
    "said_scaled_dot": "The same order as the dot product, divided by √3: softmax is less sharp.",
    "said_general": "Here W takes the mean off every vector, so that the last key, all of one number, scores 0; a model"
    " learns W.",
    "said_additive": "tanh bounds each part, so no score leaves −3 to 3; a model learns the weights, which are all 1"
    " here.",
    "said_cosine": "Only the direction counts: keys 1 and 2 tie, and the query’s length changes nothing.",
    "scores_caption": "One query q against five keys: key 2 is key 1 twice as long, key 4 its opposite. Touch a cell to"
    " see the numbers that made it; make the query longer and watch which scores grow.",
    "all_scores": "All five scores",
    # 4 saturation
    "keys": "Keys a query sees",
    "4": "4",
    "16": "16",
    "64": "64",
    "scale_one": "no scale",
    "scale_sqrt": "divided by √d",
    "scale_d": "divided by d",
    "entropy": "entropy",
    "gradient": "gradient",
    "saturation_alt": "Curves against d for three scales: entropy of the weights, largest weight, gradient of softmax",
    "saturation_said": "At d = {d} the strongest key gets {one} without a scale, {sqrt} with √d.",
    "saturation_caption": "Measured now, over {draws} random queries with normally distributed numbers; the bands hold"
    " half of them. Without a scale softmax gives all to one key as d grows, and its gradient, by which a model"
    " learns, vanishes. Divided by √d both stay; divided by d the weights become equal and say nothing.",
    "saturation_opens": "The playground’s scaling laboratory measures the same; there the number of keys, sizes and"
    " draws are chosen anew.",
    # 5 masks
    "mask": "Mask",
    "length": "Words",
    "window": "Window",
    "kept": "Real words",
    "causal": "causal",
    "local": "local",
    "padding": "padding",
    "mask_causal": "causal mask",
    "mask_local": "local",
    "mask_padding": "padding mask",
    "mask_strided": "strided",
    "mask_strided_causal": "strided, causal",
    "mask_global": "global + local",
    "said_causal": "A word sees itself and what came before.",
    "said_local": "A word sees its neighbours only.",
    "said_padding": "What only fills the sentence up is seen by nobody.",
    "masks_said": "{open} of {all} pairs are open.",
    "masks_caption": "Rows ask, columns are asked; touch a cell. Where the mask is closed, the score counts as minus"
    " infinity, so its weight is exactly 0, and the rest of the row adds up to 1 again.",
    # 5 positions
    "position": "Positions",
    "place": "The query stands at",
    "sinusoidal": "sinusoidal",
    "rotary": "rotary",
    "alibi": "ALiBi",
    "dimension": "dimension",
    "place_axis": "position",
    "head": "head {number}",
    "match_sinusoidal": "match of the two vectors",
    "match_rotary": "match after turning",
    "match_alibi": "added to the score",
    "waves_alt": "Heatmap: 32 waves over 48 positions, from fast to slow",
    "places_alt": "Curves over the positions, with a line where the query stands",
    "positions_sinusoidal_caption": "Above, each column is the vector that is added at one position: waves from fast"
    " (top) to slow. Below, the dot product of the query’s position vector with every other’s, divided by its largest:"
    " near places match best.",
    "positions_rotary_caption": "Query and key, here two equal vectors of ones, are turned by angles that grow with"
    " their positions. Their dot product then depends on the distance alone: move the query, and the curve moves along"
    " unchanged.",
    "positions_alibi_caption": "ALiBi adds no vectors: each head lowers the score in proportion to the distance, one"
    " head steeply (it looks near by), another gently. Here the four slopes of four heads.",
    "positions_opens": "The playground holds {most} positions: it computes the same match for every pair of the first"
    " {most}.",
    # 6, 7, 10, 11 on the translation model
    "sentence": "A sentence in English",
    "heads_caption": "The model has three layers of four heads for each kind of attention. “Translation to source” is"
    " cross-attention; “Within the source” and “Within the translation” are self-attention. Choose a head to enlarge"
    " it; arrow keys move through the words.",
    "map_alt": "Heatmap: rows are French words, columns English words",
    "attention_on": "Use attention",
    "yes": "yes",
    "no": "no",
    "flow_input": "input",
    "flow_features": "features",
    "flow_question": "attention?",
    "flow_with": "weights computed\nfrom the sentence",
    "flow_without": "equal weights\nfor every word",
    "flow_mix": "weighted sum,\nnext word",
    "flow_chart_on": "Input, features, then yes: weights computed from the sentence, weighted sum, next word",
    "flow_chart_off": "Input, features, then no: equal weights for every word, weighted sum, next word",
    "branch_with": "With attention",
    "branch_without": "Without: equal weights",
    "log_probability": "log-probability {number} over {pieces} pieces",
    "switch_said": "How likely does the model find the translation on the left? With attention its log-probability is"
    " {own}, with equal weights {same}.",
    "switch_caption": "The same trained model twice. On the lower way every source word gets the same weight in"
    " cross-attention, so the decoder no longer knows where to look. (It was trained with attention: one trained"
    " without would do better than this.) Rows are French words; a word of two pieces counts twice in the mean.",
    "example": "Example",
    "order": "word order",
    "negation": "negation",
    "question": "question",
    "applications_caption": "Each row is a French word; its colours show where the model looked in the English"
    " sentence. On the translation page you can type your own sentence, change the attention and compare models.",
    "open_translation": "Open on the translation page",
    "open_language": "Emotions: the words that each of 28 looks at",
    "open_recommendation": "Next book: what each book finds among those you have read",
    "open_vision": "Find the digit: where each of ten queries, and each word of a phrase, looks in a picture",
    "open_speech": "Spoken digits: which moments of a sound each letter listens to",
    # 8 costs
    "cost_n": "Sequence length n",
    "cost_d": "Vector size d",
    "operations": "operations",
    "memory": "memory",
    "parameters": "parameters",
    "self_attention": "self-attention",
    "dense": "dense over the sequence",
    "lstm": "LSTM",
    "count_axis": "count (logarithmic)",
    "costs_alt": "Bars: operations, memory and parameters of self-attention, a dense layer and an LSTM",
    "per_layer": "per layer",
    "steps_in_turn": "steps that must wait for each other",
    "counted_how": "How it is counted",
    "times": "{ratio} times",
    "costs_said": "For n = {n} and d = {d}, the dense layer computes {dense} as much as self-attention, the LSTM"
    " {lstm}.",
    "layer_costs_caption": "Three layers that turn n vectors of size d into n new ones. Operations are multiply-adds,"
    " memory counts the numbers made on the way, parameters are learned. Attention’s parameters do not grow with n,"
    " its operations grow with n². The LSTM needs n steps one after the other, the others one.",
    "layer_costs_opens": "The playground has no dense layer and no LSTM. Its cost laboratory measures time and memory"
    " of eight kinds of attention.",
    # 8 gradients
    "steps": "Sequence length",
    "seed": "Random seed",
    "rnn": "plain RNN",
    "attention": "self-attention",
    "distance_axis": "distance from the last position",
    "flow_alt": "Curves: gradient of the last output against distance, for an RNN, an LSTM and self-attention",
    "flow_said": "At distance {distance} the RNN keeps {rnn} of its gradient, the LSTM {lstm}, self-attention"
    " {attention}.",
    "gradient_flow_caption": "How strongly the last output of an untrained layer depends on an input so many steps"
    " before it, measured now. In recurrent layers the signal shrinks at every step; attention has one step to every"
    " position, near or far.",
    "gradient_flow_opens": "The playground has no recurrent layers. It opens self-attention over 12 random positions of"
    " the same size, where the gradient of any cell can be asked for.",
    # 9 efficient attention
    "sparse_n": "Sequence length n",
    "sparse_window": "Window",
    "stride": "Stride",
    "sparse_said": "Of {all} pairs are computed: {shares}.",
    "sparse_masks_caption": "Filled cells are computed, empty ones left out. Local: neighbours only. Strided: also"
    " every so many steps away; Child et al. 2019 use it causally. Global: the first position sees all and"
    " is seen by all (Beltagy et al. 2020). The longer the sequence, the smaller their share.",
    "sparse_masks_opens": "The playground holds {most} positions: it opens the upper left corner of all four masks,"
    " and attention under the strided one.",
    "sharpness": "Length of the queries",
    "linear": "linear attention",
    "length_axis": "sequence length n",
    "error_axis": "error of the context, %",
    "linear_alt": "Curve: relative error of linear attention against exact attention, over the sequence length",
    "linear_said": "At length {length} the context is off by {error}.",
    "linear_error_caption": "Linear attention replaces softmax by a product of features, elu + 1 (Katharopoulos et al."
    " 2020), and never makes the n × n weights. It is another attention, not an approximation of this one: put into a"
    " model that was trained with softmax it differs, and the more so the sharper the weights. Random vectors of 16"
    " numbers, eight draws; the error is root mean square, relative.",
    "linear_error_opens": "The playground gets the first of the eight draws at length {length}, and shows linear and"
    " exact attention side by side.",
    # 10 faithfulness
    "word": "A word of the translation",
    "panel_attention": "attention, share",
    "panel_gradient": "gradient × input, length",
    "panel_leave_one_out": "left out, drop in log-probability",
    "panel_random": "drawn by lot, share",
    "faith_alt": "Bars: importance of each source word by attention, gradient, leaving out, and at random",
    "faith_said": "For “{word}”, attention orders the source words like the gradient to {gradient}, like leaving words"
    " out to {leave_one_out}, like chance to {random} (Kendall’s τ: 1 the same order, 0 none, −1 reversed).",
    "faithfulness_opens": "The playground translates the same sentence with its attention; the other measures are taken"
    " here only.",
    "no_order": "no order",
    "faithfulness_caption": "Four answers to the question which source words mattered for one word. Gradient: how much"
    " a small change of each word would change its probability. Leaving out: how much it changes when the word is gone."
    " Where the bars disagree, attention alone is no explanation.",
    # 12 tuning
    "tune_T": "Temperature of the attention",
    "search_auto": "Search automatically",
    "search_hide": "Hide the search",
    "by_hand": "tried by hand",
    "by_search": "tried by the search, in this order",
    "english": "English",
    "french": "French",
    "tune_axis": "log-probability a piece",
    "tune_alt": "Curve: mean log-probability of given translations against the temperature",
    "tune_said": "At temperature {T} the mean log-probability is {score}.",
    "search_said": "The search tried {count} temperatures and found {T} best, with {score}.",
    "tuning_caption": "{count} sentences with our French translations. The curve says how likely the"
    " model finds these for each temperature of its attention over the source: higher is better. The search is a"
    " golden-section search: of two places it leaves out the worse end, and goes on with what is left.",
    "tuning_opens": "The playground runs the first of these sentences at this temperature, as the model translates it.",
    "step": "step",
    "pairs": "The sentence pairs",
    # 13 questions
    "row": "Who asks",
    "question_T": "Temperature",
    "questions_said": "“{word}” looks most at “{best}”: {share}.",
    "questions_caption": "Question 1, step by step: the query is compared with every key, softmax makes shares of the"
    " scores, and the context is the sum of the values by these shares. Touch a cell to see its arithmetic. The numbers"
    " were set by hand.",
    # 14 catalogue
    "catalogue_all": "All {count} mechanisms as a table",
    "catalogue_opens": "With several heads, the playground opens the first one.",
    "mechanism": "Mechanism",
    "formula": "Formula",
    "paper": "Paper",
    "code": "The very code",
    "operations_column": "Operations",
    "costs_line": "Operations ${operations}$, memory ${memory}$, parameters ${parameters}$.",
    "catalogue_caption": "Self-attention over six made-up words with this mechanism; everything else is scaled dot"
    " product and softmax. What a model would learn is drawn at random. Costs are counted for n queries, m keys and"
    " vectors of size d, with h heads.",
}

# Sentences of the applications figure.
EXAMPLES = {
    "order": "I have not seen the white house yet.",
    "negation": "She doesn't want to sing tonight.",
    "question": "Where did you buy that red umbrella?",
}
