// What a website includes. Puts <wee-weiser> into the page, unless it is there, and loads it.
// Old browsers read this, too.
(() => {
  const script = document.currentScript;
  const base = new URL("static/widget/", script.src);
  // All parts are fetched side by side; a test compares the list with the folder.
  const parts = ["api", "cards", "catalogue", "chat", "composer", "dom", "frame", "log", "store", "style",
    "talk", "words"];
  // As in catalogue.js, which may not arrive.
  const words = { fr: "Besoin d'aide ?", de: "Brauchen Sie Hilfe?", lb: "Braucht Dir Hëllef?" };
  const look = "position:fixed;right:1em;bottom:1em;z-index:2147483000;padding:1em;background:#0b6e6e;color:#fff";

  const defined = () => window.customElements && customElements.get("wee-weiser");

  function add(tag, properties, to = document.head) {
    to.append(Object.assign(document.createElement(tag), properties));
  }

  // An old browser, or a part that did not arrive: a link to the page of forms.
  function instead() {
    const element = document.querySelector("wee-weiser");
    if (defined() || !element || element.firstChild) return;
    const wanted = [element.lang, document.documentElement.lang, ...navigator.languages, "fr"];
    const lang = wanted.map((tag) => tag.slice(0, 2)).find((code) => words[code]);
    add("a", { href: new URL(`./?lang=${lang}`, script.src), lang, textContent: words[lang], style: look }, element);
  }

  function start() {
    if (!document.querySelector("wee-weiser")) {
      const element = document.createElement("wee-weiser");
      for (const { name, value } of script.attributes) {
        if (name.startsWith("data-")) element.setAttribute(name.slice(5), value);
      }
      document.body.append(element);
    }
    if (defined()) return;
    for (const name of parts) add("link", { rel: "modulepreload", href: new URL(`${name}.js`, base) });
    const src = new URL("element.js", base);
    try {
      // The page's `load` event waits for a script: then the button works.
      add("script", { type: "module", src, onload: instead, onerror: instead });
    } catch (error) {
      import(src).then(instead, instead); // a page that trusts no written address of a script
    }
  }

  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
