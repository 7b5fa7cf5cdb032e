// Reads the notes while they are typed and fills in what the worker has not chosen by hand.
const form = document.getElementById("call");
const field = (id) => document.getElementById(id);
const notes = field("notes");
const chosen = new Set();
const PAUSE = 350;
let timer;
let asked = 0;

form.addEventListener("input", (event) => {
  if (event.target !== notes) chosen.add(event.target.id);
  else {
    clearTimeout(timer);
    timer = setTimeout(suggest, PAUSE);
  }
  contact();
});

// Name and phone can be written only once the person agreed.
function contact() {
  for (const id of ["name", "phone"]) {
    field(id).disabled = !field("consent").checked;
    if (!field("consent").checked) field(id).value = "";
  }
}

async function suggest() {
  const mine = ++asked;
  const headers = { "Content-Type": "application/json", "X-Desk-Form": form.dataset.token };
  let said;
  try {
    const body = JSON.stringify({ text: notes.value });
    const answer = await fetch("/desk/api/triage", { method: "POST", headers, body });
    if (!answer.ok) throw new Error(answer.status);
    said = await answer.json();
  } catch {
    if (mine === asked) field("why").textContent = form.dataset.failed;
    return;
  }
  if (mine === asked) show(said);
}

function fill(id, value) {
  if (!chosen.has(id)) field(id).value = value;
}

function show(said) {
  const dangers = said.beside.map((other) => ` ${other.why} ${quoted(other.words)}`).join("");
  field("why").textContent = `${said.risk} – ${said.why} ${quoted(said.because)}${dangers}`;
  field("why").dataset.level = said.level;
  field("rule").value = said.rule;
  fill("risk", said.risk);
  fill("place", said.place ?? "");
  fill("age", said.age);
  fill("household", said.household);
  for (const [n, select] of [...document.querySelectorAll(".need")].entries()) {
    const need = said.needs[n];
    fill(select.id, need ? need.id : "");
    field(`cause${n}`).textContent = need && !chosen.has(select.id) ? quoted(need.words) : "";
  }
  numbers(said.crisis.length ? said.helplines : []);
  services(said.services);
}

// One to a line; written anew only when they change, or screen readers say them at every pause.
function numbers(lines) {
  const list = field("numbers").firstElementChild;
  const rows = lines.map(helpline);
  const told = (all) => [...all].map((row) => row.textContent).join();
  if (told(list.children) !== told(rows)) list.replaceChildren(...rows);
  field("numbers").hidden = !lines.length;
}

// The number first, and in one piece; "112 – emergencies" begins with its own.
function helpline(line) {
  const row = document.createElement("li");
  const number = Object.assign(document.createElement("strong"), { textContent: line.number });
  const name = line.name.startsWith(line.number) ? line.name.slice(line.number.length) : line.name;
  row.append(number, ` ${name.trim()}`);
  return row;
}

function services(found) {
  const box = field("services");
  const held = new Set([...box.querySelectorAll("input:checked")].map((i) => i.value));
  const kept = [...box.children].filter((row) => {
    const input = row.querySelector("input");
    return input.checked && !found.some((s) => s.id === input.value);
  });
  box.replaceChildren(...kept, ...found.map((service) => row(service, held.has(service.id))));
}

function row(service, checked) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  Object.assign(input, { type: "checkbox", name: "services", value: service.id, checked });
  input.id = `service-${service.id}`;
  const words = form.dataset;
  const open = service.open === null ? words.unknown : service.open ? words.open : words.closed;
  const state = service.confirmed ? open : `${open} · ${words.unconfirmed}`;
  const about = document.createElement("span");
  about.className = "cause";
  const parts = [service.phones.join(", "), state, words[service.places], service.why.join(" ")];
  about.textContent = ` ${parts.filter(Boolean).join(" · ")}`;
  label.append(input, ` ${service.name}`, about);
  return label;
}

function quoted(words) {
  const marked = words.map((word) => form.dataset.quoted.replace("…", () => word));
  return words.length ? `(${marked.join(", ")})` : "";
}

// What a form that came back already holds was chosen by the worker; of a message left for the
// office only its language and kind are known.
const held = form.dataset.held ? form.elements : [field("type"), field("wanted")];
if (notes.value) for (const input of held) if (input.value) chosen.add(input.id);
contact();
// A call that is kept is read anew only when its notes change.
if (notes.value.trim() && form.dataset.held !== "kept") suggest();
