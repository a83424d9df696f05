// How far something is that runs, told by the service as it goes; without script the page's link does. At its end the page shows what came of it.
const pane = document.querySelector("[data-events]");
if (pane) {
  const bar = pane.querySelector("progress"), words = pane.querySelector("[data-progress]"), title = pane.querySelector("h2");
  const count = number => Math.round(number).toLocaleString("en");
  let from = null;
  const source = new EventSource(pane.dataset.events);
  source.addEventListener("progress", event => {
    const { reading, done, events } = JSON.parse(event.data);
    const now = performance.now();
    if (!from || from.reading !== reading) from = { reading, done, now };
    const rate = (done - from.done) / (now - from.now) * 1000;
    if (reading) bar.removeAttribute("value");
    else [bar.max, bar.value] = [Math.max(events, 1), done];
    title.textContent = reading ? "Reading the past" : "Pricing again";
    words.textContent = (reading ? `${count(done)} entries read` : `${count(done)} of ${count(events)} events priced`)
      + (rate > 0 ? `, ${count(rate)} a second` : "")
      + (rate > 0 && !reading && done < events ? `, about ${count((events - done) / rate)} s left.` : ".");
  });
  source.addEventListener("end", () => {
    source.close();
    location.reload();
  });
}
