// Asking the shop for a token and Palier for the member: each has a second, then nobody waits any longer.

const PATIENCE_MS = 1000;

/** A fresh token of the customer who is signed in to the shop; "" when nobody is. */
export async function askToken(url: string, signal: AbortSignal): Promise<string> {
  const answer = await ask(url, signal, { credentials: "same-origin", headers: { Accept: "application/json" } });
  const token: unknown = (answer as { token?: unknown } | null)?.token;
  return typeof token === "string" ? token : "";
}

/** What Palier says to whoever holds the token. No cookie goes along, and nothing is kept by the browser. */
export async function askPalier(url: string, token: string, signal: AbortSignal): Promise<unknown> {
  return ask(url, signal, { credentials: "omit", headers: { Authorization: `Bearer ${token}` } });
}

async function ask(url: string, signal: AbortSignal, init: RequestInit): Promise<unknown> {
  const late = new AbortController();
  const stop = (): void => late.abort();
  const timer = setTimeout(stop, PATIENCE_MS);
  signal.addEventListener("abort", stop);
  try {
    const response = await fetch(url, { ...init, cache: "no-store", redirect: "error", signal: late.signal });
    return response.ok && response.status !== 204 ? await response.json() : null;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
