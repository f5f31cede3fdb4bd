// The track in a saved picture: the same panels over the same seconds.

const VEIL_DOTS = 3; // dots of the veil for each pixel of the drawing

function drawTrack(app, drawing) {
  const { theme, reading: { key } } = app;
  const size = trackSize(app, drawing.width - 2 * MARGIN);
  const tops = panelTops(size);
  const left = MARGIN + size.label;
  const top = drawing.y + 14;
  const row = app.rows.includes(app.shownRow) ? app.shownRow : null;
  addImage(drawing, greyCanvas(key, theme), left, top + tops.mels, key.seconds * size.scale, size.panels.mels);
  if (row !== null) drawVeil(app, drawing, size, row, left, top);
  const wave = wavePath(key, size.width, tops.wave, size.panels.wave);
  drawing.items.push({ kind: "path", d: wave, x: left, y: top, fill: theme.text });
  drawSpans(app, drawing, size, left, top);
  drawSeconds(app, drawing, size, left, top);
  drawBand(app, drawing, size, left, top + size.over);
  drawing.y = top + size.over + size.band;
}

function addImage(drawing, canvas, x, y, width, height) {
  drawing.items.push({ kind: "image", canvas, x, y, width, height });
}

function drawVeil(app, drawing, size, row, left, top) {
  const { theme } = app;
  const tops = panelTops(size);
  const canvas = el("canvas", { width: size.width * VEIL_DOTS, height: Math.ceil(size.over) * VEIL_DOTS });
  const pen = canvas.getContext("2d");
  pen.scale(VEIL_DOTS, VEIL_DOTS);
  pen.ratio = VEIL_DOTS;
  paintShares(pen, app, row, size);
  addImage(drawing, canvas, left, top, size.width, Math.ceil(size.over));
  const curve = curvePath(app, row, size.scale, tops.mels, size.panels.mels);
  for (const [stroke, width] of [[theme.background, 4], [theme.levels[CURVE_LEVEL].colour, 2]])
    drawing.items.push({ kind: "path", d: curve, x: left, y: top, stroke, width });
}

function drawSpans(app, drawing, size, left, top) {
  const { theme } = app;
  const { panels } = size;
  const y = top + panels.words - 4;
  const height = panelTops(size).ticks - panels.words + 4;
  for (const mark of spanMarks(app, size)) {
    addRect(drawing, left + mark.left, y, mark.right - mark.left, 1, theme.faint, { r: 0 });
    for (const edge of [mark.left, mark.right - 1]) addRect(drawing, left + edge, y, 1, height, theme.faint, { r: 0 });
    if (mark.x !== null) addText(drawing, left + mark.x, y - 5, mark.text, mark.font, { family: "serif", style: "italic", fill: theme.muted });
  }
}

function drawSeconds(app, drawing, size, left, top) {
  const { theme, reading: { key } } = app;
  const y = top + panelTops(size).ticks;
  const { times, digits } = ticksOf(openTrack(key).duration, size.scale);
  for (const time of times) {
    const x = time * size.scale;
    addRect(drawing, left + x, y + 2, 1, 4, theme.muted, { r: 0 });
    const anchor = time === 0 ? "start" : size.width - x < 20 ? "end" : "middle";
    addText(drawing, left + x, y + 19, secondsText(time, digits), 12, { anchor, fill: theme.muted });
  }
}

function drawBand(app, drawing, size, left, top) {
  const { theme, reading: { key } } = app;
  const width = openTrack(key).duration * size.scale;
  const height = cellHeight(size);
  const font = Math.min(size.font, size.height);
  app.rows.forEach((row, place) => {
    const y = top + size.tops[place];
    const chosen = row === app.shownRow;
    const style = { family: "serif", anchor: "end", weight: chosen ? 650 : 400 };
    addText(drawing, left - 10, y + height / 2 + font * 0.35, letterSign(app, row), font, style);
    addRect(drawing, left, y, width, height, theme.levels[0].colour, { r: 0 });
    for (const col of app.cols) drawMoment(app, drawing, row, col, { left, y, height, scale: size.scale });
    if (chosen) addRect(drawing, left - 2, y - 1.5, width + 4, height + 3, "none", { stroke: theme.text, r: 4 });
  });
}

function drawMoment(app, drawing, row, col, { left, y, height, scale }) {
  const weight = weightAt(app, row, col);
  const level = toneOf(app, weight);
  if (!level) return;
  const [x, width] = cellEdges(app.reading.key, col, scale, VEIL_DOTS);
  const title = fillIn(app.text.cell, { query: letterName(app, row), key: app.keyNames[col], weight: fixed(weight, 3) });
  addRect(drawing, left + x, y, width, height, app.theme.levels[level].colour, { r: 0, title });
}

// Of the numbers, a saved picture holds those that are read at a glance.
function drawTrackTable(app, drawing) {
  const { theme } = app;
  const lefts = [MARGIN, MARGIN + 130, MARGIN + 330, MARGIN + 450];
  const write = (cells, weight) => cells.forEach((cell, i) => addText(drawing, lefts[i], drawing.y, cell, 14, { weight: i ? weight : 600 }));
  drawing.y += 24;
  write(strongestHeads(app), 600);
  for (const row of app.rows) {
    drawing.y += 25;
    addRect(drawing, MARGIN, drawing.y - 18, 600, 1, theme.line, { r: 0 });
    write([letterName(app, row), ...strongestOf(app, row)], 400);
  }
  drawing.y += 10;
}
