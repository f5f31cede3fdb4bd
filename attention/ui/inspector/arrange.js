// Where the parts stand. Rows of words: lines, picture, panel. Rows that are a list: with room, keys and picture left
// and the list over the panel right; without, keys, list, picture, panel, one below the other; where the picture holds the
// keys, the list comes after it.

const BESIDE = 720; // pixels from which the list stands beside the keys

function arrange(app) {
  const choice = hasChoice(app);
  const narrow = keyKind(app).leads ? "after" : "below";
  const wanted = !choice ? "plain" : app.node.clientWidth >= BESIDE ? "beside" : narrow;
  app.node.classList.toggle("listed", choice);
  app.node.dataset.keys = app.reading.key.kind;
  if (app.bare || wanted === app.arranged) return;
  const { node, lines, metaRow, stage, main, side, picture, choice: list, panel } = app;
  list.remove();
  side.remove();
  if (wanted === "plain") {
    stage.before(lines, metaRow);
    stage.replaceChildren(main, panel);
  } else if (wanted === "below") {
    main.prepend(lines, list, metaRow);
    stage.replaceChildren(main, panel);
  } else if (wanted === "after") {
    main.prepend(lines, metaRow);
    picture.after(list);
    stage.replaceChildren(main, panel);
  } else {
    main.prepend(lines, metaRow);
    side.replaceChildren(list, panel);
    stage.replaceChildren(main, side);
  }
  node.classList.toggle("beside", wanted === "beside");
  app.arranged = wanted;
}

const FITS = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5]; // sizes of type to try

// On stage nothing scrolls: lists and long texts get a little smaller so that the picture keeps a height at which it can be
// read; where that is not enough the picture is left out, as the glow says the same, and the lists take the room. A picture
// that holds the keys itself always stays.
function fitStage(app) {
  const { node, lines, choice, picture } = app;
  const shrink = (parts, size) => parts.forEach((part) => part.style.setProperty("--fit", size));
  node.classList.remove("crowded");
  shrink([lines, choice], 1);
  if (!hasChoice(app)) return;
  const least = 20 * app.rows.length + (isListing(app.reading.key) ? 140 : 40); // pixels: rows, and labels that lean
  const spills = (box) => box.scrollHeight > box.clientHeight + 1;
  if (keyKind(app).leads) {
    FITS.some((size) => (shrink([lines, choice], size), ![node, lines, choice].some(spills)));
    return;
  }
  const together = (size) => (shrink([lines, choice], size), ![node, lines, choice].some(spills) && picture.clientHeight >= least);
  if ([1, 0.9, 0.8].some(together)) return;
  node.classList.add("crowded");
  shrink([lines, choice], 1);
  for (const parts of [[lines], [choice], [lines, choice]]) {
    if (!parts.some(spills) && parts.length > 1) return;
    FITS.some((size) => (shrink(parts, size), !parts.some(spills)));
  }
}

// The list and the panel stay in sight while a longer left side scrolls by; taller than the window, they stop at their end.
function keepSideInSight(app) {
  const top = Math.min(80, innerHeight - app.side.offsetHeight - 16);
  app.side.style.setProperty("--sidetop", `${top}px`);
}
