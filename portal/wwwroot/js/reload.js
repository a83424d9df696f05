// A page about something that runs looks again by itself; without script its link does.
const running = document.querySelector("[data-reload]");
if (running) setTimeout(() => location.reload(), Number(running.dataset.reload));
