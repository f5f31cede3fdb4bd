// One writer per operation: from the operands' numbers it makes the terms of the line and the number they give, or null
// where an operand's numbers are not on show. Lines break between terms, never inside one.
// A writer gets one list of numbers per operand, the text table, and the cell's place among the first list.

const MOST_TERMS = 8;

const WRITERS = {
  matmul: ([left, right], text) => products(left, right, text),
  transpose: ([one]) => single(one, (value) => [term(value), value]),
  add: (lists) => pairOf(lists, "+", (a, b) => a + b),
  subtract: (lists) => pairOf(lists, MINUS, (a, b) => a - b),
  multiply: (lists) => pairOf(lists, "\u00b7", (a, b) => a * b),
  divide: (lists) => pairOf(lists, "\u00f7", (a, b) => a / b),
  power: (lists) => powerOf(lists),
  negative: ([one]) => single(one, (value) => [`${MINUS}(${term(value)})`, -value]),
  "<": (lists) => pairOf(lists, "<", (a, b) => Number(a < b), term),
  "<=": (lists) => pairOf(lists, "\u2264", (a, b) => Number(a <= b), term),
  ">": (lists) => pairOf(lists, ">", (a, b) => Number(a > b), term),
  ">=": (lists) => pairOf(lists, "\u2265", (a, b) => Number(a >= b), term),
  "==": (lists) => pairOf(lists, "=", (a, b) => Number(a === b), term),
  "!=": (lists) => pairOf(lists, "\u2260", (a, b) => Number(a !== b), term),
  and: (lists, text) => pairOf(lists, text.and, (a, b) => Number(a && b), (value) => gateText(value, text)),
  or: (lists, text) => pairOf(lists, text.or, (a, b) => Number(a || b), (value) => gateText(value, text)),
  not: ([one], text) => single(one, (value) => [`${text.not} ${gateText(value, text)}`, Number(!value)]),
  where: ([test, yes, no]) => (test?.length && yes?.length && no?.length ? single(test[0] ? yes : no, (value) => [term(value), value]) : null),
  exp: (lists) => called("exp", lists, Math.exp),
  log: (lists) => called("log", lists, Math.log),
  tanh: (lists) => called("tanh", lists, Math.tanh),
  sin: (lists) => called("sin", lists, Math.sin),
  cos: (lists) => called("cos", lists, Math.cos),
  sigmoid: (lists) => called("sigmoid", lists, (value) => 1 / (1 + Math.exp(-value))),
  relu: ([one]) => single(one, (value) => [`max(0, ${term(value)})`, Math.max(0, value)]),
  abs: ([one]) => single(one, (value) => [`|${term(value)}|`, Math.abs(value)]),
  sqrt: ([one]) => single(one, (value) => [`\u221a${factor(value)}`, Math.sqrt(value)]),
  dot: ([query, key], text) => products(query, key, text),
  scaled_dot: ([query, key], text) => quotient(products(query, key, text), `\u221a${query?.length}`, Math.sqrt(query?.length)),
  cosine: ([query, key], text) => cosineOf(query, key, text),
  general: ([query, key, weights], text) => products(projected(query, weights, key?.length), key, text),
  additive: (lists, text) => additiveOf(lists, text),
  sum: ([list], text) => list?.length ? { terms: joined(list.map(summand), "+", text), value: total(list) } : null,
  mean: ([list], text) => list?.length ? quotient(WRITERS.sum([list], text), String(list.length), list.length) : null,
  max: ([list], text) => list?.length ? { terms: bracketed(commaList(list.map(term), text), "max"), value: Math.max(...list) } : null,
  min: ([list], text) => list?.length ? { terms: bracketed(commaList(list.map(term), text), "min"), value: Math.min(...list) } : null,
  norm: ([list], text) => list?.length ? { terms: bracketed(joined(list.map((value) => `${factor(value)}\u00b2`), "+", text), "\u221a"), value: sizeOf(list) } : null,
};

