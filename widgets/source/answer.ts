// What Palier answers, believed only after a look: anything else is as good as no answer.

/** The progress to the next tier; `text` says it in words and is what everybody reads. */
export interface Bar {
  label: string;
  text: string;
  value: number;
  max: number;
  percent: string;
}

/** Everything that is shown, in words and in the member's language; the amounts were written by the server. */
export interface Display {
  language: string;
  title: string;
  tier: string;
  bar: Bar | null;
  points: string;
  worth: string;
  lines: string[];
}

/** The display of an answer of /widget/v1/me, or null when any part of it is not what it should be. */
export function readDisplay(answer: unknown): Display | null {
  const display = field(answer, "display");
  const bar = field(display, "bar");
  const lines = field(display, "lines");
  const texts = ["language", "title", "tier", "points", "worth"].map((name) => field(display, name));
  if (!texts.every(isText) || !Array.isArray(lines) || !lines.every(isText)) return null;
  const [language, title, tier, points, worth] = texts as [string, string, string, string, string];
  const read = bar === null ? null : readBar(bar);
  return read === undefined ? null : { language, title, tier, bar: read, points, worth, lines };
}

function readBar(bar: unknown): Bar | undefined {
  const [label, text, percent] = ["label", "text", "percent"].map((name) => field(bar, name));
  const [value, max] = ["value", "max"].map((name) => field(bar, name));
  const isSound = isText(label) && isText(text) && isText(percent) && isCount(value) && isCount(max);
  return isSound && max > 0 && value <= max ? { label, text, value, max, percent } : undefined;
}

function field(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? (of as Record<string, unknown>)[name] : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
