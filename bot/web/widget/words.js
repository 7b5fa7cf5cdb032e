// The words of the widget. All languages are there at once: a card keeps its own language, and
// the language can be switched without a connection.
import de from "./words.de.js";
import fr from "./words.fr.js";
import lb from "./words.lb.js";

const catalogues = { fr, de, lb };
export const LANGUAGES = Object.keys(catalogues);
export const NAMES = { fr: "Français", de: "Deutsch", lb: "Lëtzebuergesch" };

// The text of a key in a language of ours, {gaps} filled; French for another language.
export function say(key, language, gaps = {}) {
  return (catalogues[language] || fr)[key].replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
}

// The first language of ours among the wanted ones ("de-LU" is German).
export function choose(...wanted) {
  const codes = wanted.filter(Boolean).map((tag) => tag.toLowerCase().split("-")[0]);
  return codes.find((code) => LANGUAGES.includes(code)) || "fr";
}
