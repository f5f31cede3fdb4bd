// The two large lines: the source with the glow of attention behind its words, and the answer. Either may be a list.

const LEAST_GLOW = 0.04; // weights below this leave the word without a glow

function lineSentence(app, line) {
  const { reading, view } = app;
  if (reading.query_line === line) return { sentence: reading.query, ends: reading.query_end };
  if (reading.key_line === line) return { sentence: reading.key, ends: reading.key_end };
  return view[line] ? { sentence: view[line], ends: [] } : null;
}

function buildLines(app) {
  const held = heldEntry(app);
  app.lines.replaceChildren();
  app.choice.replaceChildren();
  app.words = { answer: [], source: [] };
  for (const line of ["source", "answer"]) {
    const found = lineSentence(app, line);
    if (!found || !found.sentence.words.length) continue;
    const place = line === app.reading.query_line && hasChoice(app) ? app.choice : app.lines;
    const node = kindOf(found.sentence).line(app, line, found);
    if (node) place.append(node);
  }
  giveEntryFocus(app, held);
}

function buildLine(app, line, { sentence, ends }) {
  const letters = sentence.words.join("").length;
  const long = letters > 480 && hasChoice(app);
  const size = long ? "long" : letters > 160 ? "small" : letters > 80 ? "middle" : "large";
  const node = el("p", { class: `line ${line} ${size}`, lang: sentence.lang || null });
  if (long && letters > 3000 && !app.bare) put(node, { tabindex: 0, role: "group", "aria-label": app.reading.key_axis }, []).classList.add("scrolls");
  sentence.words.forEach((word, i) => {
    const isEnd = ends.includes(i);
    if (isEnd && !app.state.end) return;
    const span = el("span", { class: isEnd ? "word endmark" : "word", text: isEnd ? app.text.end_mark : word });
    span.dataset.index = i;
    if (i && sentence.before[i] === "") span.classList.add("tight");
    hearWord(app, line, span, i);
    node.append(isEnd ? " " : sentence.before[i], span);
    app.words[line][i] = span;
  });
  return node;
}

// A word of the answer shows its row under the pointer and is chosen by a click; a source word shows who looked at it.
function hearWord(app, line, span, i) {
  if (app.bare) return;
  const { query_line: queryLine, key_line: keyLine } = app.reading;
  const isQuery = line === queryLine;
  if (isQuery) span.addEventListener("click", () => choose(app, i));
  else if (hasChoice(app)) span.addEventListener("click", () => holdBack(app, i));
  span.addEventListener("pointerenter", (event) => {
    if (event.pointerType === "touch" || app.playing || slidBelow(app, event)) return;
    if (isQuery) glow(app, i);
    else if (line === keyLine) glowBack(app, i);
  });
  span.addEventListener("pointerleave", (event) => event.pointerType === "touch" || app.playing || glow(app, app.shownRow));
}

// Beside a list: the pointer lies still and the page moved below it, as when a list is drawn again. That is no wish.
function slidBelow(app, event) {
  const [x, y] = app.pointerAt ?? [];
  return hasChoice(app) && x === event.clientX && y === event.clientY;
}

// A tap on a key shows who looked at it, a second tap ends that.
function holdBack(app, i) {
  const again = app.heldKey === i;
  glow(app, app.shownRow);
  if (again) return;
  glowBack(app, i);
  app.heldKey = i;
}

// Light the words of the answer by how much they looked at one source word.
function glowBack(app, col) {
  const { reading } = app;
  if (keyKind(app).inLine)
    app.words[reading.key_line].forEach((span, i) => (paint(span, null), span.classList.toggle("chosen", columnOf(reading, i) === col)));
  app.words[reading.query_line].forEach((span, i) => {
    const weight = app.rows.includes(i) ? weightAt(app, i, col) : 0;
    tint(app, span, weight);
    if (!isListing(reading.query)) span.classList.remove("chosen");
  });
}

// The column of word i of the key line: a decoder looks back from the word it writes, so its first column is the mark
// that starts the sentence, and word i stands one column later.
function columnOf(reading, i) {
  return reading.kind === "decoder" ? i + 1 : i;
}

// Give a word or an entry the colour of a weight, if it is worth one; an entry says the number too.
function tint(app, span, weight) {
  const worth = weight >= LEAST_GLOW * deepestOf(app);
  paint(span, worth ? weight / deepestOf(app) : null);
  if (span.weight) span.weight.textContent = worth ? fixed(weight) : "";
}

// Light the words of one row: the glow behind the keys, a rule under the query; changed words keep their dotted rule. A key
// that is not made of words has its light elsewhere.
function glow(app, row) {
  const { reading } = app;
  const chosen = isListing(reading.query) ? app.shownRow : row;
  app.heldKey = null;
  for (const line of ["source", "answer"])
    app.words[line].forEach((span, i) => {
      const col = columnOf(reading, i);
      const isKey = keyKind(app).inLine && reading.key_line === line && row !== null && app.cols.includes(col);
      const weight = isKey ? weightAt(app, row, col) : 0;
      tint(app, span, weight);
      span.classList.toggle("chosen", reading.query_line === line && i === chosen);
      span.classList.toggle("aimed", reading.query_line === line && i === row && i !== chosen);
      span.classList.toggle("changed", reading.query_line === line && reading.changed.includes(i));
    });
  keyKind(app).glow(app, row);
}
