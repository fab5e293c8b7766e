// What a page does by itself: follows the live data, keeps its clock and its session, and obeys the keyboard.
// Every page reads and works without it; only liveness is missing then.

const STALE_AFTER = 5_000; // ms without a message or a heartbeat (one comes every 2 s)
const LONGEST_PAUSE = 15_000; // ms between two tries to connect
const POLICY_VIOLATION = 1008; // the hub closes so when the reader's rights are gone: no use in knocking again
const RENEWAL_CHECK = 20_000; // ms

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const token = find("meta[name=csrf]").content;

// --- time: the server's, for a phone's clock may be wrong

const clock = find("#clock");
const ahead = Date.parse(clock.dateTime) - Date.now();
const serverNow = () => Date.now() + ahead;
const hm = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });

function say(element, words) {
  if (element && element.textContent !== words) element.textContent = words;
}

// As shared/i18n/dates.py `waited`: minutes below 100, then hours below two days, then days; cut down, never up.
function waited(milliseconds, [minutes, hours, days]) {
  const m = Math.max(0, Math.floor(milliseconds / 60_000));
  if (m < 100) return [m, minutes];
  return m < 2 * 24 * 60 ? [Math.floor(m / 60), hours] : [Math.floor(m / 60 / 24), days];
}

function tellTime() {
  say(clock, hm.format(serverNow()));
  for (const wait of all("[data-since]")) {
    const [number, unit] = waited(serverNow() - Date.parse(wait.dataset.since), wait.dataset.units.split(" "));
    say(wait.children[0], String(number));
    say(wait.children[1], unit);
  }
}

// --- patching: make what stands look like what is fresh, keeping its nodes, and so focus, scroll and what is open

const KEPT = { DETAILS: "open", DIALOG: "open" }; // the reader's own doing
const NOTED = ".tile, .figure, .row, .shift"; // what shows for a moment that it changed
const isTyping = (element) => element === document.activeElement && element.matches("input, select, textarea");
const isSame = (old, fresh) => old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && (old.id ?? "") === (fresh.id ?? "");

function patch(old, fresh) {
  if (!isSame(old, fresh)) return old.replaceWith(fresh);
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (isTyping(old) || old.matches(".htmx-request")) return;
  const before = old.matches(NOTED) && old.outerHTML;
  patchAttributes(old, fresh);
  patchChildren(old, fresh);
  if (before && before !== old.outerHTML) flash(old);
}

function patchAttributes(old, fresh) {
  const isBlank = old.type === "hidden" && !fresh.value; // the page's token is not overwritten with nothing
  const kept = (name) =>
    name === KEPT[old.nodeName] || (name === "hidden" && old.matches("[data-fit] > *")) || name === "data-next" || (name === "tabindex" && old.matches("[data-cell]")) || (name === "value" && isBlank);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !kept(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value && !kept(name)) old.setAttribute(name, value);
}

function patchChildren(old, fresh) {
  const wanted = new Set([...fresh.children].map((child) => child.id).filter(Boolean));
  const known = new Map([...old.children].filter((child) => wanted.has(child.id)).map((child) => [child.id, child]));
  for (const child of [...old.children]) if (child.id && !wanted.has(child.id)) child.remove();
  let here = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const twin = known.get(next.id) ?? (here && isSame(here, next) ? here : null);
    if (!twin) {
      old.insertBefore(next, here);
      if (next.matches?.(NOTED)) flash(next);
    } else if (twin === here) {
      here = here.nextSibling;
      patch(twin, next);
    } else {
      old.insertBefore(twin, here);
      patch(twin, next);
    }
  }
  while (here) {
    const rest = here.nextSibling;
    here.remove();
    here = rest;
  }
}

function flash(element) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  element.animate([{ boxShadow: "inset 0 0 0 3px var(--accent)" }, { boxShadow: "inset 0 0 0 3px transparent" }], 1_200);
}

// html is the element itself (its root carries the id) or only what stands inside it.
function refresh(id, html) {
  const old = document.getElementById(id);
  if (!old) return;
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  let fresh = parsed.content.firstElementChild;
  if (fresh?.id !== id) {
    fresh = old.cloneNode(false);
    fresh.append(parsed.content);
  }
  patch(old, fresh);
  for (const field of all("input[name=csrf_token]")) field.value = token;
  window.htmx?.process(old);
}

function take(message) {
  const focused = document.activeElement;
  for (const [id, html] of Object.entries(message.html ?? {})) refresh(id, html);
  if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
  settle();
}

// --- following: one socket, heard every two seconds, opened again where it fell silent

