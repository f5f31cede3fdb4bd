// A saved page: the payload stands in the page itself, and no server is told anything.

const app = createStrip(null, null);
document.getElementById("inspector").append(app.node);
applyTones(app);
watchStrip(app);
receiveStrip(app, JSON.parse(document.getElementById("view").textContent));
