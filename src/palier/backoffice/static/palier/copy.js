// Buttons that copy: <button data-copy="#id" data-copied="Copied">. Without a clipboard the text is selected instead.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    const said = button.querySelector("[role=status]");
    said.textContent = button.dataset.copied;
    setTimeout(() => { said.textContent = ""; }, 4000);
  } catch {
    getSelection().selectAllChildren(source);
  }
});
