// Turns the page of forms into the widget, when the browser can run it.
// Until the widget is there, and if it never comes, the page of forms works.
const field = document.getElementById("text");

async function upgrade() {
  const element = document.createElement("wee-weiser");
  for (const [name, value] of Object.entries({ open: "", mode: "page", lang: document.documentElement.lang })) {
    element.setAttribute(name, value);
  }
  element.hidden = true;
  const ready = new Promise((resolve) => { element.addEventListener("weeweiser-ready", resolve, { once: true }); });
  document.body.append(element);
  const script = document.createElement("script");
  script.src = "/widget.js";
  document.head.append(script);
  await ready;
  // Who writes already is not interrupted.
  if (field.value || document.activeElement === field) {
    element.remove();
    return;
  }
  document.body.replaceChildren(element);
  document.body.classList.add("widget");
  element.hidden = false;
}

upgrade();
