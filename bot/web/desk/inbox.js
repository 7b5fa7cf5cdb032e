// Keeps the list fresh; the focus stays where it is.
import { show } from "./presence.js";

const EVERY = 3_000;
const rows = document.getElementById("rows");
const failed = document.getElementById("failed");
let shown = "";

async function look() {
  try {
    const answer = await fetch("/desk/inbox/list", { cache: "no-store" });
    failed.hidden = answer.ok;
    if (answer.ok) put(await answer.text());
  } catch {
    failed.hidden = false;
  }
  setTimeout(look, EVERY);
}

function put(text) {
  if (text === shown) return;
  shown = text;
  const focused = document.activeElement?.id;
  const page = new DOMParser().parseFromString(text, "text/html");
  rows.replaceChildren(...page.body.childNodes);
  if (focused) document.getElementById(focused)?.focus();
  show(Number(rows.querySelector("[data-waiting]").dataset.waiting));
}

setTimeout(look, EVERY);
