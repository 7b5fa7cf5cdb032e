// Where the visitor writes or taps: input, choices, button, and what was wrong.
import { h, icon, plain, topicIcon } from "./dom.js";

const LONGEST = 15_000; // characters; the server takes 64 kilobytes

export class Composer {
  #word;
  #error = h("p", { id: "error", class: "error", role: "alert" });
  #privacy;

  // `choices`: the node after the input; `privacy`: what is shown until the first text.
  constructor({ word, write, choices, privacy }) {
    this.#word = word;
    this.#privacy = h("p", { id: "privacy", class: "small" }, privacy);
    this.input = h("textarea", {
      id: "text", rows: 1, autocomplete: "off", "aria-describedby": "privacy error", onkeydown: (e) => this.#key(e),
      oninput: () => this.#fail(""),
    });
    const send = h("button", { class: "send" }, h("span", { "data-t": "send" }), icon("send"));
    this.node = h("form", { class: "composer", novalidate: true, onsubmit: (event) => this.#submit(event, write) },
      h("label", { for: "text", "data-t": "label" }), this.input, choices, this.#privacy, this.#error, send);
  }

  showPrivacy(on) {
    this.#privacy.hidden = !on;
    this.input.setAttribute("aria-describedby", on ? "privacy error" : "error");
  }

  #key(event) {
    // While a character is composed, Enter chooses it (229: older browsers).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.node.requestSubmit();
  }

  #submit(event, write) {
    event.preventDefault();
    const text = this.input.value;
    if (!text.trim()) return this.#fail("empty");
    if (text.length > LONGEST) return this.#fail("too_long");
    this.input.value = "";
    this.#fail("");
    write(text);
  }

  #fail(key) {
    this.#error.textContent = key && this.#word(key);
    if (key) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    if (key) this.input.focus();
  }
}

// Right after the input: one Tab reaches them.
export class Choices {
  #pick;

  constructor(pick) {
    this.#pick = pick;
    this.node = h("div", { class: "choices", role: "group", hidden: true, onkeydown: (event) => this.#arrows(event) });
  }

  // Shows the choices of the newest message, or none. Returns how many.
  show(message) {
    const items = message?.type === "choices" && Array.isArray(message.choices) ? message.choices : [];
    const drawn = items.map(({ title, payload }) => this.#button(plain(title), plain(payload)));
    this.node.replaceChildren(...drawn);
    this.node.hidden = !items.length;
    this.node.classList.toggle("tiles", items.filter(({ payload }) => topicIcon(plain(payload))).length > 3);
    if (items.length) this.node.lang = plain(message.lang);
    return items.length;
  }

  #button(title, payload) {
    return h("button", {
      type: "button",
      // A click by keyboard has no detail.
      onclick: (event) => this.#pick(payload, title, event.detail === 0),
    }, topicIcon(payload), h("span", { dir: "auto" }, title));
  }

  #arrows(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...this.node.children];
    const at = buttons.indexOf(event.target);
    buttons[(at + step + buttons.length) % buttons.length].focus();
  }
}
