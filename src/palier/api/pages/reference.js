// The API's page: finds operations, and sends them with the key that was typed. Nothing is stored.
"use strict";

const keyField = document.getElementById("key-text");
const keySays = document.getElementById("key-says");

async function call(method, path, body) {
  const headers = { Authorization: `Bearer ${keyField.value.trim()}` };
  if (method === "POST") headers["Idempotency-Key"] = crypto.randomUUID ? crypto.randomUUID() : `try-${Date.now()}-${Math.random()}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const started = performance.now();
  const response = await fetch(path, { method, headers, body, cache: "no-store", credentials: "omit" });
  const text = await response.text();
  return { response, text, took: Math.round(performance.now() - started) };
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

document.getElementById("key").addEventListener("submit", (event) => event.preventDefault());
keyField.addEventListener("change", async () => {
  if (!keyField.value.trim()) return;
  const { response, text } = await call("GET", "/api/v1/key");
  const told = JSON.parse(text);
  keySays.textContent = response.ok ? `${told.programme}, shop ${told.shop}` : told.detail;
  keySays.title = response.ok ? told.scopes.join(", ") : "";
});

for (const form of document.querySelectorAll(".try form")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const says = form.querySelector("output");
    const shown = form.querySelector("pre");
    const path = form.elements.path.value;
    if (!path.startsWith("/api/") || path.includes("{")) {
      says.textContent = "Fill in what stands in {…}.";
      return;
    }
    says.textContent = "…";
    try {
      const { response, text, took } = await call(form.dataset.method, path, form.elements.body?.value);
      says.textContent = `${response.status} ${response.statusText}, ${took} ms`;
      shown.textContent = pretty(text);
      shown.hidden = false;
    } catch (error) {
      says.textContent = String(error);
    }
  });
}

document.getElementById("find").addEventListener("input", (event) => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const section of document.querySelectorAll("nav section")) {
    let any = false;
    for (const item of section.querySelectorAll("li")) {
      const link = item.querySelector("a");
      const found = !wanted || `${item.textContent} ${link.hash}`.toLowerCase().includes(wanted);
      item.hidden = !found;
      any = any || found;
    }
    section.hidden = !any;
  }
});
