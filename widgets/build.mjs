// Builds the one file that shops load, with a digest of its sources in the first line:
// tests/house/test_widgets.py notices sources that were changed without building.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { build } from "esbuild";

const sources = readdirSync("source").sort();
const digest = createHash("sha256");
for (const name of sources) digest.update(`${name}\0`).update(readFileSync(`source/${name}`)).update("\0");

const target = "../src/palier/storefront/static/palier/widget/palier.js";
await build({
  entryPoints: ["source/main.ts"],
  outfile: target,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  banner: { js: `/*! Palier widgets, Apache-2.0. Sources: ${digest.digest("hex")} */` },
});
console.log(`${target}: ${readFileSync(target).length} bytes`);
