// All heads at a glance over an image: one small veiled image for each layer and head; a click makes it the picture.

const SMALL_VEIL = 168; // width of a small image, pixels

function buildVeils(app) {
  const { reading, text } = app;
  const [layers, heads] = reading.shape;
  const box = el("div", { class: "heads veils", role: "group", "aria-label": text.heads_label, style: { "--heads": heads } });
  app.thumbs = [];
  for (let layer = 0; layer < layers; layer++)
    for (let head = 0; head < heads; head++) {
      const name = `${reading.layer_names[layer]}, ${reading.head_names[head]}`;
      const canvas = veilCanvas(reading.key, SMALL_VEIL);
      const button = el("button", { type: "button", class: "thumb", "aria-label": fillIn(text.enlarge, { name }) },
        el("span", { class: "frame" }, canvas), el("span", { class: "thumbname", text: name }));
      button.addEventListener("click", () => change(app, { layer, head, view: "heatmap" }, "view"));
      app.thumbs.push({ canvas, layer, head });
      box.append(button);
    }
  return box;
}

// The heads share one scale, so that a sharp one stands out and a diffuse one stays pale.
function veilShares(app) {
  const { reading, shownRow: row } = app;
  const [layers, heads, , count] = reading.shape;
  const all = Array.from({ length: layers * heads }, (_, i) => matrixOf(reading, Math.floor(i / heads), i % heads));
  const deepest = Math.max(...all.map((matrix) => deepestPatch(reading, matrix, row)));
  return all.map((matrix) => sharesOf(matrix, row, count, deepest));
}

function paintVeils(app) {
  const shares = veilShares(app);
  app.thumbs.forEach(({ canvas }, i) => veilImage(canvas, app.reading.key, shares[i], app.theme));
}
