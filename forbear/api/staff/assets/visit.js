// Keeps what an officer submitted in this browser until the server has it, and says where somebody stands.
// Without this file every form works by itself; with it, a report survives a cellar without a connection.
"use strict";
(() => {
  const status = document.getElementById("kept");
  if (!status || !window.indexedDB || !window.fetch) return;
  const words = status.dataset, csrf = words.csrf, staff = words.staff, visit = words.visit;
  const AGAIN = 15000, TOO_LONG = 30000, OFTEN = 3;
  let busy = false, arrived = 0;

  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("forbear-visits", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const within = async (mode, act) => {
    const db = await opened;
    return new Promise((resolve, reject) => {
      const turn = db.transaction("kept", mode), asked = act(turn.objectStore("kept"));
      turn.oncomplete = () => resolve(asked.result);
      turn.onerror = turn.onabort = () => reject(turn.error);
    });
  };
  // Reports first: a report is small and moves the ledger, its photos may follow for days.
  const all = async () => (await within("readonly", (store) => store.getAll()))
    .filter((item) => item.staff === staff)
    .sort((one, other) => Boolean(one.file) - Boolean(other.file) || one.order - other.order);
  const keep = (item) => within("readwrite", (store) => store.put(item));
  const drop = (key) => within("readwrite", (store) => store.delete(key));
  // Not if it was discarded while it was on its way.
  const keepStill = (item) => within("readwrite", (store) => {
    const asked = store.get(item.key);
    asked.onsuccess = () => { if (asked.result) store.put(item); };
    return asked;
  });

  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const digest = async (file) => window.crypto && crypto.subtle
    ? hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())) : "";
  const key = () => window.crypto && crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;

  const line = (text) => { const p = document.createElement("p"); p.textContent = text; status.append(p); };
  const press = (text, act) => {
    const button = document.createElement("button");
    button.type = "button"; button.className = "plain"; button.textContent = text;
    button.addEventListener("click", async () => { button.disabled = true; await act(); });
    status.append(button);
  };
  const discard = (item) => press(words.discard, async () => { await drop(item.key); await show(); });
  // Back into the form as it was written, so that one wrong field loses nothing of the rest.
  const correct = (item) => {
    const form = document.querySelector("form[data-keep=report]");
    if (!form) return;
    press(words.correct, async () => {
      const told = new Map(item.fields);
      for (const field of form.elements) {
        if (field.type === "radio") field.checked = told.get(field.name) === field.value;
        else if (field.type === "checkbox") field.checked = told.has(field.name);
        else if (field.name && field.name !== "csrf" && told.has(field.name)) field.value = told.get(field.name);
      }
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
    status.hidden = !items.length && !arrived;
    status.className = items.length ? "kept waits" : "kept arrived";
    if (waiting) line(words.kept.replace("{n}", waiting));
    if (waiting && why) line(why);
    if (!items.length && arrived) line(words.sent);
    for (const item of refused) {
      line(`${words.refused} ${item.refused}`);
      if (!item.file && item.visit === visit) correct(item);
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
  // Only this one failed: the server stumbled over it, or it is too large for the line. What comes after it is tried.
  const failed = async (item) => {
    item.failed = (item.failed || 0) + 1;
    await keepStill(item);
    return "failed";
  };
  // 'gone' once the server has it, 'refused' where it never will, 'failed' this time, else why everything waits.
  const deliver = async (item) => {
    let answer;
    try { answer = await send(item); } catch (error) { return error.name === "AbortError" ? failed(item) : words.offline; }
    if (answer.ok) { await drop(item.key); arrived += 1; return "gone"; }
    let told = {};
    try { told = (await answer.json()) || {}; } catch { told = {}; }
    const shut = answer.status === 403 && told.sent !== false;
    if (answer.type === "opaqueredirect" || answer.status === 401 || shut) return words.signin;
    if (answer.status === 429) return words.offline;
    if (answer.status >= 500 || answer.status === 408) return failed(item);
    item.refused = told.why || words.unreadable;
    await keepStill(item);
    return "refused";
  };
  const flush = async () => {
    if (busy) return;
    busy = true;
    let why = "", here = false;
    try {
      for (const item of await all()) {
        if (item.refused) continue;
        const ended = await deliver(item);
        if (ended === "gone") here = here || item.visit === visit;
        else if (ended === "failed") why = words.failed;
        else if (ended !== "refused") { why = ended; break; }
      }
      await show(why);
    } finally { busy = false; }
    if (here && !(await all()).length) { sessionStorage.setItem("arrived", visit); location.reload(); }
  };

  const now = () => new Date().toISOString();
  const fill = (form, name, value) => { const field = form.elements[name]; if (field) field.value = value; };
  const item = (form, extra) => ({ visit, staff, url: form.getAttribute("action"), order: Date.now() + Math.random(), ...extra });

  for (const form of document.querySelectorAll("form[data-keep=report]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const fields = [...new FormData(form)].filter(([name]) => name !== "csrf");
      const given = new Map(fields);
      if (!given.get("outcome") || !given.get("met")) {
        status.hidden = false; status.className = "kept waits"; status.replaceChildren(); line(words.incomplete);
        form.querySelector("input[name=outcome]").focus();
        return;
      }
      given.set("device_at", now());
      await keep(item(form, { key: given.get("key"), fields: [...given] }));
      await show(); await flush();
      status.scrollIntoView({ block: "center" });
    });
  }
  for (const form of document.querySelectorAll("form[data-keep=photo]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const chosen = form.elements.photo.files, kind = form.elements.kind.value;
      for (const file of chosen) {
        const name = key(), bytes = await file.arrayBuffer();
        const fields = [["key", name], ["kind", kind], ["sha256", await digest(file)], ["device_at", now()]];
        await keep(item(form, { key: name, fields, file: bytes, type: file.type }));
      }
      form.reset();
      await show(); await flush();
    });
  }
  for (const form of document.querySelectorAll("form[data-here]")) {
    form.addEventListener("submit", (event) => {
      fill(form, "device_at", now());
      if (!navigator.geolocation || form.dataset.asked || form.elements.latitude.value) return;
      event.preventDefault();
      form.dataset.asked = "1";
      status.hidden = false; status.className = "kept waits"; status.replaceChildren(); line(words.locating);
      navigator.geolocation.getCurrentPosition((found) => {
        fill(form, "latitude", found.coords.latitude); fill(form, "longitude", found.coords.longitude);
        fill(form, "accuracy", found.coords.accuracy); fill(form, "system", "wgs84"); fill(form, "typed", "0");
        form.submit();
      }, () => { status.replaceChildren(); line(words.nowhere); }, { enableHighAccuracy: true, timeout: 20000 });
    });
  }
  window.addEventListener("online", flush);
  setInterval(flush, AGAIN);
  if (sessionStorage.getItem("arrived") === visit) { arrived = 1; sessionStorage.removeItem("arrived"); }
  show().then(flush);
})();
