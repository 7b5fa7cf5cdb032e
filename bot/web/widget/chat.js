// The conversation on the screen: puts the parts together, and lets them follow what is said.
import * as api from "./api.js";
import { download, printText, transcript } from "./cards.js";
import { Choices, Composer } from "./composer.js";
import { onGlass, plain, webLink } from "./dom.js";
import { Frame, Menu } from "./frame.js";
import { Log } from "./log.js";
import { say } from "./words.js";

const TYPING_AFTER = 300; // milliseconds

export class Chat {
  frame;
  log;
  #talk;
  #around;
  #menu;
  #choices;
  #composer;
  #privacyLink;
  #unread = 0;
  #typing = 0;
  #contact = null;

  // `around`: {page, level, heading}, and what the element does: {toggle, close, exit, look, erase, isOpen, tell}.
  constructor(talk, around) {
    this.#talk = talk;
    this.#around = around;
    this.#build();
    this.#follow();
    this.translate();
    this.log.restore(talk.state.entries);
    this.#offer();
  }

  get input() {
    return this.#composer.input;
  }

  get exitUrl() {
    return this.#contact?.exit_url;
  }

  transcript() {
    return transcript(this.#talk.state.entries, this.#talk.state.lang);
  }

  write(text) {
    this.#talk.write(text);
    this.#composer.showPrivacy(false);
  }

  // A new conversation begins with its greeting, then with a topic.
  async opened(topic) {
    this.#unread = 0;
    this.frame.showUnread(0);
    this.log.toEnd();
    this.log.live(true);
    const first = !this.#talk.state.conversation;
    await this.#talk.greet();
    if (!first || !topic || !/^\w+$/.test(topic)) return;
    const offered = this.#lastMessage()?.choices?.find(({ payload }) => payload === `/${topic}`);
    this.#talk.press(`/${topic}`, offered?.title);
  }

  closed() {
    this.closeMenu();
    this.log.live(false);
  }

  // Returns whether it was open.
  closeMenu(focus = false) {
    const wasOpen = !this.#menu.node.hidden;
    this.#menu.node.hidden = true;
    this.frame.menuButton.setAttribute("aria-expanded", "false");
    if (focus && wasOpen) this.frame.menuButton.focus();
    return wasOpen;
  }

  translate() {
    const { state } = this.#talk;
    this.frame.translate(state.lang, state);
    this.log.node.setAttribute("aria-label", say("log", state.lang));
    this.#choices.node.setAttribute("aria-label", say("choices", state.lang));
    this.#privacyLink.href = api.pageUrl("privacy", state.lang);
    if (!this.#menu.node.hidden) this.#menu.draw();
    this.#loadContact(state.lang);
    this.#trouble(this.frame.trouble.dataset.kind || null);
  }

  #build() {
    const { page, level, heading, toggle, close, exit } = this.#around;
    const word = (key, gaps) => say(key, this.#talk.state.lang, gaps);
    this.log = new Log(this.#talk, {
      level: level + 1, word, tell: (text) => this.frame.say(text),
      isSaved: (card) => this.#talk.state.saved.some((other) => other.id === card.id),
      save: (card) => this.#save(card),
    });
    this.#choices = new Choices((payload, title, keyboard) => {
      this.#talk.press(payload, title);
      this.#rest(keyboard);
    });
    this.#menu = new Menu({ word, state: () => this.#talk.state, acts: {
      press: (payload, title) => { this.closeMenu(true); this.#talk.press(payload, title); },
      look: () => { this.#around.look(); this.#talk.save(); },
      transcript: () => download(this.transcript(), "weeweiser.txt"),
      print: () => printText("Weeweiser", this.transcript().split("\n\n"), this.#talk.state.lang),
      erase: () => this.#eraseFromMenu(word),
      unsave: (card) => this.#save(card),
      keep: (on) => { this.#talk.state.keep = on; this.#talk.save(); },
    } });
    const privacy = [document.createElement("span"), " "];
    privacy[0].dataset.t = "privacy_note";
    this.#privacyLink = webLink(api.pageUrl("privacy", this.#talk.state.lang), "", { "data-t": "privacy" });
    this.#composer = new Composer({
      word, choices: this.#choices.node, privacy: [...privacy, this.#privacyLink],
      write: (text) => { this.write(text); this.#rest(!onGlass()); },
    });
    this.frame = new Frame({
      word, page, level, heading,
      parts: { menu: this.#menu.node, log: this.log.node, composer: this.#composer.node },
      acts: {
        toggle, close, exit, menu: () => this.#toggleMenu(), speak: (lang) => this.#talk.setLanguage(lang),
        retry: () => this.#talk.flush(!this.#talk.state.conversation),
      },
    });
  }

