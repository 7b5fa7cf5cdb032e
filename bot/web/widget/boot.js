// What a website includes: <script src="https://HOST/widget.js" defer></script>
// Puts <wee-weiser> into the page, unless it is there, and loads the element from the same host.
(() => {
  const script = document.currentScript;
  const base = new URL("static/widget/", script.src);
  // The rest loads side by side, not one after the other; a test compares the list with the folder.
  const modules = ["element", "api", "cards", "composer", "dom", "frame", "log", "menu", "paper", "store",
    "talk", "words"];
  const texts = ["widget.css", "words.fr.json", "words.de.json", "words.lb.json"];

  function hint(attributes) {
    const link = document.createElement("link");
    for (const name of Object.keys(attributes)) link.setAttribute(name, attributes[name]);
    document.head.append(link);
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
    for (const name of modules) hint({ rel: "modulepreload", href: new URL(`${name}.js`, base) });
    for (const name of texts) {
      hint({ rel: "preload", as: "fetch", crossorigin: "anonymous", href: new URL(name, base) });
    }
    import(new URL("element.js", base));
  }

  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
