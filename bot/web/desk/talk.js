// A conversation while it goes on: new lines appear, words are sent without leaving the page, and
// what is being written stays until it has arrived.
const EVERY = 2_000;
const talk = document.getElementById("talk");
const form = document.getElementById("write");
const wrong = document.getElementById("wrong");
const field = (name) => form.elements.namedItem(name);
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)),
  (byte) => byte.toString(16).padStart(2, "0")).join("");
let told = ""; // what went wrong while looking, so that it can be taken back
let sending = false;

function say(text) {
  wrong.textContent = text;
  wrong.hidden = !text;
}

async function look() {
  let problem = "";
  try {
    const answer = await fetch(talk.dataset.lines, { cache: "no-store" });
    if (answer.ok) problem = put(await answer.text()) ? "" : talk.dataset.lost;
    else problem = answer.status === 403 || answer.status === 404 ? talk.dataset.lost : talk.dataset.failed;
  } catch {
    problem = talk.dataset.failed;
  }
  if (problem !== told) say(problem);
  told = problem;
}

async function follow() {
  await look();
  setTimeout(follow, EVERY);
}

// Whether the worker still answers here, or only reads.
function put(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const state = document.getElementById("state");
  const now = page.getElementById("state");
  if (form && now.dataset.acts === "no") return false;
  if (state.textContent !== now.textContent) state.textContent = now.textContent;
  const list = talk.querySelector("ol");
  const log = document.getElementById("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  for (const line of page.querySelectorAll("li")) {
    const known = list.querySelector(`[data-key="${line.dataset.key}"]`);
    if (!known) list.append(line);
    else if (known.dataset.state !== line.dataset.state) known.replaceWith(line);
  }
  if (atEnd) log.scrollTop = log.scrollHeight;
  return true;
}

// Gives the answer, or null after saying what is wrong.
async function post(name, value) {
  if (sending) return null;
  sending = true;
  const data = new URLSearchParams(new FormData(form));
  data.set(name, value);
  data.set("script", "yes");
  try {
    const answer = await fetch(form.action, { method: "POST", body: data });
    if (answer.ok) {
      say("");
      return answer;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    say(page.querySelector("[role=alert]")?.textContent.trim() || talk.dataset.failed);
  } catch {
    say(talk.dataset.failed);
  } finally {
    sending = false;
  }
  return null;
}

async function send(name, value) {
  const written = field("text").value;
  if (!(await post(name, value))) return;
  // The next message is another one; this one, sent again, would be said once.
  field("once").value = newId();
  if (name === "do" && field("text").value === written) field("text").value = "";
  if (name === "service") document.getElementById("hits").replaceChildren();
  field("text").focus();
  await look();
}

async function search() {
  const answer = await post("do", "search");
  if (!answer) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const hits = document.getElementById("hits");
  hits.replaceChildren(...page.body.childNodes);
  hits.querySelector("button")?.focus();
}

function insert() {
  const text = field("text");
  const prepared = field("canned").selectedOptions[0].dataset.text;
  const before = text.value.slice(0, text.selectionStart);
  const gap = before && !/\s$/.test(before) ? "\n" : "";
  text.setRangeText(gap + prepared, text.selectionStart, text.selectionEnd, "end");
  text.focus();
}

form?.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.hasAttribute("formaction")) return; // handed on or given back: another page follows
  event.preventDefault();
  if (button?.name === "service") send("service", button.value);
  else if (button?.value === "canned") insert();
  else if (button?.value === "search") search();
  else send("do", "send");
});
form?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    if (event.target === field("text")) send("do", "send");
    if (event.target === field("canned")) insert();
  }
});
document.getElementById("log").scrollTop = document.getElementById("log").scrollHeight;
setTimeout(follow, EVERY);
