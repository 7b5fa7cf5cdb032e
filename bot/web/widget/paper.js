// The conversation as text and on paper. Printing goes through a frame of our own, so that the
// page around the widget is not printed.
import { entryUrl } from "./api.js";
import { dialled, h, plain } from "./dom.js";
import { say } from "./words.js";

const STYLE = "body{font:11pt/1.4 sans-serif;overflow-wrap:anywhere}h1{font-size:15pt}"
  + "pre{font:inherit;white-space:pre-wrap;margin:0 0 1em;break-inside:avoid}";

// What a message says, in lines.
export function linesOf(message) {
  const lang = plain(message.lang);
  if (message.type !== "service" && message.type !== "helpline") {
    const choices = (message.choices || []).map((choice) => `- ${plain(choice.title)}`);
    return [plain(message.text), ...choices];
  }
  const phones = message.type === "helpline" ? [message] : message.phones || [];
  const named = (key, value) => plain(value) && `${say(key, lang)}: ${plain(value)}`;
  return [
    plain(message.name),
    plain(message.summary),
    ...phones.filter((phone) => plain(phone.number)).map(phoneText),
    named("address", message.address),
    named("hours", message.hours_text),
    named("email", message.email),
    named("website", message.website),
    named("who", message.who),
    named("cost", message.cost),
    plain(message.alert),
    entryUrl(message),
  ].filter(Boolean);
}

function phoneText({ number, label }) {
  return [`${plain(number)} (${dialled(number)})`, plain(label)].filter(Boolean).join(" – ");
}

// The whole conversation: who said what, and when.
export function transcript(entries, lang) {
  return entries.map((entry) => {
    const time = new Date(entry.at).toLocaleTimeString(lang === "lb" ? "de-LU" : `${lang}-LU`,
      { hour: "2-digit", minute: "2-digit" });
    return `${time} ${speaker(entry, lang)}\n${linesOf(entry.message).join("\n")}\n`;
  }).join("\n");
}

// Who speaks in an entry, in words.
export function speaker(entry, lang) {
  if (entry.from === "person") return plain(entry.role) || say("person", lang);
  return say(entry.from === "you" ? "you" : "bot", lang);
}

export function download(text, name) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function printCard(message) {
  const [name, ...lines] = linesOf(message);
  printText(name, [lines.join("\n")], plain(message.lang));
}

// Prints a heading and blocks of text.
export function printText(title, blocks, lang) {
  const frame = h("iframe", { "aria-hidden": "true", tabindex: "-1" });
  frame.style.cssText = "position:fixed!important;width:0!important;height:0!important;border:0!important;left:-99px!important";
  document.body.append(frame);
  const page = frame.contentDocument;
  const sheet = new frame.contentWindow.CSSStyleSheet();
  sheet.replaceSync(STYLE);
  page.adoptedStyleSheets = [sheet];
  page.documentElement.lang = lang;
  page.title = title;
  page.body.append(h("h1", null, title), ...blocks.map((block) => h("pre", null, block)));
  const done = () => setTimeout(() => frame.remove(), 0);
  frame.contentWindow.addEventListener("afterprint", done);
  frame.contentWindow.print();
}
