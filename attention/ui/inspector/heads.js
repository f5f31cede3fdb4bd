// All heads at a glance: one small picture per layer and head; a click makes it the heatmap.

function buildHeads(app) {
  const { reading, text } = app;
  const [layers, heads] = reading.shape;
  const box = el("div", { class: "heads", role: "group", "aria-label": text.heads_label, style: { "--heads": heads } });
  app.thumbs = [];
  for (let layer = 0; layer < layers; layer++)
    for (let head = 0; head < heads; head++) {
      const name = `${reading.layer_names[layer]}, ${reading.head_names[head]}`;
      const canvas = el("canvas", { "aria-hidden": "true" });
      const mark = el("span", { class: "rowmark" });
      const button = el(
        "button", { type: "button", class: "thumb", "aria-label": fillIn(text.enlarge, { name }) },
        el("span", { class: "frame" }, canvas, mark), el("span", { class: "thumbname", text: name }),
      );
      const current = app.state.layer === layer && app.state.head === head;
      if (current) button.classList.add("current");
      button.addEventListener("click", () => change(app, { layer, head, view: "heatmap" }, "view"));
      app.thumbs.push({ canvas, mark, layer, head });
      box.append(button);
    }
  paintHeads(app);
  return box;
}

// One canvas pixel for each weight; the browser enlarges them with sharp edges.
function paintHeads(app) {
  const { rows, cols, reading, theme } = app;
  for (const { canvas, layer, head } of app.thumbs) {
    const matrix = matrixOf(reading, layer, head);
    canvas.width = cols.length;
    canvas.height = rows.length;
    canvas.style.aspectRatio = `${cols.length} / ${rows.length}`;
    const context = canvas.getContext("2d");
    const image = context.createImageData(cols.length, rows.length);
    rows.forEach((row, r) =>
      cols.forEach((col, c) => {
        const { rgb } = theme.levels[toneOf(app, matrix[row * reading.shape[3] + col])];
        image.data.set([...rgb, 255], 4 * (r * cols.length + c));
      }),
    );
    context.putImageData(image, 0, 0);
  }
}

function showHeadsStep(app) {
  const share = 100 / app.rows.length;
  const place = app.rows.indexOf(app.shownRow);
  for (const { mark } of app.thumbs) {
    mark.style.top = `${place * share}%`;
    mark.style.height = `${share}%`;
  }
}
