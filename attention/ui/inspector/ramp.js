// One colour means attention: the theme's sequential ramp, read from CSS variables and turned into 101 classes
// .w0 to .w100, each with a colour and an ink that reads on it. A change of theme rewrites this one style sheet.

const LEVELS = 101;
const FALLBACK_RAMP = "#fbfaf6,#e9e9f4,#d3d5ee,#b6bae3,#969cd6,#767ec6,#5961b3,#3f479c,#2a317f,#191f5c";
const FALLBACK_DIVERGING = "#7f3b08,#b35806,#e08214,#fdb863,#fee0b6,#d8daeb,#b2abd2,#8073ac,#542788,#2d004b";
const GENERIC_FONTS = /^(serif|sans-serif|monospace|system-ui|ui-serif|ui-sans-serif)$/i;

function rgbOf(colour) {
  ruler.fillStyle = "#000";
  ruler.fillStyle = colour;
  const found = ruler.fillStyle; // the canvas writes every opaque colour as #rrggbb
  if (found.startsWith("#")) return [1, 3, 5].map((i) => parseInt(found.slice(i, i + 2), 16));
  return found.match(/[\d.]+/g).slice(0, 3).map(Number);
}

function hexOf(rgb) {
  return "#" + rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("");
}

function mixed(from, to, share) {
  return from.map((part, i) => part + (to[i] - part) * share);
}

// Relative luminance and contrast as WCAG 2 defines them.
function luminance(rgb) {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

// The first of the preferred inks that reads on the colour, else the best of all.
function inkOn(colour, inks) {
  const readable = inks.find((ink) => contrast(colour, ink) >= 4.6);
  return readable ?? inks.reduce((best, ink) => (contrast(colour, ink) > contrast(colour, best) ? ink : best));
}

function fontList(font, extra) {
  const named = (font || "").split(",").map((one) => one.trim()).filter((one) => one && !GENERIC_FONTS.test(one));
  return [...named, ...extra].join(", ");
}

function readTheme(node) {
  const style = getComputedStyle(node);
  const read = (name, otherwise) => {
    const value = style.getPropertyValue(name).trim();
    return value && value !== "unset" ? value : otherwise;
  };
  const background = rgbOf(read("--st-background-color", "#fbfaf6"));
  const text = rgbOf(read("--st-text-color", "#1d2230"));
  const list = (name, otherwise) => read(name, otherwise).split(/,(?![^(]*\))/).map(rgbOf);
  const stops = list("--st-chart-sequential-colors", FALLBACK_RAMP);
  const diverging = list("--st-chart-diverging-colors", FALLBACK_DIVERGING);
  stops[0] = mixed(background, text, 0.045); // an empty cell still shows that it is a cell
  const inks = [text, background, [255, 255, 255], [0, 0, 0]];
  const levels = rampBetween(stops).map((colour) => ({ rgb: colour.map(Math.round), colour: hexOf(colour), ink: hexOf(inkOn(colour, inks)) }));
  return {
    levels,
    background: hexOf(background),
    text: hexOf(text),
    muted: hexOf(mixed(background, text, 0.68)),
    faint: hexOf(mixed(background, text, 0.38)),
    orange: hexOf(diverging.at(2)),
    purple: hexOf(diverging.at(-3)),
    line: hexOf(mixed(background, text, 0.14)),
    serif: fontList(read("--st-heading-font", "Georgia"), ['"Noto Serif CJK SC"', '"Songti SC"', "SimSun", "serif"]),
    sans: fontList(read("--st-font", "Arial"), ['"Noto Sans CJK SC"', '"PingFang SC"', "system-ui", "sans-serif"]),
  };
}

// The colours of all levels, evenly between the stops.
function rampBetween(stops) {
  return Array.from({ length: LEVELS }, (_, level) => {
    const place = (level / (LEVELS - 1)) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    return mixed(stops[low], stops[low + 1], place - low);
  });
}

function levelOf(weight) {
  return Math.round(clamp(weight, 0, 1) * (LEVELS - 1));
}

function applyTheme(app) {
  app.theme = readTheme(app.node);
  const { levels, ...named } = app.theme;
  const rules = levels.map(({ colour, ink }, i) => `.w${i}{--w-bg:${colour};--w-fg:${ink}}`);
  rules.push(`.inspector{--barcolour:${levels[70].colour}}`);
  for (const [name, value] of Object.entries(named)) rules.push(`.inspector{--${name}:${value}}`);
  app.sheet.textContent = rules.join("\n");
}

// Give a node the ramp colour of a weight; null takes it away.
function paint(node, weight) {
  for (const name of [...node.classList]) if (/^w\d+$/.test(name)) node.classList.remove(name);
  if (weight !== null) node.classList.add(`w${levelOf(weight)}`);
}
