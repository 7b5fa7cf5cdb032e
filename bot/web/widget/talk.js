// One conversation, without anything visible. A message keeps its id until it is answered, so the
// server never takes it twice.
import * as api from "./api.js";
import { LANGUAGES } from "./words.js";

const WAITS = [1, 2, 4, 8, 15, 30]; // seconds before a message is sent again
const SERVER_TRIES = 5; // then a message the server fails on makes way for the next
const SLOW = 6_000; // milliseconds

export const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)),
  (byte) => byte.toString(16).padStart(2, "0")).join("");

// Tells: "entries", "settled", "waiting" (on or off), "trouble" (null, "offline", "slow"), "owner",
// "language", "emptied".
export class Talk extends EventTarget {
  #store;
  #live = new api.Live();
  #busy = false;
  #life = 0; // grows when the conversation is forgotten: late answers are for nobody
  #timer = 0;
  #tries = 0;

  constructor(store) {
    super();
    this.#store = store;
  }

  get state() {
    return this.#store.state;
  }

  save() {
    this.#store.save();
  }

  resume() {
    if (this.state.owner !== "assistant") this.#listen();
    this.flush();
  }

  write(text) {
    this.state.wrote = true;
    this.#queue({ text }, text);
  }

  // A button's payload; `title`: what is shown as the visitor's words, if anything.
  press(payload, title) {
    this.#queue({ payload }, title);
  }

  setLanguage(lang) {
    if (lang === this.state.lang) return;
    this.#speak(lang);
    if (this.state.conversation) this.press(`/change_language{"language": "${lang}"}`);
    this.save();
  }

  async greet() {
    if (!this.state.conversation && !this.state.outbox.length) await this.flush(true);
  }

