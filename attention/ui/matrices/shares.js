// How the normalisers turn scores into shares, written out. The first operand holds the scores, the second the mask.

Object.assign(WRITERS, {
  softmax: withOpenScores(softmaxTerms),
  sparsemax: withOpenScores((kept, own) => cutTerms(kept, own, SPARSEMAX)),
  entmax15: withOpenScores((kept, own) => cutTerms(kept, own, ENTMAX)),
  hardmax: withOpenScores(hardmaxTerms),
  uniform: withOpenScores((kept) => ({ terms: [`1 \u00f7 ${kept.length}`], value: 1 / kept.length })),
});

// Leave out what the mask closes; say so if that is the cell itself.
function withOpenScores(write) {
  return ([scores, mask], text, at) => {
    if (!scores?.length || mask?.length === 0) return null;
    const open = scores.map((_, i) => !mask || Boolean(mask[mask.length === 1 ? 0 : i]));
    const kept = scores.filter((_, i) => open[i]);
    const closed = (reason) => ({ terms: [reason], value: 0, because: true });
    if (!kept.length) return closed(text.all_masked);
    if (!open[at]) return closed(text.masked);
    return write(kept, scores[at], text, open.slice(0, at).filter(Boolean).length);
  };
}

function softmaxTerms(kept, own, text) {
  const most = Math.max(...kept); // the quotient is the same without it, but nothing grows too large
  const value = Math.exp(own - most) / total(kept.map((score) => Math.exp(score - most)));
  const below = bracketed(joined(kept.map((score) => `exp(${term(score)})`), "+", text));
  return { terms: [`exp(${term(own)})`, `\u00f7 ${below[0]}`, ...below.slice(1)], value };
}

// Sparsemax and entmax subtract a threshold such that what stays above zero adds up to 1; bisection finds it.
const SPARSEMAX = {
  scaled: (score) => score,
  share: (gap) => Math.max(0, gap),
  written: (score, rest) => `max(0, ${score} ${rest})`,
};
const ENTMAX = {
  scaled: (score) => score / 2,
  share: (gap) => Math.max(0, gap) ** 2,
  written: (score, rest) => `max(0, ${score} \u00f7 2 ${rest})\u00b2`,
};

function cutTerms(kept, own, { scaled, share, written }) {
  const most = Math.max(...kept.map(scaled));
  let [low, high] = [most - 1, most];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (total(kept.map((score) => share(scaled(score) - middle))) > 1) low = middle;
    else high = middle;
  }
  const rest = `${high < 0 ? "+" : MINUS} ${term(Math.abs(high))}`;
  return { terms: [written(term(own), rest)], value: share(scaled(own) - high) };
}

function hardmaxTerms(kept, own, text, place) {
  const won = kept.indexOf(Math.max(...kept)) === place;
  const word = won ? text.largest : text.not_largest;
  return { terms: [`${term(own)} ${word}`, ...commaList(kept.map(term), text)], value: Number(won), because: true };
}
