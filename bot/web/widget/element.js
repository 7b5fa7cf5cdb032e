// <wee-weiser>: puts the parts together, and is what a page may call (docs/widget.md).
import * as api from "./api.js";
import { Choices, Composer } from "./composer.js";
import { plain, webLink } from "./dom.js";
import { Frame, Menu } from "./frame.js";
import { Log } from "./log.js";
import { download, printText, transcript } from "./cards.js";
import { Store } from "./store.js";
import { Talk } from "./talk.js";
import style, { paint } from "./style.js";
import { choose, LANGUAGES, say } from "./words.js";

const NEUTRAL = "https://www.meteolux.lu/"; // where "leave quickly" leads: the weather
const TYPING_AFTER = 300; // milliseconds
const SIZES = ["", "large", "huge"];

let shown = null; // the one element of this page that works

class WeeWeiser extends HTMLElement {
  static observedAttributes = ["color", "color-text", "lang", "position", "theme"];

  #store;
  #talk;
  #frame;
  #log;
  #menu;
  #choices;
  #composer;
  #unread = 0;
  #typing = 0;
  #contact = null;
  #dark = matchMedia("(prefers-color-scheme: dark)");

  connectedCallback() {
    if (shown) return;
    shown = this;
    this.#start();
  }

  disconnectedCallback() {
    if (shown === this && !this.#talk) shown = null;
  }

  attributeChangedCallback(name, before, after) {
    if (!this.#talk || before === after) return;
    if (name === "lang" && LANGUAGES.includes(after)) this.setLanguage(after);
    else this.#look();
  }

  get isOpen() {
    return Boolean(this.#frame) && !this.#frame.panel.hidden;
  }

  get language() {
    return this.#talk?.state.lang ?? null;
  }

  open() {
    this.#open(true);
  }

  close() {
    if (!this.isOpen || this.#isPage) return;
    this.#closeMenu();
    this.#log.live(false);
    this.#frame.panel.hidden = true;
    this.#frame.launcher.setAttribute("aria-expanded", "false");
    // A page that closes it does not take the focus away from elsewhere.
    if (this.shadowRoot.activeElement) this.#frame.launcher.focus();
    this.#remember(false);
    this.#fire("close");
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  send(text) {
    const written = plain(String(text));
    if (this.#talk && written.trim()) this.#write(written);
  }

  setLanguage(lang) {
    this.#talk?.setLanguage(choose(lang));
  }

  async erase() {
    await this.#talk.erase();
    this.#fire("erase");
  }

  transcript() {
    return transcript(this.#talk.state.entries, this.language);
  }

  // Nothing of the conversation stays in the browser, and "back" does not lead here.
  exit() {
    const wanted = new URL(this.getAttribute("exit-url") || this.#contact?.exit_url || NEUTRAL, location.href);
    const url = wanted.protocol.startsWith("http") ? wanted.href : NEUTRAL;
    this.#talk.forget(true);
    document.documentElement.replaceChildren();
    try {
      window.top.location.replace(url);
    } catch {
      location.replace(url); // inside a frame that may not move the page
    }
  }

  get #isPage() {
    return this.getAttribute("mode") === "page";
  }

  #start() {
    this.#store = new Store();
    this.#talk = new Talk(this.#store);
    const { state } = this.#talk;
    const asked = LANGUAGES.includes(this.getAttribute("lang")) && this.getAttribute("lang");
    state.lang ??= asked || choose(this.parentElement?.closest("[lang]")?.lang, ...navigator.languages);
    this.#build();
    this.#follow();
    this.#look();
    this.#translate();
    this.#log.restore(state.entries);
    this.#offer();
    if (this.#isPage || (state.open ?? this.hasAttribute("open"))) this.#open(false);
    this.#talk.resume();
    this.#fire("ready");
  }

  #build() {
    const word = (key, gaps) => say(key, this.#talk.state.lang, gaps);
    const inMain = this.closest("main, [role=main]");
    const level = this.#isPage ? 1 : 2;
    this.#log = new Log(this.#talk, {
      level: level + 1, word, tell: (text) => this.#frame.say(text),
      isSaved: (card) => this.#talk.state.saved.some((other) => other.id === card.id),
      save: (card) => this.#save(card),
    });
    this.#choices = new Choices((payload, title, keyboard) => {
      this.#talk.press(payload, title);
      (keyboard ? this.#composer.input : this.#log.node).focus({ preventScroll: true });
    });
    this.#menu = new Menu({ word, state: () => this.#talk.state, acts: {
      press: (payload, title) => { this.#closeMenu(true); this.#talk.press(payload, title); },
      look: () => { this.#look(); this.#talk.save(); },
      transcript: () => download(this.transcript(), "weeweiser.txt"),
      print: () => printText("Weeweiser", this.transcript().split("\n\n"), this.language),
      erase: () => this.#eraseFromMenu(word),
      unsave: (card) => this.#save(card),
      keep: (on) => { this.#talk.state.keep = on; this.#talk.save(); },
    } });
    const privacy = [document.createElement("span"), " "];
    privacy[0].dataset.t = "privacy_note";
    this.privacyLink = webLink(api.pageUrl("privacy", this.language), "", { "data-t": "privacy" });
    this.#composer = new Composer({
      word, write: (text) => this.#write(text), choices: this.#choices.node, privacy: [...privacy, this.privacyLink],
    });
    this.#frame = new Frame({
      word, page: this.#isPage, level, heading: this.getAttribute("heading"),
      parts: { menu: this.#menu.node, log: this.#log.node, composer: this.#composer.node },
      acts: {
        toggle: () => this.toggle(), close: () => this.close(),
        exit: () => this.exit(), menu: () => this.#toggleMenu(), speak: (lang) => this.setLanguage(lang),
        retry: () => this.#talk.flush(!this.#talk.state.conversation),
      },
    });
    if (inMain && this.#isPage) this.#frame.panel.setAttribute("role", "region");
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    root.append(this.#frame.root);
  }

  #follow() {
    const on = (name, act) => this.#talk.addEventListener(name, ({ detail }) => act(detail));
    on("entries", (entries) => this.#added(entries));
    on("settled", () => this.#log.refresh());
    on("waiting", (waiting) => this.#wait(waiting));
    on("trouble", (kind) => this.#trouble(kind));
    on("language", (lang) => { this.#translate(); this.#fire("language", { language: lang }); });
    on("owner", (owner) => {
      this.#frame.showOwner(owner, this.#talk.state.role);
      this.#fire("owner", { owner });
    });
    on("emptied", () => { this.#log.empty(); this.#offer(); this.#trouble(null); });
    this.#frame.root.addEventListener("keydown", (event) => this.#escape(event));
    window.addEventListener("online", () => this.#talk.flush());
    window.addEventListener("pageshow", (event) => event.persisted && this.#talk.resume());
    window.addEventListener("storage", (event) => {
      const other = this.#store.fromOtherTab(event);
      if (other) this.#talk.adopt(other);
    });
    this.#dark.addEventListener("change", () => this.#look());
  }

  #open(byPerson) {
    if (!this.#talk || (this.isOpen && byPerson)) return;
    const { panel, launcher } = this.#frame;
    panel.hidden = false;
    launcher?.setAttribute("aria-expanded", "true");
    this.#unread = 0;
    if (launcher) this.#frame.showUnread(0);
    this.#log.node.scrollTop = this.#log.node.scrollHeight;
    this.#log.live(true);
    // A keyboard on a glass screen would cover the first message.
    if (byPerson) (matchMedia("(pointer: coarse)").matches ? panel : this.#composer.input).focus();
    this.#remember(true);
    this.#greet();
    this.#fire("open");
  }

  async #greet() {
    const first = !this.#talk.state.conversation;
    await this.#talk.greet();
    const topic = this.getAttribute("topic");
    if (first && topic && /^\w+$/.test(topic)) {
      const offered = this.#lastMessage()?.choices?.find(({ payload }) => payload === `/${topic}`);
      this.#talk.press(`/${topic}`, offered?.title);
    }
  }

  #write(text) {
    this.#talk.write(text);
    this.#composer.showPrivacy(false);
  }

  #added(entries) {
    this.#log.add(entries);
    this.#offer();
    const theirs = entries.filter((entry) => entry.from !== "you");
    if (theirs.length && !this.isOpen) {
      this.#unread += theirs.length;
      this.#frame.showUnread(this.#unread);
      this.#frame.say(say("new_message", this.language));
    }
    for (const { from, message } of entries) this.#fire("message", { from, type: plain(message.type) });
  }

  #offer() {
    const count = this.#choices.show(this.#lastMessage());
    this.#composer.showPrivacy(!this.#talk.state.wrote);
    if (count && this.isOpen) this.#frame.say(say("choices_said", this.language, { count }));
  }

  #lastMessage() {
    const { entries } = this.#talk.state;
    const at = entries.length - 1;
    // Cards may follow a question; what the visitor said ends it.
    for (let i = at; i >= 0 && entries[i].from !== "you"; i -= 1) {
      if (entries[i].message.type === "choices") return entries[i].message;
    }
    return null;
  }

  #wait(waiting) {
    clearTimeout(this.#typing);
    this.#frame.typing.hidden = true;
    if (!waiting || this.#talk.state.owner === "person") return;
    this.#typing = setTimeout(() => {
      this.#frame.typing.hidden = false;
      this.#frame.say(say("typing", this.language));
    }, TYPING_AFTER);
  }

  #trouble(kind) {
    this.#talk.troubled = kind === "offline";
    const key = kind === "offline" && !this.#talk.state.outbox.length ? "offline_empty" : kind;
    this.#frame.showTrouble(key ? say(key, this.language) : "", kind === "offline");
    this.#frame.trouble.dataset.kind = kind || "";
    this.#log.refresh();
  }

  #translate() {
    const { state } = this.#talk;
    this.#frame.translate(state.lang, state);
    const log = say("log", state.lang);
    this.#log.node.setAttribute("aria-label", log);
    this.#choices.node.setAttribute("aria-label", say("choices", state.lang));
    this.privacyLink.href = api.pageUrl("privacy", state.lang);
    if (!this.#menu.node.hidden) this.#menu.draw();
    this.#loadContact(state.lang);
    this.#trouble(this.#frame.trouble.dataset.kind || null);
  }

  async #loadContact(lang) {
    try {
      this.#contact = await api.contact(lang);
    } catch {
      return; // the bar keeps what it has: at least the emergency number
    }
    const [phone] = this.#contact.phones;
    if (phone && lang === this.language) this.#frame.showHuman(phone);
  }

  #look() {
    const { root } = this.#frame;
    const { state } = this.#talk;
    const theme = state.theme === "auto" ? this.getAttribute("theme") || "auto" : state.theme;
    root.classList.toggle("dark", theme === "dark" || (theme === "auto" && this.#dark.matches));
    root.classList.toggle("left", this.getAttribute("position") === "left");
    root.classList.remove(...SIZES.filter(Boolean));
    if (SIZES[state.size]) root.classList.add(SIZES[state.size]);
    paint(root, this.getAttribute("color"), this.getAttribute("color-text"));
  }

  #save(card) {
    const { state } = this.#talk;
    const without = state.saved.filter((other) => other.id !== card.id);
    const added = without.length === state.saved.length;
    state.saved = added ? [...without, card] : without;
    this.#talk.save();
    return added;
  }

  async #eraseFromMenu(word) {
    try {
      await this.erase();
      this.#closeMenu(true);
      await this.#talk.greet();
      this.#frame.say(word("erased"));
      this.#frame.showTrouble(word("erased"), false);
    } catch {
      this.#frame.showTrouble(word("not_erased"), false);
    }
  }

  #toggleMenu() {
    if (!this.#menu.node.hidden) return this.#closeMenu(true);
    this.#menu.draw();
    this.#menu.node.hidden = false;
    this.#frame.menuButton.setAttribute("aria-expanded", "true");
    this.#menu.node.querySelector("button").focus();
  }

  #closeMenu(focus = false) {
    this.#menu.node.hidden = true;
    this.#frame.menuButton.setAttribute("aria-expanded", "false");
    if (focus) this.#frame.menuButton.focus();
  }

  #escape(event) {
    if (event.key !== "Escape" || event.isComposing || !this.isOpen) return;
    event.stopPropagation();
    if (!this.#menu.node.hidden) this.#closeMenu(true);
    else this.close();
  }

  #remember(open) {
    if (this.#isPage) return;
    this.#talk.state.open = open;
    this.#talk.save();
  }

  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(`weeweiser-${name}`, { bubbles: true, composed: true, detail }));
  }
}

if (!customElements.get("wee-weiser")) customElements.define("wee-weiser", WeeWeiser);
