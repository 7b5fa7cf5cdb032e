// The words of the widget. All languages are loaded at once: a card keeps its own language, and
// the language can be switched without a connection.
export const LANGUAGES = ["fr", "de", "lb"];
export const NAMES = { fr: "Français", de: "Deutsch", lb: "Lëtzebuergesch" };

const catalogues = {};

// Reads a text file beside this module; tries again while the connection is bad.
export async function textFile(name, tries = 5) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(new URL(name, import.meta.url));
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      return await response.text();
    } catch (error) {
      if (attempt === tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
    }
  }
}

export async function loadWords() {
  const texts = await Promise.all(LANGUAGES.map((code) => textFile(`words.${code}.json`)));
  LANGUAGES.forEach((code, at) => { catalogues[code] = JSON.parse(texts[at]); });
}

// The text of a key in a language of ours, {gaps} filled; French for another language.
export function say(key, language, gaps = {}) {
  const text = (catalogues[language] || catalogues.fr)[key];
  return text.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
}

// The first language of ours among the wanted ones ("de-LU" is German).
export function choose(...wanted) {
  const codes = wanted.filter(Boolean).map((tag) => tag.toLowerCase().split("-")[0]);
  return codes.find((code) => LANGUAGES.includes(code)) || "fr";
}
