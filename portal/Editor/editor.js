// The workspace with script: an editor over the textarea, the language server over a WebSocket, and the preview redrawn while typing.
// Everything works without it; the textarea stays in the form and always holds the text.
import { EditorState, Compartment, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { unifiedMergeView } from "@codemirror/merge";
import { LSPClient, LSPPlugin, formatDocument, hoverTooltips, jumpToDefinitionKeymap, renameKeymap, serverCompletion } from "@codemirror/lsp-client";

const pause = 10; // Keys that come faster than this are one change.
const colourPause = 50;
const patience = 200; // From then on it is told that figures are on their way.
const end = "\u001e"; // Behind each part of an answer.
const classes = ["t-keyword", "t-name", "t-string", "t-number", "t-unit", "t-comment"]; // in the order of the server's legend

const theme = EditorView.theme({
  "&": { height: "calc(100vh - 260px)", minHeight: "24rem", backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "var(--fs-13)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.62" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-3)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in oklab, var(--accent) 5%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--accent-soft)", color: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in oklab, var(--accent) 25%, var(--surface))" },
  ".cm-selectionMatch": { backgroundColor: "var(--accent-soft)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "6px", fontSize: "var(--fs-13)", boxShadow: "0 6px 24px rgb(0 0 0 / .2)", maxWidth: "64ch" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "4px 10px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-lsp-documentation, .cm-lsp-hover-tooltip": { padding: "6px 12px" },
  ".cm-rate": { padding: "6px 12px", whiteSpace: "pre-line", fontVariantNumeric: "tabular-nums" },
  ".cm-diagnostic": { padding: "8px 12px", maxWidth: "56ch", whiteSpace: "pre-line" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--error)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--dearer)" },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--on-accent)", padding: "3px 9px", borderRadius: "4px", cursor: "pointer" },
  // The defaults are pictures in data addresses, which the page's policy does not load.
  ".cm-lintRange": { backgroundImage: "none", textDecoration: "underline wavy var(--error) 1px", textUnderlineOffset: "4px" },
  ".cm-lintRange-error, .cm-lintRange-warning, .cm-lintRange-info, .cm-lintRange-hint": { backgroundImage: "none" },
  ".cm-lintRange-warning": { textDecorationColor: "var(--dearer)" },
  ".cm-lintRange-info": { textDecorationColor: "var(--accent)" },
  ".cm-lint-marker": { width: "8px", height: "8px", borderRadius: "50%", marginTop: "6px", backgroundColor: "var(--accent)" },
  ".cm-lint-marker-error, .cm-lint-marker-warning, .cm-lint-marker-info": { content: "normal" },
  ".cm-lint-marker-error": { backgroundColor: "var(--error)" },
  ".cm-lint-marker-warning": { backgroundColor: "var(--dearer)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
  ".cm-deletedChunk": { backgroundColor: "var(--error-soft)" },
  ".cm-changedLine": { backgroundColor: "var(--cheaper-soft) !important" },
  ".cm-collapsedLines": { backgroundColor: "var(--sunken)", color: "var(--ink-3)" },
});

// What the server's tokens say; typed text keeps its class until the next ones arrive.
const setTokens = StateEffect.define();
const tokens = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    marks = marks.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setTokens)) marks = effect.value;
    return marks;
  },
  provide: field => EditorView.decorations.from(field),
});

function decoded(data, doc) {
  const marks = [];
  let line = 0, character = 0;
  for (let i = 0; i + 4 < data.length; i += 5) {
    character = data[i] > 0 ? data[i + 1] : character + data[i + 1];
    line += data[i];
    if (line >= doc.lines) break;
    const at = doc.line(line + 1), from = at.from + character, to = Math.min(from + data[i + 2], at.to);
    if (from < to && classes[data[i + 3]]) marks.push(Decoration.mark({ class: classes[data[i + 3]] }).range(from, to));
  }
  return Decoration.set(marks);
}

const place = (doc, at) => Math.min(doc.line(Math.min(at.line + 1, doc.lines)).from + at.character, doc.length);
const changesOf = (doc, edits) => edits.map(edit => ({ from: place(doc, edit.range.start), to: place(doc, edit.range.end), insert: edit.newText }));

