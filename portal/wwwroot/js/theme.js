// The server keeps the theme in a cookie and draws the page with it; here the choice only takes effect without a reload.
for (const form of document.querySelectorAll("form.theme")) {
  form.addEventListener("submit", async event => {
    const choice = event.submitter;
    if (!choice) return;
    event.preventDefault();
    const body = new FormData(form, choice);
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
      if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(answer.statusText);
      document.documentElement.dataset.theme = choice.value;
      for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === choice));
    } catch {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: choice.name, value: choice.value });
      form.append(field);
      form.submit();
    }
  });
}
