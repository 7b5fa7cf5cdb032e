// What stands around the conversation: the launcher, the panel's head, the bar with the telephone
// numbers, and the places for menu, log and composer. All names follow the language.
import { dialled, h, icon, plain } from "./dom.js";
import { LANGUAGES, NAMES } from "./words.js";

// The European emergency number.
const EMERGENCY = "112";

export class Frame {
  #word;

  // `acts`: {toggle(), close(), exit(), menu(), speak(lang), retry()}; `parts`: {menu, log, composer}.
  constructor({ word, acts, parts, page, level, heading }) {
    this.#word = word;
    const title = { id: "title", "data-t": heading ? null : "title" };
    const button = (key, drawn, act, properties) => h("button", { type: "button", onclick: act, ...properties },
      icon(drawn), h("span", { "data-t": key }));

    this.launcher = page ? null : h("button", { type: "button", class: "launcher", "aria-expanded": "false",
      "aria-controls": "panel", onclick: acts.toggle }, icon("chat"), h("span", { "data-t": "launcher" }),
    h("span", { class: "count", hidden: true }));
    // Outside of the panel, so that it also speaks while the panel is closed.
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
      h("div", { class: "names" }, h(`h${level}`, title, heading || null), this.owner),
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

  // Who answers: a program, or a person with their role. Always visible.
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
    const badge = this.launcher.querySelector(".count");
    badge.hidden = !count;
    badge.textContent = count ? ` ${count} ` : "";
  }

  // Says a text to screen readers, once.
  say(text) {
    this.said.textContent = text;
  }
}
