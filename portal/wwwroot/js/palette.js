// Find by Ctrl+K or ⌘K: the search page's results in a dialog. Without script the link opens that page.
const palette = document.getElementById("palette");
if (palette) {
  const field = palette.querySelector("input");
  const results = document.getElementById("palette-results");
  const said = document.getElementById("said");
  let opener = null, asking = null, waiting = 0;

  const items = () => [...results.querySelectorAll(".found a, .found button")];

  async function find() {
    asking?.abort();
    const mine = asking = new AbortController();
    try {
      const answer = await fetch(`/search?q=${encodeURIComponent(field.value)}`, { headers: { "Rules-Part": "results" }, signal: mine.signal });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      results.innerHTML = await answer.text();
      const count = items().length;
      said.textContent = count === 1 ? "1 found" : `${count} found`;
    } catch (error) {
      if (error.name !== "AbortError") results.textContent = "The service does not answer, or you were signed out.";
    }
  }

  function open() {
    opener = document.activeElement;
    field.value = "";
    palette.showModal();
    field.focus();
    find();
  }

  for (const link of document.querySelectorAll("[data-palette]")) {
    link.querySelector("kbd").hidden = false;
    link.addEventListener("click", event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
  }
  palette.addEventListener("close", () => opener?.focus());
  palette.addEventListener("click", event => { if (event.target === palette) palette.close(); });
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, 100);
  });
  // Enter opens the first that was found; the arrow keys walk through all of them.
  field.form.addEventListener("submit", async event => {
    event.preventDefault();
    clearTimeout(waiting);
    await find();
    items()[0]?.click();
  });
  palette.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [field, ...items()];
    all[Math.min(Math.max(all.indexOf(document.activeElement) + step, 0), all.length - 1)].focus();
  });
  document.addEventListener("keydown", event => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!palette.open && !document.querySelector("dialog[open]")) open();
  });
}