function follow(url) {
  const sign = find("#live");
  let socket, revision, heard, freshAt, pause;

  function show(state) {
    if (sign?.dataset.state === state) return;
    if (state === "stale") say(find("time", sign), hm.format(freshAt));
    if (sign) sign.dataset.state = state;
  }

  function hear({ data }) {
    const message = JSON.parse(data);
    heard = performance.now();
    freshAt = message.at ? Date.parse(message.at) : serverNow();
    revision = message.revision ?? revision;
    pause = 500;
    take(message);
    show("live");
  }

  function open() {
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    if (revision !== undefined) address.searchParams.set("revision", revision);
    heard = performance.now();
    socket = new WebSocket(address);
    socket.onmessage = hear;
    socket.onclose = (event) => lose(event.code !== POLICY_VIOLATION);
  }

  // A half-open connection would take minutes to close: it is left behind, not waited for.
  function lose(again) {
    socket.onmessage = socket.onclose = null;
    socket.close();
    heard = Infinity;
    show("stale");
    if (!again) return;
    setTimeout(open, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }

  freshAt = serverNow();
  pause = 500;
  open();
  setInterval(() => performance.now() - heard > STALE_AFTER && lose(true), 1_000);
}

// --- the session: renewed while the page is open; a refusal shows at the reader's next act

function keepSession(from) {
  const headers = { "X-CSRF-Token": token, Accept: "application/json" };
  let due = Date.parse(from);
  const timer = setInterval(async () => {
    if (serverNow() < due) return;
    due = Infinity; // one at a time
    const answer = await fetch("/accounts/sessions/renew", { method: "POST", headers }).catch(() => null);
    if (answer?.status === 401) clearInterval(timer);
    due = answer?.ok ? Date.parse((await answer.json()).renew_at) : serverNow();
  }, RENEWAL_CHECK);
}

// --- the keyboard: one tab stop per grid, arrows inside, Home and End of the row, Esc gives the focus back

const cells = (grid) => all("[data-cell]", grid).filter((cell) => cell.offsetParent);
const cameFrom = new WeakMap();

function settle() {
  for (const grid of all("[data-grid]")) {
    const stop = find("[data-cell][tabindex='0']", grid) ?? find("[data-cell]", grid);
    for (const cell of all("[data-cell]", grid)) cell.tabIndex = cell === stop ? 0 : -1;
  }
}

const distance = (a, b) => Math.abs(a.left - b.left) + 3 * Math.abs(a.top - b.top);

function beyond(grid, cell, key) {
  const order = cells(grid);
  const at = order.indexOf(cell);
  if (key === "ArrowRight") return order[at + 1];
  if (key === "ArrowLeft") return order[at - 1];
  const from = cell.getBoundingClientRect();
  const placed = order.map((other) => [other, other.getBoundingClientRect()]);
  const row = placed.filter(([, box]) => Math.abs(box.top - from.top) < from.height / 2);
  if (key === "Home") return row.at(0)[0];
  if (key === "End") return row.at(-1)[0];
  const way = key === "ArrowDown" ? 1 : -1;
  const further = placed.filter(([, box]) => way * (box.top - from.top) > from.height / 2);
  return further.sort(([, a], [, b]) => distance(a, from) - distance(b, from))[0]?.[0];
}

function move(event) {
  const grid = event.target.closest?.("[data-grid]");
  if (!grid || !/^(Arrow|Home$|End$)/.test(event.key)) return;
  event.preventDefault();
  const next = beyond(grid, event.target.closest("[data-cell]"), event.key);
  if (!next) return;
  for (const cell of all("[data-cell][tabindex='0']", grid)) cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function leave(event) {
  if (event.key !== "Escape") return;
  const opened = event.target.closest?.("details.menu[open], details.confirm[open]");
  if (opened) {
    opened.open = false;
    find("summary", opened).focus();
    return;
  }
  const grid = event.target.closest?.("[data-grid]");
  if (grid) (cameFrom.get(grid) ?? find("main")).focus();
}

document.addEventListener("keydown", move);
document.addEventListener("keydown", leave);
document.addEventListener("focusin", ({ target, relatedTarget }) => {
  const grid = target.closest("[data-grid]");
  if (grid && relatedTarget && !grid.contains(relatedTarget)) cameFrom.set(grid, relatedTarget);
});
document.addEventListener("click", ({ target }) => {
  for (const opened of all("details.menu[open], details.confirm[open]")) if (!opened.contains(target)) opened.open = false;
});
document.addEventListener(
  "toggle",
  ({ target }) => target.matches("details.confirm[open]") && find(".sheet", target).scrollIntoView({ block: "nearest" }),
  true,
);

// --- what htmx could not send is said where refusals are said

function tellUnsent() {
  find("#notice").replaceChildren(find("#unsent").content.cloneNode(true));
}
document.addEventListener("htmx:sendError", tellUnsent);
document.addEventListener("htmx:timeout", tellUnsent);
document.addEventListener("htmx:afterSettle", settle);

settle();
tellTime();
setInterval(tellTime, 1_000);
const { live, renewAt } = document.body.dataset;
if (live) follow(live);
else document.addEventListener("follow", ({ detail }) => follow(detail), { once: true }); // offline.js put a live page here
if (renewAt) keepSession(renewAt);

// --- a pass that came in the link's fragment, which no server's log ever sees

const pass = location.hash.startsWith("#pass=") && find("#f-pass");
if (pass) {
  pass.value = location.hash.slice("#pass=".length);
  history.replaceState(null, "", location.pathname + location.search);
}
