// At the doors: an entry counts at the tap and is kept on the phone until the community has it, however long that takes.
// Each carries its own id, so that one that is sent twice counts once. Without this script the page is a plain form. Other forms
// keep what they say by offline.js; here the next household comes at once, and many entries travel together.

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const KEPT = "lianfang-doors"; // all rounds' entries that are still on this phone
const RETRY = 5_000; // ms between two tries
const PATIENCE = 15_000; // ms for an answer
const AT_ONCE = 200;

const page = find("#doors");
const { url, account } = page?.dataset ?? {};

// --- what is kept: [{url, account, at, entry}], oldest first

const read = () => JSON.parse(localStorage.getItem(KEPT) ?? "[]");
const write = (kept) => localStorage.setItem(KEPT, JSON.stringify(kept));
const ours = (kept) => kept.filter((one) => one.url === url && one.account === account);

function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is there behind https only
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function keep(entry) {
  write([...read(), { url, account, at: Date.now(), entry }]);
  show();
  send();
}

let sending = false;

async function send() {
  const waiting = ours(read()).slice(0, AT_ONCE);
  if (sending || !waiting.length || !navigator.onLine) return;
  sending = true;
  const entries = waiting.map(({ at, entry }) => ({ ...entry, seconds_ago: Math.max(0, (Date.now() - at) / 1000) }));
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": find("meta[name=csrf]").content };
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ entries }), signal }).catch(() => null);
  sending = false;
  if (answer?.ok) {
    const { taken, refused } = await answer.json();
    const settled = new Set([...taken, ...refused.map((one) => one.id)]);
    write(read().filter((one) => !settled.has(one.entry.id)));
    for (const one of refused) say(one[document.documentElement.lang === "en" ? "en" : "zh"]);
    show();
    send();
  } else if (answer) {
    say([401, 403].includes(answer.status) ? page.dataset.signedOut : page.dataset.trouble); // kept, and tried again
  }
}

function say(words) {
  const notice = find("#notice");
  notice.replaceChildren(Object.assign(document.createElement("p"), { className: "message attention", textContent: words }));
}

// --- what is seen: the entries on this phone lie over what the page brought

const rows = () => all("#door-list li");
const rowOf = (household) => rows().find((row) => row.dataset.household === household);

function chip(name, number) {
  const made = find(`[data-for="${name}"]`, find("#door-chips").content).cloneNode(true);
  if (number !== undefined) made.firstElementChild.lastChild.textContent = page.dataset.waiting.replace("#", number);
  return made;
}

function mark(row, outcome) {
  row.dataset.outcome = outcome ?? "";
  find(".door-chip", row).replaceChildren(chip(outcome ?? ""));
}

function show() {
  const waiting = ours(read()).length;
  find("#door-state").replaceChildren(waiting ? chip("waiting", waiting) : chip("sent"));
}

function go(row) {
  if (!row) {
    find("#door-was").textContent = page.dataset.allDone;
    return;
  }
  find("#door-where").textContent = find("a", row).textContent;
  find("#door-was").textContent = row.dataset.outcome ? find(".door-chip", row).textContent : "";
  find("#door-form [name=household]").value = row.dataset.household;
  for (const one of rows()) one.classList.toggle("here", one === row);
}

/** The next nobody has been at: on from `row`, then from the top. */
function nextAfter(row) {
  const list = rows();
  const from = list.indexOf(row) + 1;
  return [...list.slice(from), ...list.slice(0, from)].find((one) => !one.dataset.outcome);
}

const done = []; // entries made since the page came, for undo: {id, household, before}

function answer(household, outcome) {
  const row = rowOf(household);
  const id = freshId();
  done.push({ id, household, before: row.dataset.outcome });
  keep({ id, household, outcome });
  mark(row, outcome);
  find("#door-last").hidden = false;
  go(nextAfter(row));
}

function undo() {
  const last = done.pop();
  keep({ id: freshId(), household: last.household, undoes: last.id });
  mark(rowOf(last.household), last.before);
  find("#door-last").hidden = !done.length;
  go(rowOf(last.household));
}

function start() {
  const kept = ours(read()).map((one) => one.entry);
  for (const entry of kept) {
    const row = rowOf(entry.household);
    if (row) mark(row, entry.outcome);
  }
  find("#door-form").addEventListener("submit", (event) => {
    event.preventDefault();
    answer(find("#door-form [name=household]").value, event.submitter.value);
  });
  find("#door-undo").addEventListener("submit", (event) => {
    if (!done.length) return; // the last entry is of an earlier page: the form takes it back
    event.preventDefault();
    undo();
  });
  find("#door-list").addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (!row) return;
    event.preventDefault();
    go(row);
    find("#door").scrollIntoView({ block: "nearest" });
  });
  const here = rowOf(find("#door-form [name=household]").value) ?? rows()[0];
  go(kept.some((entry) => entry.household === here.dataset.household) ? nextAfter(here) : here);
  show();
  send();
  addEventListener("online", send);
  setInterval(send, RETRY);
}

if (page) start();
