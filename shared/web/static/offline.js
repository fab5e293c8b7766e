// Keeps what a form says while there is no connection, and sends it later: for forms with data-offline. Their field `id`, and the
// field `once` that every form has, make what arrives twice count once; `at` and `offset`, where a form has them, tell when it
// was, by a clock that may be wrong. Photos are made small first. Without this script such a form is sent as any other.

const PREFIX = "kept:"; // one entry of the storage for each, so that two tabs never overwrite each other
const PATIENCE = 8_000; // ms for an answer
const EVERY = 5_000; // ms between two tries
const LONGEST_SIDE = 960; // of a photo, in pixels: more than is kept of it (shared/documents/photos.py), and small enough to wait here

const find = (selector, within = document) => within.querySelector(selector);
const ahead = Date.parse(find("#clock").dateTime) - Date.now();
const isPutOff = ({ status }) => [401, 403, 408, 429].includes(status) || status >= 500; // signed out, or not reachable
const isOurs = (form) => form.matches?.("form[data-offline]");
let isSending = false;

// Not crypto.randomUUID: a community's own address may be without https.
const freshId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// A field is [name, text], or [name, text, true] where the text is a photo's data URL.
function post(href, fields, accept) {
  const hasPhoto = fields.some(([, , isPhoto]) => isPhoto);
  const body = hasPhoto ? new FormData() : new URLSearchParams();
  for (const [name, value, isPhoto] of fields) isPhoto ? body.append(name, fromDataUrl(value), "photo.jpg") : body.append(name, value);
  body.append("csrf_token", find("meta[name=csrf]").content);
  const signal = AbortSignal.timeout(hasPhoto ? 4 * PATIENCE : PATIENCE);
  return fetch(href, { method: "POST", headers: { Accept: accept }, body, signal });
}

function fromDataUrl(url) {
  const bytes = Uint8Array.from(atob(url.split(",")[1]), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: "image/jpeg" });
}

async function small(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width * scale, picture.height * scale];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.8);
}

// What the form says, as text; a file that is no photo is left for the server to refuse.
async function written(filled) {
  const fields = [];
  for (const [name, value] of filled) {
    if (name === "csrf_token") continue;
    if (typeof value === "string") fields.push([name, value]);
    else if (value.size) fields.push([name, await small(value), true]);
  }
  return fields;
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
  filled.set("once", freshId());
  if (filled.has("at")) filled.set("at", new Date().toISOString());
  if (filled.has("offset")) filled.set("offset", (ahead / 1000).toFixed(3));
  form.ariaBusy = "true";
  try {
    const fields = await written(filled).catch(() => null);
    if (fields) await send(form, fields);
    else form.submit(); // a photo that this browser cannot open: let the server say so
  } finally {
    form.ariaBusy = "false";
  }
}

async function send(form, fields) {
  try {
    const answer = await post(form.action, fields, "text/html");
    if (isPutOff(answer)) throw new Error(answer.statusText);
    show(await answer.text(), answer);
  } catch {
    keep(form.action, fields);
    form.reset();
    form.dataset.state = "kept";
    for (const field of form.querySelectorAll("input[name=id]")) field.value = freshId();
  }
}

// A page that answers at another address is that page from now on, live where it is.
function show(html, { redirected, url }) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const isElsewhere = redirected && new URL(url).pathname !== location.pathname;
  if (isElsewhere) history.replaceState(null, "", url);
  if (isElsewhere && page.body.dataset.live) document.dispatchEvent(new CustomEvent("follow", { detail: page.body.dataset.live }));
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
