const WIDTH = 640, HEIGHT = 400;
const WAIT_MS = 250;  // after the last movement, before Python hears of it
const INTRO_MS = 1100;

export default function (component) {
  const root = component.parentElement;
  const mounted = root.lookup ?? (root.lookup = mount(root, component.data));
  mounted.update(component);
}

/** softmax of the scores q·k/√2, divided by the temperature. */
export function attend(keys, [x, y, temperature]) {
  const scores = keys.map((key) => (x * key.x + y * key.y) / Math.SQRT2);
  const largest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp((score - largest) / temperature));
  const sum = shares.reduce((total, share) => total + share, 0);
  return { scores, weights: shares.map((share) => share / sum) };
}

function element(name, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/** The middle of a shallow arc between two points: beside their midpoint, towards the top. */
function bend(x1, y1, x2, y2) {
  const side = x2 >= x1 ? 0.12 : -0.12;
  return `${(x1 + x2) / 2 + side * (y2 - y1)} ${(y1 + y2) / 2 - side * (x2 - x1)}`;
}

function mount(root, { keys, query, ranges, home, text }) {
  const find = (selector) => root.querySelector(selector);
  const [[x0, x1], [y0, y1], [t0, t1]] = ranges;
  const toX = (x) => ((x - x0) / (x1 - x0)) * WIDTH;
  const toY = (y) => HEIGHT - ((y - y0) / (y1 - y0)) * HEIGHT;
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  const round = (value) => Math.round(value * 100) / 100;
  const signed = (value) => value.toFixed(2).replace("-", "−");
  let position = null, timer = 0, frame = 0, send = () => {};

  const plane = find(".plane");
  plane.setAttribute("aria-label", text.plane.replace("{count}", keys.length).replace("{query}", query));
  for (let x = Math.ceil(x0 * 2) / 2; x < x1; x += 0.5)
    for (let y = Math.ceil(y0 * 2) / 2; y < y1; y += 0.5)
      plane.append(element("circle", { class: "dot", cx: toX(x), cy: toY(y), r: 1 }));
  plane.append(element("line", { class: "axis", x1: 0, x2: WIDTH, y1: toY(0), y2: toY(0) }));
  plane.append(element("line", { class: "axis", y1: 0, y2: HEIGHT, x1: toX(0), x2: toX(0) }));

  const rows = find("tbody");
  const [head1, head2, head3] = root.querySelectorAll("thead th");
  head1.textContent = text.word;
  head2.textContent = text.score;
  head3.textContent = text.weight;
  find("caption").textContent = text.table;
  find(".formula").textContent = text.formula;
  find("label span").textContent = text.temperature;
  find("button").textContent = text.reset;

  const drawn = keys.map(({ word, x, y }) => {
    const link = element("path", { class: "link" });
    plane.append(link);
    return { x: toX(x), y: toY(y), word, link };
  });
  for (const one of drawn) {
    one.halo = element("rect", { class: "halo", rx: 6 });
    one.label = element("text", { x: one.x, y: one.y, dy: "0.34em" }, one.word);
    plane.append(one.halo, one.label);
    const row = rows.insertRow();
    row.append(Object.assign(document.createElement("th"), { scope: "row", textContent: one.word }));
    one.row = row;
    one.score = row.insertCell();
    const bar = row.insertCell();
    bar.className = "bar";
    one.bar = bar.appendChild(document.createElement("span"));
    one.share = row.insertCell();
    one.share.className = "share";
  }
  const arrow = element("line", { class: "query", x1: toX(0), y1: toY(0) });
  const context = element("circle", { class: "context", r: 6 });
  const contextName = element("text", { class: "small" }, text.context);
  const handle = element("g", { class: "handle", tabindex: 0, role: "slider", "aria-valuemin": x0, "aria-valuemax": x1,
    "aria-label": text.handle.replace("{query}", query) });
  const name = element("text", { y: -17 }, query);
  handle.append(element("circle", { class: "grip", r: 30 }), element("circle", { class: "ring", r: 14 }),
    element("circle", { class: "knob", r: 8.5 }), name);
  plane.append(context, contextName, arrow, handle);
  const slider = find("input");
  Object.assign(slider, { min: t0, max: t1 });

  function fitHalos() {
    for (const one of drawn) {
      const box = one.label.getBBox();
      if (!box.width) continue;
      const place = { x: box.x - 9, y: box.y - 3, width: box.width + 18, height: box.height + 6 };
      for (const [key, value] of Object.entries(place)) one.halo.setAttribute(key, value);
    }
  }

  function draw() {
    const { scores, weights } = attend(keys, position);
    const x = toX(position[0]), y = toY(position[1]);
    const most = weights.indexOf(Math.max(...weights));
    let contextX = 0, contextY = 0;
    drawn.forEach((one, i) => {
      const weight = weights[i];
      contextX += weight * one.x;
      contextY += weight * one.y;
      one.link.setAttribute("d", `M${x} ${y}Q${bend(x, y, one.x, one.y)} ${one.x} ${one.y}`);
      one.link.setAttribute("stroke-width", 0.6 + 15 * weight);
      one.link.setAttribute("stroke-opacity", 0.12 + 0.6 * weight);
      one.halo.style.setProperty("--share", Math.sqrt(weight));
      one.score.textContent = signed(scores[i]);
      one.bar.style.width = `${100 * weight}%`;
      one.share.textContent = weight.toFixed(2);
      one.row.className = i === most ? "most" : "";
    });
    arrow.setAttribute("x2", x);
    arrow.setAttribute("y2", y);
    context.setAttribute("cx", contextX);
    context.setAttribute("cy", contextY);
    contextName.setAttribute("x", contextX);
    contextName.setAttribute("y", contextY + 24);
    handle.setAttribute("transform", `translate(${x} ${y})`);
    name.setAttribute("y", position[1] > y1 - 0.35 ? 34 : -17);
    handle.setAttribute("aria-valuenow", round(position[0]));
    handle.setAttribute("aria-valuetext",
      text.position.replace("{x}", signed(position[0])).replace("{y}", signed(position[1])));
    slider.value = position[2];
    find("output").textContent = position[2].toFixed(2);
    say(keys[most].word);
  }

  function say(word) {
    const line = find(".sentence");
    if (line.dataset.word === word) return;
    line.dataset.word = word;
    line.replaceChildren(...text.sentence.split(/(\{query\}|\{key\})/).map((part) => {
      if (part === "{query}") return Object.assign(document.createElement("em"), { textContent: query });
      if (part === "{key}") return Object.assign(document.createElement("mark"), { textContent: word });
      return document.createTextNode(part);
    }));
  }

  function move(x, y, temperature) {
    cancelAnimationFrame(frame);
    position = [round(clamp(x, x0, x1)), round(clamp(y, y0, y1)), round(clamp(temperature, t0, t1))];
    draw();
    clearTimeout(timer);
    timer = setTimeout(() => { if (root.isConnected) send(position); }, WAIT_MS);
  }

  function moveTo(event) {
    const box = plane.getBoundingClientRect();
    const x = x0 + ((event.clientX - box.left) / box.width) * (x1 - x0);
    const y = y1 - ((event.clientY - box.top) / box.height) * (y1 - y0);
    move(x, y, position[2]);
  }

  let dragging = false;
  plane.addEventListener("click", (event) => { if (!handle.contains(event.target)) moveTo(event); });
  handle.addEventListener("pointerdown", (event) => { dragging = true; handle.setPointerCapture(event.pointerId); });
  handle.addEventListener("pointermove", (event) => { if (dragging) moveTo(event); });
  for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => { dragging = false; });
  handle.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 0.5 : 0.1;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
    if (!by) return;
    event.preventDefault();
    move(position[0] + by[0], position[1] + by[1], position[2]);
  });
  slider.addEventListener("input", () => move(position[0], position[1], Number(slider.value)));
  find("button").addEventListener("click", () => move(...home));

  /** Let the query glide to its place once, from the other side, so that one sees that it moves. */
  function glide(from, to) {
    const begin = performance.now();
    const step = (now) => {
      if (!root.isConnected) return;
      const t = clamp((now - begin) / INTRO_MS, 0, 1), eased = 1 - (1 - t) ** 3;
      position = to.map((value, i) => from[i] + (value - from[i]) * eased);
      draw();
      if (t < 1) frame = requestAnimationFrame(step);
      else { position = to; draw(); }
    };
    frame = requestAnimationFrame(step);
  }

  const resized = new ResizeObserver(fitHalos);
  resized.observe(plane);
  document.fonts?.ready.then(fitHalos);

  return {
    update({ data, setStateValue }) {
      send = (value) => setStateValue("position", value);
      if (position === null) {  // later runs echo where the query was a moment ago; following would pull it back
        const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
        position = data.position;
        if (still) draw();
        else glide([-data.position[0], data.position[1], data.position[2]], data.position);
      }
      fitHalos();
    },
  };
}
