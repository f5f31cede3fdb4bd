// Small makers of elements and text. User text enters the page through textContent and setAttribute alone.

const SVG_NS = "http://www.w3.org/2000/svg";

function put(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, v] of Object.entries(value)) node.style.setProperty(key, v);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function el(tag, attributes = {}, ...children) {
  return put(document.createElement(tag), attributes, children);
}

function svgEl(tag, attributes = {}, ...children) {
  return put(document.createElementNS(SVG_NS, tag), attributes, children);
}

// "Step {step} of {steps}" with {step: 2, steps: 9} gives "Step 2 of 9".
function fillIn(template, values) {
  return String(template ?? "").replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

function fixed(value, digits = 2) {
  return value.toFixed(digits).replace("-", "\u2212");
}

// The number inside a cell: ".86"; nothing for the slightest, where the colour alone is enough.
function cellNumber(weight, least = 0.05) {
  if (weight < least) return "";
  return weight >= 0.995 ? "1.0" : weight.toFixed(2).slice(1);
}

function listOf(words, lang) {
  try {
    return new Intl.ListFormat(lang || "en", { type: "conjunction" }).format(words);
  } catch {
    return words.join(", ");
  }
}

const ruler = typeof document === "undefined" ? null : document.createElement("canvas").getContext("2d");

function textWidth(text, font) {
  ruler.font = font;
  return ruler.measureText(text).width;
}

function widest(texts, font) {
  return texts.reduce((most, text) => Math.max(most, textWidth(text, font)), 0);
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
