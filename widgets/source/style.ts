// How the widgets look unless the shop says otherwise: by custom properties, or by ::part().
// The sheet is constructed, so that a strict Content-Security-Policy has nothing to forbid.

const CSS = `
:host {
  --_accent: var(--palier-accent, light-dark(#7e22ce, #d8b4fe));
  --_track: var(--palier-track, light-dark(#fff, #1f2937));
  --_edge: var(--palier-edge, light-dark(#6b7280, #9ca3af));
  --_soft: var(--palier-soft, inherit);
  display: block;
  container-type: inline-size;
  font: inherit;
  color: inherit;
  overflow-wrap: anywhere;
}
:host([hidden]) { display: none }
.place { display: grid; align-content: center; min-block-size: var(--palier-reserve, 9rem) }
@container (max-width: 24rem) { .place { min-block-size: var(--palier-reserve, 10.5rem) } }
@container (max-width: 17rem) { .place { min-block-size: var(--palier-reserve, 13rem) } }
.card { display: grid; gap: .5rem }
.head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .25rem 1rem }
.tier { font-weight: 700; font-size: 1.25em }
.points { font-weight: 700; font-variant-numeric: tabular-nums }
.worth { font-weight: 400; color: var(--_soft) }
.row { display: flex; align-items: center; gap: .75rem }
progress {
  appearance: none; flex: 1 1 8rem; min-inline-size: 0; inline-size: 100%; block-size: .75rem;
  border: 1px solid var(--_edge); border-radius: 99px; background: var(--_track); overflow: hidden;
}
progress::-webkit-progress-bar { background: var(--_track) }
progress::-webkit-progress-value { background: var(--_accent); border-radius: 99px; transition: inline-size .6s ease-out }
progress::-moz-progress-bar { background: var(--_accent); border-radius: 99px }
.percent { font-variant-numeric: tabular-nums }
p, ul { margin: 0; padding: 0; list-style: none }
li { color: var(--_soft) }
@media (prefers-reduced-motion: reduce) { progress::-webkit-progress-value { transition: none } }
@media (forced-colors: active) { progress::-webkit-progress-value { background: Highlight } }
`;

let sheet: CSSStyleSheet | undefined;

/** The one sheet of all widgets of a page. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
