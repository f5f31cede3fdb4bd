// A sound as the map's columns: where time lies in the picture, when each letter is reached, what its arrays hold.

addKind("track", {
  unpack: (key, text) => ({ ...key, lang: "", before: key.starts.map(() => " "), words: key.starts.map((start, col) =>
    fillIn(text.moment, { start: fixed(start), end: fixed(key.ends[col]) })) }),
  views: {
    heatmap: { title: "sound", build: buildTrack, step: showTrackStep, draw: drawTrack, repaint: recolourTrack, focus: focusTrack },
    heads: { build: buildHeads, step: showHeadsStep, draw: drawHeads, repaint: paintHeads },
    table: { build: buildTrackTable, step: showTableStep, draw: drawTrackTable },
  },
  leads: true,
  scale: deepestInTrack,
  caption: trackCaption,
  bars: momentBars,
  glow: previewTrack,
  plays: (app) => !isListing(app.reading.query),
  play: listenTrack,
  goesOn: true,
  chosen: (app) => chosenInTrack(app),
  stop: quietTrack,
  stageKey: trackStageKey,
});

const SCALE_STEP = 0.05;
const DEEPEST = 0.5; // half of a letter's attention on one short moment is as deep as it gets
const greatestWeights = new WeakMap();

// The greatest weight of what is shown, rounded up.
function greatestWeight(app) {
  const matrix = app.state.view === "heads" ? app.reading.weights : app.matrix;
  if (!greatestWeights.has(matrix)) {
    const most = matrix.reduce((found, weight) => Math.max(found, weight), 0);
    greatestWeights.set(matrix, clamp(Math.ceil(most / SCALE_STEP - 1e-6) * SCALE_STEP, SCALE_STEP, 1));
  }
  return greatestWeights.get(matrix);
}

// Attention spreads over many short moments: the greatest weight, or a half where there is more, gets the deepest colour.
function deepestInTrack(app) {
  return app.reading.deepest < 1 ? app.reading.deepest : Math.min(greatestWeight(app), DEEPEST);
}

function trackCaption(app) {
  const deepest = deepestInTrack(app);
  return [fillIn(greatestWeight(app) > deepest ? app.text.deepest_or_more : app.text.deepest, { weight: fixed(deepest) })];
}

// The moments that a letter listened to most, in the side panel.
function momentBars(app, row) {
  const found = app.cols.map((col) => ({ name: app.keyNames[col], share: weightAt(app, row, col) }));
  found.sort((one, other) => other.share - one.share);
  const shown = found.filter((one, i) => i < 3 || (i < 5 && one.share >= worthNumber(app)));
  return el("div", {}, bars(shown, "attention", null, greatestWeight(app)));
}

const openedTracks = new WeakMap();

// The arrays of a track, decoded once.
function openTrack(key) {
  if (!openedTracks.has(key)) {
    const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const { mels, grey } = key.spectrogram;
    const loudness = bytes(grey);
    openedTracks.set(key, {
      wave: new Int8Array(bytes(key.wave).buffer), mels, loudness, frames: loudness.length / mels,
      duration: Math.max(key.seconds, key.ends.at(-1)),
      rights: key.ends.map((end, col) => Math.min(end, key.starts[col + 1] ?? end)), // cells never overlap
    });
  }
  return openedTracks.get(key);
}

// The column that holds a time; in a gap the one before it.
function columnAt(key, time) {
  let [low, high] = [0, key.starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (key.starts[middle] <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

// The column that a row looked at most.
function peakOf(app, row) {
  return app.cols.reduce((best, col) => (weightAt(app, row, col) > weightAt(app, row, best) ? col : best), app.cols[0]);
}

// The time at which each visible row is reached: the middle of its peak's column, yet never before the row above it.
// Rows that are reached in one and the same column share it in equal parts, so that each of them is seen.
function reachedTimes(app) {
  const { reading: { key }, rows } = app;
  const columns = [];
  for (const row of rows) columns.push(Math.max(peakOf(app, row), columns.at(-1) ?? 0));
  return columns.map((col, place) => {
    const first = columns.indexOf(col);
    const share = (place - first + 0.5) / (columns.lastIndexOf(col) - first + 1);
    return key.starts[col] + share * (openTrack(key).rights[col] - key.starts[col]);
  });
}

// How many rows have been reached at a time.
function reachedCount(times, time) {
  const next = times.findIndex((one) => one > time + 1e-6);
  return next < 0 ? times.length : next;
}

// The columns that hold a row's attention but for its first and its last twentieth.
function stretchOf(app, row) {
  const { key } = app.reading;
  const total = app.cols.reduce((sum, col) => sum + weightAt(app, row, col), 0);
  const place = (share) => {
    let sum = 0;
    return app.cols.find((col) => (sum += weightAt(app, row, col)) >= share * total - 1e-9) ?? app.cols.at(-1);
  };
  return total > 0 ? [key.starts[place(0.05)], key.ends[place(0.95)]] : null;
}

function secondsText(time, digits = 2) {
  return `${fixed(time, digits)}\u00a0s`;
}

// What to call a row: a space between words is a letter too, but an invisible one.
function letterName(app, row) {
  const name = app.queryNames[row] ?? "";
  return name.trim() ? name : app.text.space;
}

function letterSign(app, row) {
  const name = app.queryNames[row] ?? "";
  return name.trim() ? name : "\u2423"; // an open box
}
