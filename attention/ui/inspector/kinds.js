// What the picture is depends on what the columns are: words or a list, the patches of an image, the moments of a sound.
// Each kind of column says here how its views are built, lit and drawn; everything else asks it.

const KINDS = {};

// What a kind may leave out. `side` is the payload of a reading's query or key.
const PLAIN = {
  unpack: (side) => side, // once, when the payload arrives; sees to `words` and `before`, one for each row or column
  said: () => "", // the side in words, for the name of a saved picture
  line: () => null, // (app, line, found) the large line above the picture; null: none
  drawLine: () => {}, // (app, drawing, line, found) the same in a saved picture
  // The following are asked of the kind of the columns.
  inLine: false, // the columns stand in a line of words or a list, where they glow
  views: {}, // by name: {title, build(app, room, tall), step(app), draw(app, drawing), repaint(app), focus(app)}
  leads: false, // the picture holds the keys: on a phone it stands before the list of choices, on stage it is never left out
  scale: null, // (app) the weight that gets the deepest colour, where it is not the reading's
  glow: () => {}, // (app, row) the row that is shown for a moment, or the chosen one again
  caption: () => [], // (app) sentences to put after the caption
  controls: () => [], // (app) nodes among the controls
  bars: null, // (app, row) the node of the side panel that says where a row looked, instead of bars
  steps: true, // the slider and its arrows choose among the rows
  plays: () => false, // (app) a fresh answer is played, and may be replayed
  play: null, // (app) plays in its own way, instead of word by word; sets app.playing, and app.frame where it animates
  goesOn: false, // playing survives a choice and new numbers
  chosen: () => {}, // (app, row) a row was chosen by hand
  stop: () => {}, // (app) playing ends: before another picture is drawn, and when the inspector leaves the page
  stageKey: () => false, // (app, event) a key in present mode; true: it was meant for the picture
};

function addKind(name, hooks) {
  KINDS[name] = { ...PLAIN, ...hooks };
}

function kindOf(side) {
  return KINDS[side.kind];
}

function keyKind(app) {
  return kindOf(app.reading.key);
}

// The views that a reading offers, by name, in the order of their buttons.
function viewsOf(reading) {
  const { heads, ...others } = kindOf(reading.key).views;
  const { heatmap, arcs, table, ...more } = others;
  const offered = { heatmap, arcs, ...more, heads: hasSeveralHeads(reading) ? heads : null, table };
  return Object.fromEntries(Object.entries(offered).filter(([, view]) => view));
}

function viewOf(app) {
  return viewsOf(app.reading)[app.state.view];
}
