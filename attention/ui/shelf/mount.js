// Streamlit calls this at first and again after every rerun that brings new data, and when the theme changes.

const mounted = new WeakMap();

export default function shelf(component) {
  const { parentElement, data, setStateValue, setTriggerValue } = component;
  let app = mounted.get(parentElement);
  if (!app) {
    app = createShelf();
    mounted.set(parentElement, app);
    parentElement.append(app.node);
  }
  Object.assign(app, { send: setStateValue, sendOnce: setTriggerValue });
  const call = (app.calls = (app.calls ?? 0) + 1);
  const fingerprint = JSON.stringify(data.view);
  if (fingerprint !== app.fingerprint) receiveShelf(app, data.view);
  app.fingerprint = fingerprint;
  // Streamlit may clean up after a call that a newer one has overtaken: only the latest call may take the node away.
  return () =>
    setTimeout(() => {
      if (app.calls !== call) return;
      leaveShelf(app);
      mounted.delete(parentElement);
      app.node.remove();
    }, 50);
}