  #follow() {
    const on = (name, act) => this.#talk.addEventListener(name, ({ detail }) => act(detail));
    on("entries", (entries) => this.#added(entries));
    on("settled", () => this.log.refresh());
    on("waiting", (waiting) => this.#wait(waiting));
    on("trouble", (kind) => this.#trouble(kind));
    on("language", (lang) => { this.translate(); this.#around.tell("language", { language: lang }); });
    on("owner", (owner) => {
      this.frame.showOwner(owner, this.#talk.state.role);
      this.#around.tell("owner", { owner });
    });
    on("emptied", () => { this.log.empty(); this.#offer(); this.#trouble(null); });
  }

  // A keyboard goes on writing; that of a screen would cover the answer.
  #rest(keyboard) {
    (keyboard ? this.input : this.log.node).focus({ preventScroll: true });
  }

  #added(entries) {
    this.log.add(entries);
    this.#offer();
    const theirs = entries.filter((entry) => entry.from !== "you");
    if (theirs.length && !this.#around.isOpen()) {
      this.#unread += theirs.length;
      this.frame.showUnread(this.#unread);
      this.frame.say(say("new_message", this.#talk.state.lang));
    }
    for (const { from, message } of entries) this.#around.tell("message", { from, type: plain(message.type) });
  }

  #offer() {
    const count = this.#choices.show(this.#lastMessage());
    this.#composer.showPrivacy(!this.#talk.state.wrote);
    if (count && this.#around.isOpen()) this.frame.say(say("choices_said", this.#talk.state.lang, { count }));
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
    this.frame.typing.hidden = true;
    if (!waiting || this.#talk.state.owner === "person") return;
    this.#typing = setTimeout(() => {
      this.frame.typing.hidden = false;
      this.frame.say(say("typing", this.#talk.state.lang));
    }, TYPING_AFTER);
  }

  #trouble(kind) {
    this.#talk.troubled = kind === "offline";
    const key = kind === "offline" && !this.#talk.state.outbox.length ? "offline_empty" : kind;
    this.frame.showTrouble(key ? say(key, this.#talk.state.lang) : "", kind === "offline");
    this.frame.trouble.dataset.kind = kind || "";
    this.log.refresh();
  }

  async #loadContact(lang) {
    try {
      this.#contact = await api.contact(lang);
    } catch {
      return; // the bar keeps what it has: at least the emergency number
    }
    const [phone] = this.#contact.phones;
    if (phone && lang === this.#talk.state.lang) this.frame.showHuman(phone);
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
      await this.#around.erase();
      this.closeMenu(true);
      await this.#talk.greet();
      this.frame.say(word("erased"));
      this.frame.showTrouble(word("erased"), false);
    } catch {
      this.frame.showTrouble(word("not_erased"), false);
    }
  }

  #toggleMenu() {
    if (this.closeMenu(true)) return;
    this.#menu.draw();
    this.#menu.node.hidden = false;
    this.frame.menuButton.setAttribute("aria-expanded", "true");
    this.#menu.node.querySelector("button").focus();
  }
}
