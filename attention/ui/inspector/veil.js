// Attention as a veil over an image. The image keeps its light and dark: one with a dark ground glows as the dark theme does,
// one with a bright ground takes ink as the light theme does. In a patch that nobody looked at the figure recedes towards
// the ground; the more a patch was looked at, the further its ground and its figure go up the ramp of attention.

const LUMA = [0.299, 0.587, 0.114]; // how bright red, green and blue are to the eye (ITU-R BT.601)
const DARK_RAMP = "#13151c,#1d2133,#282e52,#353d74,#454f97,#5a65b8,#7681d4,#979fe9,#bcc2f7,#e6e8ff";
const GROUNDS = { dark: { page: "#13151c", ink: "#e9e6df" }, bright: { page: "#fbfaf6", ink: "#1d2230" } }; // of either theme
const TAILS = 0.01; // share of the darkest and of the brightest pixels that do not count for an image's black and white
const LEAST_RANGE = 48; // of 255: an image with less between black and white is shown as pale as it is
const RECEDED = 0.34; // how far the figure of a patch that nobody looked at stands off the ground, 0 to 1
const DEEPEST_GROUND = 0.6; // where on the ramp the ground of the most looked at patch stands: its figure stays readable
const LIFT = 0.75; // exponent that lifts small weights, which would otherwise hardly show; the legend's colours have it too

// An image from its bytes: luminance 0 to 255 for each pixel, and the pixels as they are.
function openImage({ pixels, width, height }) {
  const bytes = Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
  const channels = bytes.length / (width * height);
  const image = { width, height, grey: new Uint8Array(width * height), plain: new ImageData(width, height), scaled: new Map() };
  for (let i = 0; i < width * height; i++) {
    const rgb = channels === 1 ? Array(3).fill(bytes[i]) : bytes.subarray(3 * i, 3 * i + 3);
    image.grey[i] = Math.round(LUMA.reduce((sum, share, c) => sum + share * rgb[c], 0));
    image.plain.data.set([...rgb, 255], 4 * i);
  }
  const sorted = image.grey.slice().sort();
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  image.ground = at(0.5) < 128 ? "dark" : "bright";
  const [low, high] = [at(TAILS), at(1 - TAILS)];
  image.range = high - low < LEAST_RANGE ? [0, 255] : [low, high]; // what the veil takes for black and white
  return image;
}

// The image on a canvas of the wanted size; small images are enlarged smoothly.
function scaledImage(image, width, height) {
  const name = `${width},${height}`;
  if (!image.scaled.has(name)) {
    const small = el("canvas", { width: image.width, height: image.height });
    small.getContext("2d").putImageData(image.plain, 0, 0);
    const large = el("canvas", { width, height });
    const pen = large.getContext("2d", { willReadFrequently: true });
    pen.imageSmoothingQuality = "high";
    pen.drawImage(small, 0, 0, width, height);
    const { data } = pen.getImageData(0, 0, width, height);
    const grey = new Uint8Array(width * height);
    for (let i = 0; i < grey.length; i++) grey[i] = LUMA[0] * data[4 * i] + LUMA[1] * data[4 * i + 1] + LUMA[2] * data[4 * i + 2];
    if (image.scaled.size > 6) image.scaled.clear();
    image.scaled.set(name, { canvas: large, grey });
  }
  return image.scaled.get(name);
}

// The colours that an image is shown in, by its ground: page, ink and ramp, those of the theme where it is as dark.
function paletteOf(theme, ground) {
  const [page, ink] = [rgbOf(theme.background), rgbOf(theme.text)];
  if (luminance(ink) > luminance(page) === (ground === "dark")) return { page, ink, ramp: theme.levels.map(({ rgb }) => rgb) };
  const own = { page: rgbOf(GROUNDS[ground].page), ink: rgbOf(GROUNDS[ground].ink) };
  const stops = (ground === "dark" ? DARK_RAMP : FALLBACK_RAMP).split(",").map(rgbOf);
  return { ...own, ramp: rampBetween([mixed(own.page, own.ink, 0.045), ...stops.slice(1)]) };
}

