// Saving: the strip as a drawing (SVG and PNG are made from it as in save.js) and all numbers as CSV.

const PICTURE_WIDTH = 1180;
const LINE_WIDTH = 1480; // of a strip that stands on one line
const SIGN_SPACE = 22;
const BLOCK_SPACE = 30; // between lines of blocks

function drawStrip(app) {
  const drawing = { items: [], y: MARGIN, width: app.compact ? LINE_WIDTH : PICTURE_WIDTH, theme: app.theme };
  let line = [];
  let width = 0;
  const blocks = app.matrices.map((matrix) => measuredBlock(app, drawing, matrix));
  for (const block of blocks) {
    if (line.length && width + block.width > drawing.width - 2 * MARGIN) {
      drawBlocks(app, drawing, line);
      [line, width] = [[], 0];
    }
    line.push(block);
    width += block.width;
  }
  if (line.length) drawBlocks(app, drawing, line);
  const place = touchedPlace(app);
  if (place) drawWords(drawing, lineParts(explained(app, place.matrix, place.row, place.column)).join(" "), drawing.theme.text);
  drawWords(drawing, app.caption.textContent, drawing.theme.muted);
  fitWidth(drawing);
  drawing.height = Math.ceil(drawing.y + MARGIN - 10);
  return drawing;
}

function measuredBlock(app, drawing, matrix) {
  const map = isMap(matrix);
  const [wide, high] = map ? [mapCell(matrix), mapCell(matrix)] : [cellWidth(app, matrix) + GAP, cellHeight(app, matrix) + GAP];
  const font = (size, family) => fontOf(drawing, { size, family });
  const sign = matrix.symbol ? textWidth(matrix.symbol, font(17, "sans")) + 2 * SIGN_SPACE : BLOCK_SPACE;
  const labelled = matrix.labelled && !map;
  const names = labelled && matrix.row_labels.length ? widest(matrix.row_labels, font(13, "sans")) + 10 : 0;
  const tops = labelled && matrix.column_labels.length ? widest(matrix.column_labels, font(13, "sans")) : 0;
  const lean = tops > wide - 4;
  const head = tops ? (lean ? tops * 0.77 + 18 : 22) : 0;
  const cells = names + matrix.columns * wide + (lean ? tops * 0.64 : 0);
  const inner = Math.max(cells, textWidth(matrix.title, font(18, "serif")), textWidth(shapeText(matrix), font(13, "sans")));
  return { matrix, map, wide, high, sign, names, head, lean, inner, width: sign + inner, height: 30 + head + matrix.rows * high + 26 };
}

function drawBlocks(app, drawing, blocks) {
  const { theme } = drawing;
  const height = Math.max(...blocks.map((block) => block.height));
  let x = MARGIN;
  blocks.forEach((block, i) => {
    const { matrix, inner } = block;
    const top = drawing.y + (height - block.height) / 2;
    const cellsTop = top + 30 + block.head;
    const signAt = [x + block.sign / 2 - (i ? 0 : SIGN_SPACE / 2), cellsTop + (matrix.rows * block.high) / 2 + 6];
    if (matrix.symbol) addText(drawing, ...signAt, matrix.symbol, 17, { anchor: "middle", fill: theme.muted });
    if (i || matrix.symbol) x += block.sign;
    const middle = x + (inner + block.names) / 2;
    addText(drawing, middle, top + 18, matrix.title, 18, { family: "serif", anchor: "middle" });
    const left = x + block.names + (inner - block.names - matrix.columns * block.wide) / 2;
    drawNames(drawing, block, left, cellsTop);
    drawCells(app, drawing, block, left, cellsTop);
    addText(drawing, middle, cellsTop + matrix.rows * block.high + 18, shapeText(matrix), 13, { anchor: "middle", fill: theme.muted });
    x += inner;
  });
  drawing.y += height + BLOCK_SPACE;
}

function drawNames(drawing, { matrix, map, wide, high, lean }, left, top) {
  if (!matrix.labelled || map) return;
  matrix.row_labels.forEach((label, row) => addText(drawing, left - 8, top + row * high + high / 2 + 4, label, 13, { anchor: "end" }));
  const style = lean ? { rotate: -50 } : { anchor: "middle" };
  matrix.column_labels.forEach((label, column) => addText(drawing, left + column * wide + wide / 2, top - 8, label, 13, style));
}

