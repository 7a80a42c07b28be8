// What pages can do only with scripts: copy, follow a job, and keep a form from being sent twice. Every page works
// without; text from elsewhere goes into `textContent` only.
"use strict";

// <button data-copy="#id">: copies that element's text.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
    button.textContent = "Copied";
  } catch {
    // Without a secure origin, or permission: the person copies what is selected.
    getSelection().selectAllChildren(document.querySelector(button.dataset.copy));
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => { button.textContent = label; }, 2000);
});

// The server takes a form once too; this spares the second answer.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
});
// Back in the history: the form can be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) delete form.dataset.sent;
});

// Follows an open job. Lost connections are taken up again; the stream then tells everything from the beginning.
function follow(live) {
  const phases = JSON.parse(live.dataset.phases);
  const phase = document.getElementById("phase");
  const detail = document.getElementById("detail");
  const bar = document.getElementById("bar");
  const status = document.getElementById("status");
  let pause = 1000;
  const connect = () => {
    const events = new EventSource(`/internal/v1/jobs/${live.dataset.job}/events`);
    const step = (event) => {
      pause = 1000;
      const { status: now, phase: name } = JSON.parse(event.data);
      if (now) { status.textContent = now; status.className = `badge ${now}`; }
      if (name && phase.textContent !== phases[name]) phase.textContent = phases[name];
    };
    for (const name of ["job.queued", "job.claimed", "job.advanced", "job.requeued"]) events.addEventListener(name, step);
    events.addEventListener("progress", (event) => {
      const { fraction, framesDone, framesTotal, etaSeconds } = JSON.parse(event.data);
      bar.value = Math.floor(fraction * 100);
      const rest = etaSeconds == null ? "" : `, about ${etaSeconds} s left`;
      detail.textContent = `frame ${framesDone} of ${framesTotal}${rest}`;
    });
    // The page of an ended job shows its video, or why there is none.
    for (const name of ["job.completed", "job.failed", "job.cancelled"]) events.addEventListener(name, () => { events.close(); location.reload(); });
    events.onerror = () => {
      detail.textContent = "connection lost; trying again";
      if (events.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, 15000);
    };
    events.onopen = () => { detail.textContent = ""; };
    addEventListener("pagehide", () => events.close(), { once: true });
  };
  connect();
}

const live = document.getElementById("live");
if (live) follow(live);