// What black and white pixels of a patch become, for a share of the deepest weight from 0 to 1: [[r, g, b], [r, g, b]].
function tonesOfPatch({ page, ink, ramp }, ground, share) {
  const lifted = share ** LIFT;
  const under = ramp[Math.round(lifted * DEEPEST_GROUND * (LEVELS - 1))];
  const figure = mixed(mixed(page, ink, RECEDED), ramp[LEVELS - 1], lifted);
  return ground === "dark" ? [under, figure] : [figure, under];
}

// The shades of ground and figure between no weight and the deepest, for the legend.
function shadesOf(theme, ground, count) {
  const palette = paletteOf(theme, ground);
  const tones = Array.from({ length: count }, (_, i) => tonesOfPatch(palette, ground, i / (count - 1)).map(hexOf));
  return tones.map(([black, white]) => (ground === "dark" ? { ground: black, figure: white } : { ground: white, figure: black }));
}

// Paint the image with its veil. shares: one for each patch, 0 to 1; null: the image as it is.
function veilImage(canvas, side, shares, theme) {
  const { image, grid: [rows, columns] } = side;
  const { width, height } = canvas;
  const { canvas: plain, grey } = scaledImage(image, width, height);
  const pen = canvas.getContext("2d");
  if (!shares) {
    pen.drawImage(plain, 0, 0);
    return;
  }
  const painted = pen.createImageData(width, height);
  const { data } = painted;
  const palette = paletteOf(theme, image.ground);
  const [low, high] = image.range;
  const tones = Array.from(shares, (share) => tonesOfPatch(palette, image.ground, clamp(share, 0, 1)));
  for (let y = 0; y < height; y++) {
    const first = Math.floor((y * rows) / height) * columns;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const [[r, g, b], [wr, wg, wb]] = tones[first + Math.floor((x * columns) / width)];
      const bright = clamp((grey[at] - low) / (high - low), 0, 1);
      data[4 * at] = r + (wr - r) * bright;
      data[4 * at + 1] = g + (wg - g) * bright;
      data[4 * at + 2] = b + (wb - b) * bright;
      data[4 * at + 3] = 255;
    }
  }
  pen.putImageData(painted, 0, 0);
}

// A canvas for an image shown `shown` pixels wide: every patch gets the same whole number of dots.
function veilCanvas(side, shown, sharp = Math.min(globalThis.devicePixelRatio || 1, 2)) {
  const { grid: [rows, columns], width, height } = side;
  const across = Math.max(2, Math.round((shown * sharp) / columns));
  const down = Math.max(2, Math.round((across * columns * height) / (width * rows)));
  return el("canvas", { width: across * columns, height: down * rows, "aria-hidden": "true" });
}

// Each patch's share of the weight that gets the deepest colour.
function sharesOf(matrix, row, count, deepest) {
  return Float32Array.from(matrix.slice(row * count, (row + 1) * count), (weight) => weight / deepest);
}

// The weight that gets the deepest colour: the greatest of the row. A row that rests nowhere stays pale beside one that is
// sharp (at least a quarter of the greatest of all rows), and even attention stays pale everywhere (at least four times even).
function deepestPatch(reading, matrix, row) {
  if (reading.deepest < 1) return reading.deepest;
  const greatest = greatestOf(matrix, reading.shape[3]);
  const all = isPicture(reading.query) ? 0 : Math.max(...greatest);
  return Math.max(greatest[row] ?? 0, all / 4, 4 / reading.shape[3]);
}

const greatestFound = new WeakMap();

// The greatest weight of each row of a matrix, found once.
function greatestOf(matrix, count) {
  if (!greatestFound.has(matrix)) {
    const greatest = new Float64Array(matrix.length / count);
    matrix.forEach((weight, i) => (greatest[Math.floor(i / count)] = Math.max(greatest[Math.floor(i / count)], weight)));
    greatestFound.set(matrix, greatest);
  }
  return greatestFound.get(matrix);
}
