// Keeps what a form says while there is no connection, and sends it later: for forms with data-offline. Their field `id` makes
// what arrives twice count once; `at` and `offset`, where a form has them, tell when it was, by a clock that may be wrong.
// Without this script such a form is sent as any other.

const PREFIX = "kept:"; // one entry of the storage for each, so that two tabs never overwrite each other
const PATIENCE = 8_000; // ms for an answer
const EVERY = 5_000; // ms between two tries

const find = (selector, within = document) => within.querySelector(selector);
const ahead = Date.parse(find("#clock").dateTime) - Date.now();
const isPutOff = ({ status }) => [401, 403, 408, 429].includes(status) || status >= 500; // signed out, or not reachable
const isOurs = (form) => form.matches?.("form[data-offline]");
let isSending = false;

// Not crypto.randomUUID: a community's own address may be without https.
const freshId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function post(href, fields, accept) {
  const body = new URLSearchParams([...fields, ["csrf_token", find("meta[name=csrf]").content]]);
  return fetch(href, { method: "POST", headers: { Accept: accept }, body, signal: AbortSignal.timeout(PATIENCE) });
}

// --- what is kept: told on the page, sent in the order in which it was written

const read = (key) => ({ key, ...JSON.parse(localStorage.getItem(key)) });

function kept() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  return keys.map(read).sort((one, other) => one.since - other.since);
}

function keep(href, fields) {
  localStorage.setItem(PREFIX + freshId(), JSON.stringify({ href, fields, since: Date.now() }));
  tell();
}

function tell() {
  const entries = kept();
  const waiting = entries.filter((entry) => !entry.refusal);
  const sign = find("[data-kept]");
  if (!sign) return;
  sign.hidden = !waiting.length;
  find("b", sign).textContent = waiting.length;
  const list = find("[data-refused]");
  list.hidden = waiting.length === entries.length;
  find("ul", list).replaceChildren(...entries.filter((entry) => entry.refusal).map(drawRefused));
}

function drawRefused({ key, refusal }) {
  const row = find("[data-refused] template").content.cloneNode(true);
  find("span", row).textContent = refusal;
  find("button", row).addEventListener("click", () => {
    localStorage.removeItem(key);
    tell();
  });
  return row;
}

// What is put off waits on. What is refused for good stays here with the reason until a person has read it.
async function sendKept() {
  if (isSending) return;
  isSending = true;
  try {
    for (const { key, href, fields, since } of kept().filter((entry) => !entry.refusal)) {
      const answer = await post(href, fields, "application/json");
      if (answer.ok) localStorage.removeItem(key);
      else if (isPutOff(answer)) return;
      else localStorage.setItem(key, JSON.stringify({ href, fields, since, refusal: (await answer.json()).detail }));
    }
  } catch {
    // still no connection
  } finally {
    isSending = false;
    tell();
  }
}

// --- sending what was just written; the page that answers takes the place of this one

async function submit(event) {
  const form = event.target;
  if (!isOurs(form)) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  const filled = new FormData(form, event.submitter);
  if (filled.has("at")) filled.set("at", new Date().toISOString());
  if (filled.has("offset")) filled.set("offset", (ahead / 1000).toFixed(3));
  const fields = [...filled].filter(([name]) => !["csrf_token", "once"].includes(name));
  form.ariaBusy = "true";
  try {
    const answer = await post(form.action, fields, "text/html");
    if (isPutOff(answer)) throw new Error(answer.statusText);
    show(await answer.text());
  } catch {
    keep(form.action, fields);
    form.reset();
    form.dataset.state = "kept";
    for (const field of form.querySelectorAll("input[name=id]")) field.value = freshId();
  } finally {
    form.ariaBusy = "false";
  }
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  find("main").replaceWith(find("main", page));
  find("main").focus({ preventScroll: true });
  scrollTo(0, 0);
  tell();
}

document.addEventListener("submit", submit);
addEventListener("online", sendKept);
setInterval(() => kept().length && sendKept(), EVERY);
tell();
sendKept();
