// Streamlit calls this at first and again after every rerun that brings new data, and when the theme changes.

const mounted = new WeakMap();

export default function pad(component) {
  const { parentElement, data, setStateValue } = component;
  let app = mounted.get(parentElement);
  if (!app) {
    app = createPad();
    mounted.set(parentElement, app);
    parentElement.append(app.node);
  }
  app.send = setStateValue;
  const call = (app.calls = (app.calls ?? 0) + 1);
  const fingerprint = JSON.stringify(data.view);
  if (fingerprint !== app.fingerprint) receivePad(app, data.view);
  app.fingerprint = fingerprint;
  // Streamlit may clean up after a call that a newer one has overtaken: only the latest call may take the node away.
  return () =>
    setTimeout(() => {
      if (app.calls !== call) return;
      clearTimeout(app.waiting);
      mounted.delete(parentElement);
      app.node.remove();
    }, 50);
}
