// A charge's steps and the lines that made them: focus or hover on either side lights the other; up and down walk the steps.
// The server has already lit the step of the address (?step=N); without script each number is a link to that page.
const receipt = document.querySelector("[data-receipt]");
if (receipt) {
  const steps = [...receipt.querySelectorAll("[data-step]")];
  const lines = new Map([...receipt.querySelectorAll(".source [data-line]")].map(line => [line.dataset.line, line]));
  const scroller = receipt.querySelector(".source");
  const named = numbers => numbers.split(" ").map(number => lines.get(number)).filter(Boolean);
  const linesOf = step => named(step.dataset.lines);
  const headsOf = step => named(step.dataset.heads);
  const stepsOf = line => steps.filter(step => linesOf(step).includes(line));
  let chosen = steps.filter(step => step.hasAttribute("aria-current"));

  function light(lit) {
    const rows = new Set(lit.flatMap(linesOf));
    const heads = new Set(lit.flatMap(headsOf));
    for (const step of steps) step.classList.toggle("step-lit", lit.includes(step));
    for (const line of lines.values()) {
      line.classList.toggle("lit", rows.has(line));
      line.classList.toggle("head", heads.has(line) && !rows.has(line));
      for (const mark of line.querySelectorAll("[data-of]")) mark.classList.toggle("of-step", lit.some(step => step.dataset.step === mark.dataset.of));
    }
  }

  function reveal(step, behavior = "smooth") {
    const rows = linesOf(step);
    if (rows.length === 0) return;
    const view = scroller.getBoundingClientRect();
    const top = rows[0].getBoundingClientRect().top - view.top;
    const bottom = rows.at(-1).getBoundingClientRect().bottom - view.top;
    if (top < 0 || bottom > view.height) scroller.scrollBy({ top: top - view.height / 3, behavior });
  }

  function choose(step) {
    chosen = [step];
    for (const other of steps) other.toggleAttribute("aria-current", false);
    step.setAttribute("aria-current", "step");
    light(chosen);
    reveal(step);
    const address = new URL(location.href);
    address.searchParams.set("step", step.dataset.step);
    history.replaceState(history.state, "", address);
  }

  // The page opens at the lines that made the charge, not at the head of the file.
  const first = chosen[0] ?? steps.find(step => step.classList.contains("step-charging"));
  if (first) reveal(first, "instant");

  for (const step of steps) {
    step.addEventListener("pointerenter", () => { light([step]); });
    step.addEventListener("pointerleave", () => light(chosen));
    step.addEventListener("focusin", () => choose(step));
    step.addEventListener("click", event => {
      if (!event.target.closest("a")) step.querySelector(".step-number").focus({ preventScroll: true });
    });
  }
  for (const line of lines.values()) {
    const made = stepsOf(line);
    if (made.length === 0) continue;
    line.addEventListener("pointerenter", () => light(made));
    line.addEventListener("pointerleave", () => light(chosen));
    line.addEventListener("click", event => {
      const mark = event.target.closest("[data-of]");
      const step = made.find(step => step.dataset.step === mark?.dataset.of) ?? made[0];
      if (String(getSelection()) === "") step.querySelector(".step-number").focus();
    });
  }

  receipt.addEventListener("click", event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const number = event.target.closest("a.step-number");
    if (!number) return;
    event.preventDefault();
    number.focus();
  });

  receipt.querySelector(".steps").addEventListener("keydown", event => {
    const here = steps.findIndex(step => step.contains(document.activeElement));
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: steps.length - 1 }[event.key];
    if (here < 0 || next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    steps[Math.min(Math.max(next, 0), steps.length - 1)].querySelector(".step-number").focus();
  });
}
