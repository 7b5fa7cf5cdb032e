// Says every quarter of a minute that the worker is at the desk, and shows how many wait.
const EVERY = 15_000;

async function look() {
  let said;
  try {
    const answer = await fetch("/desk/api/inbox", { cache: "no-store" });
    if (answer.status === 403) return; // the session ended
    said = answer.ok ? await answer.json() : null;
  } catch {
    said = null; // tried again below
  }
  if (said) show(said.waiting);
  setTimeout(look, EVERY);
}

export function show(waiting) {
  for (const place of document.querySelectorAll("[data-count='/desk/inbox']")) {
    place.textContent = waiting;
    place.hidden = !waiting;
  }
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = waiting ? `(${waiting}) ${title}` : title;
}

setTimeout(look, EVERY);