  async flush(greeting = false) {
    if (this.#busy) return;
    clearTimeout(this.#timer);
    const life = this.#life;
    if (!this.state.outbox.length && !greeting) return;
    this.#busy = true;
    this.#tell("waiting", true);
    const slow = setTimeout(() => this.#tell("trouble", "slow"), SLOW);
    try {
      if (!this.state.conversation) await this.#begin(life);
      while (life === this.#life && this.state.outbox.length) await this.#send(life);
      this.#tries = 0;
      if (life === this.#life) this.#tell("trouble", null);
    } catch (error) {
      if (life === this.#life) this.#later(error);
    } finally {
      clearTimeout(slow);
      this.#busy = false;
      this.#tell("waiting", false);
    }
    if (life !== this.#life && this.state.outbox.length) this.flush();
  }

  // On the server and here; throws when the server could not be reached.
  async erase() {
    if (this.state.conversation) {
      await api.erase(this.state.conversation, this.state.lang).catch((error) => {
        if (error.kind !== "lost") throw error;
      });
    }
    this.forget(false);
  }

  forget(everything) {
    this.#life += 1;
    clearTimeout(this.#timer);
    this.#live.stop();
    this.#store.forget(everything);
    this.#tell("emptied");
    this.#tell("owner", "assistant");
  }

  async rate(answer, rating, word) {
    const body = word ? { rating, word, answer } : { rating, answer };
    const kept = await api.rate(this.state.conversation, body, this.state.lang);
    this.state.rated[answer] = rating;
    this.#add(named(kept?.messages || [], `l${answer}`, "bot", { answer }));
    this.save();
    // Somebody took the field of the word for that of a message, and is in danger.
    if (kept?.crisis) this.write(word);
  }

  // Another tab went on with the same conversation.
  adopt(other) {
    if (other.conversation?.id !== this.state.conversation?.id) return;
    this.#add(other.entries);
    const sent = new Set(other.entries.map((entry) => entry.answer));
    this.state.outbox = this.state.outbox.filter((item) => !sent.has(item.id));
    this.state.lastEvent = Math.max(this.state.lastEvent, other.lastEvent);
    this.#store.save(true);
    this.#own(other.owner, other.role);
  }

  isWaiting(key) {
    return this.state.outbox.some((item) => item.id === key);
  }

  #queue(message, shown) {
    const item = { id: newId(), ...message, lang: this.state.lang, failures: 0 };
    this.state.outbox.push(item);
    if (shown) {
      const { lang } = this.state;
      this.#add([{ key: item.id, from: "you", message: { type: "text", text: shown, lang } }]);
    }
    this.save();
    this.flush();
  }

  async #begin(life) {
    const { lang } = this.state;
    const started = await api.begin(lang);
    if (life !== this.#life) return;
    this.state.conversation = { id: started.id, token: started.token };
    this.#add(named(started.messages, started.id, "bot"));
    this.save();
  }

  async #send(life) {
    const item = this.state.outbox[0];
    const { id, text, payload, lang } = item;
    const message = text === undefined ? { payload, lang, id } : { text, lang, id };
    try {
      const answer = await api.post(this.state.conversation, message, lang);
      if (life === this.#life) this.#settle(item, answer);
    } catch (error) {
      if (life !== this.#life) return;
      if (error.kind === "lost") await this.#beginAgain(life);
      else if (error.kind === "refused" || this.#givesUp(item, error)) this.#refuse(item, error);
      else throw error;
    }
  }

  #givesUp(item, error) {
    if (error.status < 500) return false;
    item.failures += 1;
    return item.failures >= SERVER_TRIES;
  }

  #settle(item, answer) {
    const { state } = this;
    state.outbox = state.outbox.filter((other) => other.id !== item.id);
    const crisis = answer.crisis || !answer.rate; // rating makes no sense then
    this.#add(named(answer.messages, item.id, "bot", { answer: item.id, crisis }));
    if (answer.handoff) this.#own(state.owner === "assistant" ? "waiting" : state.owner, state.role);
    else this.#own("assistant", null);
    // An earlier answer may not undo a language chosen since.
    if (!state.outbox.length) this.#speak(answer.language);
    this.save();
    this.#tell("settled", item.id);
    this.#tell("trouble", null);
  }

  // The server forgot the conversation: the same message begins a new one.
  async #beginAgain(life) {
    this.#live.stop();
    this.#own("assistant", null);
    this.state.conversation = null;
    this.state.lastEvent = 0;
    await this.#begin(life);
  }

  #refuse(item, error) {
    this.state.outbox = this.state.outbox.filter((other) => other.id !== item.id);
    const entry = this.state.entries.find((other) => other.key === item.id);
    if (entry) entry.refused = error.message || true;
    this.save();
    this.#tell("settled", item.id);
  }

  #later(error) {
    this.#tell("trouble", "offline");
    const wait = WAITS[Math.min(this.#tries, WAITS.length - 1)] * (0.8 + Math.random() * 0.4);
    this.#tries += 1;
    this.#timer = setTimeout(() => this.flush(!this.state.conversation), wait * 1000);
    if (!(error instanceof api.Failure)) console.error(error);
  }

  #listen() {
    if (!this.state.conversation) return;
    this.#live.start(this.state.conversation, () => this.state.lastEvent,
      (name, data, id) => this.#heard(name, data, id));
  }

  #heard(name, data, id) {
    if (id && id <= this.state.lastEvent) return;
    if (id) this.state.lastEvent = id;
    const key = `e${id || newId()}`;
    if (name === "owner") {
      this.#own(data.owner, data.role);
      this.#add(named(data.messages || [], key, "bot"));
    } else if (name === "message") {
      this.#add(named([data], key, "person", { role: data.role }));
    }
    this.save();
  }

  #own(owner, role) {
    const before = this.state.owner;
    this.state.owner = owner;
    this.state.role = role || null;
    // Once begun, listening goes on: what is on its way may come after the assistant is back.
    if (owner !== "assistant") this.#listen();
    if (owner !== before || role) this.#tell("owner", owner);
  }

  #speak(lang) {
    if (!lang || lang === this.state.lang || !LANGUAGES.includes(lang)) return;
    this.state.lang = lang;
    this.#tell("language", lang);
  }

  #add(entries) {
    const known = new Set(this.state.entries.map((entry) => entry.key));
    const added = entries.filter((entry) => !known.has(entry.key));
    for (const entry of added) entry.at ??= Date.now();
    this.state.entries.push(...added);
    if (added.length) this.#tell("entries", added);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function named(messages, prefix, from, more = {}) {
  return messages.map((message, at) => ({ key: `${prefix}:${at}`, from, message, ...more }));
}
