// Lists that stand in a fixed place show the lines that fit, whole, and say how many do not; on the wall they take turns.
// Without it the page is longer, and nothing is missing.

const TURN = 12_000; // ms on the wall until a list's next lines are shown
const isWall = document.documentElement.classList.contains("wall");
const turns = new Map(); // by the panel's id: the line shown first

document.documentElement.classList.add("fits");

const lists = () => document.querySelectorAll("[data-fit]");

function fit(list) {
  const lines = [...list.children];
  const name = list.parentElement.id;
  const first = lines.length > (turns.get(name) ?? 0) ? (turns.get(name) ?? 0) : 0;
  for (const line of lines) line.hidden = false;
  const room = list.clientHeight + 1;
  let used = 0;
  let shown = 0;
  for (const line of lines.slice(first)) {
    used += line.offsetHeight;
    if (used > room) break;
    shown += 1;
  }
  lines.forEach((line, at) => (line.hidden = at < first || at >= first + Math.max(shown, 1)));
  turns.set(name, first);
  list.dataset.next = first + shown < lines.length ? first + shown : 0;
}

const fitAll = () => lists().forEach(fit);

function turn() {
  for (const list of lists()) turns.set(list.parentElement.id, Number(list.dataset.next));
  fitAll();
}

new ResizeObserver(fitAll).observe(document.body);
new MutationObserver(fitAll).observe(document.querySelector(".screen"), { childList: true, subtree: true });
if (isWall) setInterval(turn, TURN);
