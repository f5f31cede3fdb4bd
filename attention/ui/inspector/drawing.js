// The current view as a list of plain shapes (rect, text, path, image), from which both the SVG and the PNG are made.

const DRAWN_WIDTH = 960;
const MARGIN = 40;

function newDrawing(app) {
  return { items: [], y: MARGIN, width: DRAWN_WIDTH, theme: app.theme };
}

function addText(drawing, x, y, text, size, options = {}) {
  drawing.items.push({ kind: "text", x, y, text, size, family: "sans", fill: drawing.theme.text, anchor: "start", ...options });
}

function addRect(drawing, x, y, width, height, fill, options = {}) {
  drawing.items.push({ kind: "rect", x, y, width, height, fill, r: 3, ...options });
}

function fontOf(drawing, { size, family, weight = 400, style = "normal" }) {
  return `${style} ${weight} ${size}px ${drawing.theme[family]}`;
}

// The whole picture: both lines, the view, what it is called and the caption.
function drawView(app) {
  const drawing = newDrawing(app);
  for (const line of ["source", "answer"]) {
    const found = lineSentence(app, line);
    if (!found || !found.sentence.words.length) continue;
    kindOf(found.sentence).drawLine(app, drawing, line, found);
  }
  drawing.y += 14;
  const name = app.shown.querySelector("span")?.textContent;
  if (name) drawParagraph(drawing, name, 14);
  drawing.y += 6;
  viewOf(app).draw(app, drawing);
  drawing.y += 20;
  drawParagraph(drawing, captionText(app), 14);
  fitWidth(drawing);
  drawing.height = Math.ceil(drawing.y + MARGIN - 10);
  return drawing;
}

function drawSentence(app, drawing, line, { sentence, ends }) {
  const { reading, theme } = app;
  const size = hasChoice(app) && sentence.words.join("").length > 480 ? 17 : 26;
  const end = drawing.width - MARGIN - 12;
  const style = { size, family: "serif" };
  const font = fontOf(drawing, style);
  let x = MARGIN;
  let y = drawing.y + size;
  sentence.words.forEach((word, i) => {
    if (ends.includes(i)) return;
    const breaks = i ? Math.min(sentence.before[i].split("\n").length - 1, 2) : 0; // one starts a line, two leave a line free
    if (breaks) [x, y] = [MARGIN, y + size * 1.4 * breaks];
    if (sentence.before[i].trim()) addText(drawing, x, y, sentence.before[i], size, { ...style, fill: theme.muted });
    x += x > MARGIN || sentence.before[i].trim() ? textWidth(sentence.before[i], font) : 0;
    const width = textWidth(word, font);
    const stuck = /^[.,;:!?…)»”’。，、；：！？」』]/u.test(word); // such a sign never starts a line
    if (x + width > end && x > MARGIN && !stuck) [x, y] = [MARGIN, y + size * 1.4];
    const isKey = keyKind(app).inLine && reading.key_line === line && app.cols.includes(i);
    const weight = isKey ? weightAt(app, app.shownRow, i) : 0;
    const level = theme.levels[toneOf(app, weight)];
    const lit = weight >= LEAST_GLOW * reading.deepest && glowsIn(app);
    if (lit) addRect(drawing, x - 3, y - size, width + 6, size * 1.32, level.colour, { r: 4 });
    addText(drawing, x, y, word, size, { ...style, fill: lit ? level.ink : line === "source" && !hasChoice(app) ? theme.muted : theme.text });
    if (reading.query_line === line && i === app.shownRow && app.state.view !== "table")
      addRect(drawing, x, y + 6, width, 2.2, theme.text, { r: 0 });
    x += width;
  });
  drawing.y = y + size * 0.42;
}

// A picture of all heads or of all numbers is not about one row: nothing glows in its lines.
function glowsIn(app) {
  return app.state.view !== "table" && app.state.view !== "heads";
}

function drawParagraph(drawing, text, size) {
  const style = { size, family: "sans", fill: drawing.theme.muted };
  const font = fontOf(drawing, style);
  const most = Math.min(drawing.width - 2 * MARGIN, 640);
  const count = wrapped(text, font, most).length;
  let width = most;
  while (width > 120 && wrapped(text, font, width - 12).length === count) width -= 12; // no word left alone on the last line
  for (const row of wrapped(text, font, width)) {
    drawing.y += size * 1.5;
    addText(drawing, MARGIN, drawing.y, row, size, style);
  }
}

