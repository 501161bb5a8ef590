// @ts-check
// Shows the page as it is now when a file of the site changes. Only the preview adds this script.
globalThis.trustedTypes?.createPolicy("default", { createHTML: (html) => html });
const root = new URL("../../", /** @type {HTMLScriptElement} */ (document.currentScript).src);

/** @param {string[]} files the names of those that changed */
async function showChange(files) {
  if (files.every((file) => file.endsWith(".css"))) return refreshStyles();
  const response = await fetch(location.href, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const scripts = (/** @type {Document} */ document) => [...document.querySelectorAll("script")].map((script) => script.outerHTML).join();
  // A script that is already here has run and will not again; a new one must.
  const own = `<script src="${new URL("static/sitegen/live.js", root).pathname}" defer=""></script>`;
  if (scripts(document) !== own || scripts(page) !== own) return location.reload();
  document.head.innerHTML = page.head.innerHTML;
  document.body.replaceWith(page.body);
}

function refreshStyles() {
  const links = /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll("link[rel=stylesheet]"));
  for (const link of links) {
    const fresh = /** @type {HTMLLinkElement} */ (link.cloneNode());
    const address = new URL(link.href);
    address.searchParams.set("changed", String(Date.now()));
    fresh.href = address.href;
    fresh.addEventListener("load", () => link.remove());
    link.after(fresh);
  }
}

/** @param {number} delay before the next try when the socket closes, in milliseconds */
function listen(delay) {
  const address = new URL("live/", root);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    document.documentElement.dataset.live = "yes";
    // The server was away: whatever changed meanwhile is not known.
    if (delay > 250) showChange(["?"]);
    delay = 250;
  });
  socket.addEventListener("message", (event) => showChange(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    delete document.documentElement.dataset.live;
    setTimeout(listen, delay, Math.min(delay * 2, 5000));
  });
}

listen(250);