function drawCells(app, drawing, block, left, top) {
  const { matrix, map, wide, high } = block;
  const gap = map ? 0.5 : GAP;
  const lit = new Set((app.lit.get(matrix.id) ?? []).map(String));
  const rings = [];
  for (let row = 0; row < matrix.rows; row++)
    for (let column = 0; column < matrix.columns; column++) {
      const value = valueAt(matrix, row, column);
      const name = toneOf(app, matrix, value);
      const tone = app.theme.tones[name];
      const box = [left + column * wide, top + row * high, wide - gap, high - gap];
      addRect(drawing, ...box, tone.colour, { r: map ? 0 : 3, title: spokenCell(app, matrix, row, column) });
      if (!map && isHatched(name)) addHatch(drawing, box);
      const middle = [box[0] + box[2] / 2, box[1] + box[3] / 2 + 4];
      if (!map) addText(drawing, ...middle, cellText(value, matrix.digits), figureSize(app), { anchor: "middle", fill: tone.ink });
      if (lit.has(`${row},${column}`)) rings.push(box);
    }
  for (const [x, y, width, height] of rings) addRect(drawing, x - 1, y - 1, width + 2, height + 2, "none", { stroke: app.theme.accent, r: 4 });
}

function isHatched(tone) {
  return tone === "x" || tone === "m0";
}

function addHatch(drawing, [x, y, width, height]) {
  const lines = [];
  for (let start = 7; start < width + height; start += 7) {
    const [fromX, fromY] = [Math.min(start, width), Math.max(0, start - width)];
    const [toX, toY] = [Math.max(0, start - height), Math.min(start, height)];
    lines.push(`M${fromX} ${fromY}L${toX} ${toY}`);
  }
  drawing.items.push({ kind: "path", d: lines.join(""), x, y, stroke: drawing.theme.line, width: 1 });
}

function drawWords(drawing, text, fill) {
  const first = drawing.items.length;
  drawParagraph(drawing, text, 14);
  drawing.items.slice(first).forEach((item) => (item.fill = fill));
  drawing.y += 8;
}

function stripName(app) {
  return app.matrices.map(({ title, symbol }) => `${symbol} ${title}`.trim()).join(" ");
}

function savedName(app, ending) {
  return `${app.view.file_stem.replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80) || "matrices"}.${ending}`;
}

function savePicture(app, kind) {
  const drawing = drawStrip(app);
  if (kind === "svg") download(new Blob([svgOf(drawing, stripName(app))], { type: "image/svg+xml" }), savedName(app, "svg"));
  else canvasOf(drawing).toBlob((blob) => blob && download(blob, savedName(app, "png")), "image/png");
}

// Each matrix: a line with its name, one with the names of its columns if it has any, then its rows; an empty line between.
function csvText(app) {
  const lines = app.matrices.map((matrix) => {
    const rows = Array.from({ length: matrix.rows }, (_, row) => {
      const numbers = Array.from({ length: matrix.columns }, (_, column) => csvNumber(valueAt(matrix, row, column)));
      return [...(matrix.row_labels.length ? [csvCell(matrix.row_labels[row])] : []), ...numbers].join(",");
    });
    const head = matrix.column_labels.length ? [[...(matrix.row_labels.length ? [""] : []), ...matrix.column_labels.map(csvCell)].join(",")] : [];
    return [csvCell(`${matrix.title} (${shapeText(matrix)})`), ...head, ...rows].join("\r\n");
  });
  return `${lines.join("\r\n\r\n")}\r\n`;
}

function csvNumber(value) {
  if (Number.isFinite(value)) return String(Number(value.toPrecision(7)));
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

// A spreadsheet would run a text that starts like a formula; an apostrophe makes it text.
function csvCell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function saveCsv(app) {
  download(new Blob(["\ufeff", csvText(app)], { type: "text/csv" }), savedName(app, "csv"));
}
