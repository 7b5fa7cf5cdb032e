// What stands around the conversation: launcher, head, the bar with telephone numbers, the menu.
import { entryUrl, pageUrl } from "./api.js";
import { dialled, h, icon, plain, webLink } from "./dom.js";
import { LANGUAGES, NAMES } from "./words.js";

const EMERGENCY = "112"; // everywhere in Europe

export class Frame {
  #word;

  constructor({ word, acts, parts, page, level, heading }) {
    this.#word = word;
    const button = (key, drawn, act, properties) => h("button", { type: "button", onclick: act, ...properties },
      icon(drawn), h("span", { "data-t": key }));

    this.launcher = page ? null : h("button", { type: "button", class: "launcher", "aria-expanded": "false",
      "aria-controls": "panel", onclick: acts.toggle }, icon("chat"), h("span", { "data-t": "launcher" }),
    h("span", { class: "count", hidden: true }));
    // Outside of the panel: it speaks while that is closed, too.
    this.said = h("p", { class: "vh", role: "status" });
    this.menuButton = button("menu", "menu", acts.menu, { "aria-expanded": "false", "aria-controls": "menu" });
    this.languages = LANGUAGES.map((code) => h("button", { type: "button", lang: code, onclick: () => acts.speak(code) },
      h("span", null, code.toUpperCase()), h("span", { class: "vh" }, ` – ${NAMES[code]}`)));
    this.human = h("span", { class: "human" });
    this.owner = h("p", { id: "owner" });
    this.trouble = h("p", { role: "status" });
    this.retry = h("button", { type: "button", class: "plain", hidden: true, "data-t": "retry", onclick: acts.retry });
    this.typing = h("p", { class: "typing", "aria-hidden": "true", hidden: true },
      h("span", { "data-t": "typing" }), h("i"), h("i"), h("i"));
    this.panel = h(page ? "div" : "section", {
      id: "panel", class: "panel", tabindex: "-1", hidden: !page,
      role: page ? "main" : "dialog", "aria-labelledby": "title", "aria-describedby": page ? null : "owner",
    },
    h("div", { class: "head" }, icon("sign"),
      h("div", { class: "names" }, h(`h${level}`, { id: "title" }, heading || "Weeweiser"), this.owner),
      button("exit", "exit", acts.exit, { class: "exit" }),
      this.menuButton,
      page ? null : button("close", "close", acts.close, { class: "close" })),
    h("div", { class: "bar" }, this.human,
      h("span", null, h("span", { "data-t": "danger" }), " ", h("a", { href: `tel:${EMERGENCY}` }, EMERGENCY)),
      h("span", { class: "languages", role: "group", "data-t-label": "language" }, this.languages)),
    parts.menu, parts.log, this.typing,
    h("div", { class: "trouble" }, this.trouble, this.retry),
    parts.composer);
    this.root = h("div", { class: page ? "root page" : "root" }, this.launcher, this.said, this.panel);
  }

  translate(lang, { owner, role }) {
    this.root.lang = lang;
    for (const node of this.root.querySelectorAll("[data-t]")) node.textContent = this.#word(node.dataset.t);
    for (const node of this.root.querySelectorAll("[data-t-label]")) {
      node.setAttribute("aria-label", this.#word(node.dataset.tLabel));
    }
    for (const button of this.languages) button.setAttribute("aria-pressed", String(button.lang === lang));
    this.showOwner(owner, role);
  }

  showOwner(owner, role) {
    const name = { waiting: "by_waiting", person: role ? "by_role" : "by_person" }[owner] || "by_bot";
    const text = this.#word(name, { role: plain(role) });
    if (this.owner.textContent && this.owner.textContent !== text) this.say(text);
    this.owner.textContent = text;
  }

  // The association's number, at the same place in every state.
  showHuman({ number, label }) {
    this.human.replaceChildren(h("span", { "data-t": "human" }, this.#word("human")), " ",
      h("a", { href: `tel:${dialled(number)}` }, icon("phone"), plain(number)),
      plain(label) ? h("span", { class: "notice" }, ` ${plain(label)}`) : "");
  }

  showTrouble(text, retry) {
    if (this.trouble.textContent !== text) this.trouble.textContent = text;
    this.retry.hidden = !retry;
  }

  showUnread(count) {
    const badge = this.launcher?.querySelector(".count");
    if (!badge) return;
    badge.hidden = !count;
    badge.textContent = count ? ` ${count} ` : "";
  }

  say(text) {
    this.said.textContent = text;
  }
}

const THEMES = ["auto", "light", "dark"];

export class Menu {
  #acts;
  #word;
  #state;

  constructor({ word, state, acts }) {
    this.#word = word;
    this.#state = state;
    this.#acts = acts;
    this.node = h("div", { id: "menu", class: "menu", role: "region", hidden: true });
  }

  draw() {
    const word = this.#word;
    this.node.setAttribute("aria-label", word("menu"));
    this.node.replaceChildren(
      h("div", { class: "row" },
        this.#button("topics", () => this.#acts.press("/help_menu", word("topics"))),
        this.#button("ask_human", () => this.#acts.press("/human_handoff", word("ask_human")))),
      this.#set("size", [0, 1, 2], (size) => (size ? word(`size_${size}`) : "100 %")),
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
      h("ul", null, items));
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
