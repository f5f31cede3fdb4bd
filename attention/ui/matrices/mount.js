// Streamlit calls this at first and again after every rerun that brings new data, and when the theme changes.

const mounted = new WeakMap();

export default function matrices(component) {
  const { parentElement, data, setStateValue, setTriggerValue } = component;
  let app = mounted.get(parentElement);
  if (!app) {
    app = createStrip(setStateValue, setTriggerValue);
    mounted.set(parentElement, app);
    parentElement.append(app.node);
    app.leave = watchStrip(app);
  }
  Object.assign(app, { send: setStateValue, sendOnce: setTriggerValue });
  const call = (app.calls = (app.calls ?? 0) + 1);
  recolourStrip(app);
  const fingerprint = JSON.stringify(data.view);
  if (fingerprint !== app.fingerprint) receiveStrip(app, data.view);
  else if (app.waiting) answered(app);
  app.fingerprint = fingerprint;
  // Streamlit may clean up after a call that a newer one has overtaken: only the latest call may take the node away.
  return () =>
    setTimeout(() => {
      if (app.calls !== call) return;
      app.leave();
      mounted.delete(parentElement);
      app.node.remove();
    }, 50);
}
