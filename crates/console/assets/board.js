// The board of quotas without its forms: type a number on a quota and press left or right, or drag a quota to another.
// Either fills the form that moves units and sends it, so both do what the form does.

const form = document.getElementById("board-move");
const told = document.getElementById("board-amount");
let amount = "";

const quotas = (row) => [...row.querySelectorAll("button.quota")];

function tell(text) {
  if (told) told.textContent = text;
}

// `form.elements.item` is a function of the collection, whatever a field is called.
const field = (name) => form.elements.namedItem(name);

function move(from, to, units) {
  field("item").value = from.closest("tr").dataset.item;
  field("from").value = from.dataset.channel;
  field("to").value = to.dataset.channel;
  field("units").value = units;
}

/** The quota beside one in its row, or below or above it in its column. */
function beside(quota, key) {
  const row = quota.closest("tr");
  const inRow = quotas(row);
  const by = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  if (key === "ArrowLeft" || key === "ArrowRight") return inRow[inRow.indexOf(quota) + by];
  for (let next = row; next; ) {
    next = by > 0 ? next.nextElementSibling : next.previousElementSibling;
    const same = next && quotas(next).find((other) => other.dataset.channel === quota.dataset.channel);
    if (same) return same;
  }
  return undefined;
}

document.addEventListener("keydown", (event) => {
  const quota = event.target instanceof HTMLElement && event.target.closest("button.quota");
  if (!quota || event.altKey || event.ctrlKey || event.metaKey) return;
  if (/^[0-9]$/.test(event.key) && amount.length < 9) {
    amount += event.key;
    tell(amount);
  } else if (event.key === "Backspace" || event.key === "Escape") {
    amount = event.key === "Escape" ? "" : amount.slice(0, -1);
    tell(amount);
  } else if (/^Arrow/.test(event.key)) {
    event.preventDefault();
    const next = beside(quota, event.key);
    if (!next) return;
    const isAcross = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (isAcross && Number(amount) > 0) {
      move(quota, next, amount);
      amount = "";
      form.requestSubmit();
    } else {
      amount = "";
      tell("");
      next.focus();
    }
  }
});

let dragged;

document.addEventListener("dragstart", (event) => {
  dragged = event.target instanceof HTMLElement ? event.target.closest("button.quota") : undefined;
});

function target(event) {
  const quota = event.target instanceof HTMLElement && event.target.closest("button.quota");
  return dragged && quota && quota !== dragged && quota.closest("tr") === dragged.closest("tr") ? quota : undefined;
}

document.addEventListener("dragover", (event) => {
  if (target(event)) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const to = target(event);
  if (!to) return;
  event.preventDefault();
  // How many is asked for, with all that is left at hand: Enter moves them.
  move(dragged, to, dragged.dataset.left);
  field("units").focus();
  field("units").select();
});
