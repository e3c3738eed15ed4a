// The forms of a visit on a phone: a report and photos are kept before they are sent, and a check-in says where it is.
// Without this file every form works by itself; what keeps and sends stands in kept.js.
"use strict";
(() => {
  const kept = window.forbearKept, status = document.getElementById("kept");
  if (!kept) return;
  const { words, staff, visit } = kept;

  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const digest = async (file) => window.crypto && crypto.subtle
    ? hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())) : "";
  const key = () => window.crypto && crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
  const now = () => new Date().toISOString();
  const fill = (form, name, value) => { const field = form.elements[name]; if (field) field.value = value; };
  const item = (form, extra) => ({ visit, staff, url: form.getAttribute("action"), order: Date.now() + Math.random(), ...extra });
  const inSight = () => status.scrollIntoView({ block: "center" });

  const report = async (form) => {
    const given = new Map([...new FormData(form)].filter(([name]) => name !== "csrf"));
    if (!given.get("outcome") || !given.get("met")) {
      kept.say(words.incomplete);
      form.querySelector("input[name=outcome]").focus();
      return;
    }
    given.set("device_at", now());
    const one = item(form, { key: given.get("key"), fields: [...given] });
    if (await kept.keep(one)) { await kept.show(); await kept.flush(); inSight(); return; }
    const arrives = kept.sendLoose(one, () => report(form));
    inSight();
    if (await arrives) kept.reload();
  };
  const photos = async (form) => {
    const kind = form.elements.kind.value;
    let left = false;
    for (const file of form.elements.photo.files) {
      const name = form.dataset.loose || key(), bytes = await file.arrayBuffer();
      const fields = [["key", name], ["kind", kind], ["sha256", await digest(file)], ["device_at", now()]];
      const one = item(form, { key: name, fields, file: bytes, type: file.type });
      if (await kept.keep(one)) continue;
      form.dataset.loose = name; // the same picture again is the same piece
      if (!(await kept.sendLoose(one, () => photos(form)))) left = true;
      else delete form.dataset.loose;
    }
    if (left) { inSight(); return; }
    form.reset();
    await kept.show(); await kept.flush();
  };

  for (const form of document.querySelectorAll("form[data-keep=report]")) {
    form.addEventListener("submit", async (event) => { event.preventDefault(); await report(form); });
  }
  for (const form of document.querySelectorAll("form[data-keep=photo]")) {
    form.addEventListener("submit", async (event) => { event.preventDefault(); await photos(form); });
    form.elements.photo.addEventListener("change", () => { delete form.dataset.loose; });
  }
  // What the rules are asked for cannot wait in a browser: without a connection the page stays, and says so.
  for (const form of document.querySelectorAll("form:not([data-keep])")) {
    form.addEventListener("submit", (event) => {
      if (navigator.onLine !== false) return;
      event.preventDefault(); event.stopImmediatePropagation();
      kept.say(words.needsLine); inSight();
    });
  }
  for (const form of document.querySelectorAll("form[data-here]")) {
    form.addEventListener("submit", (event) => {
      fill(form, "device_at", now());
      if (!navigator.geolocation || form.dataset.asked || form.elements.latitude.value) return;
      event.preventDefault();
      form.dataset.asked = "1";
      kept.say(words.locating);
      navigator.geolocation.getCurrentPosition((found) => {
        fill(form, "latitude", found.coords.latitude); fill(form, "longitude", found.coords.longitude);
        fill(form, "accuracy", found.coords.accuracy); fill(form, "system", "wgs84"); fill(form, "typed", "0");
        form.submit();
      }, () => { kept.say(words.nowhere); }, { enableHighAccuracy: true, timeout: 20000 });
    });
  }
})();
