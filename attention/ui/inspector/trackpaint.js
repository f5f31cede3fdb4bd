// The painted layers of a track: grey sound below, the chosen letter's attention over it, the band of all letters.

const CURVE_LEVEL = 88; // of the ramp, for the curve of the chosen letter
const VEIL_LEVEL = 78;
const WAVE_VEIL = 0.5; // how much the deepest veil covers: behind the wave it stays lighter, so that ink stands out
const MELS_VEIL = 0.72;
const SLIGHT = 0.01; // of the deepest weight: below this the curve is left out
const GREY = 0.7; // how far the loudest sound goes from paper to ink

// A pen for a canvas of so many pixels of the page, sharp on every screen.
function penFor(canvas, width, height) {
  const ratio = Math.min(globalThis.devicePixelRatio || 1, 3);
  canvas.width = Math.max(Math.round(width * ratio), 1);
  canvas.height = Math.max(Math.round(height * ratio), 1);
  put(canvas, { style: { width: `${width}px`, height: `${height}px` } }, []);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.ratio = ratio;
  return pen;
}

// The spectrogram as a small canvas, one pixel for each band and frame, greys of the theme; lowest band at the bottom.
function greyCanvas(key, theme) {
  const { mels, frames, loudness } = openTrack(key);
  const canvas = el("canvas", { width: frames, height: mels });
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(frames, mels);
  const paper = rgbOf(theme.background);
  const ink = Array(3).fill(rgbOf(theme.text).reduce((sum, one) => sum + one, 0) / 3); // without the text's own tint
  const greys = Array.from({ length: 256 }, (_, i) => [...mixed(paper, ink, 0.03 + (GREY - 0.03) * (i / 255)).map(Math.round), 255]);
  for (let i = 0; i < loudness.length; i++) {
    const place = (mels - 1 - Math.floor(i / frames)) * frames + (i % frames);
    image.data.set(greys[loudness[i]], 4 * place);
  }
  pen.putImageData(image, 0, 0);
  return canvas;
}

function wavePath(key, width, top, height) {
  const { wave, duration } = openTrack(key);
  const count = wave.length / 2;
  const reach = (width * key.seconds) / duration;
  const y = (value) => top + height / 2 - (value / 127) * (height / 2 - 2);
  const point = (i, value) => `${(((i + 0.5) * reach) / count).toFixed(2)} ${y(value).toFixed(2)}`;
  const there = Array.from({ length: count }, (_, i) => point(i, wave[2 * i + 1] + 0.6));
  const back = Array.from({ length: count }, (_, i) => point(count - 1 - i, wave[2 * (count - 1 - i)] - 0.6));
  return `M${there.join("L")}L${back.join("L")}Z`;
}

// What never moves: wave, spectrogram, words and seconds.
function paintSound(app) {
  const { track, theme, reading: { key } } = app;
  const { size } = track;
  const { width, scale, panels } = size;
  const tops = panelTops(size);
  const pen = penFor(track.sound, width, size.over);
  const grey = greyCanvas(key, theme);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(grey, 0, tops.mels, key.seconds * scale, panels.mels);
  track.wavePath = new Path2D(wavePath(key, width, tops.wave, panels.wave));
  paintSpans(pen, app, tops);
  paintSeconds(pen, app, tops);
}

function paintSeconds(pen, app, tops) {
  const { theme, track: { size }, reading: { key } } = app;
  const { width, scale, panels } = size;
  pen.font = `${Math.max(12, size.font - 2)}px ${theme.sans}`;
  pen.fillStyle = theme.muted;
  pen.textBaseline = "middle";
  const { times, digits } = ticksOf(openTrack(key).duration, scale);
  for (const time of times) {
    const [x, text] = [time * scale, secondsText(time, digits)];
    const half = pen.measureText(text).width / 2;
    pen.fillRect(Math.min(x, width - 1), tops.ticks + 2, 1, 4);
    pen.fillText(text, clamp(x - half, 0, width - 2 * half), tops.ticks + panels.ticks / 2 + 4);
  }
}

