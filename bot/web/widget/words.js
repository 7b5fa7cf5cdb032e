// All languages are there at once: a card keeps its own, and one can switch without a connection.
import catalogue from "./catalogue.js";

export const NAMES = catalogue["own_name"];
export const LANGUAGES = Object.keys(NAMES);

// The text of a key in a language of ours, {gaps} filled; French for another language.
export function say(key, language, gaps = {}) {
  const texts = catalogue[key];
  return (texts[language] || texts.fr).replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
}

// The first language of ours among the wanted ones ("de-LU" is German).
export function choose(...wanted) {
  const codes = wanted.filter(Boolean).map((tag) => tag.toLowerCase().split("-")[0]);
  return codes.find((code) => LANGUAGES.includes(code)) || "fr";
}
