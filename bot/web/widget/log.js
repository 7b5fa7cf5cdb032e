// What was said, as a log that screen readers follow: only ever appended to.
import { card, speaker } from "./cards.js";
import { h, icon, plain } from "./dom.js";
import { say } from "./words.js";

const SETTLED = 400; // milliseconds until what was put in counts as old

export class Log {
  #shown = new Map(); // key of an entry -> its element
  #tools;
  #talk;
  #rate = null;
  #timer = 0;

  // `tools`: what cards need, and `word(key)`.
  constructor(talk, tools) {
    this.#talk = talk;
    this.#tools = tools;
    this.node = h("div", { class: "log", role: "log", "aria-live": "off", "aria-relevant": "additions", tabindex: "0" });
  }

  // Whether additions are read out: a moment later, so that what stands is not.
  live(on) {
    clearTimeout(this.#timer);
    if (!on) this.node.setAttribute("aria-live", "off");
    else this.#timer = setTimeout(() => this.node.setAttribute("aria-live", "polite"), SETTLED);
  }

  restore(entries) {
    this.empty();
    for (const entry of entries) this.#append(entry);
    this.#offerRating();
    this.toEnd();
  }

  toEnd() {
    const last = [...this.#shown.values()].pop();
    if (last) this.#scrollTo(last);
  }

  add(entries) {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller();
    const end = scrollHeight - scrollTop - clientHeight < 80;
    for (const entry of entries) this.#append(entry);
    this.#offerRating();
    const first = entries[0];
    // A long answer is read from its beginning; a person's message does not pull the page away.
    if (first.from !== "person" || end) this.#scrollTo(this.#shown.get(first.answer) || this.#shown.get(first.key));
  }

  // Whether the visitor's messages wait or were refused.
  refresh() {
    for (const entry of this.#talk.state.entries) {
      if (entry.from === "you" && this.#shown.has(entry.key)) this.#mark(entry);
    }
  }

  empty() {
    this.#shown.clear();
    this.#rate = null;
    this.node.replaceChildren();
  }

  #append(entry) {
    if (this.#shown.has(entry.key)) return;
    const { message } = entry;
    const lang = plain(message.lang);
    const isCard = message.type === "service" || message.type === "helpline";
    const node = h("div", { class: `msg ${entry.from}${isCard ? " wide" : ""}`, lang: lang || null });
    const who = h("span", { class: entry.from === "person" ? "who" : "vh" }, `${speaker(entry, lang)}: `);
    node.append(who, isCard ? card(message, entry.at, this.#tools) : h("p", { dir: "auto" }, plain(message.text)));
    this.node.append(node);
    this.#shown.set(entry.key, node);
    if (entry.from === "you") this.#mark(entry);
  }

  #mark(entry) {
    const node = this.#shown.get(entry.key);
    node.querySelector(".mark")?.remove();
    const word = (key) => say(key, this.#talk.state.lang);
    let text = "";
    if (entry.refused) text = `${word("refused")} ${entry.refused === true ? "" : plain(entry.refused)}`;
    else if (this.#talk.troubled && this.#talk.isWaiting(entry.key)) text = word("queued");
    if (text) node.append(h("span", { class: "mark", lang: this.#talk.state.lang }, text));
  }

  // Under the newest answer only; never after a crisis, and not for a person's words.
  #offerRating() {
    const { entries, rated, owner } = this.#talk.state;
    const last = entries[entries.length - 1];
    if (this.#rate && rated[last?.answer]) return; // its word may still be written
    this.#rate?.remove();
    this.#rate = null;
    if (!last?.answer || last.from !== "bot" || last.crisis || owner !== "assistant" || rated[last.answer]) return;
    this.#rate = feedback(this.#tools.word, (rating, word) => this.#talk.rate(last.answer, rating, word));
    this.node.append(this.#rate);
  }

  // Where there is little height the panel scrolls as a whole, or the page.
  #scroller() {
    if (getComputedStyle(this.node).overflowY !== "visible") return this.node;
    return this.node.closest(".page") ? document.scrollingElement : this.node.closest(".panel");
  }

  #scrollTo(node) {
    const scroller = this.#scroller();
    const top = scroller === document.scrollingElement ? 0 : scroller.getBoundingClientRect().top;
    scroller.scrollTop += node.getBoundingClientRect().top - top - 8;
  }
}

// Two buttons, then one optional word.
export function feedback(word, rate) {
  // Not read out with every answer.
  const node = h("div", { class: "rate", role: "group", "aria-live": "off", "aria-label": word("useful") });
  const said = h("p", { role: "status" });
  const button = (key, rating) => h("button", {
    type: "button", class: `plain ${rating}`, "aria-pressed": "false", onclick: (event) => choose(event, rating),
  }, icon("up"), word(key));
  const buttons = [button("yes", "up"), button("no", "down")];
  let chosen;

  async function send(text) {
    try {
      await rate(chosen, text);
      return true;
    } catch {
      said.textContent = word("failed");
      return false;
    }
  }

  async function choose({ currentTarget }, rating) {
    chosen = rating;
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === currentTarget));
    if (await send()) {
      said.textContent = word("thanks");
      if (!form.isConnected) said.before(form);
    }
  }

  const input = h("input", { type: "text", maxlength: 80, autocomplete: "off", "aria-label": word("one_word"), placeholder: word("one_word") });
  const form = h("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      if (!(await send(input.value.trim()))) return;
      said.textContent = word("thanks");
      said.setAttribute("tabindex", "-1");
      said.focus();
      form.remove();
      for (const other of buttons) other.disabled = true;
    },
  }, input, h("button", { class: "plain" }, word("send_word")));
  node.append(h("span", { "aria-hidden": "true" }, word("useful")), ...buttons, said);
  return node;
}
