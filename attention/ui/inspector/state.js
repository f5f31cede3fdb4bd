// What is shown: the reading, its matrix, the visible rows and columns, and what the visitor has chosen.

function decodeFloats(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

// Large maps come as bytes: 255 stands for the greatest weight of its row, which comes beside them.
function decodeRows({ bytes, most }, length) {
  const levels = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const greatest = decodeFloats(most);
  return Float32Array.from(levels, (level, i) => (level / 255) * greatest[Math.floor(i / length)]);
}

function unpacked(reading, text) {
  const made = { ...reading, cache: new Map() };
  made.rough = typeof reading.weights !== "string"; // in 8 bits: off by up to 1/510 of the greatest weight of its row
  made.weights = !made.rough ? decodeFloats(reading.weights) : decodeRows(reading.weights, reading.shape[3]);
  made.summary = reading.summary === null ? null : decodeFloats(reading.summary);
  made.extras = reading.extras.map(([name, weights]) => ({ name, matrix: decodeFloats(weights) }));
  for (const side of ["query", "key"]) made[side] = kindOf(reading[side]).unpack(reading[side], text);
  return made;
}

// (query_len x key_len) weights: the summary, the mean over heads (head null), one head, or an extra, counted after the layers.
function matrixOf(reading, layer, head) {
  if (isExtra(reading, layer)) return reading.extras[layer - reading.shape[0]].matrix;
  const name = `${layer},${head}`;
  if (!reading.cache.has(name)) {
    const [layers, heads, queries, keys] = reading.shape;
    const size = queries * keys;
    if (layer === null && head === null && reading.summary) return reading.summary;
    const sum = new Float64Array(size);
    const chosenLayers = layer === null ? [...Array(layers).keys()] : [layer];
    const chosenHeads = head === null ? [...Array(heads).keys()] : [head];
    for (const l of chosenLayers)
      for (const h of chosenHeads) {
        const start = (l * heads + h) * size;
        for (let i = 0; i < size; i++) sum[i] += reading.weights[start + i];
      }
    const share = 1 / (chosenLayers.length * chosenHeads.length);
    reading.cache.set(name, sum.map((value) => value * share));
  }
  return reading.cache.get(name);
}

function activeReading(app) {
  const base = app.readings.find((one) => one.name === app.state.map) ?? app.readings[0];
  const pieces = app.readings.find((one) => one.pieces_of === base.name);
  return app.state.pieces && pieces ? pieces : base;
}

function hasPieces(app) {
  const { name } = app.readings.find((one) => one.name === app.state.map) ?? app.readings[0];
  return app.readings.some((one) => one.pieces_of === name);
}

function hasSeveralHeads(reading) {
  return reading.shape[0] * reading.shape[1] > 1;
}

// One matrix, and perhaps extras: the layer has no name of its own to choose.
function isSingle(reading) {
  return !hasSeveralHeads(reading) && !reading.summary;
}

function hasSeveralMatrices(reading) {
  return hasSeveralHeads(reading) || reading.extras.length > 0;
}

function isExtra(reading, layer) {
  return layer !== null && layer >= reading.shape[0];
}

// Everything derived from the state that the drawings need.
function look(app) {
  const reading = activeReading(app);
  const { layer, head, end } = app.state;
  const [, , queries, keys] = reading.shape;
  app.reading = reading;
  app.matrix = matrixOf(reading, layer, head);
  const keep = (count, ends) => [...Array(count).keys()].filter((i) => end || !ends.includes(i));
  const rows = keep(queries, reading.query_end);
  app.rows = isListing(reading.query) ? listedRows(app, rows) : rows;
  app.cols = keep(keys, reading.key_end);
  app.hasEnd = reading.query_end.length + reading.key_end.length > 0;
  app.queryNames = labelsOf(app, reading.query, reading.query_end);
  app.keyNames = labelsOf(app, reading.key, reading.key_end);
}

function labelsOf(app, sentence, ends) {
  return sentence.words.map((word, i) => (ends.includes(i) ? app.text.end_mark : word));
}

// A row that is still to come while words are written; entries of a list are all there from the start.
function isUnborn(app, row) {
  return !isListing(app.reading.query) && app.rows.indexOf(row) >= app.revealed;
}

function weightAt(app, row, col) {
  return app.matrix[row * app.reading.shape[3] + col];
}

// The level of the colour ramp for a weight, 0 to 100.
function toneOf(app, weight) {
  return levelOf(weight / deepestOf(app));
}

// The weight that gets the deepest colour.
function deepestOf(app) {
  const { scale } = keyKind(app);
  return scale ? scale(app) : app.reading.deepest;
}

// The least weight whose number is worth printing.
function worthNumber(app) {
  return Math.max(0.05 * deepestOf(app), 0.005);
}

// Weight of a row on columns that are not shown.
function hiddenMass(app, row) {
  if (app.state.end) return 0;
  return app.reading.key_end.reduce((sum, col) => sum + weightAt(app, row, col), 0);
}

function shownName(app) {
  const { reading, text } = app;
  const { layer, head } = app.state;
  if (layer === null) return summaryName(app);
  if (isExtra(reading, layer)) return reading.extras[layer - reading.shape[0]].name;
  const headName = head === null ? text.mean_of_heads : reading.head_names[head];
  return `${reading.layer_names[layer]}, ${headName}`;
}

function summaryName({ reading, text }) {
  if (isSingle(reading)) return reading.layer_names[0];
  return reading.summary ? reading.summary_title || text.summary : text.mean;
}

const LONG = 24; // rows beyond which the picture is read from its top

// Where to rest when nothing was chosen: the last row that holds a letter (a full stop is dull), or the top of a long picture.
function restingRow(reading) {
  const rows = reading.query.words.map((_, i) => i).filter((i) => !reading.query_end.includes(i));
  if (isPicture(reading.query)) return middlePatch(reading.query);
  const wordy = rows.filter((i) => /\p{L}/u.test(reading.query.words[i]));
  if (rows.length > LONG || isListing(reading.query)) return rows[0];
  return wordy.at(-1) ?? rows.at(-1) ?? 0;
}

function firstState(view, readings) {
  const first = readings.find((one) => one.pieces_of === null) ?? readings[0];
  const state = { view: "heatmap", map: first.name, layer: null, head: null, end: false, pieces: false, step: null };
  for (const [name, value] of Object.entries(view.initial)) if (name in state && value !== undefined) state[name] = value;
  const chosen = readings.find((one) => one.name === state.map) ?? first;
  if (!("layer" in view.initial)) Object.assign(state, { layer: chosen.default_layer, head: chosen.default_head });
  return state;
}

// Bring the state back into the bounds of the data; a wrong address must not break the picture.
function mend(app) {
  const { state } = app;
  const named = app.readings.find((one) => one.name === state.map);
  if (!named) state.map = app.readings[0].name;
  else if (named.pieces_of !== null) Object.assign(state, { map: named.pieces_of, pieces: true });
  state.end = Boolean(state.end);
  state.pieces = Boolean(state.pieces) && hasPieces(app);
  const reading = activeReading(app);
  const within = (value, length) => Number.isInteger(value) && value >= 0 && value < length;
  if (!within(state.layer, reading.shape[0] + reading.extras.length)) state.layer = null;
  if (!within(state.head, reading.shape[1]) || isExtra(reading, state.layer)) state.head = null;
  // A head of no particular layer is not a picture that the menus can name, except where there is one layer only.
  if (state.layer === null && state.head !== null) {
    if (reading.shape[0] === 1) state.layer = 0;
    else state.head = null;
  }
  if (isSingle(reading) && !isExtra(reading, state.layer)) Object.assign(state, { layer: null, head: null });
  if (!Object.hasOwn(viewsOf(reading), state.view)) state.view = "heatmap";
  look(app);
  if (!app.rows.includes(state.step)) {
    const rest = restingRow(reading);
    state.step = app.rows.includes(rest) ? rest : app.rows[0] ?? 0;
  }
}

// Find the row of another reading that covers the same letter, as between words and word pieces; rows of another kind begin anew.
function sameRow(from, to, row) {
  if (from.query.kind !== to.query.kind || isPicture(to.query)) return restingRow(to);
  const joined = (sentence) => sentence.words.map((word, i) => sentence.before[i] + word);
  const [here, there] = [joined(from.query), joined(to.query)];
  const strip = (texts) => texts.join("").replace(/\s+/g, "");
  if (strip(here) !== strip(there)) return Math.min(row, to.shape[2] - 1);
  let place = strip(here.slice(0, row)).length;
  const found = there.findIndex((text) => (place -= text.replace(/\s+/g, "").length) < 0);
  return found < 0 ? to.shape[2] - 1 : found;
}

// Tell Python what was chosen, 150 ms after the last change, one value per name.
function report(app, names) {
  if (!app.send) return;
  names.forEach((name) => app.unsent.add(name));
  clearTimeout(app.sending);
  app.sending = setTimeout(() => {
    for (const name of app.unsent) {
      const value = app.state[name];
      if (app.sent[name] === value) continue;
      app.sent[name] = value;
      app.send(name, value === null ? -1 : value); // -1: the summary, or the mean of heads
    }
    app.unsent.clear();
  }, 150);
}
