// Cards of services and helplines. Links are made from the card's fields, never from its texts.
import { entryUrl } from "./api.js";
import { dialled, h, icon, plain, webLink } from "./dom.js";
import { printCard } from "./paper.js";
import { say } from "./words.js";

// "Open until 17:00" is true for a moment only: after these milliseconds it is taken away.
const FRESH = 10 * 60_000;

// The card of a `service` or `helpline` message. `tools`: {level, isSaved(card), save(card), tell(text)}.
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
    row(word("languages"), list(message.languages)),
  ].filter(Boolean);
  if (rows.length) node.append(h("dl", null, rows));
  const reachable = phones.some((phone) => plain(phone.number)) || plain(message.email) || plain(message.address);
  if (!reachable) node.append(h("p", { class: "notice" }, word("no_contact")));
  node.append(actions(message, word, tools));
  return node;
}

// A link that dials, with "to be confirmed" or its date beside it.
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

// The map is another house: it is asked only when somebody opens the link.
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
  // The name makes "Print" of one card another button than "Print" of the next.
  const button = (key, drawn, act) => h("button", { type: "button", class: "plain", onclick: act },
    icon(drawn), h("span", null, word(key)), h("span", { class: "vh" }, ` ${name}`));
  const save = button(tools.isSaved(message) ? "saved" : "save", "star", () => {
    const kept = tools.save(message);
    save.querySelector("span").textContent = word(kept ? "saved" : "save");
    if (kept) tools.tell(word("saved_said"));
  });
  return h("div", { class: "actions" },
    webLink(entryUrl(message), [word("more"), h("span", { class: "vh" }, ` ${name} (${word("new_tab")})`)]),
    button("print", "print", () => printCard(message)),
    button("share", "share", () => share(message, name, word, tools)),
    save);
}

async function share(message, title, word, tools) {
  const url = entryUrl(message);
  // Closing the browser's dialog rejects the promise; nothing went wrong then.
  if (navigator.share) return navigator.share({ title, url }).catch(() => {});
  try {
    await navigator.clipboard.writeText(url);
    tools.tell(word("copied"));
  } catch {
    tools.tell(url);
  }
}