// True words: a bracket with the word's text, as long as the texts do not run into each other.
function paintSpans(pen, app, tops) {
  const { theme, track: { size } } = app;
  const { panels } = size;
  pen.textBaseline = "middle";
  for (const { left, right, text, font, x } of spanMarks(app, size)) {
    pen.fillStyle = theme.faint;
    pen.fillRect(left, panels.words - 4, right - left, 1);
    for (const edge of [left, right - 1]) pen.fillRect(edge, panels.words - 4, 1, tops.ticks - panels.words + 4);
    if (x === null) continue;
    pen.font = `italic ${font}px ${theme.serif}`;
    pen.fillStyle = theme.muted;
    pen.fillText(text, x, panels.words / 2 - 2);
  }
}

// The chosen letter's attention: a veil of the ramp's deep colour behind the wave and over the spectrogram, and its curve.
function paintVeil(app, row) {
  const { track, theme } = app;
  const { size } = track;
  const tops = panelTops(size);
  const pen = penFor(track.veil, size.width, size.over);
  if (row !== null) {
    paintShares(pen, app, row, size);
    paintCurve(pen, app, row, tops);
  }
  pen.fillStyle = theme.text;
  pen.fill(track.wavePath);
}

function paintShares(pen, app, row, size) {
  const tops = panelTops(size);
  const deepest = deepestOf(app);
  pen.fillStyle = app.theme.levels[VEIL_LEVEL].colour;
  for (const col of app.cols) {
    const share = clamp(weightAt(app, row, col) / deepest, 0, 1);
    if (share < 0.005) continue;
    const [left, width] = cellEdges(app.reading.key, col, size.scale, pen.ratio);
    pen.globalAlpha = WAVE_VEIL * share;
    pen.fillRect(left, tops.wave, width, size.panels.wave);
    pen.globalAlpha = MELS_VEIL * share;
    pen.fillRect(left, tops.mels, width, size.panels.mels);
  }
  pen.globalAlpha = 1;
}

function paintCurve(pen, app, row, tops) {
  const { theme, track: { size } } = app;
  const path = new Path2D(curvePath(app, row, size.scale, tops.mels, size.panels.mels));
  for (const [colour, width] of [[theme.background, 4], [theme.levels[CURVE_LEVEL].colour, 2]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.lineJoin = "round";
    pen.stroke(path);
  }
}

// Weight over time, at the middle of each column, where there is any; the panel's height stands for the greatest weight.
function curvePath(app, row, scale, top, height) {
  const { key } = app.reading;
  const { rights } = openTrack(key);
  const deepest = greatestWeight(app);
  const shares = app.cols.map((col) => clamp(weightAt(app, row, col) / deepest, 0, 1));
  const rises = (place) => shares[place - 1] > SLIGHT || shares[place] > SLIGHT || shares[place + 1] > SLIGHT;
  let path = "";
  app.cols.forEach((col, place) => {
    if (!rises(place)) return;
    const x = ((key.starts[col] + rights[col]) / 2) * scale;
    const y = top + height - 1 - (height - 4) * shares[place];
    path += `${place && rises(place - 1) ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`;
  });
  return path;
}

// All letters: one row each, one cell for each stretch of time.
function paintBand(app) {
  const { track, theme, reading: { key } } = app;
  const { size } = track;
  const pen = penFor(track.cells, size.width, size.band);
  app.rows.forEach((row, place) => {
    const top = size.tops[place];
    const height = cellHeight(size);
    pen.fillStyle = theme.levels[0].colour;
    pen.fillRect(0, top, openTrack(key).duration * size.scale, height);
    for (const col of app.cols) {
      const level = toneOf(app, weightAt(app, row, col));
      if (!level) continue;
      const [left, width] = cellEdges(key, col, size.scale, pen.ratio);
      pen.fillStyle = theme.levels[level].colour;
      pen.fillRect(left, top, width, height);
    }
  });
  pen.fillStyle = theme.faint;
  pen.globalAlpha = 0.55;
  for (const [start, end] of key.spans)
    for (const time of [start, Math.min(end, key.seconds)]) pen.fillRect(Math.round(time * size.scale), 0, 1, size.band);
}

function recolourTrack(app) {
  if (!app.track?.node?.isConnected) return;
  paintSound(app);
  paintBand(app);
  paintVeil(app, app.track.veiled);
}
