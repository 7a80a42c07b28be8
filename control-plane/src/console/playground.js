// The playground: a template is checked as it is typed, seen at any time, and rendered once. Whatever comes from elsewhere
// goes into `textContent` only.
"use strict";

const CHECK_PAUSE_MILLIS = 500;
const STILL_PAUSE_MILLIS = 200;
const BUSY_PAUSE_MILLIS = 1500;
const DRAFT = "avs.playground.draft";

const by = (id) => document.getElementById(id);
const editor = by("template");
const outputs = [...document.querySelectorAll("[data-output]")];
const csrf = document.querySelector('meta[name="csrf"]').content;
const state = { files: [], valid: false, fps: 30, submission: null, checking: null, drawing: null, picture: null };

// ---- what is asked ----

function output() {
  const chosen = outputs.filter((select) => select.value);
  return Object.fromEntries(chosen.map(({ dataset, value }) => [dataset.output, dataset.output === "fps" ? Number(value) : value]));
}

function request() {
  return { template: JSON.parse(editor.value), output: output() };
}

function post(path, signal, headers = {}) {
  let body = JSON.stringify(request());
  if (state.files.length) {
    const form = new FormData();
    form.append("request", body);
    for (const file of state.files) form.append("files", file, file.name);
    body = form;
  } else {
    headers = { ...headers, "content-type": "application/json" };
  }
  return fetch(path, { method: "POST", body, signal, headers: { ...headers, "x-csrf-token": csrf } });
}

// What a problem says, for people; null where the caller shows it beside its lines.
async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  return { status: response.status, code: problem.code ?? "", detail: problem.detail ?? `the server answered ${response.status}`, errors: problem.errors ?? [] };
}

function say(text, bad = false) {
  by("said").className = bad && text ? "notice bad" : "";
  by("said").textContent = text;
}

// An ended session loses nothing: the draft is in this browser.
function sayProblem(problem) {
  if (problem.code === "session_needed" || problem.code === "csrf_refused") {
    by("said").className = "notice bad";
    by("said").replaceChildren(by("sign-in-again").content.cloneNode(true));
  } else {
    say(`${problem.detail}.`, true);
  }
}

// ---- the editor ----

const lineOf = (offset) => editor.value.slice(0, offset).split("\n").length;

function showLines(issues) {
  const lines = editor.value.split("\n");
  const words = new Map();
  for (const issue of issues.filter((issue) => issue.line)) {
    words.set(issue.line, [...(words.get(issue.line) ?? []), issue.detail]);
  }
  const number = (_, index) => {
    const row = document.createElement("div");
    row.textContent = index + 1;
    if (words.has(index + 1)) row.className = "bad";
    return row;
  };
  by("gutter").replaceChildren(...lines.map(number));
  const mark = (line, index) => {
    const row = document.createElement("div");
    const found = words.get(index + 1);
    if (found) {
      const note = document.createElement("span");
      note.textContent = found.join("; ");
      row.className = "bad";
      row.append(line, note);
    }
    return row;
  };
  by("marks").replaceChildren(...lines.map(mark));
  follow();
}

function follow() {
  by("gutter").scrollTop = editor.scrollTop;
  by("marks").scrollTop = editor.scrollTop;
  by("marks").scrollLeft = editor.scrollLeft;
}

