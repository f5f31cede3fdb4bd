// A saved page: the payload stands in the page itself, and no server is told anything.

const app = createApp(null);
document.getElementById("inspector").append(app.node);
applyTheme(app);
watch(app);
receive(app, JSON.parse(document.getElementById("view").textContent));
