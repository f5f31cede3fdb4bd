// How large the cells and labels of a heatmap are.

const CELL_FONT = 12;

// Widths of the columns and height of the rows for the room there is. Labels stay level where they fit; else they lean.
function heatmapSize(app, room, tall = 0) {
  const { theme, rows, cols, keyNames, queryNames } = app;
  const narrow = room < 560;
  const listed = isListing(app.reading.query) || isListing(app.reading.key);
  const big = app.big ? clamp(room / 1000, 1, 2.2) : 1;
  const many = cols.length > 30 || rows.length > 30;
  const font = (many ? 12 : 15) * big;
  const labelFont = `${font}px ${theme.sans}`;
  const label = Math.min(widest(rows.map((i) => queryNames[i]), `600 ${labelFont}`) + 16, narrow ? (listed ? 116 : 104) : 190 * big);
  const note = hiddenNeeded(app) ? Math.max(textWidth(app.text.hidden, `italic 12px ${theme.sans}`) + 12, 42) * big : 0;
  const needs = cols.map((i) => textWidth(keyNames[i], `600 ${labelFont}`) + 10 * big);
  const [least, most] = [narrow ? 26 : 14, app.big ? 150 : 70];
  const level = levelWidths(needs, room - label - note, least, most);
  const angle = level ? 0 : room / cols.length > 30 || narrow ? 50 : 65;
  const reach = angle ? Math.min(Math.max(...needs), (listed && narrow ? 112 : 170) * big) : 0; // length of the longest leaning label
  const lean = reach * Math.cos((angle * Math.PI) / 180);
  const margin = angle ? Math.max(note, lean) : note;
  const width = Math.floor(clamp((room - label - margin) / cols.length, least, most));
  const widths = level ?? cols.map(() => width);
  const height = tall
    ? clamp((tall - (angle ? reach : font * 2.3)) / rows.length, 12, 64)
    : (rows.length > 30 ? 18 : rows.length > 16 ? 26 : 34) * big;
  const smallest = Math.min(...widths);
  return {
    widths, reach, height: Math.floor(narrow ? Math.max(height, 28) : height), labelWidth: Math.ceil(label), font, angle, note, margin,
    head: angle ? Math.ceil(reach * Math.sin((angle * Math.PI) / 180) + font) : Math.ceil(font * 2.3),
    numbers: smallest >= 24 && height >= 18, cellFont: Math.min(CELL_FONT * big, smallest * 0.42, height * 0.5),
  };
}

// Equal columns, widened where a label needs it, if all labels then stand level; else null.
function levelWidths(needs, room, least, most) {
  let open = needs.map((_, i) => i);
  const widths = needs.map((need) => Math.max(need, least));
  if (widths.reduce((sum, one) => sum + one, 0) > room) return null;
  for (let left = room; open.length; ) {
    const equal = Math.min(left / open.length, most);
    const wide = open.filter((i) => widths[i] > equal);
    if (!wide.length) {
      open.forEach((i) => (widths[i] = equal));
      break;
    }
    left -= wide.reduce((sum, i) => sum + widths[i], 0);
    open = open.filter((i) => !wide.includes(i));
  }
  return widths.map(Math.floor);
}
