// The keyboard and the scanner, on every page. A scanner types faster than a person: characters at most 35 ms apart,
// ended by Enter or Tab. So a key waits that long before it counts as a shortcut, and a scan never fires one. What was
// scanned is told as a `scan` event; where no part of the page takes it, the page of whatever the code belongs to opens.

const GAP_MS = 35;
const SHORTEST = 4;
const PAIR_MS = 1200;

const isEditable = (element) =>
  element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
// A ticked row has the focus in a box, which takes no letters.
const takesText = (element) => isEditable(element) && !(element instanceof HTMLInputElement && element.type === "checkbox");

/** The letter on a Latin keyboard: shortcuts and codes are the same when the layout is Cyrillic. */
function letterOf(event) {
  if (event.key.length !== 1 || event.key <= "\x7f") return event.key;
  const [, letter] = /^Key([A-Z])$/.exec(event.code) ?? [];
  const [, digit] = /^Digit([0-9])$/.exec(event.code) ?? [];
  if (letter) return event.shiftKey ? letter : letter.toLowerCase();
  return digit ?? event.key;
}

let typed = "";
let last = -Infinity;
let pending;
let waitsForLetter = -Infinity;

/** True where the key belongs to a scan. */
function scannerKey(event) {
  const isFast = event.timeStamp - last <= GAP_MS;
  last = event.timeStamp;
  if (isFast) clearTimeout(pending);
  if ((event.key === "Enter" || event.key === "Tab") && isFast && typed.length >= SHORTEST) {
    const code = typed;
    typed = "";
    event.preventDefault();
    const isFree = document.dispatchEvent(new CustomEvent("scan", { detail: { code }, cancelable: true }));
    if (isFree) goTo(code);
    return true;
  }
  const letter = letterOf(event);
  if (letter.length !== 1) return false;
  typed = isFast ? typed + letter : letter;
  return isFast;
}

function goTo(code) {
  const form = document.querySelector("form.find");
  if (form) location.assign(`${form.getAttribute("action")}?q=${encodeURIComponent(code)}`);
}

const rows = () => [...document.querySelectorAll("[data-row]")];
const rowHere = () => document.activeElement?.closest?.("[data-row]");

function step(by) {
  const all = rows();
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(rowHere()) + by))];
  (next?.matches("a") ? next : next?.querySelector("a"))?.focus();
}

/** Opens the number that has the focus, or the first of its row that can be set, ready to be typed over. */
function edit() {
  const here = document.activeElement;
  const cell = here?.matches?.("[data-edit]") ? here : here?.closest?.("tbody")?.querySelector("[data-edit]");
  if (!cell) return;
  document.addEventListener("htmx:after:swap", () => document.getElementById("level-quantity")?.focus(), { once: true });
  cell.click();
}

const COMMANDS = {
  "/": () => {
    const field = document.querySelector("[data-search]");
    field?.focus();
    field?.select();
  },
  "?": () => document.getElementById("keys")?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  e: edit,
  x: () => rowHere()?.querySelector("input[type=checkbox]")?.click(),
};

function shortcut(key, at) {
  if (at - waitsForLetter < PAIR_MS) {
    waitsForLetter = -Infinity;
    document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
  } else if (key === "g") {
    waitsForLetter = at;
  } else {
    COMMANDS[key]?.();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && letterOf(event).toLowerCase() === "k") {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("palette"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || takesText(event.target)) return;
  if (document.querySelector("dialog[open]:not(.drawer)")) return;
  if (scannerKey(event)) return;
  const key = letterOf(event);
  if (key.length !== 1 || (key !== "g" && !COMMANDS[key] && event.timeStamp - waitsForLetter >= PAIR_MS)) return;
  // The quick search of some browsers starts on a slash.
  if (key === "/") event.preventDefault();
  clearTimeout(pending);
  pending = setTimeout(shortcut, GAP_MS + 5, key, event.timeStamp);
});
