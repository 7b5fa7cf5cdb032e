// Asks before a page is left on which something was written, or came back refused, and was not sent.
const WRITTEN = "form[method=post] textarea:not([readonly]), form[method=post] input[type=text]";
let sent = false;

function unsaved() {
  return document.querySelector("form[data-unsaved]")
    || [...document.querySelectorAll(WRITTEN)].some((field) => field.value !== field.defaultValue);
}

document.addEventListener("submit", (event) => { sent = !event.defaultPrevented; });
window.addEventListener("beforeunload", (event) => {
  if (!sent && unsaved()) event.preventDefault();
});
