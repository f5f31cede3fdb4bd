// Saving what is on screen as SVG or PNG, made in the browser from the shapes of drawing.js.

const PNG_SCALE = 2;
const LONGEST_NAME = 400; // letters of a picture's name beside a list, where the text may be pages long
const FEW_ENOUGH = 6000; // shapes beyond which titles would only make the file heavy

function svgOf(drawing, name) {
  const { items, width, height, theme } = drawing;
  const picture = svgEl("svg", { xmlns: SVG_NS, width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name });
  picture.append(svgEl("title", { text: name }), svgEl("rect", { width, height, fill: theme.background }));
  const titled = items.length <= FEW_ENOUGH;
  for (const item of items) picture.append(svgShape(item, theme, titled));
  return new XMLSerializer().serializeToString(picture);
}

function svgShape(item, theme, titled) {
  const r = (value) => Math.round(value * 100) / 100;
  const title = titled && item.title ? svgEl("title", { text: item.title }) : null;
  if (item.kind === "rect")
    return svgEl("rect", { x: r(item.x), y: r(item.y), width: r(item.width), height: r(item.height), rx: item.r || null, fill: item.fill,
      stroke: item.stroke, "stroke-width": item.stroke ? 1.5 : null }, title);
  if (item.kind === "path")
    return svgEl("path", { d: item.d, transform: `translate(${r(item.x)} ${r(item.y)})`, fill: item.fill ?? "none", stroke: item.stroke,
      "stroke-width": item.stroke ? r(item.width) : null, "stroke-dasharray": item.dash?.join(" "), "stroke-linejoin": item.dash ? "round" : null }, title);
  if (item.kind === "image")
    return svgEl("image", { x: r(item.x), y: r(item.y), width: r(item.width), height: r(item.height), href: item.canvas.toDataURL("image/png"),
      preserveAspectRatio: "none", style: item.crisp ? { "image-rendering": "pixelated" } : null }, title);
  return svgEl("text", {
    x: r(item.x), y: r(item.y), "font-size": r(item.size), "font-family": theme[item.family], "font-weight": item.weight, "font-style": item.style,
    "text-anchor": item.anchor, fill: item.fill, transform: item.rotate ? `rotate(${item.rotate} ${r(item.x)} ${r(item.y)})` : null, text: item.text,
  }, title);
}

function canvasOf(drawing) {
  const { items, width, height, theme } = drawing;
  const canvas = el("canvas", { width: width * PNG_SCALE, height: height * PNG_SCALE });
  const pen = canvas.getContext("2d");
  pen.scale(PNG_SCALE, PNG_SCALE);
  pen.fillStyle = theme.background;
  pen.fillRect(0, 0, width, height);
  for (const item of items) {
    pen.save();
    paintShape(pen, item, drawing);
    pen.restore();
  }
  return canvas;
}

function paintShape(pen, item, drawing) {
  if (item.kind === "path") {
    pen.translate(item.x, item.y);
    paintPath(pen, item);
  } else if (item.kind === "image") {
    pen.imageSmoothingEnabled = !item.crisp;
    pen.drawImage(item.canvas, item.x, item.y, item.width, item.height);
  } else if (item.kind === "rect") {
    pen.beginPath();
    pen.roundRect(item.x, item.y, item.width, item.height, item.r);
    if (item.fill !== "none") {
      pen.fillStyle = item.fill;
      pen.fill();
    }
    if (item.stroke) {
      pen.strokeStyle = item.stroke;
      pen.lineWidth = 1.5;
      pen.stroke();
    }
  } else {
    pen.translate(item.x, item.y);
    pen.rotate(((item.rotate ?? 0) * Math.PI) / 180);
    pen.font = fontOf(drawing, item);
    pen.fillStyle = item.fill;
    pen.textAlign = { start: "left", middle: "center", end: "right" }[item.anchor];
    pen.fillText(item.text, 0, 0);
  }
}

function paintPath(pen, { d, fill, stroke, width, dash }) {
  const path = new Path2D(d);
  if (fill && fill !== "none") {
    pen.fillStyle = fill;
    pen.fill(path, "evenodd");
  }
  if (!stroke) return;
  pen.strokeStyle = stroke;
  pen.lineWidth = width;
  pen.setLineDash(dash ?? []);
  if (dash) pen.lineJoin = "round";
  pen.stroke(path);
}

function pictureName(app) {
  const texts = ["source", "answer"].map((line) => lineSentence(app, line)?.sentence).filter(Boolean).map((side) => kindOf(side).said(side)).filter(Boolean);
  const name = texts.join(" \u2013 ") || app.reading.title;
  return name.length > LONGEST_NAME && hasChoice(app) ? `${name.slice(0, LONGEST_NAME)}\u2026` : name;
}

function fileName(app, ending) {
  const stem = app.view.file_stem.replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80) || "attention";
  return `${stem}-${app.state.view}.${ending}`;
}

function download(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = el("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function saveSvg(app) {
  const text = svgOf(drawView(app), pictureName(app));
  download(new Blob([text], { type: "image/svg+xml" }), fileName(app, "svg"));
}

function savePng(app) {
  canvasOf(drawView(app)).toBlob((blob) => blob && download(blob, fileName(app, "png")), "image/png");
}
