// Writes `dist/licences.json`: the works of other people that the shell is made of, with their licences. Cargo and npm say
// which these are, and their own copies of the packages have the texts. (cargo-about and npm's license-checker would be two
// tools to install and two forms to bring together; both read the same places.)
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ui = fileURLToPath(new URL("..", import.meta.url));
const SHELL = "waterskin-shell";
const TEXT = /^(licen[cs]e|copying|notice|unlicense)/i;

/** The packages that the shell is compiled from, those for building aside, on any system. */
function crates() {
  let metadata;
  try {
    const json = execFileSync("cargo", ["metadata", "--format-version=1", "--locked"], { cwd: ui, maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });
    metadata = JSON.parse(json);
  } catch (error) {
    console.warn(`the licences of the shell's crates are left out: ${error.message.split("\n")[0]}`);
    return [];
  }
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const packages = new Map(metadata.packages.map((found) => [found.id, found]));
  const seen = new Set();
  const open = metadata.packages.filter((found) => found.name === SHELL).map((found) => found.id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) if (kinds.some(({ kind }) => kind === null)) open.push(pkg);
  }
  return [...seen]
    .map((id) => packages.get(id))
    .filter((found) => found.source !== null)
    .map(({ name, version, license, manifest_path: path }) => ({ name, version, licence: license ?? "", folder: dirname(path) }));
}

/** The packages that the screens are built with and that end up in them. */
function modules() {
  const { dependencies } = JSON.parse(readFileSync(join(ui, "package.json"), "utf8"));
  return Object.keys(dependencies).map((name) => {
    const folder = join(ui, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return { name, version, licence: license ?? "", folder };
  });
}

const texts = new Map();
const works = [...crates(), ...modules()]
  .sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : one.version < other.version ? -1 : 1))
  .map(({ name, version, licence, folder }) => {
    const files = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile() && TEXT.test(file.name)) : [];
    const own = files
      .map((file) => readFileSync(join(folder, file.name), "utf8").replace(/\r\n/g, "\n").trim())
      .sort()
      .map((text) => {
        if (!texts.has(text)) texts.set(text, texts.size);
        return texts.get(text);
      });
    return { name, version, licence, texts: [...new Set(own)] };
  });
writeFileSync(join(ui, "dist/licences.json"), JSON.stringify({ works, texts: [...texts.keys()] }));
console.log(`dist/licences.json  ${works.length} works, ${texts.size} texts`);
