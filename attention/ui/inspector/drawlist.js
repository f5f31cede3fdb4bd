// Lists in a saved picture: the same bars, numbers, ticks and glow as on screen, as plain shapes.

const LIST_TEXT = 17;
const LIST_BAR = 220; // length of a full bar
const LIST_BARS = [220, 560]; // bars begin behind the widest text, but not before and not after these, in pixels of the drawing

function drawListing(app, drawing, line, { sentence: listing }) {
  const isQuery = app.reading.query_line === line;
  drawing.y += 10;
  if (listing.title) {
    drawing.y += 20;
    addText(drawing, MARGIN, drawing.y, listing.title, 13, { fill: drawing.theme.muted });
  }
  const shown = isQuery ? app.rows : listing.entries.map((_, i) => i);
  const widths = listing.entries.map(({ text, note }) => textWidth(text, `600 ${LIST_TEXT}px ${drawing.theme.serif}`) + textWidth(note, `14px ${drawing.theme.sans}`));
  const from = isQuery ? clamp(MARGIN + Math.max(...widths, 0) + 40, ...LIST_BARS) : LIST_BARS[1];
  for (const i of shown) drawEntry(app, drawing, listing, i, { isQuery, from, to: from + LIST_BAR + 66 });
  drawing.y += 8;
}

function drawEntry(app, drawing, listing, i, { isQuery, from, to }) {
  const { theme } = drawing;
  const entry = listing.entries[i];
  const top = drawing.y + 4;
  drawing.y += LIST_TEXT * 1.75;
  const base = drawing.y - 4;
  const weight = isQuery ? 0 : weightAt(app, app.shownRow, i);
  const lit = weight >= LEAST_GLOW * app.reading.deepest && glowsIn(app);
  const level = theme.levels[toneOf(app, weight)];
  const ink = lit ? level.ink : theme.text;
  if (lit) addRect(drawing, MARGIN - 8, top, to + 24 - MARGIN, LIST_TEXT * 1.65, level.colour, { r: 4 });
  if (isQuery && i === app.shownRow && glowsIn(app)) addRect(drawing, MARGIN - 8, top, 3, LIST_TEXT * 1.5, theme.text, { r: 0 });
  drawEntryText(drawing, entry, base, ink, lit ? ink : theme.muted, entry.share === null ? to - 60 : from - 20);
  if (lit) addText(drawing, to, base, fixed(weight), 14, { anchor: "end", fill: ink });
  if (entry.share !== null) drawEntryBar(drawing, entry, listing.full, from, base);
}

function drawEntryText(drawing, entry, base, ink, quiet, end) {
  const style = { size: LIST_TEXT, family: "serif", weight: entry.strong ? 600 : 400 };
  const name = cut(entry.text, fontOf(drawing, style), end - MARGIN);
  addText(drawing, MARGIN, base, name, LIST_TEXT, { family: "serif", weight: style.weight, fill: ink, title: whole(name, entry.text) });
  const from = MARGIN + textWidth(name, fontOf(drawing, style)) + 12;
  if (entry.note && end - from > 40)
    addText(drawing, from, base, cut(entry.note, fontOf(drawing, { size: 14, family: "sans" }), end - from), 14, { fill: quiet });
}

function drawEntryBar(drawing, entry, full, left, base) {
  const { theme } = drawing;
  const width = LIST_BAR;
  addRect(drawing, left, base - 9, width, 6, theme.levels[0].colour, { r: 2 });
  if (entry.share > 0) addRect(drawing, left, base - 9, Math.max((width * entry.share) / full, 1.5), 6, entry.strong ? theme.muted : theme.faint, { r: 2 });
  if (entry.mark !== null) addRect(drawing, left + (width * entry.mark) / full - 1, base - 13, 2, 14, theme.text, { r: 0 });
  addText(drawing, left + width + 66, base, sharePercent(entry.share), 14, { anchor: "end", weight: entry.strong ? 600 : 400 });
}
