// Cards of services and helplines, and the same as text and on paper. Links are made from the
// card's fields, never from its texts.
import { entryUrl } from "./api.js";
import { dialled, h, icon, plain, webLink } from "./dom.js";
import { say } from "./words.js";

const FRESH = 10 * 60_000; // milliseconds "open until 17:00" is shown

// The card of a message. `tools`: {level, isSaved(card), save(card), tell(text)}.
export function card(message, at, tools) {
  const lang = plain(message.lang);
  const urgent = message.type === "helpline";
  const phones = urgent ? [message] : message.phones || [];
  const word = (key, gaps) => say(key, lang, gaps);
  const node = h("div", { class: urgent ? "card urgent" : "card" });
  if (urgent) node.append(h("p", { class: "kind" }, word("helpline")));
  node.append(h(`h${tools.level}`, { dir: "auto" }, plain(message.name)));
  if (urgent) node.append(...phones.map((phone) => phoneLine(phone, word)));
  if (!urgent && plain(message.summary)) node.append(h("p", { dir: "auto" }, plain(message.summary)));
  if (plain(message.opening) && Date.now() - at < FRESH) {
    const state = h("p", { class: "state", dir: "auto" }, plain(message.opening));
    setTimeout(() => state.remove(), FRESH - (Date.now() - at));
    node.append(state);
  }
  if (plain(message.alert)) node.append(h("p", { class: "notice", dir: "auto" }, plain(message.alert)));
  if (!urgent) node.append(...phones.map((phone) => phoneLine(phone, word)));
  const rows = [
    row(word("address"), plain(message.address), mapLink(message, word)),
    row(word("hours"), plain(message.hours_text)),
    row(word("email"), plain(message.email) && mailLink(plain(message.email))),
    row(word("website"), plain(message.website) && webLink(message.website, plain(message.website))),
    row(word("who"), plain(message.who)),
    row(word("cost"), plain(message.cost)),
    row(word("languages"), urgent ? "" : list(message.languages)),
  ].filter(Boolean);
  if (rows.length) node.append(h("dl", null, rows));
  const reachable = phones.some((phone) => plain(phone.number)) || plain(message.email) || plain(message.address);
  if (!reachable) node.append(h("p", { class: "notice" }, word("no_contact")));
  node.append(actions(message, word, tools));
  return node;
}

function phoneLine(phone, word) {
  const number = plain(phone.number);
  if (!number) return "";
  const digits = dialled(number);
  const text = [icon("phone"), h("span", null, word("call", { number }))];
  const line = h("p", { class: "call" }, digits ? h("a", { href: `tel:${digits}` }, text) : number);
  if (plain(phone.label)) line.append(" ", h("span", { class: "notice", dir: "auto" }, plain(phone.label)));
  return line;
}

function mailLink(address) {
  return h("a", { href: `mailto:${encodeURIComponent(address).replace(/%40/g, "@")}` }, address);
}

// The map is another house's: asked only on a click.
function mapLink(message, word) {
  if (!plain(message.map_url)) return null;
  const text = [icon("map"), `${word("map")} (${word("new_tab")})`];
  return [h("span", { class: "line" }, webLink(message.map_url, text)),
    h("span", { class: "line small" }, word("map_credit"))];
}

function row(label, value, more) {
  if (!value && !more) return null;
  return h("div", null, h("dt", null, label), h("dd", { dir: "auto" }, value || null, more || null));
}

function list(items) {
  return Array.isArray(items) ? items.map(plain).filter(Boolean).join(", ") : "";
}

function actions(message, word, tools) {
  const name = plain(message.name);
  // The name sets "Print" of one card apart from "Print" of the next.
  const button = (key, drawn, act) => h("button", { type: "button", class: "plain", onclick: act },
    icon(drawn), h("span", null, word(key)), h("span", { class: "vh" }, ` ${name}`));
  const save = button("save", "star", () => {
    const kept = tools.save(message);
    save.ariaPressed = kept;
    if (kept) tools.tell(word("saved_said"));
  });
  save.ariaPressed = tools.isSaved(message);
  return h("div", { class: "actions" },
    webLink(entryUrl(message), [word("more"), h("span", { class: "vh" }, ` ${name} (${word("new_tab")})`)]),
    button("print", "print", () => printCard(message)),
    button("share", "share", () => share(message, name, word, tools)),
    save);
}

async function share(message, title, word, tools) {
  const url = entryUrl(message);
  if (navigator.share) return navigator.share({ title, url }).catch(() => {});
  try {
    await navigator.clipboard.writeText(url);
    tools.tell(word("copied"));
  } catch {
    tools.tell(url);
  }
}

// On paper, through a frame: the page around is not printed.

const STYLE = "body{font:11pt/1.4 sans-serif;overflow-wrap:anywhere}h1{font-size:15pt}"
  + "pre{font:inherit;white-space:pre-wrap;margin:0 0 1em;break-inside:avoid}";

export function linesOf(message) {
  const lang = plain(message.lang);
  if (message.type !== "service" && message.type !== "helpline") {
    const choices = (message.choices || []).map((choice) => `- ${plain(choice.title)}`);
    return [plain(message.text), ...choices];
  }
  const phones = message.type === "helpline" ? [message] : message.phones || [];
  const named = (key, value) => plain(value) && `${say(key, lang)}: ${plain(value)}`;
  return [
    plain(message.name),
    plain(message.summary),
    ...phones.filter((phone) => plain(phone.number)).map(phoneText),
    named("address", message.address),
    named("hours", message.hours_text),
    named("email", message.email),
    named("website", message.website),
    named("who", message.who),
    named("cost", message.cost),
    plain(message.alert),
    entryUrl(message),
  ].filter(Boolean);
}

function phoneText({ number, label }) {
  return [`${plain(number)} (${dialled(number)})`, plain(label)].filter(Boolean).join(" – ");
}

export function transcript(entries, lang) {
  return entries.map((entry) => {
    const time = new Date(entry.at).toLocaleTimeString(lang === "lb" ? "de-LU" : `${lang}-LU`,
      { hour: "2-digit", minute: "2-digit" });
    return `${time} ${speaker(entry, lang)}\n${linesOf(entry.message).join("\n")}\n`;
  }).join("\n");
}

export function speaker(entry, lang) {
  if (entry.from === "person") return plain(entry.role) || say("person", lang);
  return say(entry.from === "you" ? "you" : "bot", lang);
}

export function download(text, name) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function printCard(message) {
  const [name, ...lines] = linesOf(message);
  printText(name, [lines.join("\n")], plain(message.lang));
}

export function printText(title, blocks, lang) {
  const frame = h("iframe", { "aria-hidden": "true", tabindex: "-1" });
  frame.style.cssText = "position:fixed!important;width:0!important;height:0!important;border:0!important;left:-99px!important";
  document.body.append(frame);
  const page = frame.contentDocument;
  const sheet = new frame.contentWindow.CSSStyleSheet();
  sheet.replaceSync(STYLE);
  page.adoptedStyleSheets = [sheet];
  page.documentElement.lang = lang;
  page.title = title;
  page.body.append(h("h1", null, title), ...blocks.map((block) => h("pre", null, block)));
  const done = () => setTimeout(() => frame.remove(), 0);
  frame.contentWindow.addEventListener("afterprint", done);
  frame.contentWindow.print();
}