function socketTo(address) {
  return new Promise((opened, failed) => {
    const socket = new WebSocket(address);
    let handlers = [];
    socket.onmessage = event => { for (const handler of handlers) handler(event.data); };
    socket.onerror = failed;
    socket.onopen = () => opened({
      socket,
      send: message => socket.send(message),
      subscribe: handler => handlers.push(handler),
      unsubscribe: handler => { handlers = handlers.filter(other => other !== handler); },
    });
  });
}

const root = document.querySelector("[data-workspace]");
const form = document.getElementById("workspace");
const area = form?.querySelector("textarea.editor");
if (root && area && !area.readOnly) start();

function start() {
  const { file, draft, base } = root.dataset;
  const uri = `rules:///${file}`;
  const said = document.getElementById("said");
  const saved = form.querySelector("[data-saved]");
  const preview = root.querySelector("[data-preview]");
  const rowVersion = form.querySelector("[name=RowVersion]").value;
  const kept = `rules-draft-${draft}`;
  const loaded = form.querySelector("[name=Loaded]").value;
  let client = null, socket = null, asking = null, waiting = 0, waitingTokens = 0;

  const assist = new Compartment(), changes = new Compartment();
  const view = new EditorView({ parent: null, state: EditorState.create({ doc: restored() ?? area.value, extensions: [
    EditorView.cspNonce.of(document.querySelector("script[nonce]").nonce),
    lineNumbers(), lintGutter(), highlightActiveLineGutter(), highlightActiveLine(), highlightSpecialChars(), history(), drawSelection(), bracketMatching(),
    indentUnit.of("  "), autocompletion(), search({ top: true }), highlightSelectionMatches(), tokens, theme, hoverTooltip(rate), assist.of([]), changes.of([]),
    keymap.of([
      { key: "Mod-s", run: save, preventDefault: true },
      { key: "Mod-Enter", run: () => { redraw(); return true; } },
      { key: "Mod-Shift-d", run: () => { toggleChanges(); return true; }, preventDefault: true },
      { key: "Shift-Alt-f", run: format, preventDefault: true },
      { key: "Alt-ArrowUp", run: () => step(1) },
      { key: "Alt-ArrowDown", run: () => step(-1) },
      ...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap, ...renameKeymap, ...jumpToDefinitionKeymap, ...defaultKeymap, indentWithTab,
    ]),
    EditorView.contentAttributes.of({ tabindex: "0", "aria-label": area.getAttribute("aria-label"), "aria-describedby": "editor-hint" }),
    EditorView.updateListener.of(update => { if (update.docChanged) changed(); }),
  ] }) });
  area.hidden = true;
  area.before(view.dom);
  root.classList.add("live");
  const hint = document.getElementById("editor-hint");
  hint.textContent = hint.dataset.hint;
  sync();
  connect();
  if (preview.querySelector("[data-pending]") || view.state.doc.toString() !== loaded) redraw();

  function restored() {
    // What the server was sent and changed, by a repair for example, is newer than what is kept here.
    if (root.dataset.posted === "True") return null;
    try {
      const value = JSON.parse(localStorage.getItem(kept) ?? "null");
      if (value?.rowVersion === rowVersion && value.text !== loaded) {
        saved.textContent = "Restored from this browser, not saved";
        return value.text;
      }
    } catch { /* What cannot be read is not restored. */ }
    localStorage.removeItem(kept);
    return null;
  }

  function sync() {
    area.value = view.state.doc.toString();
    if (area.value === loaded) {
      localStorage.removeItem(kept);
      return;
    }
    try { localStorage.setItem(kept, JSON.stringify({ rowVersion, text: area.value })); } catch { /* A full store keeps nothing. */ }
  }

  function changed() {
    sync();
    saved.textContent = area.value === loaded ? "No changes" : "Unsaved changes";
    clearTimeout(waiting);
    waiting = setTimeout(redraw, pause);
    clearTimeout(waitingTokens);
    waitingTokens = setTimeout(colour, colourPause);
  }

  // The same handler that the button asks, answered with the preview alone: with an estimate first where all of it takes long. A newer change stops it.
  async function redraw() {
    asking?.abort();
    const mine = asking = new AbortController();
    const late = setTimeout(() => preview.setAttribute("aria-busy", "true"), patience);
    try {
      const answer = await fetch("?handler=check", { method: "POST", body: new FormData(form), headers: { "Rules-Part": "preview" }, signal: mine.signal });
      if (answer.status === 401) return signedOut();
      if (!answer.ok) throw new Error(answer.statusText);
      const parts = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = "", read = await parts.read(); !read.done; read = await parts.read()) {
        text += read.value;
        for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end)) {
          if (asking === mine) show(text.slice(0, at));
          text = text.slice(at + 1);
        }
      }
    } catch (error) {
      if (error.name !== "AbortError") saved.textContent = "The service does not answer; your text is kept in this browser";
    } finally {
      clearTimeout(late);
      if (asking === mine) preview.removeAttribute("aria-busy");
    }
  }

  // The session ended: only the person can begin another, and comes back to the text that is kept here.
  function signedOut() {
    const link = document.createElement("a");
    link.href = `/sign-in?back=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = "Sign in again";
    saved.replaceChildren("You were signed out; your text is kept in this browser. ", link);
    said.textContent = "You were signed out. Your text is kept in this browser.";
  }

  function show(html) {
    const focused = preview.contains(document.activeElement) ? document.activeElement : null;
    const caret = focused?.tagName === "INPUT" && focused.type === "text" ? focused.selectionStart : null;
    const before = preview.querySelector("section[aria-labelledby=money]");
    const rows = before?.querySelector("[data-accounts]");
    const old = new Map([...preview.querySelectorAll("[data-cell]")].map(cell => [cell.dataset.cell, cell.textContent]));
    const own = [...preview.querySelectorAll("[data-own]")].map(field => [field.id, field.value]);
    const opened = [...preview.querySelectorAll("details[open] > summary")].map(summary => summary.textContent);
    preview.innerHTML = html;
    for (const summary of preview.querySelectorAll("details > summary")) if (opened.includes(summary.textContent)) summary.parentElement.open = true;
    for (const [id, value] of own) {
      const field = document.getElementById(id);
      if (field) field.value = value;
    }
    if (focused?.id) {
      const again = document.getElementById(focused.id);
      again?.focus({ preventScroll: true });
      if (caret !== null) again?.setSelectionRange(caret, caret);
    }
    const now = preview.querySelector("section[aria-labelledby=money]");
    const shown = preview.querySelector("[data-errors]");
    if (!now && before && shown.dataset.tab === "impact") {
      // Figures are never of a text that is only half understood.
      before.classList.add("stale");
      before.querySelector(".hint").textContent = "of the last text without problems";
      shown.querySelector("section").after(before);
    }
    // An estimate tells of no single account: those of the last exact figures stay until the next ones come, and say so.
    const gap = now?.querySelector("[data-of-before]");
    if (gap && rows?.childElementCount > 0) {
      gap.replaceWith(rows);
      rows.dataset.ofBefore = "";
    }
    for (const cell of preview.querySelectorAll("[data-cell]")) if (old.has(cell.dataset.cell) && old.get(cell.dataset.cell) !== cell.textContent) cell.classList.add("fresh");
    const errors = Number(shown.dataset.errors);
    said.textContent = shown.dataset.said ? shown.dataset.said : now ? now.querySelector("[data-sentence]")?.dataset.sentence ?? "" : errors === 1 ? "1 problem" : `${errors} problems`;
  }

  // A field beside the text: an answer that is on its way would put an older value back. One that nothing is worked out from keeps what was typed.
  for (const kind of ["input", "change"]) preview.addEventListener(kind, event => {
    if ("own" in event.target.dataset) return;
    asking?.abort();
    clearTimeout(waiting);
    waiting = setTimeout(redraw, kind === "input" ? pause : 0);
  });

  preview.addEventListener("click", event => {
    const tab = event.target.closest("button.tab");
    if (tab) {
      event.preventDefault();
      preview.querySelector("input[name=Tab]").value = tab.value;
      redraw();
      return;
    }
    const link = event.target.closest("a[data-line]");
    if (!link || !link.dataset.line || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const line = view.state.doc.line(Math.min(Number(link.dataset.line), view.state.doc.lines));
    view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
    view.focus();
  });

  // What the line at the pointer costs and made, as the figures beside the text have it; not while they are those of an earlier text.
  function rate(view, pos) {
    const line = view.state.doc.lineAt(pos);
    const row = line.text.slice(0, pos - line.from).trim() === "" ? null : preview.querySelector(`section:not(.stale) [data-rate-line="${line.number}"]`);
    if (!row) return null;
    return { pos: line.from, end: line.to, above: true, create: () => {
      const dom = document.createElement("div");
      dom.className = "cm-rate";
      dom.textContent = row.dataset.rate;
      return { dom };
    } };
  }

  function save() {
    form.requestSubmit(document.querySelector("[data-save]"));
    return true;
  }

  function format() {
    if (client) return formatDocument(view);
    form.requestSubmit(document.querySelector("[data-format]"));
    return true;
  }

  // With the caret on a figure; elsewhere the key moves the line, as it does without us.
  function step(steps) {
    const { head } = view.state.selection.main, line = view.state.doc.lineAt(head);
    const figures = [...line.text.matchAll(/\d[\d,]*(\.\d+)?%?/g)];
    if (!client || !figures.some(figure => line.from + figure.index <= head && head <= line.from + figure.index + figure[0].length)) return false;
    client.sync();
    const doc = view.state.doc;
    client.request("rules/stepNumber", { textDocument: { uri }, position: { line: line.number - 1, character: head - line.from }, steps }).then(edits => {
      if (edits.length > 0 && view.state.doc === doc) {
        const [change] = changesOf(doc, edits);
        view.dispatch({ changes: change, selection: { anchor: Math.min(head, change.from + change.insert.length) }, userEvent: "input" });
      }
    }, () => {});
    return true;
  }

  const toggle = document.querySelector("[data-changes]");
  if (toggle) {
    toggle.hidden = false;
    toggle.addEventListener("click", toggleChanges);
  }
  async function toggleChanges() {
    if (!toggle) return;
    const on = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", String(on));
    if (!on) return view.dispatch({ effects: changes.reconfigure([]) });
    const original = await (await fetch(base)).text();
    view.dispatch({ effects: changes.reconfigure(unifiedMergeView({ original, mergeControls: false, collapseUnchanged: { margin: 2, minSize: 4 } })) });
  }

  document.querySelector("[data-format]")?.addEventListener("click", event => {
    if (!client) return;
    event.preventDefault();
    formatDocument(view);
    view.focus();
  });

  // Without a connection the preview still tells every problem; only suggestions and colours wait.
  async function connect() {
    try {
      const transport = await socketTo(new URL("/editor/connection", location.href.replace(/^http/, "ws")));
      socket = transport.socket;
      client = new LSPClient({
        rootUri: "rules:///",
        timeout: 10000,
        extensions: [serverCompletion(), hoverTooltips(), { notificationHandlers: { "textDocument/publishDiagnostics": (_, told) => { diagnose(told); return true; } } }],
      }).connect(transport);
      view.dispatch({ effects: assist.reconfigure(client.plugin(uri, "rules")) });
      await client.initializing;
      colour();
      socket.onclose = () => {
        client = null;
        view.dispatch({ effects: assist.reconfigure([]) });
        setTimeout(connect, 3000);
      };
    } catch {
      setTimeout(connect, 10000);
    }
  }

  async function colour() {
    if (!client) return;
    client.sync();
    const doc = view.state.doc;
    try {
      const answer = await client.request("textDocument/semanticTokens/full", { textDocument: { uri } });
      if (view.state.doc === doc) view.dispatch({ effects: setTokens.of(decoded(answer.data, doc)) });
    } catch { /* The next change asks again. */ }
  }

  async function diagnose(told) {
    const doc = view.state.doc;
    const whole = { start: { line: 0, character: 0 }, end: { line: doc.lines - 1, character: doc.line(doc.lines).length } };
    let fixes = [];
    try { fixes = await client.request("textDocument/codeAction", { textDocument: { uri }, range: whole, context: { diagnostics: [] } }); } catch { /* Problems are told without their fixes. */ }
    if (view.state.doc !== doc || !LSPPlugin.get(view)) return;
    const same = (one, other) => one.code === other.code && JSON.stringify(one.range) === JSON.stringify(other.range);
    view.dispatch(setDiagnostics(view.state, told.diagnostics.map(problem => ({
      from: place(doc, problem.range.start),
      to: Math.max(place(doc, problem.range.start), place(doc, problem.range.end)),
      severity: ["error", "error", "warning", "info"][problem.severity] ?? "info",
      message: `${problem.code} ${problem.message}`,
      actions: fixes.filter(fix => fix.diagnostics?.some(other => same(other, problem))).map(fix => ({
        name: fix.title,
        apply: target => target.dispatch({ changes: changesOf(target.state.doc, fix.edit.changes[uri]), userEvent: "input" }),
      })),
    }))));
  }
}
