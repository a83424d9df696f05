// Single keys work outside fields only and can be turned off (WCAG 2.1.4); the choice stays in this browser.
const setting = "rules-single-keys";
const dialog = document.getElementById("shortcuts");
const toggle = document.getElementById("single-keys");
const pages = new Map([...document.querySelectorAll(".nav a[data-key]")].map(link => [link.dataset.key, link.href]));
const never = -Infinity;
let waiting = never; // when "g" was pressed

const on = () => localStorage.getItem(setting) !== "off";
const typing = target => target.closest("input, select, textarea, [contenteditable]") !== null;

function openShortcuts(opener) {
  dialog.showModal();
  dialog.addEventListener("close", () => opener?.focus(), { once: true });
}

function moveRow(step) {
  const links = [...document.querySelectorAll("tbody tr > :is(th, td):first-child a")];
  if (links.length === 0) return false;
  const here = links.findIndex(link => link.closest("tr").contains(document.activeElement));
  const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), links.length - 1);
  links[next].focus();
  return true;
}

function press(key) {
  if (performance.now() - waiting < 1500) {
    waiting = never;
    const page = pages.get(key);
    if (page) location.assign(page);
    return page !== undefined;
  }
  switch (key) {
    case "g": waiting = performance.now(); return true;
    case "?": openShortcuts(document.activeElement); return true;
    case "/": {
      const field = document.querySelector(".filters input, .filters select");
      field?.focus();
      return field !== null;
    }
    case "j": return moveRow(1);
    case "k": return moveRow(-1);
    default: return false;
  }
}

if (dialog) {
  toggle.checked = on();
  toggle.addEventListener("change", () => localStorage.setItem(setting, toggle.checked ? "on" : "off"));
  for (const button of document.querySelectorAll(".shortcuts-open")) {
    button.hidden = false;
    button.addEventListener("click", () => openShortcuts(button));
  }
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (!on() || typing(event.target)) return;
    if (press(event.key)) event.preventDefault();
  });
}
