// The veiled image in a saved picture: large, with its boxes, outlines, labels and the legend of its colours.

const DRAWN_PICTURE = 560; // width, pixels of the drawing
const DRAWN_DOTS = 2; // dots a pixel

function drawPicture(app, drawing) {
  const { reading, matrix, theme, shownRow: row, text } = app;
  const { key } = reading;
  const [x, y, width] = [MARGIN, drawing.y + 10, DRAWN_PICTURE];
  const height = (width * key.height) / key.width;
  const deepest = deepestPatch(reading, matrix, row);
  const canvas = veilCanvas(key, width, DRAWN_DOTS);
  veilImage(canvas, key, app.unveiled ? null : sharesOf(matrix, row, reading.shape[3], deepest), theme);
  drawing.items.push({ kind: "image", canvas, x, y, width, height });
  const [rows, columns] = key.grid;
  const cell = (i, fill, options) =>
    addRect(drawing, x + ((i % columns) * width) / columns, y + (Math.floor(i / columns) * height) / rows, width / columns, height / rows, fill, options);
  for (const i of app.cols) {
    const title = fillIn(text.cell, { query: app.queryNames[row], key: app.keyNames[i], weight: fixed(weightAt(app, row, i), 3) });
    cell(i, "transparent", { title, r: 0 });
  }
  if (looksAtItself(app)) cell(row, "none", { stroke: hexOf(paletteOf(theme, key.image.ground).ink), r: 2 });
  for (const one of overlaysOf(app, row)) drawOverlay(drawing, one, key, { x, y, scale: width / key.width });
  drawing.y = y + height;
  drawPictureLegend(app, drawing, deepest);
}

function drawOverlay(drawing, one, key, { x, y, scale }) {
  const { page, ink } = paletteOf(drawing.theme, key.image.ground);
  const line = { kind: "path", d: overlayPath(one, scale), x, y };
  drawing.items.push({ ...line, stroke: hexOf(page), width: 2 * OVERLAY_LINE },
    { ...line, stroke: overlayColour(key, one.kind), width: OVERLAY_LINE, dash: OVERLAYS[one.kind].dash, title: one.name });
  if (!one.name) return;
  const [left, top, right, bottom] = extentOf(one);
  const width = textWidth(one.name, fontOf(drawing, { size: 13, family: "sans", weight: 600 })) + 10;
  const above = one.kind === "found";
  const from = x + (above ? Math.max(left, 0) * scale : Math.min(right, key.width) * scale - width);
  const edge = y + (above ? Math.max(top, 0) : Math.min(bottom, key.height)) * scale;
  const inside = above ? top < NEAR_EDGE * key.height : bottom > (1 - NEAR_EDGE) * key.height;
  const under = above ? (inside ? edge + 20 : edge) : inside ? edge : edge + 20;
  addRect(drawing, from, under - 19, width, 18, hexOf(page), { r: 3 });
  addText(drawing, from + 5, under - 5.5, one.name, 13, { weight: 600, fill: hexOf(ink) });
}

function drawPictureLegend(app, drawing, deepest) {
  const { theme, reading: { key }, text } = app;
  const shades = shadesOf(theme, key.image.ground, 48);
  const step = 160 / shades.length;
  drawing.y += 30;
  let x = MARGIN;
  const write = (said) => {
    addText(drawing, x, drawing.y, said, 14, { fill: theme.muted });
    x += textWidth(said, fontOf(drawing, { size: 14, family: "sans" })) + 8;
  };
  if (!app.unveiled) {
    write("0");
    shades.forEach(({ ground }, i) => addRect(drawing, x + i * step, drawing.y - 12, step + 0.5, 14, ground, { r: 0 }));
    shades.forEach(({ figure }, i) => addRect(drawing, x + i * step, drawing.y - 7.5, step + 0.5, 5, figure, { r: 0 }));
    x += 160 + 8;
    write(`${fixed(deepest, deepest < 0.1 ? 3 : 2)} ${text.patch_weight}`);
    x += 16;
  }
  for (const kind of Object.keys(OVERLAYS).filter((one) => hasOverlays(app, one) && !(app.hiddenLayers ?? []).includes(one))) {
    addRect(drawing, x, drawing.y - 13, 34, 16, hexOf(paletteOf(theme, key.image.ground).page));
    const line = { stroke: overlayColour(key, kind), width: OVERLAY_LINE, dash: OVERLAYS[kind].dash };
    drawing.items.push({ kind: "path", d: "M0 0H26", x: x + 4, y: drawing.y - 5, ...line });
    x += 42;
    write(text[kind]);
    x += 12;
  }
}

function drawVeils(app, drawing) {
  const { reading, theme } = app;
  const [layers, heads] = reading.shape;
  const across = Math.min(heads, 4);
  const width = 190;
  const height = (width * reading.key.height) / reading.key.width;
  const top = drawing.y + 10;
  const lines = Math.ceil(heads / across);
  veilShares(app).forEach((shares, i) => {
    const [layer, head] = [Math.floor(i / heads), i % heads];
    const [x, y] = [MARGIN + (head % across) * (width + 18), top + (layer * lines + Math.floor(head / across)) * (height + 40)];
    const canvas = veilCanvas(reading.key, width, DRAWN_DOTS);
    veilImage(canvas, reading.key, shares, theme);
    const name = `${reading.layer_names[layer]}, ${reading.head_names[head]}`;
    drawing.items.push({ kind: "image", canvas, x, y, width, height, title: name });
    addText(drawing, x, y + height + 18, name, 13, { fill: theme.muted });
  });
  drawing.y = top + layers * lines * (height + 40) - 10;
}
