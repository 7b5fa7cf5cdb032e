// The HTTP API of this module's host, and the stream of a person's messages.
import { plain } from "./dom.js";

const API = new URL("../../api/", import.meta.url);
const PATIENCE = 20_000; // milliseconds; the server's own deadline is shorter

// Why a request failed. `kind`: "offline", "later" (try again), "lost" (unknown conversation) or
// "refused" (it can never work; `message` says why).
export class Failure extends Error {
  constructor(kind, detail = "", status = 0) {
    super(detail);
    this.kind = kind;
    this.status = status;
  }
}

export function pageUrl(path, lang) {
  const url = new URL(`../../${path}`, import.meta.url);
  url.searchParams.set("lang", lang);
  return url.href;
}

export function entryUrl({ type, id, lang }) {
  const kind = type === "helpline" ? "helplines" : "services";
  return pageUrl(`${kind}/${encodeURIComponent(plain(id))}`, plain(lang));
}

export const begin = (lang) => call("POST", "conversations", lang, { lang });
export const post = (talk, message, lang) => call("POST", `conversations/${talk.id}/messages`, lang, message, talk.token);
export const rate = (talk, rating, lang) => call("POST", `conversations/${talk.id}/feedback`, lang, rating, talk.token);
export const erase = (talk, lang) => call("DELETE", `conversations/${talk.id}`, lang, null, talk.token);
// How to reach the association: {phones: [{number, label}], exit_url}.
export const contact = (lang) => call("GET", `contact?lang=${lang}`, lang);

function events({ id, token }, after, signal) {
  const headers = { Authorization: `Bearer ${token}`, Accept: "text/event-stream" };
  if (after) headers["Last-Event-ID"] = String(after);
  return fetch(new URL(`conversations/${id}/events`, API), { headers, signal, cache: "no-store" });
}

async function call(method, path, lang, body, token) {
  const headers = { "Accept-Language": lang };
  if (body) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  let response;
  let content;
  try {
    response = await fetch(new URL(path, API), {
      method, headers, signal: stop.signal, body: body ? JSON.stringify(body) : null,
    });
    content = response.status === 204 ? null : await response.json().catch(() => undefined);
  } catch {
    throw new Failure("offline");
  } finally {
    clearTimeout(timer);
  }
  if (response.ok && content !== undefined) return content;
  const detail = content?.detail || "";
  const { status } = response;
  if ([401, 403, 404].includes(status) && token) throw new Failure("lost", detail, status);
  if (status === 408 || status === 429 || status >= 500 || response.ok) {
    throw new Failure("later", detail, status);
  }
  throw new Failure("refused", detail, status);
}

const WAITS = [1, 2, 5, 10, 30]; // seconds before the next try

// Follows a conversation until `stop()`. `seen()`: id of the last event kept; `heard(name, data, id)`.
export class Live {
  #stop = null;

  start(conversation, seen, heard) {
    if (this.#stop) return;
    this.#stop = new AbortController();
    this.#follow(conversation, seen, heard, this.#stop.signal);
  }

  stop() {
    this.#stop?.abort();
    this.#stop = null;
  }

  async #follow(conversation, seen, heard, signal) {
    for (let failed = 0; !signal.aborted; failed += 1) {
      try {
        const response = await events(conversation, seen(), signal);
        if ([401, 403, 404].includes(response.status)) break;
        if (response.ok) {
          failed = 0;
          await read(response.body, (name, data, id) => signal.aborted || heard(name, data, id));
        }
      } catch {
        // Again below.
      }
      const wait = WAITS[Math.min(failed, WAITS.length - 1)] * 1000;
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, wait));
    }
    if (this.#stop?.signal === signal) this.#stop = null;
  }
}

async function read(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).replace(/\r\n/g, "\n").split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) dispatch(block, heard);
  }
}

function dispatch(block, heard) {
  const fields = { event: "message", data: [], id: 0 };
  for (const line of block.split("\n")) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) || [];
    if (name === "data") fields.data.push(value);
    else if (name) fields[name] = value;
  }
  if (!fields.data.length) return;
  try {
    heard(fields.event, JSON.parse(fields.data.join("\n")), Number(fields.id) || 0);
  } catch {
    // One broken event must not end the others.
  }
}