function selectLine(line) {
  const lines = editor.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  editor.focus();
  editor.setSelectionRange(start, start + lines[line - 1].length);
  const height = parseFloat(getComputedStyle(editor).lineHeight);
  editor.scrollTop = Math.max(0, (line - 4) * height);
  editor.scrollLeft = 0;
  follow();
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function showIssues(title, issues) {
  by("issues-title").textContent = title;
  by("issues-title").classList.toggle("bad-text", issues.some((issue) => !issue.isWarning));
  const item = (issue) => {
    const row = document.createElement("li");
    if (issue.line) {
      const go = element("button", "quiet line", `Line ${issue.line}`);
      go.type = "button";
      go.addEventListener("click", () => selectLine(issue.line));
      row.append(go, " ");
    }
    if (issue.pointer) row.append(element("code", "pointer", issue.pointer), " ");
    row.append(element("span", "", issue.detail));
    if (issue.suggestion) row.append(" Did you mean ", element("code", "", issue.suggestion), "?");
    if (issue.isWarning) row.append(" ", element("small", "", "warning"));
    return row;
  };
  by("issues").replaceChildren(...issues.map(item));
  showLines(issues);
}

// Pointers of answers lead into the request; those into the template have a line.
function issueFromError(places, error, isWarning = false) {
  const { pointer = "", detail = "", suggestion } = error;
  const inside = pointer === "/template" || pointer.startsWith("/template/");
  const line = inside ? lineOf(placeOf(places, pointer.slice("/template".length))) : null;
  return { line, pointer: inside ? pointer.slice("/template".length) || "/" : pointer, detail, suggestion, isWarning };
}

const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

// ---- checking ----

let checkTimer;
function checkSoon(pause = CHECK_PAUSE_MILLIS) {
  clearTimeout(checkTimer);
  checkTimer = setTimeout(check, pause);
}

async function check() {
  clearTimeout(checkTimer);
  state.checking?.abort();
  const { places, fault } = placesFromJson(editor.value);
  if (fault) {
    state.valid = false;
    stopDrawing();
    showIssues("This is not JSON yet", [{ line: lineOf(fault.offset), detail: fault.detail }]);
    return;
  }
  const mine = (state.checking = new AbortController());
  by("issues-title").textContent = "Checking…";
  try {
    const response = await post("/internal/v1/videos/validate", mine.signal);
    if (response.ok) {
      showValid(places, await response.json());
    } else {
      showProblem(places, await problemOf(response));
    }
  } catch (error) {
    if (error.name === "AbortError") return;
    showIssues("Not checked: the server cannot be reached", []);
    checkSoon(BUSY_PAUSE_MILLIS * 2);
  }
}

function showProblem(places, problem) {
  state.valid = false;
  stopDrawing();
  if (problem.status === 503 || problem.status === 429) {
    by("issues-title").textContent = "The server is busy; checking again soon";
    return checkSoon(BUSY_PAUSE_MILLIS);
  }
  by("cost").textContent = "";
  const issues = problem.errors.map((error) => issueFromError(places, error));
  if (problem.status !== 422) sayProblem(problem);
  showIssues(issues.length ? counted(issues.length, "mistake") : "Not checked", issues);
}

function showValid(places, preview) {
  state.valid = true;
  const { video, credits, warnings } = preview;
  const items = credits.items.map((item) => `${item.kind.replaceAll("_", " ")} ${item.credits}`).join(", ");
  by("cost").textContent = `${counted(credits.estimated, "credit")} (${items}) for ${video.durationSeconds.toFixed(2)} s at ${video.width}×${video.height}, ${video.fps} fps`;
  state.fps = video.fps;
  const slider = by("time");
  slider.step = String(1 / video.fps);
  const isFirst = Number(slider.max) === 0;
  slider.max = String(Math.max(0, (video.frameCount - 1) / video.fps));
  // The first look: most videos begin with nothing but their ground.
  if (isFirst) slider.value = String(Number(slider.max) / 2);
  showTime();
  const found = warnings.map((warning) => issueFromError(places, warning, true));
  showIssues(found.length ? `In order, with ${counted(found.length, "warning")}` : "In order", found);
  draw();
}

// ---- the picture ----

function showTime() {
  const text = `${Number(by("time").value).toFixed(2)} s`;
  by("at").textContent = text;
  by("time").setAttribute("aria-valuetext", text);
}

let drawTimer;
function stopDrawing() {
  clearTimeout(drawTimer);
  state.drawing?.abort();
}

function drawSoon(pause = STILL_PAUSE_MILLIS) {
  clearTimeout(drawTimer);
  drawTimer = setTimeout(draw, pause);
}

async function draw() {
  stopDrawing();
  if (!state.valid) return;
  const mine = (state.drawing = new AbortController());
  const note = by("still-note");
  const at = Number(by("time").value).toFixed(3);
  by("still").parentElement.setAttribute("aria-busy", "true");
  try {
    const response = await post(`/internal/v1/videos/still?at=${at}`, mine.signal);
    if (!response.ok) {
      const problem = await problemOf(response);
      note.textContent = problem.errors[0]?.detail ?? problem.detail;
      if (problem.status === 503 || problem.status === 429) drawSoon(BUSY_PAUSE_MILLIS);
      return;
    }
    const picture = URL.createObjectURL(await response.blob());
    if (state.picture) URL.revokeObjectURL(state.picture);
    state.picture = by("still").src = picture;
    by("still").alt = `The video at ${at} seconds`;
    note.textContent = "";
  } catch (error) {
    if (error.name !== "AbortError") note.textContent = "The server cannot be reached.";
  } finally {
    if (state.drawing === mine) by("still").parentElement.removeAttribute("aria-busy");
  }
}

// ---- files ----

function showFiles() {
  const item = (file, index) => {
    const row = document.createElement("li");
    const remove = element("button", "quiet", "Remove");
    remove.type = "button";
    remove.setAttribute("aria-label", `Remove ${file.name}`);
    remove.addEventListener("click", () => {
      state.files.splice(index, 1);
      showFiles();
      by("files").focus();
      checkSoon(0);
    });
    row.append(element("code", "wrap", file.name), " ", element("small", "", `${(file.size / 1e6).toFixed(1)} MB`), " ", remove);
    return row;
  };
  by("file-list").replaceChildren(...state.files.map(item));
}

// A file of the same name takes the place of the one before.
function addFiles(added) {
  for (const file of added) {
    state.files = [...state.files.filter((known) => known.name !== file.name), file];
  }
  showFiles();
  checkSoon(0);
}

// ---- rendering ----

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The same request keeps its key until it has been answered: sent twice, it is still one job.
function submission() {
  const asked = JSON.stringify([request(), state.files.map(({ name, size, lastModified }) => [name, size, lastModified])]);
  if (state.submission?.asked !== asked) state.submission = { asked, key: randomKey() };
  return state.submission;
}

async function render() {
  const button = by("render");
  const { places, fault } = placesFromJson(editor.value);
  if (fault) {
    showIssues("This is not JSON yet", [{ line: lineOf(fault.offset), detail: fault.detail }]);
    return say("Mend the template first.", true);
  }
  button.disabled = true;
  say("Sending…");
  try {
    const response = await post("/internal/v1/videos", undefined, { "idempotency-key": submission().key });
    if (response.ok) {
      const { jobId } = await response.json();
      state.submission = null;
      say("Accepted.");
      location.assign(`/jobs/${encodeURIComponent(jobId)}`);
      return;
    }
    const problem = await problemOf(response);
    if (problem.status === 422 && problem.errors.length) showProblem(places, problem);
    sayProblem(problem);
  } catch {
    say("The server cannot be reached. Nothing is lost, and trying again makes no second video.", true);
  } finally {
    button.disabled = false;
  }
}

// ---- as curl ----

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function curlOf() {
  const json = JSON.stringify(request(), null, 2);
  const head = [`curl -sS ${quoted(`${location.origin}/api/v1/videos/from-json`)}`, '-H "Authorization: Bearer $AVS_TOKEN"'];
  const file = ({ name }) => `-F ${quoted(`files=@"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`)}`;
  const body = state.files.length
    ? ["-F 'request=<-;type=application/json'", ...state.files.map(file)]
    : ["-H 'Content-Type: application/json'", "--data-binary @-"];
  return `${[...head, ...body].join(" \\\n  ")} <<'AVS_REQUEST'\n${json}\nAVS_REQUEST`;
}

async function copyCurl() {
  if (placesFromJson(editor.value).fault) return say("Mend the template first.", true);
  by("curl").textContent = curlOf();
  by("curl-box").open = true;
  try {
    await navigator.clipboard.writeText(by("curl").textContent);
    say("Copied. Set AVS_TOKEN to one of your tokens.");
  } catch {
    getSelection().selectAllChildren(by("curl"));
    say("Press Ctrl+C to copy the command.");
  }
}

// ---- the draft ----

// Storage may be closed to us, or full: the draft is a convenience.
function keepDraft() {
  try {
    const chosen = Object.fromEntries(outputs.map(({ id, value }) => [id, value]));
    localStorage.setItem(DRAFT, JSON.stringify({ template: editor.value, chosen }));
  } catch { /* see above */ }
}

function takeDraft() {
  try {
    const draft = JSON.parse(localStorage.getItem(DRAFT) ?? "null");
    if (typeof draft?.template !== "string") return;
    editor.value = draft.template;
    for (const select of outputs) select.value = draft.chosen?.[select.id] ?? "";
  } catch { /* see above */ }
}

function startOver() {
  if (editor.value !== editor.defaultValue && !confirm("Put the first template in the place of yours?")) return;
  editor.value = editor.defaultValue;
  for (const select of outputs) select.value = "";
  state.files = [];
  showFiles();
  changed(0);
}

function changed(pause) {
  keepDraft();
  showLines([]);
  checkSoon(pause);
}

// ---- beginning ----

editor.addEventListener("input", () => changed());
editor.addEventListener("scroll", follow);
for (const select of outputs) select.addEventListener("change", () => changed(0));
by("time").addEventListener("input", () => { showTime(); drawSoon(); });
by("files").addEventListener("change", ({ target }) => { addFiles(target.files); target.value = ""; });
by("check").addEventListener("click", () => { say(""); check(); });
by("render").addEventListener("click", render);
by("curl-copy").addEventListener("click", copyCurl);
by("reset").addEventListener("click", startOver);
for (const name of ["dragover", "dragleave", "drop"]) {
  addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    by("drop").classList.toggle("over", name === "dragover");
    if (name === "drop") addFiles(event.dataTransfer.files);
  });
}
takeDraft();
showLines([]);
check();
