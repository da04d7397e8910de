// The demo's shop in the browser: forms that change a part of the page do so without leaving it, codes can be copied.
// Everything works without this file, too; it only spares the eye.

document.documentElement.classList.add("scripted");

const voice = document.createElement("p");
voice.className = "hidden";
voice.setAttribute("role", "status");

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-swap")) return;
  event.preventDefault();
  const content = new FormData(form, event.submitter);
  document.body.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, { method: "POST", body: content });
    if (!response.ok) throw new Error(String(response.status));
    show(await response.text(), response.url);
  } catch {
    form.removeAttribute("data-swap");
    form.requestSubmit(event.submitter);
  }
});

/** Put the new page in the place of the old one; whoever had the focus gets it back. */
function show(text, address) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const focused = document.activeElement?.id;
  const place = [scrollX, scrollY];
  const isSame = new URL(address).pathname === location.pathname;
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.removeAttribute("aria-busy");
  document.body.replaceChildren(...page.body.childNodes, voice);
  if (!isSame) history.pushState(null, "", address);
  scrollTo(isSame ? place[0] : 0, isSame ? place[1] : 0);
  const again = (focused && document.getElementById(focused)) || document.getElementById("page");
  again?.focus({ preventScroll: true });
  const said = document.querySelector(".said, .earns");
  voice.textContent = said ? said.textContent : "";
}

addEventListener("popstate", () => location.reload());

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field instanceof HTMLElement && field.hasAttribute("data-auto")) field.closest("form")?.requestSubmit();
});

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!(button instanceof HTMLElement)) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    button.textContent = voice.textContent = button.dataset.copied ?? "";
    document.body.append(voice);
  } catch {
    getSelection()?.selectAllChildren(button.previousElementSibling ?? button);
  }
});
