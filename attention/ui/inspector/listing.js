// A list of alternatives or things where a line of words would stand: as rows of the map a list of choices with bars
// and numbers, as columns a list whose entries glow.

const LONG_ENTRY = 24; // letters beyond which the bar goes below the text
const BRIEF_ENTRY = 7; // letters up to which all entries stand in two columns below a picture on a phone
const LONG_NOTE = 40; // letters beyond which notes stand on a line of their own
const MOST_KEYS = 14; // entries beyond which a list of keys scrolls inside itself
const LEAST_SHARE = 0.0001;

function isListing(sentence) {
  return Boolean(sentence?.entries);
}

// A list of choices of its own, beside the keys; without it, words and lists stand one below the other.
function hasChoice(app) {
  const { query, query_line: queryLine, key_line: keyLine } = app.reading;
  return isListing(query) && queryLine !== keyLine;
}

// The rows that a list shows: its first entries, and the chosen one wherever it stands; all of them once asked for.
function listedRows(app, rows) {
  const { first } = app.reading.query;
  if (!first || app.all) return rows;
  return rows.filter((row) => row < first || row === app.state.step);
}

function buildListing(app, line, { sentence: listing }) {
  const { reading } = app;
  const isQuery = reading.query_line === line;
  const label = listing.title || (isQuery ? reading.query_axis : reading.key_axis);
  const list = el("div", { class: "entries", role: isQuery && !app.bare ? "listbox" : "list", "aria-label": label, lang: listing.lang || null });
  const shown = isQuery ? app.rows : listing.entries.map((_, i) => i);
  for (const i of shown) {
    const node = entryNode(app, listing, i, isQuery);
    if (i && !shown.includes(i - 1)) node.classList.add("apart");
    hearWord(app, line, node, i);
    app.words[line][i] = node;
    list.append(node);
  }
  if (!isQuery && shown.length > MOST_KEYS && !app.bare) put(list, { tabindex: 0 }, []).classList.add("scrolls");
  const box = el("div", { class: `listing ${line} ${isQuery ? "choices-list" : "keys-list"}` });
  box.classList.toggle("stacked", listing.entries.some((entry, i) => entry.note || listing.words[i].length > LONG_ENTRY));
  box.classList.toggle("brief", listing.words.every((word) => word.length <= BRIEF_ENTRY));
  list.style.setProperty("--half", Math.ceil(shown.length / 2));
  box.classList.toggle("noted", listing.entries.some(({ note }) => note.length > LONG_NOTE));
  if (listing.title) box.append(el("p", { class: "listtitle", "aria-hidden": "true", text: listing.title }));
  box.append(list);
  if (isQuery && listing.first < listing.entries.length && listing.first && !app.bare) box.append(showAllButton(app, listing));
  return box;
}

function entryNode(app, listing, i, isQuery) {
  const entry = listing.entries[i];
  const node = el("div", { class: "entry", role: isQuery && !app.bare ? "option" : "listitem" });
  node.dataset.index = i;
  node.classList.toggle("strong", entry.strong);
  const name = el("span", { class: "entryname" }, el("span", { class: "entrytext", text: entry.text }));
  if (entry.note) name.append(" ", el("span", { class: "entrynote", text: entry.note }));
  node.append(name);
  if (entry.share !== null) node.append(entryBar(entry, listing.full), entryShare(app, entry));
  if (!isQuery) {
    node.weight = el("span", { class: "entryweight" });
    node.append(node.weight);
  } else if (!app.bare) {
    node.setAttribute("tabindex", "-1");
    node.addEventListener("keydown", (event) => entryKey(app, event, i));
  }
  return node;
}

function entryBar(entry, full) {
  const fill = el("span", { class: "entryfill", style: { width: `${(100 * entry.share) / full}%` } });
  const tick = entry.mark === null ? null : el("span", { class: "entrymark", style: { left: `${(100 * entry.mark) / full}%` } });
  return el("span", { class: "entrybar", "aria-hidden": "true" }, fill, tick);
}

function entryShare(app, entry) {
  const said = entry.mark === null ? null : el("span", { class: "unseen", text: ` ${fillIn(app.text.mark, { mark: sharePercent(entry.mark) })}` });
  return el("span", { class: "entryshare" }, el("span", { text: sharePercent(entry.share) }), said);
}

function sharePercent(share) {
  return share > 0 && share < LEAST_SHARE ? `<${percent(LEAST_SHARE)}` : percent(share);
}

function showAllButton(app, listing) {
  const label = app.all ? app.text.show_fewer : fillIn(app.text.show_all, { n: listing.entries.length });
  return el("button", { type: "button", class: "quiet showall", text: label, "aria-expanded": String(Boolean(app.all)), onclick: () => {
    app.all = !app.all;
    redraw(app);
  } });
}

// Arrow keys choose the entry above or below, Home and End the first and the last; letters find an entry by its start.
function entryKey(app, event, i) {
  if (event.altKey || event.metaKey || event.ctrlKey) return;
  const { rows, reading } = app;
  const place = rows.indexOf(i);
  const starts = (row) => reading.query.words[row].toLocaleLowerCase().startsWith(event.key.toLocaleLowerCase());
  let next = null;
  if (event.key === "ArrowUp" || event.key === "ArrowLeft") next = rows[Math.max(place - 1, 0)];
  else if (event.key === "ArrowDown" || event.key === "ArrowRight") next = rows[Math.min(place + 1, rows.length - 1)];
  else if (event.key === "Home") next = rows[0];
  else if (event.key === "End") next = rows.at(-1);
  else if (event.key === "Enter" || event.key === " ") next = i;
  else if (/^\p{L}$/u.test(event.key)) next = [...rows.slice(place + 1), ...rows.slice(0, place)].find(starts) ?? null;
  if (next === null) return;
  event.preventDefault();
  choose(app, next);
  app.words[reading.query_line][next]?.focus();
}

// Say which entry is chosen, to the eye and to a screen reader; the chosen one is the list's only tab stop.
function markChosen(app) {
  const { query, query_line: line } = app.reading;
  if (!isListing(query) || app.bare) return;
  app.words[line].forEach((node, i) => {
    node.setAttribute("aria-selected", String(i === app.shownRow));
    node.setAttribute("tabindex", i === app.shownRow ? "0" : "-1");
  });
}

// What of the list has the focus, so that it can be given back after the list is drawn again.
function heldEntry(app) {
  const active = app.node.getRootNode().activeElement;
  if (!active || !app.node.contains(active)) return null;
  return active.classList.contains("entry") ? "entry" : active.classList.contains("showall") ? "showall" : null;
}

function giveEntryFocus(app, held) {
  if (held === "entry") app.words[app.reading.query_line][app.state.step]?.focus({ preventScroll: true });
  if (held === "showall") app.node.querySelector(".showall")?.focus({ preventScroll: true });
}
