// The current view as a list of plain shapes (rect, text, path), from which both the SVG and the PNG are made.

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
    if (found && found.sentence.words.length) drawSentence(app, drawing, line, found);
  }
  drawing.y += 14;
  const name = app.shown.querySelector("span")?.textContent;
  if (name) drawParagraph(drawing, name, 14);
  drawing.y += 6;
  ({ heatmap: drawHeatmap, arcs: drawArcs, heads: drawHeads, table: drawTable })[app.state.view](app, drawing);
  drawing.y += 20;
  drawParagraph(drawing, captionText(app), 14);
  fitWidth(drawing);
  drawing.height = Math.ceil(drawing.y + MARGIN - 10);
  return drawing;
}

function drawSentence(app, drawing, line, { sentence, ends }) {
  const { reading, theme } = app;
  const [size, end] = [26, drawing.width - MARGIN - 12];
  const style = { size, family: "serif" };
  const font = fontOf(drawing, style);
  let x = MARGIN;
  let y = drawing.y + size;
  sentence.words.forEach((word, i) => {
    if (ends.includes(i)) return;
    x += x > MARGIN ? textWidth(sentence.before[i], font) : 0;
    const width = textWidth(word, font);
    const stuck = /^[.,;:!?…)»”’。，、；：！？」』]/u.test(word); // such a sign never starts a line
    if (x + width > end && x > MARGIN && !stuck) [x, y] = [MARGIN, y + size * 1.4];
    const weight = reading.key_line === line && app.cols.includes(i) ? weightAt(app, app.shownRow, i) : 0;
    const level = theme.levels[levelOf(weight)];
    const lit = weight >= LEAST_GLOW && app.state.view !== "table" && app.state.view !== "heads";
    if (lit) addRect(drawing, x - 3, y - size, width + 6, size * 1.32, level.colour, { r: 4 });
    addText(drawing, x, y, word, size, { ...style, fill: lit ? level.ink : line === "source" ? theme.muted : theme.text });
    if (reading.query_line === line && i === app.shownRow && app.state.view !== "table")
      addRect(drawing, x, y + 6, width, 2.2, theme.text, { r: 0 });
    x += width;
  });
  drawing.y = y + size * 0.42;
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
    if (item.kind === "rect") return item.x + item.width;
    if (item.kind === "path") return 0;
    const width = textWidth(item.text, fontOf(drawing, item));
    if (item.rotate) return item.x + width * Math.cos((item.rotate * Math.PI) / 180);
    return item.x + { start: width, middle: width / 2, end: 0 }[item.anchor];
  });
  drawing.width = Math.ceil(rights.reduce((most, one) => Math.max(most, one), 480) + MARGIN);
}

function drawHeatmap(app, drawing) {
  const size = heatmapSize(app, drawing.width - 2 * MARGIN);
  const lefts = drawColumnLabels(app, drawing, size);
  app.rows.forEach((row, r) => {
    const y = drawing.y + r * size.height;
    drawRowLabel(app, drawing, row, size, y);
    app.cols.forEach((col, c) => drawCell(app, drawing, row, col, { x: lefts[c], y, width: size.widths[c], ...size }));
    const mass = hiddenMass(app, row);
    if (size.note && mass >= 0.005)
      addText(drawing, lefts.at(-1) + size.widths.at(-1) + 10, y + size.height / 2 + 4, `+${fixed(mass).slice(1)}`, 12, { fill: app.theme.muted });
  });
  const place = app.rows.indexOf(app.shownRow);
  const total = size.widths.reduce((sum, one) => sum + one, 0);
  if (place >= 0) addRect(drawing, lefts[0] - 2, drawing.y + place * size.height - 1, total + 4, size.height + 2, "none", { stroke: app.theme.text, r: 5 });
  drawing.y += app.rows.length * size.height;
}

