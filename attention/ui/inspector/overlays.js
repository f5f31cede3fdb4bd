// Boxes and outlines over a picture: what was found is drawn solid, what is truly there dashed, neither in the hue of
// attention. Each has a label, and a switch that is its legend.

const OVERLAYS = { found: { bright: "#d55e00", dark: "#ffa733", dash: null }, truth: { bright: "#00795a", dark: "#4fd6aa", dash: [6, 4] } };
const OVERLAY_LINE = 2.2; // pixels, over a wider line in the colour of the page
const NEAR_EDGE = 0.08; // share of the picture's height: boxes nearer to its edge carry their label inside

function overlayColour(key, kind) {
  return OVERLAYS[kind][key.image.ground];
}

function overlaysOf(app, row) {
  const hidden = app.hiddenLayers ?? [];
  return (app.reading.key.overlays[row] ?? []).filter(({ kind }) => !hidden.includes(kind));
}

function hasOverlays(app, kind) {
  return app.reading.key.overlays.some((row) => row.some((one) => one.kind === kind));
}

// The lines of one overlay as a path, in pixels of the image times `scale`; outlines bend softly round the corners of pixels.
function overlayPath({ box, outline }, scale = 1) {
  const r = (value) => Math.round(value * scale * 100) / 100;
  const parts = outline.map((loop) => {
    const points = Array.from({ length: loop.length / 2 }, (_, i) => [loop[2 * i] / 2, loop[2 * i + 1] / 2]);
    const middles = points.map(([x, y], i) => [x, y].map((value, side) => r((value + points[(i + 1) % points.length][side]) / 2)).join(" "));
    return `M${middles.at(-1)}${points.map(([x, y], i) => `Q${r(x)} ${r(y)} ${middles[i]}`).join("")}Z`;
  });
  if (box) parts.push(`M${r(box[0])} ${r(box[1])}H${r(box[2])}V${r(box[3])}H${r(box[0])}Z`);
  return parts.join("");
}

function overlayLayer(app) {
  const { width, height } = app.reading.key;
  const drawing = svgEl("svg", { class: "overlays", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const labels = el("div", { class: "overlaylabels" });
  return { drawing, labels };
}

function showOverlays(app, row) {
  const { drawing, labels } = app.layer;
  const shown = overlaysOf(app, row);
  const lines = shown.flatMap((one) => {
    const line = { d: overlayPath(one), "vector-effect": "non-scaling-stroke" };
    const dash = OVERLAYS[one.kind].dash?.join(" ");
    return [svgEl("path", { ...line, class: "halo" }), svgEl("path", { ...line, class: `overlay ${one.kind}`, "stroke-dasharray": dash })];
  });
  drawing.replaceChildren(...lines);
  labels.replaceChildren(...shown.filter(({ name }) => name).map((one) => overlayLabel(app, one)));
}

// Where an overlay begins and ends, from its box or its outline.
function extentOf({ box, outline }) {
  if (box) return box;
  const all = outline.flat();
  const [xs, ys] = [0, 1].map((side) => all.filter((_, i) => i % 2 === side).map((value) => value / 2));
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

// What is found carries its label above its left corner, what is true below its right one, so that the two stay apart.
function overlayLabel(app, one) {
  const { width, height } = app.reading.key;
  const [left, top, right, bottom] = extentOf(one);
  const node = el("span", { class: `overlaylabel ${one.kind}`, text: one.name });
  if (one.kind === "found") {
    put(node, { style: { left: `${(100 * Math.max(left, 0)) / width}%`, top: `${(100 * Math.max(top, 0)) / height}%` } }, []);
    node.classList.toggle("inside", top < NEAR_EDGE * height);
  } else {
    put(node, { style: { right: `${100 - (100 * Math.min(right, width)) / width}%`, top: `${(100 * Math.min(bottom, height)) / height}%` } }, []);
    node.classList.toggle("inside", bottom > (1 - NEAR_EDGE) * height);
  }
  return node;
}

function layerSwitches(app) {
  const { text } = app;
  const kinds = Object.keys(OVERLAYS).filter((kind) => hasOverlays(app, kind));
  const swatch = (kind) => el("span", { class: `swatch ${kind}`, "aria-hidden": "true" });
  if (app.bare) return kinds.map((kind) => el("span", { class: "layer" }, swatch(kind), el("span", { text: text[kind] })));
  const make = (name, shown, act, mark) => {
    const box = el("input", { type: "checkbox" });
    box.checked = shown;
    box.dataset.hold = `layer-${name}`;
    box.addEventListener("change", () => act(box.checked));
    return el("label", { class: "layer" }, box, mark, el("span", { text: text[name] }));
  };
  const hidden = app.hiddenLayers ?? [];
  const again = () => {
    app.veil.row = null;
    showVeil(app, app.shownRow);
  };
  const veil = make("veil", !app.unveiled, (shown) => {
    app.unveiled = !shown;
    again();
  }, null);
  const others = kinds.map((kind) => make(kind, !hidden.includes(kind), (shown) => {
    app.hiddenLayers = shown ? hidden.filter((one) => one !== kind) : [...hidden, kind];
    again();
  }, swatch(kind)));
  return [veil, ...others];
}
