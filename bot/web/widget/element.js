// <wee-weiser>: what a page sees of the widget (docs/widget.md).
import { Chat } from "./chat.js";
import { onGlass, plain } from "./dom.js";
import { Store } from "./store.js";
import style, { paint } from "./style.js";
import { Talk } from "./talk.js";
import { choose, LANGUAGES } from "./words.js";

const NEUTRAL = "https://www.meteolux.lu/"; // where "leave quickly" leads: the weather
const SIZES = ["", "large", "huge"];

let shown = null; // the one element of this page that works

class WeeWeiser extends HTMLElement {
  static observedAttributes = ["color", "color-text", "lang", "position", "theme"];

  #store;
  #talk;
  #chat;
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
    if (!this.#chat || before === after) return;
    if (name === "lang" && LANGUAGES.includes(after)) this.setLanguage(after);
    else this.#look();
  }

  get isOpen() {
    return Boolean(this.#chat) && !this.#chat.frame.panel.hidden;
  }

  get language() {
    return this.#talk?.state.lang ?? null;
  }

  open() {
    this.#open(true);
  }

  close() {
    if (!this.isOpen || this.#isPage) return;
    const { panel, launcher } = this.#chat.frame;
    this.#chat.closed();
    panel.hidden = true;
    launcher.setAttribute("aria-expanded", "false");
    // A page that closes it does not take the focus away from elsewhere.
    if (this.shadowRoot.activeElement) launcher.focus();
    this.#remember(false);
    this.#fire("close");
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  send(text) {
    const written = plain(String(text));
    if (this.#chat && written.trim()) this.#chat.write(written);
  }

  setLanguage(lang) {
    this.#talk?.setLanguage(choose(lang));
  }

  async erase() {
    await this.#talk.erase();
    this.#fire("erase");
  }

  transcript() {
    return this.#chat.transcript();
  }

  // Nothing of the conversation stays in the browser, and "back" does not lead here.
  exit() {
    const wanted = new URL(this.getAttribute("exit-url") || this.#chat.exitUrl || NEUTRAL, location.href);
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
    if (this.#isPage || (state.open ?? this.hasAttribute("open"))) this.#open(false);
    this.#talk.resume();
    this.#fire("ready");
  }

  #build() {
    this.#chat = new Chat(this.#talk, {
      page: this.#isPage, level: this.#isPage ? 1 : 2, heading: this.getAttribute("heading"),
      toggle: () => this.toggle(), close: () => this.close(), exit: () => this.exit(),
      look: () => this.#look(), erase: () => this.erase(),
      isOpen: () => this.isOpen, tell: (name, detail) => this.#fire(name, detail),
    });
    const { panel, root } = this.#chat.frame;
    if (this.#isPage && this.closest("main, [role=main]")) panel.setAttribute("role", "region");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(root);
  }

  #follow() {
    this.#chat.frame.root.addEventListener("keydown", (event) => this.#escape(event));
    window.addEventListener("online", () => this.#talk.flush());
    window.addEventListener("pageshow", (event) => event.persisted && this.#talk.resume());
    window.addEventListener("storage", (event) => {
      const other = this.#store.fromOtherTab(event);
      if (other) this.#talk.adopt(other);
    });
    this.#dark.addEventListener("change", () => this.#look());
  }

  #open(byPerson) {
    if (!this.#chat || (this.isOpen && byPerson)) return;
    const { panel, launcher } = this.#chat.frame;
    panel.hidden = false;
    launcher?.setAttribute("aria-expanded", "true");
    // A keyboard on a glass screen would cover the first message.
    if (byPerson) (onGlass() ? panel : this.#chat.input).focus();
    this.#remember(true);
    this.#chat.opened(this.getAttribute("topic"));
    this.#fire("open");
  }

  #look() {
    const { root } = this.#chat.frame;
    const { state } = this.#talk;
    const theme = state.theme === "auto" ? this.getAttribute("theme") || "auto" : state.theme;
    root.classList.toggle("dark", theme === "dark" || (theme === "auto" && this.#dark.matches));
    root.classList.toggle("left", this.getAttribute("position") === "left");
    root.classList.remove(...SIZES.filter(Boolean));
    if (SIZES[state.size]) root.classList.add(SIZES[state.size]);
    paint(root, this.getAttribute("color"), this.getAttribute("color-text"));
  }

  #escape(event) {
    if (event.key !== "Escape" || event.isComposing || !this.isOpen) return;
    event.stopPropagation();
    if (!this.#chat.closeMenu(true)) this.close();
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

// Others get the link of boot.js.
const able = "replaceSync" in CSSStyleSheet.prototype;
if (able && !customElements.get("wee-weiser")) customElements.define("wee-weiser", WeeWeiser);
