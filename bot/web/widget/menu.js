// The menu: topics, a person, text size, colours, what was kept, transcript, deleting.
import { entryUrl, pageUrl } from "./api.js";
import { dialled, h, icon, plain, webLink } from "./dom.js";

const THEMES = ["auto", "light", "dark"];

export class Menu {
  #acts;
  #word;
  #state;

  // `acts`: {press(payload, title), look(), transcript(), print(), erase(), unsave(card), keep(on)}.
  constructor({ word, state, acts }) {
    this.#word = word;
    this.#state = state;
    this.#acts = acts;
    this.node = h("div", { id: "menu", class: "menu", role: "region", hidden: true });
  }

  // Draws everything anew: after opening, and after the language was switched.
  draw() {
    const word = this.#word;
    this.node.setAttribute("aria-label", word("menu"));
    this.node.replaceChildren(
      h("div", { class: "row" },
        this.#button("topics", () => this.#acts.press("/help_menu", word("topics"))),
        this.#button("ask_human", () => this.#acts.press("/human_handoff", word("ask_human")))),
      this.#set("size", [0, 1, 2], (size) => word(`size_${size}`)),
      this.#set("theme", THEMES, (theme) => word(`theme_${theme}`)),
      this.#saved(),
      h("div", { class: "row" },
        this.#button("transcript", () => this.#acts.transcript()),
        this.#button("transcript_print", () => this.#acts.print())),
      this.#keep(),
      this.#erase(),
      h("p", { class: "row" }, this.#page("privacy"), this.#page("accessibility")),
    );
  }

  #button(key, act, properties = {}) {
    return h("button", { type: "button", onclick: act, ...properties }, this.#word(key));
  }

  #page(key) {
    const text = [this.#word(key), h("span", { class: "vh" }, ` (${this.#word("new_tab")})`)];
    return webLink(pageUrl(key, this.#state().lang), text);
  }

  // One of several values, as buttons of which one is pressed.
  #set(name, values, text) {
    const buttons = values.map((value) => h("button", {
      type: "button",
      "aria-pressed": String(this.#state()[name] === value),
      onclick: ({ currentTarget }) => {
        this.#state()[name] = value;
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === currentTarget));
        this.#acts.look();
      },
    }, text(value)));
    return h("fieldset", null, h("legend", null, this.#word(name)), h("div", { class: "row" }, buttons));
  }

  #saved() {
    const { saved } = this.#state();
    const items = saved.map((card) => {
      const { number } = card.type === "helpline" ? card : (card.phones || [])[0] || {};
      const name = plain(card.name);
      return h("li", { lang: plain(card.lang) },
        webLink(entryUrl(card), name),
        plain(number) ? h("a", { href: `tel:${dialled(number)}` }, icon("phone"), plain(number)) : null,
        h("button", { type: "button", class: "plain", lang: this.#state().lang, onclick: () => {
          this.#acts.unsave(card);
          this.draw();
          this.node.querySelector(".saved").focus();
        } }, this.#word("remove"), h("span", { class: "vh" }, ` ${name}`)));
    });
    return h("section", { class: "saved", tabindex: "-1", "aria-label": this.#word("saved_title") },
      h("p", null, h("strong", null, this.#word("saved_title"))),
      items.length ? h("ul", null, items) : h("p", { class: "small" }, this.#word("saved_none")));
  }

  #keep() {
    const box = h("input", { type: "checkbox", id: "keep", "aria-describedby": "keep-hint",
      onchange: () => this.#acts.keep(box.checked) });
    box.checked = this.#state().keep;
    return h("div", { class: "keep" }, h("label", { for: "keep" }, box, " ", this.#word("keep")),
      h("p", { id: "keep-hint", class: "small" }, this.#word("keep_hint")));
  }

  #erase() {
    const ask = this.#button("erase", () => {
      sure.hidden = false;
      sure.querySelector("button").focus();
    });
    const sure = h("div", { class: "sure", role: "group", hidden: true, "aria-labelledby": "sure" },
      h("p", { id: "sure" }, this.#word("erase_ask")),
      h("div", { class: "row" },
        this.#button("erase_no", () => { sure.hidden = true; ask.focus(); }),
        this.#button("erase_yes", () => this.#acts.erase(), { class: "strong" })));
    return h("div", null, ask, sure);
  }
}
