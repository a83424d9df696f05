// Builds ../wwwroot/lib/editor.js, which is committed: npm ci && npm run build. Its first line names the sources, and a test compares them.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { build } from "esbuild";

const hash = createHash("sha256");
for (const name of ["editor.js", "package.json"]) hash.update((await readFile(name, "utf8")).replaceAll("\r\n", "\n"));
await build({
  entryPoints: ["editor.js"], bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none",
  banner: { js: `/* CodeMirror 6, MIT: editor-LICENSE.txt. Sources: portal/Editor, sha256 ${hash.digest("hex")} */` },
  outfile: "../wwwroot/lib/editor.js",
});
