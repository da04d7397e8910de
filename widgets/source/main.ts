// Makes the elements known to the page. Whatever goes wrong here must not reach it.
import { PalierProgress } from "./progress.ts";

try {
  if (!customElements.get("palier-progress")) customElements.define("palier-progress", PalierProgress);
} catch {
  // A browser without custom elements or constructed style sheets shows nothing.
}