function wrapped(text, font, width) {
  const rows = [];
  for (const word of text.split(/ +/).filter(Boolean)) {
    const longer = rows.length ? `${rows.at(-1)} ${word}` : word;
    if (rows.length && textWidth(longer, font) <= width) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  return rows;
}

// Trim the empty paper at the right.
function fitWidth(drawing) {
  const rights = drawing.items.map((item) => {
    if (item.kind === "rect" || item.kind === "image") return item.x + item.width;
    if (item.kind === "path") return 0;
    const width = textWidth(item.text, fontOf(drawing, item));
    if (item.rotate) return item.x + width * Math.cos((item.rotate * Math.PI) / 180);
    return item.x + { start: width, middle: width / 2, end: 0 }[item.anchor];
  });
  drawing.width = Math.ceil(rights.reduce((most, one) => Math.max(most, one), 480) + MARGIN);
}

function drawArcs(app, drawing) {
  const layout = arcsLayout(app, drawing.width - 2 * MARGIN);
  const left = (drawing.width - layout.width) / 2;
  const top = drawing.y + 8;
  for (const arc of arcsOf(app, layout)) {
    const title = fillIn(app.text.cell, { query: app.queryNames[arc.row], key: app.keyNames[arc.col], weight: fixed(arc.weight, 3) });
    drawing.items.push({ kind: "path", d: arc.path, x: left, y: top, stroke: app.theme.levels[toneOf(app, arc.weight)].colour, width: arcWidth(app, arc.weight), title });
  }
  for (const side of Object.values(layout.sides))
    for (const word of side)
      addText(drawing, left + word.x + word.width / 2, top + word.y + layout.wordHeight * 0.7, word.name, layout.size,
        { family: "serif", anchor: "middle", title: whole(word.name, word.whole) });
  drawing.y = top + layout.height;
}

function drawHeads(app, drawing) {
  const { reading, theme, rows, cols } = app;
  const [layers, heads, , keys] = reading.shape;
  const across = Math.min(heads, 8);
  const width = Math.min((drawing.width - 2 * MARGIN - 16 * (across - 1)) / across, 190);
  const height = (width * rows.length) / cols.length;
  const pitch = height + 36;
  const top = drawing.y + 10;
  for (let one = 0; one < layers * heads; one++) {
    const [layer, head] = [Math.floor(one / heads), one % heads];
    const [x, y] = [MARGIN + (head % across) * (width + 16), top + (layer * Math.ceil(heads / across) + Math.floor(head / across)) * pitch];
    const matrix = matrixOf(reading, layer, head);
    addRect(drawing, x, y, width, height, theme.levels[0].colour, { r: 0 });
    rows.forEach((row, r) => cols.forEach((col, c) => {
      const level = toneOf(app, matrix[row * keys + col]);
      if (level) addRect(drawing, x + (c * width) / cols.length, y + (r * height) / rows.length, width / cols.length, height / rows.length, theme.levels[level].colour, { r: 0 });
    }));
    addText(drawing, x, y + height + 17, `${reading.layer_names[layer]}, ${reading.head_names[head]}`, 13, { fill: theme.muted });
  }
  drawing.y = top + layers * Math.ceil(heads / across) * pitch - 10;
}

function drawTable(app, drawing) {
  const { theme, rows, cols } = app;
  const font = fontOf(drawing, { size: 14, family: "sans" });
  const short = (sentence, name) => (isListing(sentence) ? cut(name, fontOf(drawing, { size: 14, family: "sans", weight: 600 }), 160) : name);
  const keyNames = app.keyNames.map((name) => short(app.reading.key, name));
  const queryNames = app.queryNames.map((name) => short(app.reading.query, name));
  const label = widest(rows.map((row) => queryNames[row]), font) + 24;
  const lefts = [];
  let x = MARGIN + label;
  for (const col of cols) {
    x += Math.max(textWidth(keyNames[col], font), 30) + 18;
    lefts.push(x);
  }
  drawing.width = Math.max(drawing.width, Math.ceil(x + MARGIN));
  drawing.y += 24;
  cols.forEach((col, c) => addText(drawing, lefts[c] - 6, drawing.y, keyNames[col], 14,
    { anchor: "end", weight: 600, title: whole(keyNames[col], app.keyNames[col]) }));
  for (const row of rows) {
    drawing.y += 27;
    addRect(drawing, MARGIN, drawing.y - 19, x - MARGIN, 1, theme.line, { r: 0 });
    addText(drawing, MARGIN + label - 16, drawing.y, queryNames[row], 14, { anchor: "end", weight: 600, title: whole(queryNames[row], app.queryNames[row]) });
    cols.forEach((col, c) => addText(drawing, lefts[c] - 6, drawing.y, fixed(weightAt(app, row, col)), 14, { anchor: "end" }));
  }
  drawing.y += 10;
}
