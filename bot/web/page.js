// Turns the page of forms into the widget, when there is one and the browser can run it.
// Until the widget is there, and if it never comes, the page of forms works.
const plain = document.getElementById("plain");
const field = document.getElementById("text");

async function upgrade() {
  const element = document.createElement("wee-weiser");
  for (const [name, value] of Object.entries({ open: "", mode: "page", lang: document.documentElement.lang })) {
    element.setAttribute(name, value);
  }
  element.hidden = true;
  document.body.append(element);
  const script = document.createElement("script");
  script.src = "/widget.js";
  document.head.append(script);
  await customElements.whenDefined("wee-weiser");
  // Who writes already is not interrupted.
  if (field.value || document.activeElement === field) {
    element.remove();
    return;
  }
  document.body.replaceChildren(element);
  document.body.classList.add("widget");
  element.hidden = false;
}

if ("widget" in plain.dataset) upgrade();
else location.replace(`/static/index.html${location.search}`);
