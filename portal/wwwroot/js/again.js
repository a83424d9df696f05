// A charge that is priced again with other values: while they are typed, the same address as the button's is asked for the answer alone.
const form = document.querySelector("form[data-again]");
if (form) {
  const result = form.querySelector("[data-again-result]");
  const keep = document.querySelector("form[data-again-keep]");
  const said = document.getElementById("said");
  let asking = null, waiting = 0;

  async function redraw() {
    const address = new URL(form.action);
    for (const [name, value] of new FormData(form)) address.searchParams.append(name, value);
    const mine = asking = new AbortController();
    try {
      const answer = await fetch(address, { headers: { "Rules-Part": "again" }, signal: mine.signal });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      result.innerHTML = await answer.text();
      history.replaceState(history.state, "", address);
      if (keep) keep.action = `${address}${address.search ? "&" : "?"}handler=keep`;
      said.textContent = [...result.querySelectorAll("[data-again-amount]")].map(cell => cell.textContent.trim().replaceAll(/\s+/g, " ")).join(", ");
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = "The service does not answer.";
    }
  }

  form.addEventListener("input", () => {
    asking?.abort();
    clearTimeout(waiting);
    waiting = setTimeout(redraw, 150);
  });
}
