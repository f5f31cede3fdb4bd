// The heatmap in a saved picture: labels, cells with their numbers, the frame around the chosen row.

function drawHeatmap(app, drawing) {
  const size = heatmapSize(app, drawing.width - 2 * MARGIN);
  for (const [first, last] of bandsOf(app, size, drawing.width - 2 * MARGIN)) {
    const lefts = drawColumnLabels(app, drawing, size, first, last);
    app.rows.forEach((row, r) => {
      const y = drawing.y + r * size.height;
      drawRowLabel(app, drawing, row, size, y);
      lefts.forEach((x, c) => drawCell(app, drawing, row, app.cols[first + c], { x, y, width: size.widths[first + c], ...size }));
      const mass = hiddenMass(app, row);
      if (size.note && mass >= 0.005)
        addText(drawing, lefts.at(-1) + size.widths.at(-1) + 10, y + size.height / 2 + 4, `+${fixed(mass).slice(1)}`, 12, { fill: app.theme.muted });
    });
    const place = app.rows.indexOf(app.shownRow);
    const total = size.widths.slice(first, last).reduce((sum, one) => sum + one, 0);
    if (place >= 0) addRect(drawing, lefts[0] - 2, drawing.y + place * size.height - 1, total + 4, size.height + 2, "none", { stroke: app.theme.text, r: 5 });
    drawing.y += app.rows.length * size.height;
  }
}

// A map of very many columns is drawn in bands, one below the other, as a long line of text is broken.
function bandsOf(app, size, room) {
  if (!isWindowed(app)) return [[0, app.cols.length]];
  const many = Math.max(1, Math.floor((room - size.labelWidth - size.margin) / size.widths[0]));
  return Array.from({ length: Math.ceil(app.cols.length / many) }, (_, band) => [band * many, Math.min((band + 1) * many, app.cols.length)]);
}

function drawColumnLabels(app, drawing, size, first, last) {
  drawing.y += size.head + (first ? 12 : 0);
  let x = MARGIN + size.labelWidth;
  const lefts = app.cols.slice(first, last).map((col, c) => {
    const left = x;
    x += size.widths[first + c];
    const middle = left + size.widths[first + c] / 2;
    const options = size.angle ? { rotate: -size.angle } : { anchor: "middle" };
    const name = cut(app.keyNames[col], fontOf(drawing, { size: size.font, family: "sans" }), size.angle ? size.reach : 1e4);
    addText(drawing, size.angle ? middle + 3 : middle, drawing.y - 8, name, size.font, { ...options, title: whole(name, app.keyNames[col]) });
    return left;
  });
  if (size.note) addText(drawing, x + 10, drawing.y - 8, app.text.hidden, 12, { fill: app.theme.muted, style: "italic" });
  drawing.width = Math.max(drawing.width, Math.ceil(x + size.margin + MARGIN));
  return lefts;
}

function drawRowLabel(app, drawing, row, size, y) {
  const weight = row === app.shownRow ? 650 : 400;
  const name = cut(app.queryNames[row], fontOf(drawing, { size: size.font, family: "sans", weight }), size.labelWidth - 10);
  addText(drawing, MARGIN + size.labelWidth - 12, y + size.height / 2 + size.font * 0.35, name, size.font, { anchor: "end", weight, title: whole(name, app.queryNames[row]) });
}

function drawCell(app, drawing, row, col, { x, y, width, height, numbers, cellFont }) {
  const weight = weightAt(app, row, col);
  const { colour, ink } = app.theme.levels[toneOf(app, weight)];
  const title = fillIn(app.text.cell, { query: app.queryNames[row], key: app.keyNames[col], weight: fixed(weight, 3) });
  addRect(drawing, x + 1, y + 1, width - 2, height - 2, colour, { title });
  const number = cellNumber(weight, worthNumber(app));
  if (numbers && number) addText(drawing, x + width / 2, y + height / 2 + cellFont * 0.35, number, cellFont, { anchor: "middle", fill: ink });
}
