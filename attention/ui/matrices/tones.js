// Colours of cells. Weights take the ramp of ramp.js (.w0 to .w100); values run from orange over paper to purple
// (.v0 to .v80, zero in the middle); a mask is closed (.m0) or open (.m10), or in between where it is averaged; no number at all is .x.

const ZERO_TONE = 40; // .v40 is zero
const OPEN_TONE = 10; // .m10 is open
const FALLBACK_ACCENT = "#3b459c";

function readTones(node) {
  const theme = readTheme(node);
  const style = getComputedStyle(node);
  const read = (name, otherwise) => style.getPropertyValue(name).trim().replace(/^unset$/, "") || otherwise;
  const [paper, text] = [rgbOf(theme.background), rgbOf(theme.text)];
  const stops = read("--st-chart-diverging-colors", FALLBACK_DIVERGING).split(/,(?![^(]*\))/).map(rgbOf);
  const strength = luminance(paper) > luminance(text) ? 0.55 : 0.8;
  const zero = rgbOf(theme.levels[0].colour);
  const [orange, purple] = [stops.at(2), stops.at(-2)].map((end) => mixed(paper, end, strength));
  const inks = [text, paper, [255, 255, 255], [0, 0, 0]];
  const tone = (rgb) => ({ colour: hexOf(rgb), ink: hexOf(inkOn(rgb.map(Math.round), inks)), rgb: rgb.map(Math.round) });
  const tones = { x: tone(zero) };
  for (let i = 0; i <= OPEN_TONE; i++) tones[`m${i}`] = tone(mixed(zero, mixed(paper, text, 0.2), i / OPEN_TONE));
  theme.levels.forEach((level, i) => (tones[`w${i}`] = level));
  for (let i = 0; i <= 2 * ZERO_TONE; i++)
    tones[`v${i}`] = tone(mixed(zero, i < ZERO_TONE ? orange : purple, Math.abs(i - ZERO_TONE) / ZERO_TONE));
  return { ...theme, tones, hatch: hexOf(mixed(paper, text, 0.3)), accent: hexOf(rgbOf(read("--st-primary-color", FALLBACK_ACCENT))) };
}

function applyTones(app) {
  app.theme = readTones(app.node);
  const { levels, tones, background, ...named } = app.theme;
  const rules = Object.entries(tones).map(([name, { colour, ink }]) => `.${name}{--bg:${colour};--fg:${ink}}`);
  for (const [name, value] of Object.entries({ paper: background, ...named })) rules.push(`.matrices{--${name}:${value}}`);
  const text = rules.join("\n");
  if (app.sheet.textContent !== text) app.sheet.textContent = text;
}

// One scale for the inputs, one for what is computed from them, one for differences: each reaches to the largest number,
// or, where one matrix is far larger than the others, to somewhere between, so that it does not make all others pale.
function scalesOf(matrices) {
  return { input: boundOf(matrices, "input"), value: boundOf(matrices, "value"), difference: boundOf(matrices, "difference") };
}

const FAR_LARGER = 4;

function boundOf(matrices, kind) {
  const sizes = matrices.filter((matrix) => matrix.kind === kind).map(largestSize).filter((size) => size > 0).sort((a, b) => a - b);
  if (!sizes.length) return 1;
  const [most, middle] = [sizes.at(-1), sizes[Math.floor((sizes.length - 1) / 2)]];
  return most > FAR_LARGER * middle ? Math.sqrt(most * middle) : most;
}

function largestSize({ values }) {
  return values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
}

function toneOf(app, matrix, value) {
  if (!Number.isFinite(value)) return "x";
  if (matrix.kind === "mask") return `m${Math.ceil(clamp(value, 0, 1) * OPEN_TONE)}`;
  if (matrix.kind === "weights") return `w${levelOf(value)}`;
  const share = clamp(value / app.scales[matrix.kind], -1, 1);
  return `v${ZERO_TONE + Math.round(share * ZERO_TONE)}`;
}
