// How far the sample data is written: looked at every two seconds while it goes on, and said once when it has ended.
const said = document.getElementById("said");

async function look() {
  const strip = document.querySelector("[data-strip]");
  if (!strip || strip.dataset.strip === "Failed") return;
  try {
    const answer = await fetch("/sample-strip", { headers: { Accept: "text/html" }, redirect: "error" });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-strip]");
      if (!fresh) {
        said.textContent = strip.dataset.strip === "Writing" ? "The sample data is complete." : "The sample data is removed.";
        strip.remove();
        return;
      }
      if (!strip.contains(document.activeElement)) strip.replaceWith(document.importNode(fresh, true));
    }
  } catch {
    // Asked again later.
  }
  setTimeout(look, 2000);
}

if (document.querySelector("[data-strip]")) setTimeout(look, 2000);
