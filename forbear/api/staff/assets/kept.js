// Keeps what an officer submitted in this browser until the server has it, and sends it from any page of visits.
// Where the browser refuses to keep anything, it says so and sends at once; nothing is ever taken for kept that is not.
"use strict";
(() => {
  const status = document.getElementById("kept");
  if (!status || !window.fetch) return;
  const words = status.dataset, staff = words.staff, visit = words.visit;
  const AGAIN = 15000, TOO_LONG = 30000, OFTEN = 3;
  const given = new Set(); // arrived, but the browser would not let go of them
  let csrf = words.csrf, busy = false, arrived = 0, opened = null, refuses = false, written = false;

  const open = () => opened || (opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("forbear-visits", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept", { keyPath: "key" });
    asked.onsuccess = () => { asked.result.onclose = () => { opened = null; }; resolve(asked.result); };
    asked.onerror = () => reject(asked.error);
  }).catch((error) => { opened = null; throw error; }));
  const within = async (mode, act) => {
    const db = await open();
    return new Promise((resolve, reject) => {
      const turn = db.transaction("kept", mode), asked = act(turn.objectStore("kept"));
      turn.oncomplete = () => resolve(asked.result);
      turn.onerror = turn.onabort = () => reject(turn.error);
    });
  };
  // Reports first: a report is small and moves the ledger, its photos may follow for days.
  const all = async () => {
    let found = [];
    try { found = await within("readonly", (store) => store.getAll()); } catch { return []; }
    return found.filter((item) => item.staff === staff && !given.has(item.key))
      .sort((one, other) => Boolean(one.file) - Boolean(other.file) || one.order - other.order);
  };
  // True only once the browser says that it has it: a private window or a full disk refuses.
  const keep = async (item) => {
    try { await within("readwrite", (store) => store.put(item)); } catch { return false; }
    given.delete(item.key);
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => false);
    return true;
  };
  const usable = async () => { try { await within("readonly", (store) => store.count()); return true; } catch { return false; } };
  const drop = async (key) => {
    given.add(key);
    try { await within("readwrite", (store) => store.delete(key)); } catch { /* it is not sent again from this page */ }
  };
  // Not if it was discarded while it was on its way.
  const keepStill = (item) => within("readwrite", (store) => {
    const asked = store.get(item.key);
    asked.onsuccess = () => { if (asked.result) store.put(item); };
    return asked;
  }).catch(() => null);

  const say = (text, waits = true) => {
    status.hidden = false; status.className = waits ? "kept waits" : "kept arrived"; status.replaceChildren(); line(text);
  };
  const line = (text) => { const p = document.createElement("p"); p.textContent = text; status.append(p); };
  const press = (text, act) => {
    const button = document.createElement("button");
    button.type = "button"; button.className = "plain"; button.textContent = text;
    button.addEventListener("click", async () => { button.disabled = true; await act(); });
    status.append(button);
  };
  const toSignIn = (apart) => {
    const link = document.createElement("a");
    link.href = `/staff/sign-in?next=${encodeURIComponent(location.pathname)}`; link.textContent = words.toSignin;
    if (apart) { link.target = "_blank"; link.rel = "noopener"; }
    status.append(link);
  };
  const discard = (item) => press(words.discard, async () => { await drop(item.key); await show(); });
  // Back into the form as it was written, so that one wrong field loses nothing of the rest.
  const correct = (item) => {
    const form = document.querySelector("form[data-keep=report]");
    if (!form || item.visit !== visit) {
      const note = new Map(item.fields).get("note");
      if (note) line(`${words.yours} ${note}`);
      return;
    }
    press(words.correct, async () => {
      const told = new Map(item.fields);
      for (const field of form.elements) {
        if (field.type === "radio") field.checked = told.get(field.name) === field.value;
        else if (field.type === "checkbox") field.checked = told.has(field.name);
        else if (field.name && field.name !== "csrf" && told.has(field.name)) field.value = told.get(field.name);
      }
      written = true; // filled in by a script, it fires no input
      await drop(item.key); await show();
      form.querySelector("input[name=outcome]").focus();
    });
  };
  const show = async (why) => {
    const items = await all(), refused = items.filter((item) => item.refused);
    const waiting = items.length - refused.length;
    for (const form of document.querySelectorAll("form[data-keep=report]")) {
      const name = form.elements.key.value;
      form.querySelector("button").disabled = items.some((item) => item.key === name && !item.refused);
    }
    status.replaceChildren();
    status.hidden = !items.length && !arrived && !refuses;
    status.className = items.length || !arrived ? "kept waits" : "kept arrived";
    if (!items.length && !arrived && refuses) line(words.cannotKeep);
    if (waiting) line(words.kept.replace("{n}", waiting));
    if (waiting && why) line(why);
    if (waiting && why === words.signin) toSignIn(false);
    if (!items.length && arrived) line(words.sent);
    for (const item of refused) {
      line(`${words.refused} ${item.refused}`);
      if (!item.file) correct(item);
      discard(item);
    }
    for (const item of items.filter((each) => !each.refused && each.failed >= OFTEN)) {
      line(words[item.file ? "stuckPhoto" : "stuckReport"]);
      press(words.again, async () => { await flush(); });
      discard(item);
    }
  };

  const body = (item) => {
    const sent = item.file ? new FormData() : new URLSearchParams();
    for (const [name, value] of item.fields) sent.append(name, value);
    sent.set("csrf", csrf);
    if (item.file) sent.append("photo", new Blob([item.file], { type: item.type }), "photo");
    return sent;
  };
  const send = async (item) => {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), item.file ? 4 * TOO_LONG : TOO_LONG);
    try {
      return await fetch(item.url, { method: "POST", body: body(item), redirect: "manual", credentials: "same-origin",
        headers: { Accept: "application/json" }, signal: stop.signal });
    } finally { clearTimeout(timer); }
  };
  // Signed in anew on another page of this browser, the same officer's forms bear another token.
  const renewed = async () => {
    const answer = await fetch(location.pathname, { redirect: "manual", credentials: "same-origin" }).catch(() => null);
    if (!answer || !answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("kept");
    if (!page || page.dataset.staff !== staff || page.dataset.csrf === csrf) return false;
    csrf = page.dataset.csrf;
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = csrf;
    return true;
  };
  const shutOut = (answer, told) => answer.type === "opaqueredirect" || answer.status === 401
    || (answer.status === 403 && told.sent !== false);
  const read = async (answer) => { try { return (await answer.json()) || {}; } catch { return {}; } };
  // What became of it: 'gone' once the server has it, 'refused' where it never will, 'failed' where the server stumbled
  // over this one or it is too large for the line, else why everything waits.
  const deliver = async (item, once = false) => {
    let answer;
    try { answer = await send(item); } catch (error) { return [error.name === "AbortError" ? "failed" : words.offline]; }
    const told = await read(answer);
    if (answer.ok) return [told.sent === true ? "gone" : "failed"]; // a page is no receipt, whatever its status
    if (shutOut(answer, told)) return !once && await renewed() ? deliver(item, true) : [words.signin];
    if (answer.status === 429) return [words.offline];
    if (answer.status >= 500 || answer.status === 408) return ["failed"];
    return ["refused", told.why || words.unreadable];
  };
  const settle = async (item, [ended, why]) => {
    if (ended === "gone") { await drop(item.key); arrived += 1; }
    if (ended === "failed") { item.failed = (item.failed || 0) + 1; await keepStill(item); }
    if (ended === "refused") { item.refused = why; await keepStill(item); }
    return ended;
  };
  const flush = async () => {
    if (busy) return;
    busy = true;
    let why = "", here = false;
    try {
      for (const item of await all()) {
        if (item.refused) continue;
        const ended = await settle(item, await deliver(item));
        if (ended === "gone") here = here || item.visit === visit;
        else if (ended === "failed") why = words.failed;
        else if (ended !== "refused") { why = ended; break; }
      }
      if (!loose) await show(why);
    } finally { busy = false; }
    if (here && !loose && !written && !(await all()).length) reload();
  };
  // A picture that arrives while a report is being written must not take the page away from under it.
  const report = document.querySelector("form[data-keep=report]");
  if (report) {
    report.addEventListener("input", () => { written = true; });
    report.addEventListener("submit", () => { written = false; });
  }
  const reload = () => {
    loose = null;
    try { sessionStorage.setItem("arrived", visit); } catch { /* then nobody is told twice */ }
    location.reload();
  };

  // Of what the browser would not keep. It stands in its form alone, and there it stays until the server has it.
  let loose = null;
  const sendLoose = async (item, again) => {
    loose = item;
    say(words.unkeptSending);
    const [ended, why] = await deliver(item);
    if (ended === "gone") { loose = null; arrived += 1; return true; }
    if (ended === "refused") { loose = null; say(`${words.refused} ${why}`); return false; }
    say(words.unkept);
    if (ended === words.signin) { line(words.unkeptSignin); toSignIn(true); }
    else line(ended === "failed" ? words.unkeptFailed : words.offline);
    press(words.sendNow, again);
    return false;
  };
  window.addEventListener("beforeunload", (event) => { if (loose) event.preventDefault(); });

  window.forbearKept = { keep, all, show, flush, say, sendLoose, reload, words, staff, visit };
  window.addEventListener("online", flush);
  setInterval(flush, AGAIN);
  try {
    if (visit && sessionStorage.getItem("arrived") === visit) { arrived = 1; sessionStorage.removeItem("arrived"); }
  } catch { arrived = 0; }
  const begin = async () => {
    refuses = Boolean(document.querySelector("form[data-keep]")) && !(await usable());
    await show(); await flush();
  };
  begin();
})();
