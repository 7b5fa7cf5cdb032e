// Elements and icons. Nothing shown is read as markup.

// What turns text around or hides in it: a number must read as it is dialled.
const HIDDEN = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g;

// An outside value as text to show; "" for what is no text.
export function plain(value) {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.replace(/\r\n?/g, "\n").replace(HIDDEN, "") : "";
}

// Whether one writes on the screen itself.
export const onGlass = () => matchMedia("(pointer: coarse)").matches;

// An element. Properties with "on" are listeners; null and false ones are left out.
export function h(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== "" && child !== undefined));
  return node;
}

// A link, or the bare text when the address is no web page's.
export function webLink(address, text, properties) {
  let url;
  try {
    url = new URL(plain(address));
  } catch {
    return h("span", null, text);
  }
  if (!["http:", "https:"].includes(url.protocol)) return h("span", null, text);
  return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", ...properties }, text);
}

// E.164, but short numbers as they are.
export function dialled(number) {
  const digits = plain(number).replace(/\D/g, "").replace(/^(00352|352)(?=\d{6})/, "");
  const short = /^(11\d|116\d{3}|2755)$/.test(digits) || digits.length < 5;
  return short ? digits : `+352${digits}`;
}

// Our own icons: lines on 24 by 24.
const LINES = {
  sign: "M12 3v18M4 4.5h12l3 3-3 3H4zM20 12.5H9l-3 3 3 3h11z",
  chat: "M4 5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  exit: "M14 4h6v16h-6M4 12h11M11 8l4 4-4 4",
  send: "M4 12h14M12 6l6 6-6 6",
  phone: "M6 3h4l1.5 5L9 10c1 2.5 2.5 4 5 5l2-2.5 5 1.5v4c0 1.5-1 3-3 3C10 21 3 14 3 6c0-2 1.5-3 3-3z",
  map: "M12 21c5-5.5 7-8.5 7-11.5a7 7 0 00-14 0C5 12.5 7 15.5 12 21zM12 12a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
  share: "M12 15V4M8 7.5L12 4l4 3.5M6 11H5v9h14v-9h-1",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z",
  up: "M7 11v9H4v-9zM7 11l4-8c2 0 2.5 1.5 2 4l-.5 2.5H19c1.5 0 2 1 1.7 2.3l-1.5 6c-.3 1.2-1 2.2-2.2 2.2H7",
  debt_help: "M3 7h18v10H3zM12 9.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5zM6 12h.01M18 12h.01",
  budget_help: "M3 7h18v10H3zM12 9.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5zM6 12h.01M18 12h.01",
  emergency_housing: "M3 7v12M3 14h18v5M21 14v-1.5c0-1.5-1-2.5-2.5-2.5H10v4M6.5 11.5h.01",
  affordable_housing: "M4 11l8-7 8 7M6 10v10h12V10M10 20v-6h4v6",
  childcare: "M4 13h7v7H4zM13 13h7v7h-7zM8.5 4h7v7h-7z",
  youth_house: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 8l4 3-1.5 4.5h-5L8 11z",
  job_insertion: "M4 8h16v11H4zM9 8V5h6v3M4 13h16",
  senior_activities: "M5 9h11v7c0 2-1.5 4-4 4H9c-2.5 0-4-2-4-4zM16 11h2c3 0 3 5 0 5h-2M8.5 3v3M12.5 3v3",
  food_help: "M4.5 3v4c0 2 1 3 2.5 3s2.5-1 2.5-3V3M7 3v18M17 3c-2 1.5-3 4-3 7v2h3zM17 3v18",
  community_work: "M9 10a3 3 0 100-6 3 3 0 000 6zM3 20v-2c0-3 2.5-5 6-5s6 2 6 5v2M16 4.5a3 3 0 010 5M18 13.5c2 .8 3 2.4 3 4.5v2",
  human_handoff: "M4 14v-2a8 8 0 0116 0v2M4 14h3v5H4zM17 14h3v5h-3zM18.5 19c0 1.5-1.5 2.5-4.5 2.5",
};

const SVG = "http://www.w3.org/2000/svg";

// Silent, for a text is always beside it. Null for a strange name.
export function icon(name) {
  if (!Object.hasOwn(LINES, name)) return null;
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["focusable", "false"]]) {
    svg.setAttribute(key, value);
  }
  path.setAttribute("d", LINES[name]);
  svg.append(path);
  return svg;
}

// The icon of a topic's button.
export function topicIcon(payload) {
  return icon(/^\/(\w+)$/.exec(payload)?.[1] || "");
}
