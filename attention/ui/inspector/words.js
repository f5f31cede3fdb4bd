// Columns that are words, or entries of a list.

const WORD_VIEWS = {
  heatmap: {
    build: buildHeatmap, step: showHeatmapStep, draw: drawHeatmap,
    focus: (app) => moveCursor(app, app.state.step, app.cols[0]),
  },
  arcs: { build: buildArcs, step: showArcsStep, draw: drawArcs },
  heads: { build: buildHeads, step: showHeadsStep, repaint: paintHeads, draw: drawHeads },
  table: { build: buildTable, step: showTableStep, draw: drawTable },
};

addKind("sentence", {
  said: (side) => side.words.map((word, i) => side.before[i] + word).join(""),
  line: buildLine,
  drawLine: drawSentence,
  inLine: true,
  views: WORD_VIEWS,
  plays: (app) => !isListing(app.reading.query),
});

addKind("listing", {
  said: (side) => side.words.join(", "),
  line: buildListing,
  drawLine: drawListing,
  inLine: true,
  views: WORD_VIEWS,
  plays: (app) => !isListing(app.reading.query),
});
