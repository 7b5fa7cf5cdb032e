// What is remembered: in the tab's sessionStorage; in localStorage only when the person agreed; in
// memory where the browser forbids both. No cookie.
const KEY = "weeweiser";
const KEPT = 300;

const fresh = () => ({
  lang: null,
  conversation: null, // {id, token}
  entries: [], // {key, from: "you", "bot" or "person", at, message, role, answer, …}
  outbox: [], // {id, text | payload, lang, failures}: not answered yet, oldest first
  owner: "assistant",
  role: null,
  lastEvent: 0,
  rated: {},
  saved: [],
  size: 0,
  theme: "auto",
  open: null,
  wrote: false, // a first free text was sent
  keep: false,
});

function area(name) {
  try {
    const storage = window[name];
    storage.getItem(KEY);
    return storage;
  } catch {
    return null; // forbidden, as in a sandboxed frame
  }
}

export class Store {
  #session = area("sessionStorage");
  #local = area("localStorage");

  constructor() {
    const kept = read(this.#local);
    this.state = { ...fresh(), ...(read(this.#session) || (kept && { ...kept, open: null })) };
  }

  // `tabOnly`: what came from another tab is not sent back to it.
  save(tabOnly) {
    const { state } = this;
    state.entries.splice(0, Math.max(0, state.entries.length - KEPT));
    const text = JSON.stringify(state);
    write(this.#session, text);
    if (tabOnly) return;
    if (state.keep) write(this.#local, text);
    else this.#local?.removeItem(KEY);
  }

  // What another tab wrote, when the person agreed to keep.
  fromOtherTab(event) {
    return event.key === KEY && event.newValue && this.state.keep ? parse(event.newValue) : null;
  }

  // `everything`: the person's settings and saved cards, too.
  forget(everything) {
    const { lang, size, theme, open, keep, saved } = this.state;
    Object.assign(this.state, fresh(), everything ? {} : { lang, size, theme, open, keep, saved });
    if (!everything) return this.save();
    this.#session?.removeItem(KEY);
    this.#local?.removeItem(KEY);
  }
}

function read(storage) {
  const text = storage?.getItem(KEY);
  return text ? parse(text) : null;
}

function parse(text) {
  try {
    const found = JSON.parse(text);
    return Array.isArray(found.entries) && Array.isArray(found.outbox) ? found : null;
  } catch {
    return null;
  }
}

function write(storage, text) {
  try {
    storage?.setItem(KEY, text);
  } catch {
    // Full: only the next page will not know it.
  }
}
