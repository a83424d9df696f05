// A copy button is a link to what it copies, so that it also works without script or without leave to write the clipboard.
const said = document.getElementById("said");

async function textOf(link) {
  if (link.dataset.copy === "address") return link.href;
  const answer = await fetch(link.href, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}

for (const link of document.querySelectorAll("a[data-copy]")) {
  const label = link.querySelector("span");
  const words = label.textContent;
  link.addEventListener("click", async event => {
    if (!navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(await textOf(link));
      label.textContent = "Copied";
      said.textContent = `${words}: copied`;
      setTimeout(() => { label.textContent = words; said.textContent = ""; }, 1600);
    } catch {
      location.assign(link.href);
    }
  });
}
