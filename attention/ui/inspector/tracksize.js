// Where everything of a track stands, in pixels: one width for all panels, so that a time has one place.

const ROW_STEPS = [[12, 24], [24, 20], [Infinity, 17]]; // up to so many letters, rows of this height
const LEAST_ROW = 16; // below this the letters could not be read: the band then scrolls inside itself
const LEAST_BAND = 90;
const TALLEST_BAND = 460;
const WORD_GAP = 7;
const SCROLLBAR = 14;
const PLAYER = 62; // the height of the button above the sound

function trackSize(app, room, tall = 0) {
  const narrow = room < 560;
  const big = app.big ? clamp(room / 1000, 1, 2) : 1;
  const font = Math.round(14 * big);
  const label = letterWidth(app, font) + 16 * big;
  const panels = panelHeights(app, narrow, big);
  const over = Object.values(panels).reduce((sum, one) => sum + one, 0);
  const left = tall ? Math.max(tall - over - PLAYER, LEAST_BAND) : Infinity;
  const height = rowHeight(app, big, left);
  const tops = rowTops(app, height);
  const band = (tops.at(-1) ?? 0) + height;
  const most = tall ? left : narrow ? 0.7 * TALLEST_BAND : TALLEST_BAND;
  const scrolls = band > most;
  const width = Math.max(Math.floor(room - label - (scrolls ? SCROLLBAR : 6)), 80);
  const scale = width / openTrack(app.reading.key).duration; // pixels a second
  return { label, width, font, panels, over, height, tops, band, most, scrolls, scale };
}

function letterWidth(app, font) {
  return Math.ceil(widest(app.rows.map((row) => letterSign(app, row)), `600 ${font}px ${app.theme.serif}`));
}

function panelHeights(app, narrow, big) {
  const { spans } = app.reading.key;
  return { words: spans.length ? 22 * big : 0, wave: (narrow ? 48 : 64) * big, mels: (narrow ? 88 : 116) * big, ticks: 24 * big };
}

function panelTops({ panels: { words, wave, mels } }) {
  return { words: 0, wave: words, mels: words + wave, ticks: words + wave + mels };
}

// On stage, where no more than `left` pixels are left, rows are as low as they must be and may be.
function rowHeight(app, big, left) {
  const { rows } = app;
  const wanted = ROW_STEPS.find(([most]) => rows.length <= most)[1] * big;
  const gaps = rows.filter((row) => beginsWord(app, row)).length * WORD_GAP;
  return clamp(Math.floor((left - gaps) / Math.max(rows.length, 1)), Math.min(wanted, LEAST_ROW), wanted);
}

function rowTops(app, height) {
  let y = 0;
  return app.rows.map((row, place) => {
    if (place) y += height + (beginsWord(app, row) ? WORD_GAP : 0);
    return y;
  });
}

// A row that begins a word stands a little apart from the row above.
function beginsWord(app, row) {
  const { words, before } = app.reading.query;
  return row > 0 && (/\s/.test(before?.[row] ?? "") || !words[row - 1].trim());
}

// Rows of cells stand a little apart too.
function cellHeight({ height }) {
  return height - (height > 12 ? 2 : 1);
}

// Left edge and width of a column, on whole dots of the screen, at least one.
function cellEdges(key, col, scale, ratio = 1) {
  const left = Math.round(key.starts[col] * scale * ratio);
  const right = Math.max(Math.round(openTrack(key).rights[col] * scale * ratio), left + 1);
  return [left / ratio, (right - left) / ratio];
}

// Round times for the axis: at most one label every 64 pixels.
function ticksOf(duration, scale) {
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10].find((one) => one * scale >= 64) ?? 20;
  const times = Array.from({ length: Math.floor(duration / step + 1e-6) + 1 }, (_, i) => i * step);
  return { digits: step < 1 ? 1 : 0, times };
}

// Where the words of a sound stand, with the left edge of each text; null where there is no room for it.
function spanMarks(app, size) {
  const { theme, reading: { key } } = app;
  const { scale, width } = size;
  const font = key.spans.length * 44 > width ? size.font - 2 : size.font;
  let taken = -Infinity;
  return key.spans.map(([start, end, text]) => {
    const [left, right] = [start * scale, Math.min(end, key.seconds) * scale];
    const wide = textWidth(text, `italic ${font}px ${theme.serif}`);
    const middle = clamp((left + right - wide) / 2, 0, Math.max(width - wide, 0));
    const x = Math.max(middle, taken + 4);
    const fits = x - middle < 10 && x + wide <= width + 4;
    if (fits) taken = x + wide;
    return { left, right, text, font, x: fits ? x : null };
  });
}
