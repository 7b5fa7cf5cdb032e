// The chat page: sends messages to the API and shows what comes back. No third-party request.
const list = document.getElementById("messages");
const form = document.getElementById("form");
const input = document.getElementById("text");
const words = await (await fetch("/static/words.json")).json();
let language = pageLanguage();
let conversation = null;

function pageLanguage() {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = [asked, ...navigator.languages].filter(Boolean).map((l) => l.slice(0, 2));
  return wanted.find((l) => l in words) || "fr";
}

function word(key, lang = language) {
  return (words[lang] || words.fr)[key];
}

function translate() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-word]")) {
    node.textContent = word(node.dataset.word);
  }
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === language));
  }
}

async function call(path, options = {}) {
  const headers = { "Content-Type": "application/json", "Accept-Language": language };
  if (conversation) headers.Authorization = `Bearer ${conversation.token}`;
  const response = await fetch(`/api/conversations${path}`, { ...options, headers });
  if (response.status === 204) return null;
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  return body;
}

async function begin() {
  conversation = null;
  const body = JSON.stringify({ lang: language });
  const started = await call("", { method: "POST", body });
  conversation = { id: started.id, token: started.token };
  show(started.messages);
}

async function send(message, shown) {
  const asked = say("you", shown, language);
  const waiting = say("bot", word("waiting"), language);
  waiting.classList.add("waiting");
  try {
    if (!conversation) await begin();
    const path = `/${conversation.id}/messages`;
    const answer = await call(path, { method: "POST", body: JSON.stringify(message) });
    waiting.remove();
    if (answer.language in words && answer.language !== language) {
      language = answer.language;
      translate();
    }
    show(answer.messages);
    // A long answer is read from its beginning.
    asked.scrollIntoView({ block: "start" });
  } catch (error) {
    waiting.remove();
    say("bot", error instanceof TypeError ? word("offline") : error.message, language);
  }
}

function element(tag, text, attributes = {}) {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function say(who, text, lang) {
  const item = element("li", "", { class: who, lang });
  item.append(element("span", word(who), { class: "who" }), element("p", text));
  add(item);
  return item;
}

function add(item) {
  list.append(item);
  item.scrollIntoView({ block: "end" });
}

function show(messages) {
  for (const message of messages) {
    if (message.type === "service") add(serviceCard(message));
    else if (message.type === "helpline") add(helplineCard(message));
    else {
      const item = say("bot", message.text, message.lang);
      if (message.type === "choices") item.append(choices(message.choices));
    }
  }
}

function choices(items) {
  const box = element("div", "", { class: "choices" });
  for (const { title, payload } of items) {
    const button = element("button", title, { type: "button" });
    button.addEventListener("click", () => send({ payload }, title));
    box.append(button);
  }
  return box;
}

// As people dial: short numbers as they are, others with the country code.
function dial(number) {
  const digits = number.replace(/\D/g, "");
  return digits.length <= 4 || digits.startsWith("116") ? `tel:${digits}` : `tel:+352${digits}`;
}

function row(card, label, value) {
  if (!value) return;
  const line = element("p");
  line.append(element("strong", `${label}: `), value);
  card.append(line);
}

function link(text, href) {
  const outside = href.startsWith("http") ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return element("a", text, { href, ...outside });
}

// The entry's own page: sources, printing, contact card. Opened apart, so that the talk stays.
function pageLink(kind, { id, lang }) {
  const line = element("p");
  const href = `/${kind}/${encodeURIComponent(id)}?lang=${lang}`;
  line.append(element("a", word("more", lang), { href, target: "_blank", rel: "noopener" }));
  return line;
}

// A number to tap, with "to be confirmed" or its date where it needs one.
function numberLine({ number, label }, lang) {
  const line = element("p");
  line.append(link(`${word("call", lang)} ${number}`, dial(number)));
  if (label) line.append(` – ${label}`);
  return line;
}

function serviceCard(service) {
  const lang = service.lang;
  const item = element("li", "", { class: "card", lang });
  item.append(element("h2", service.name), element("p", service.summary));
  item.append(element("p", service.opening, { class: "state" }));
  for (const phone of service.phones) item.append(numberLine(phone, lang));
  row(item, word("address", lang), service.address);
  row(item, word("hours", lang), service.hours_text);
  row(item, word("email", lang), service.email && link(service.email, `mailto:${service.email}`));
  row(item, word("website", lang), service.website && link(service.website, service.website));
  row(item, word("who", lang), service.who);
  row(item, word("cost", lang), service.cost);
  if (service.alert) item.append(element("p", service.alert, { class: "notice" }));
  if (service.map_url) {
    const map = element("p");
    map.append(link(word("map", lang), service.map_url), ` (${word("map_credit", lang)})`);
    item.append(map);
  }
  if (!service.phones.length && !service.email && !service.address) {
    item.append(element("p", word("unknown", lang), { class: "notice" }));
  }
  item.append(pageLink("services", service));
  return item;
}

function helplineCard(line) {
  const item = element("li", "", { class: "card urgent", lang: line.lang });
  item.append(element("h2", line.name));
  if (line.number) item.append(numberLine(line, line.lang));
  item.append(element("p", line.opening, { class: "state" }));
  row(item, word("hours", line.lang), line.hours_text);
  item.append(pageLink("helplines", line));
  return item;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value;
  if (!text.trim()) return;
  input.value = "";
  send({ text, lang: language }, text);
  input.focus();
});

input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

for (const button of document.querySelectorAll("[data-lang]")) {
  button.addEventListener("click", () => {
    language = button.dataset.lang;
    translate();
    restart();
  });
}

document.getElementById("erase").addEventListener("click", async () => {
  try {
    if (conversation) await call(`/${conversation.id}`, { method: "DELETE" });
    await restart();
    say("bot", word("erased"), language);
  } catch {
    say("bot", word("offline"), language);
  }
});

async function restart() {
  list.replaceChildren();
  try {
    await begin();
  } catch {
    say("bot", word("offline"), language);
  }
}

translate();
await restart();
