// What every page gains from scripts: the keyboard, the scanner that works anywhere, the drawer, and the sign that
// live figures are live. Without it the same pages work as plain links and forms.

const isEditable = (element) =>
  element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

// The scanner types faster than a person: characters at most 35 ms apart, ended by Enter or Tab. What it typed is
// told as a `scan` event; a page that does not take it goes to whatever the code belongs to.
const GAP_MS = 35;
const SHORTEST = 4;
let typed = "";
let last = 0;

function scannerKey(event) {
  const isFast = event.timeStamp - last <= GAP_MS;
  last = event.timeStamp;
  if ((event.key === "Enter" || event.key === "Tab") && isFast && typed.length >= SHORTEST) {
    const code = typed;
    typed = "";
    event.preventDefault();
    const isFree = document.dispatchEvent(new CustomEvent("scan", { detail: { code }, cancelable: true }));
    if (isFree) goTo(code);
    return true;
  }
  if (event.key.length !== 1) return false;
  typed = isFast ? typed + event.key : event.key;
  return typed.length > 2;
}

function goTo(code) {
  const form = document.querySelector("form.find");
  if (form) location.assign(`${form.getAttribute("action")}?q=${encodeURIComponent(code)}`);
}

let waitsForLetter = -Infinity;

function shortcut(event) {
  if (event.key === "/") {
    event.preventDefault();
    const field = document.querySelector("[data-search]");
    field?.focus();
    field?.select();
  } else if (event.key === "g") {
    waitsForLetter = event.timeStamp;
  } else if (event.timeStamp - waitsForLetter < 1200) {
    waitsForLetter = -Infinity;
    document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
  } else if (event.key === "j" || event.key === "k") {
    const rows = [...document.querySelectorAll("[data-row]")];
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[Math.max(0, Math.min(rows.length - 1, event.key === "j" ? here + 1 : here - 1))];
    (next?.matches("a") ? next : next?.querySelector("a"))?.focus();
  }
}

// A badge that is scanned at a shared device, wherever the cursor is, begins that person's shift and stays on the page.
const BADGE = /^QB[0-9A-Z]{20}$/i;

function takeBadge(event, code) {
  if (!BADGE.test(code.trim())) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/badge", hidden: true });
  for (const [name, value] of Object.entries({ code: code.trim(), next: location.pathname + location.search })) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.body.append(form);
  form.submit();
}

document.addEventListener("scan", (event) => takeBadge(event, event.detail.code), true);
document.addEventListener(
  "submit",
  (event) => {
    const field = event.target.querySelector?.("input[name=code]");
    if (field && event.target.getAttribute("action") !== "/badge") takeBadge(event, field.value);
  },
  true,
);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isEditable(event.target)) return;
  if (!scannerKey(event)) shortcut(event);
});

// The menu closes like menus do.
const menu = document.querySelector("details.menu");
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A ledger opens beside the page it belongs to.
const drawer = document.getElementById("drawer");
document.addEventListener("htmx:after:swap", () => {
  if (drawer && !drawer.open && drawer.childElementCount > 0) drawer.showModal();
});
drawer?.addEventListener("click", (event) => {
  if (event.target === drawer) drawer.close();
});
drawer?.addEventListener("close", () => drawer.replaceChildren());

// Figures are called live only while the server is heard.
const live = document.querySelector("[data-live]");
const hear = (name, state) => live?.addEventListener(name, () => (live.dataset.live = state));
hear("htmx:sse:after:connection", "on");
hear("htmx:sse:after:message", "on");
hear("htmx:sse:error", "off");
hear("htmx:sse:close", "off");
