// The page that shows every option: draws the widget anew, calls it, lists its events.
const form = document.getElementById("options");
const line = document.getElementById("line");
const result = document.getElementById("result");
const asked = new URLSearchParams(location.search);

for (const field of form.elements) {
  if (!asked.has(field.name)) continue;
  if (field.type === "checkbox") field.checked = true;
  else field.value = asked.get(field.name);
}

// The options are attributes of the element, or `data-` attributes of the script.
const element = document.querySelector("wee-weiser");
const chosen = [...asked].filter(([name, value]) => form.elements[name] && (value || name === "open"));
line.textContent = ["<script src=\"https://HOST/widget.js\" defer",
  ...chosen.map(([name, value]) => `data-${name}="${value}"`)].join(" ").concat("></script>");
for (const [name, value] of chosen) element.setAttribute(name, value === "on" ? "" : value);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const values = [...new FormData(form)].filter(([, value]) => value);
  // The options of the launch are read once: a new load shows them all.
  sessionStorage.removeItem("weeweiser");
  location.search = new URLSearchParams(values).toString();
});

const ARGUMENTS = { send: "Ech hu Scholden", setLanguage: "lb" };
document.getElementById("calls").addEventListener("click", async ({ target }) => {
  if (!target.value) return;
  const called = element[target.value];
  const answer = typeof called === "function" ? await called.call(element, ARGUMENTS[target.value]) : called;
  result.textContent = String(answer ?? "done");
});

for (const name of ["ready", "open", "close", "message", "language", "owner", "erase"]) {
  document.addEventListener(`weeweiser-${name}`, ({ detail }) => {
    const item = document.createElement("li");
    item.textContent = `weeweiser-${name} ${detail ? JSON.stringify(detail) : ""}`;
    document.getElementById("events").append(item);
  });
}
