// Streamlit calls this at first and again after every rerun that brings new data, and when the theme changes.

const mounted = new WeakMap();

export default function inspector(component) {
  const { parentElement, data, setStateValue } = component;
  let app = mounted.get(parentElement);
  if (!app) {
    app = createApp(setStateValue);
    mounted.set(parentElement, app);
    parentElement.append(app.node);
    applyTheme(app);
    app.leave = watch(app);
  }
  app.send = setStateValue;
  const call = (app.calls = (app.calls ?? 0) + 1);
  app.node.style.setProperty("--tallest", data.height ? `${data.height}px` : "max(26rem, 68vh)");
  applyTheme(app);
  const fingerprint = JSON.stringify(data.view);
  if (fingerprint === app.fingerprint) recolour(app);
  else receive(app, data.view);
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
