// What a website includes: <script src="https://HOST/widget.js" defer></script>
// Puts <wee-weiser> into the page, unless it is there, and loads the element from the same host.
(() => {
  const script = document.currentScript;
  const base = new URL("static/widget/", script.src);
  // All parts are fetched side by side; a test compares the list with the folder.
  const parts = ["api", "cards", "composer", "dom", "frame", "log", "store", "style",
    "talk", "words", "words.de", "words.fr", "words.lb"];

  function add(tag, properties) {
    document.head.append(Object.assign(document.createElement(tag), properties));
  }

  function start() {
    if (!document.querySelector("wee-weiser")) {
      const element = document.createElement("wee-weiser");
      for (const { name, value } of script.attributes) {
        if (name.startsWith("data-")) element.setAttribute(name.slice(5), value);
      }
      document.body.append(element);
    }
    if (customElements.get("wee-weiser")) return;
    for (const name of parts) add("link", { rel: "modulepreload", href: new URL(`${name}.js`, base) });
    const src = new URL("element.js", base);
    try {
      // The page's `load` event waits for a script: then the button works.
      add("script", { type: "module", src });
    } catch {
      import(src); // a page that trusts no written address of a script
    }
  }

  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
