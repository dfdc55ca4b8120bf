/** Writes dist/THIRD_PARTY_LICENSES: the notices of every package whose code is in the bundle, as their licences ask for. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Notice {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

/** What packages call the files that hold their licence, their copyright and their notices. */
const NOTICE_FILE = /^(licen[cs]e|copying|notice|copyright)([.-].*)?$/i;

/** The package that a bundled file belongs to: the folder of the nearest package.json that has a name. */
function packageOf(root: string, file: string): string {
  let folder = dirname(join(root, file));
  for (;;) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest) && "name" in JSON.parse(readFileSync(manifest, "utf8"))) return folder;
    const above = dirname(folder);
    if (above === folder) throw new Error(`${file} belongs to no package`);
    folder = above;
  }
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string | { readonly type: string };
  readonly author?: string | { readonly name: string };
}

function noticeOf(folder: string): Notice {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const files = readdirSync(folder).filter((file) => NOTICE_FILE.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
  const licence = typeof license === "object" ? license.type : license;
  if (licence === undefined && texts.length === 0) throw new Error(`${name} ${version} says nothing about its licence`);
  const by = typeof author === "object" ? author.name : author;
  const said = `Its package holds no licence text; its manifest says: ${licence}${by === undefined ? "" : `, ${by}`}.`;
  return { name, version, licence: licence ?? "see below", text: texts.length === 0 ? said : texts.join("\n\n") };
}

/** `inputs` are the bundled files, from the project's root, as esbuild's metafile lists them. */
export function writeLicences(root: string, inputs: readonly string[]): void {
  const folders = new Set(
    inputs.filter((file) => file.startsWith("node_modules/")).map((file) => packageOf(root, file)),
  );
  const notices = [...folders].map(noticeOf);
  const key = ({ name, version }: Notice) => `${name}@${version}`;
  const unique = [...new Map(notices.map((notice) => [key(notice), notice])).values()];
  unique.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const texts = Map.groupBy(unique, ({ text }) => text);
  const rule = "-".repeat(78);
  const pages = [...texts].map(([text, of]) => `${rule}\n${of.map(key).join(", ")}\n${rule}\n\n${text}\n`);
  const head = `Fogbell's bundle contains code of these ${unique.length} packages. Their notices follow.\n`;
  const list = unique.map((notice) => `  ${key(notice)}  ${notice.licence}`).join("\n");
  writeFileSync(join(root, "dist", "THIRD_PARTY_LICENSES"), [head, list, "", ...pages].join("\n"));
}