// A negative number stands in brackets behind a sign: "0.5·(−0.2)", and in a sum only the first may do without.
function factor(value) {
  return value < 0 ? `(${term(value)})` : term(value);
}

function summand(value, place) {
  return place ? factor(value) : term(value);
}

function total(list) {
  return list.reduce((sum, value) => sum + value, 0);
}

function sizeOf(list) {
  return Math.sqrt(total(list.map((value) => value * value)));
}

function single(list, write) {
  if (!list?.length) return null;
  const [text, value] = write(list[0]);
  return { terms: [text], value };
}

function called(name, [list], act) {
  return single(list, (value) => [`${name}(${term(value)})`, act(value)]);
}

function pairOf([one, two], sign, act, write = null) {
  if (!one?.length || !two?.length) return null;
  return { terms: [(write ?? term)(one[0]), `${sign} ${(write ?? factor)(two[0])}`], value: act(one[0], two[0]) };
}

function powerOf([base, exponent]) {
  if (!base?.length || !exponent?.length) return null;
  const [below, above] = [base[0], exponent[0]];
  const whole = Number.isInteger(above) && Math.abs(above) < 100;
  return { terms: [whole ? factor(below) + raised(above) : `${factor(below)} ^ ${factor(above)}`], value: below ** above };
}

function products(left, right, text) {
  if (!left?.length || left.length !== right?.length) return null;
  const texts = left.map((value, i) => `${summand(value, i)}\u00b7${factor(right[i])}`);
  return { terms: joined(texts, "+", text), value: total(left.map((value, i) => value * right[i])) };
}

function cosineOf(query, key, text) {
  const sizes = [query ?? [], key ?? []].map(sizeOf);
  return quotient(products(query, key, text), `(${term(sizes[0])}\u00b7${term(sizes[1])})`, sizes[0] * sizes[1]);
}

// A row times a matrix, both as plain lists; the matrix has `columns` columns.
function projected(row, matrix, columns) {
  if (!row?.length || !columns || matrix?.length !== row.length * columns) return null;
  return Array.from({ length: columns }, (_, column) => total(row.map((value, i) => value * matrix[i * columns + column])));
}

// v · tanh(q W_q + k W_k), one term per hidden unit
function additiveOf([query, key, queryWeights, keyWeights, v], text) {
  const parts = [projected(query, queryWeights, v?.length), projected(key, keyWeights, v?.length)];
  if (!parts[0] || !parts[1]) return null;
  const hidden = v.map((_, i) => parts[0][i] + parts[1][i]);
  const texts = hidden.map((value, i) => `${summand(v[i], i)}\u00b7tanh(${term(value)})`);
  return { terms: joined(texts, "+", text), value: total(hidden.map((value, i) => v[i] * Math.tanh(value))) };
}

function quotient(found, below, divisor) {
  return found && { terms: [...bracketed(found.terms), `\u00f7 ${below}`], value: found.value / divisor };
}

// "a + b + c", and after eight terms "… + 12 more".
function joined(texts, sign, text) {
  const shown = texts.length > MOST_TERMS + 1 ? texts.slice(0, MOST_TERMS) : texts;
  const terms = shown.map((one, i) => (i ? `${sign} ${one}` : one));
  if (shown.length < texts.length) terms.push(fillIn(text.more, { sign, count: texts.length - shown.length }));
  return terms;
}

// "a, b, c", shortened likewise.
function commaList(texts, text) {
  const shown = texts.length > MOST_TERMS + 1 ? texts.slice(0, MOST_TERMS) : texts;
  const rest = texts.length - shown.length;
  const items = rest ? [...shown, fillIn(text.more_listed, { count: rest })] : shown;
  return items.map((one, i) => (i < items.length - 1 ? `${one},` : one));
}

// Brackets around several terms, or around one if `always`.
function bracketed(terms, before = "", always = before !== "") {
  if (terms.length === 1) return always ? [`${before}(${terms[0]})`] : terms;
  return [`${before}(${terms[0]}`, ...terms.slice(1, -1), `${terms.at(-1)})`];
}
