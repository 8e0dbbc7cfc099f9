// What every page gains from scripts: dialogs, the drawer, and the sign that live figures are live. Keys and scanner are
// in keys.js, the palette in palette.js. Without scripts the same pages work as plain links and forms.

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

// Buttons that open a dialog of the page; a click beside a dialog closes it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) {
    if (menu) menu.open = false;
    document.getElementById(opener.dataset.opens)?.showModal();
  } else if (event.target.matches?.("dialog.sheet, dialog.palette")) {
    event.target.close();
  }
});

// Ticks of rows: one for all, a range with Shift, and how many there are beside the button that acts on them.
const ticksOf = (form) => [...form.querySelectorAll("[data-row] input[type=checkbox]")];

function countTicks(form) {
  const count = ticksOf(form).filter((tick) => tick.checked).length;
  for (const button of form.querySelectorAll("[data-chosen]")) {
    button.disabled = count === 0;
    button.querySelector("[data-count]").textContent = count || "";
  }
}

let lastTick;
document.addEventListener("click", (event) => {
  const tick = event.target;
  if (!tick.matches?.("[data-bulk] [data-row] input[type=checkbox]")) return;
  const ticks = ticksOf(tick.form);
  const [from, to] = [ticks.indexOf(lastTick), ticks.indexOf(tick)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) for (const between of ticks.slice(from, to)) between.checked = tick.checked;
  lastTick = tick;
  countTicks(tick.form);
});
document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-all]")) return;
  for (const tick of ticksOf(event.target.form)) tick.checked = event.target.checked;
  countTicks(event.target.form);
});
// A page that one comes back to has kept its ticks.
addEventListener("pageshow", () => document.querySelectorAll("form[data-bulk]").forEach(countTicks));

// A ledger opens beside the page it belongs to.
const drawer = document.getElementById("drawer");
document.addEventListener("htmx:after:swap", () => {
  if (drawer && !drawer.open && drawer.childElementCount > 0) drawer.showModal();
});
drawer?.addEventListener("click", (event) => {
  if (event.target === drawer) drawer.close();
});
let isChanged = false;
document.addEventListener("htmx:after:swap", () => (isChanged ||= drawer?.querySelector("[data-changed]") != null));
drawer?.addEventListener("close", () => {
  drawer.replaceChildren();
  // The numbers behind it are others now; the address has the filter, and the browser keeps the place.
  if (isChanged) location.reload();
});

// Figures are called live only while the server is heard.
const live = document.querySelector("[data-live]");
const hear = (name, state) => live?.addEventListener(name, () => (live.dataset.live = state));
hear("htmx:sse:after:connection", "on");
hear("htmx:sse:after:message", "on");
hear("htmx:sse:error", "off");
hear("htmx:sse:close", "off");

// The bell hears while somebody looks: a page that nobody sees holds no connection.
let hearing = null;
function ring(text) {
  const bell = document.getElementById("bell");
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("bell");
  if (!bell || !fresh) return;
  const isFocused = bell === document.activeElement;
  bell.replaceWith(fresh);
  if (isFocused) fresh.focus();
}
function listen() {
  const source = document.getElementById("bell")?.dataset.source;
  const isSeen = document.visibilityState === "visible";
  if (isSeen && source && !hearing) {
    hearing = new EventSource(source);
    hearing.onmessage = (event) => ring(event.data);
  } else if (!isSeen) {
    hearing?.close();
    hearing = null;
  }
}
document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => {
  hearing?.close();
  hearing = null;
});
addEventListener("pageshow", listen);
listen();

// The way back to a list leads to the list as it was, with its filter.
for (const link of document.querySelectorAll(".crumbs a")) {
  if (!document.referrer) break;
  const before = new URL(document.referrer);
  if (before.origin === location.origin && before.pathname === link.pathname && before.search) link.href = before.href;
}
