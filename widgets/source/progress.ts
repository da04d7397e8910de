// <palier-progress>: how far a member is, and what their points are worth.
import { readDisplay, type Bar, type Display } from "./answer.ts";
import { askPalier, askToken } from "./asking.ts";
import { styleSheet } from "./style.ts";

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : location.href;
const AGAIN_MS = [3_000, 20_000];

/**
 * Attributes: `token-url` (required) is where the shop answers {"token": "…"}; `lang` the language, by default the
 * token's or the member's; `api` the address of /widget/v1/, by default beside the script.
 * An event `palier:changed` on the document makes it ask again. Until it has something to show, and whenever it has
 * nothing, it is empty but keeps its place: the page never jumps.
 */
export class PalierProgress extends HTMLElement {
  static observedAttributes = ["token-url", "lang", "api"];

  #root = this.attachShadow({ mode: "open" });
  #place = make("div", "place");
  #asking = new AbortController();
  #timer = 0;
  #isAtWork = false;
  #again = (): void => this.refresh();
  #returned = (event: Event): void => {
    // A page out of the browser's memory may be another customer's by now; so may one that was in the background.
    const isBack = event instanceof PageTransitionEvent && event.persisted;
    if (isBack) this.#show(null);
    if (isBack || (event.type === "visibilitychange" && document.visibilityState === "visible")) this.refresh();
  };

  connectedCallback(): void {
    try {
      this.#root.adoptedStyleSheets = [styleSheet()];
      this.#root.replaceChildren(this.#place);
    } catch {
      return;
    }
    this.#isAtWork = true;
    document.addEventListener("palier:changed", this.#again);
    document.addEventListener("visibilitychange", this.#returned);
    addEventListener("pageshow", this.#returned);
    this.refresh();
  }

  disconnectedCallback(): void {
    this.#isAtWork = false;
    this.#stop();
    this.#show(null);
    document.removeEventListener("palier:changed", this.#again);
    document.removeEventListener("visibilitychange", this.#returned);
    removeEventListener("pageshow", this.#returned);
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.#isAtWork || before === after) return;
    // Another token may be another customer: nobody sees what was there before.
    if (name !== "lang") this.#show(null);
    this.refresh();
  }

  /** Ask anew. An older question that is still open is given up: its answer never shows. */
  refresh(): void {
    this.#stop();
    void this.#load(this.#asking, 0);
  }

  #stop(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    clearTimeout(this.#timer);
  }

  async #load(asking: AbortController, attempt: number): Promise<void> {
    let display: Display | null = null;
    let isOver = false;
    try {
      const where = this.getAttribute("token-url");
      const token = where ? await askToken(where, asking.signal) : "";
      isOver = !token;
      if (token) display = readDisplay(await askPalier(this.#address(), token, asking.signal));
    } catch {
      // Down, slow or not JSON: as good as no answer.
    }
    if (asking.signal.aborted) return;
    this.#show(display);
    const wait = AGAIN_MS[attempt];
    if (!display && !isOver && wait) this.#timer = setTimeout(() => void this.#load(asking, attempt + 1), wait);
  }

  #address(): string {
    const base = new URL(this.getAttribute("api") ?? new URL("v1/", script), location.href);
    const address = new URL("me", base.href.endsWith("/") ? base : `${base.href}/`);
    const language = this.getAttribute("lang");
    if (language) address.searchParams.set("language", language);
    else if (document.documentElement.lang) address.searchParams.set("page", document.documentElement.lang);
    return address.href;
  }

  #show(display: Display | null): void {
    try {
      this.#place.replaceChildren(...(display ? [card(display)] : []));
    } catch {
      this.#place.replaceChildren();
    }
  }
}

function card(display: Display): HTMLElement {
  const head = make("div", "head");
  if (display.tier) head.append(make("span", "tier", display.tier));
  const points = make("span", "points", display.points);
  if (display.worth) points.append(" ", make("span", "worth", display.worth));
  head.append(points);
  const whole = make("div", "card");
  whole.lang = display.language;
  whole.setAttribute("role", "group");
  whole.setAttribute("aria-label", display.title);
  whole.append(head);
  if (display.bar) whole.append(row(display.bar), make("p", "text", display.bar.text));
  if (display.lines.length) {
    const list = make("ul", "lines");
    list.append(...display.lines.map((line) => make("li", "line", line)));
    whole.append(list);
  }
  return whole;
}

function row(bar: Bar): HTMLElement {
  const progress = document.createElement("progress");
  progress.max = bar.max;
  progress.value = bar.value;
  progress.setAttribute("part", "bar");
  progress.setAttribute("aria-label", bar.label);
  progress.setAttribute("aria-valuetext", bar.text);
  const whole = make("div", "row");
  const percent = make("span", "percent", bar.percent);
  percent.setAttribute("aria-hidden", "true");
  whole.append(progress, percent);
  return whole;
}

function make(name: string, part: string, text = ""): HTMLElement {
  const element = document.createElement(name);
  element.className = part;
  element.setAttribute("part", part);
  element.textContent = text;
  return element;
}
