// src/ in; out the scripts that a browser loads, and the licences of what is in them.
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";

const folder = "../fosen_graph/web/static";
const { metafile } = await build({
    entryPoints: { editor: "src/main.js", net: "src/net.js" },
    outdir: folder,
    bundle: true,
    format: "esm",
    metafile: true,
    minify: true,
    target: "es2021",
    banner: { js: "/* Licences: editor.licences.txt */" },
});
const packages = new Set(Object.keys(metafile.inputs).map((file) => file.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]));
const texts = [...packages].filter(Boolean).sort().map(async (name) => {
    const text = await readFile(`node_modules/${name}/LICENSE`, "utf8");
    return `${name}\n\n${text.trim()}\n`;
});
await writeFile(`${folder}/editor.licences.txt`, (await Promise.all(texts)).join("\n----\n\n"));
