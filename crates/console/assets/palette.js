// The command palette: a field, and a list that the server fills with what this person may reach. What can be done on
// the page that is open stands first.

const dialog = document.getElementById("palette");
const field = document.getElementById("palette-input");
const list = document.getElementById("palette-list");
let asked;
let shown;

const options = () => [...list.querySelectorAll("a[role=option]")];

function select(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

/** The buttons of the page that are in sight and have all words in their name. */
function here(words) {
  const buttons = [...document.querySelectorAll("main a.button, main button.button")];
  return buttons.filter((button) => {
    const name = button.textContent.trim().toLowerCase();
    return name && button.checkVisibility() && !button.disabled && words.every((word) => name.includes(word));
  });
}

function showHere(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length > 0 ? here(words).slice(0, 5) : [];
  if (found.length === 0) return;
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", dialog.dataset.here);
  const title = document.createElement("p");
  title.className = "palette-group";
  title.ariaHidden = "true";
  title.textContent = dialog.dataset.here;
  group.append(title);
  found.forEach((button, place) => {
    const option = document.createElement("a");
    option.id = `palette-here-${place}`;
    option.role = "option";
    option.href = button.href ?? "#main";
    option.textContent = button.textContent.trim();
    // A button is led to and not pressed: what it does may be final.
    if (!button.href) {
      option.addEventListener("click", (event) => {
        event.preventDefault();
        dialog.close();
        button.focus();
      });
    }
    group.append(option);
  });
  list.prepend(group);
}

async function fill() {
  asked?.abort();
  asked = new AbortController();
  const query = field.value.trim();
  try {
    const address = `${dialog.dataset.source}?q=${encodeURIComponent(query)}`;
    const response = await fetch(address, { headers: { "HX-Request": "true" }, signal: asked.signal });
    if (response.redirected) return location.reload();
    if (!response.ok) return;
    list.innerHTML = await response.text();
  } catch (error) {
    if (error.name !== "AbortError") list.replaceChildren();
    return;
  }
  shown = query;
  showHere(query);
  for (const option of options()) option.tabIndex = -1;
  select(options()[0]);
}

function open() {
  if (dialog.open) return dialog.close();
  document.querySelector("dialog[open]")?.close();
  dialog.showModal();
}

if (dialog) {
  document.addEventListener("palette", open);
  // Opened by a button or by a key, it starts anew.
  new MutationObserver(() => {
    if (!dialog.open) return;
    field.value = "";
    field.focus();
    fill();
  }).observe(dialog, { attributeFilter: ["open"] });
  field.addEventListener("input", fill);
  field.addEventListener("keydown", (event) => {
    const all = options();
    const place = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") select(all[(place + 1) % all.length]);
    else if (event.key === "ArrowUp") select(all[(place - 1 + all.length) % all.length]);
    else if (event.key === "Enter") follow(all[place]);
    else return;
    event.preventDefault();
  });
}

// Enter may be quicker than the list: then what was typed is looked up first.
async function follow(option) {
  if (shown !== field.value.trim()) {
    await fill();
    [option] = options();
  }
  option?.click();
}