function drawColumnLabels(app, drawing, size) {
  drawing.y += size.head;
  let x = MARGIN + size.labelWidth;
  const lefts = app.cols.map((col, c) => {
    const left = x;
    x += size.widths[c];
    const middle = left + size.widths[c] / 2;
    const options = size.angle ? { rotate: -size.angle } : { anchor: "middle" };
    addText(drawing, size.angle ? middle + 3 : middle, drawing.y - 8, app.keyNames[col], size.font, options);
    return left;
  });
  if (size.note) addText(drawing, x + 10, drawing.y - 8, app.text.hidden, 12, { fill: app.theme.muted, style: "italic" });
  drawing.width = Math.max(drawing.width, Math.ceil(x + size.margin + MARGIN));
  return lefts;
}

function drawRowLabel(app, drawing, row, size, y) {
  const weight = row === app.shownRow ? 650 : 400;
  addText(drawing, MARGIN + size.labelWidth - 12, y + size.height / 2 + size.font * 0.35, app.queryNames[row], size.font, { anchor: "end", weight });
}

function drawCell(app, drawing, row, col, { x, y, width, height, numbers, cellFont }) {
  const weight = weightAt(app, row, col);
  const { colour, ink } = app.theme.levels[levelOf(weight)];
  const title = fillIn(app.text.cell, { query: app.queryNames[row], key: app.keyNames[col], weight: fixed(weight, 3) });
  addRect(drawing, x + 1, y + 1, width - 2, height - 2, colour, { title });
  if (numbers && cellNumber(weight))
    addText(drawing, x + width / 2, y + height / 2 + cellFont * 0.35, cellNumber(weight), cellFont, { anchor: "middle", fill: ink });
}

function drawArcs(app, drawing) {
  const layout = arcsLayout(app, drawing.width - 2 * MARGIN);
  const left = (drawing.width - layout.width) / 2;
  const top = drawing.y + 8;
  for (const arc of arcsOf(app, layout)) {
    const title = fillIn(app.text.cell, { query: app.queryNames[arc.row], key: app.keyNames[arc.col], weight: fixed(arc.weight, 3) });
    drawing.items.push({ kind: "path", d: arc.path, x: left, y: top, stroke: app.theme.levels[levelOf(arc.weight)].colour, width: arcWidth(arc.weight), title });
  }
  for (const side of Object.values(layout.sides))
    for (const word of side)
      addText(drawing, left + word.x + word.width / 2, top + word.y + layout.wordHeight * 0.7, word.name, layout.size, { family: "serif", anchor: "middle" });
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
      const level = levelOf(matrix[row * keys + col]);
      if (level) addRect(drawing, x + (c * width) / cols.length, y + (r * height) / rows.length, width / cols.length, height / rows.length, theme.levels[level].colour, { r: 0 });
    }));
    addText(drawing, x, y + height + 17, `${reading.layer_names[layer]}, ${reading.head_names[head]}`, 13, { fill: theme.muted });
  }
  drawing.y = top + layers * Math.ceil(heads / across) * pitch - 10;
}

function drawTable(app, drawing) {
  const { theme, rows, cols, keyNames, queryNames } = app;
  const font = fontOf(drawing, { size: 14, family: "sans" });
  const label = widest(rows.map((row) => queryNames[row]), font) + 24;
  const lefts = [];
  let x = MARGIN + label;
  for (const col of cols) {
    x += Math.max(textWidth(keyNames[col], font), 30) + 18;
    lefts.push(x);
  }
  drawing.width = Math.max(drawing.width, Math.ceil(x + MARGIN));
  drawing.y += 24;
  cols.forEach((col, c) => addText(drawing, lefts[c] - 6, drawing.y, keyNames[col], 14, { anchor: "end", weight: 600 }));
  for (const row of rows) {
    drawing.y += 27;
    addRect(drawing, MARGIN, drawing.y - 19, x - MARGIN, 1, theme.line, { r: 0 });
    addText(drawing, MARGIN + label - 16, drawing.y, queryNames[row], 14, { anchor: "end", weight: 600 });
    cols.forEach((col, c) => addText(drawing, lefts[c] - 6, drawing.y, fixed(weightAt(app, row, col)), 14, { anchor: "end" }));
  }
  drawing.y += 10;
}
