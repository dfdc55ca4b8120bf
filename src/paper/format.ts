/**
 * Makes text safe for the page it lands on. Every string that enters a template is escaped for markdown first; text
 * that must stand as it is (commands) travels as `Raw` and comes out only inside a fence that it cannot close.
 */

/** Text to be printed as it is, inside a code fence. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** When a template prints it without a fence, it is escaped like everything else. */
  toString(): string {
    return inline(this.text);
  }
}

/**
 * One line of markdown that shows exactly this text: no emphasis, link, image, table cell, HTML or line break of its own.
 * Underscores inside words are left alone; they mean nothing there.
 */
export function inline(text: string): string {
  return (
    text
      .replace(/[\r\n\u2028\u2029]+/g, " ")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they have no picture, and NUL marks blocks
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "\uFFFD")
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/[\\`*[\]|~]/g, (char) => `\\${char}`)
      .replace(/(^|[^A-Za-z0-9])_|_(?![A-Za-z0-9])/g, (match) => match.replace("_", "\\_"))
      .replace(/^(\s*)([#>+-]|\d+[.)])(\s)/, "$1\\$2$3")
  );
}

/** A fenced block whose fence is longer than any run of backticks inside. */
export function fence(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${text.replace(/\n$/, "")}\n${ticks}`;
}

/** Inline code that holds this text, one line. */
export function code(text: string): string {
  const flat = text
    .replace(/[\r\n]+/g, " ")
    .replaceAll("\u0000", "\uFFFD")
    .replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = "`".repeat(longest + 1);
  const pad = flat.startsWith("`") || flat.endsWith("`") ? " " : "";
  return `${ticks}${pad}${flat}${pad}${ticks}`;
}

/** Escapes every string in a view, however deep; `Raw` passes. */
export function escapeAll(view: unknown): unknown {
  if (typeof view === "string") return inline(view);
  if (view instanceof Raw || view === null || typeof view !== "object") return view;
  if (Array.isArray(view)) return view.map(escapeAll);
  return Object.fromEntries(Object.entries(view).map(([key, value]) => [key, escapeAll(value)]));
}

export interface Templates {
  /** The page. */
  readonly page: string;
  readonly partials: Readonly<Record<string, string>>;
}

/** Renders a view that holds plain values; strict, so that a template asking for what is not there fails. */
export async function renderPage(templates: Templates, view: object): Promise<string> {
  const { default: handlebars } = await import("handlebars");
  const own = handlebars.create();
  // Blocks are put in last: whatever tidies the page must not touch a command by so much as a space.
  const blocks: string[] = [];
  own.registerHelper("fence", (text: unknown, language: unknown) => {
    blocks.push(fence(text instanceof Raw ? text.text : String(text), typeof language === "string" ? language : ""));
    return `\u0000${blocks.length - 1}\u0000`;
  });
  // Ours, and already safe: a line for machines.
  own.registerHelper("verbatim", (text: unknown) => {
    blocks.push(text instanceof Raw ? text.text : "");
    return `\u0000${blocks.length - 1}\u0000`;
  });
  own.registerHelper("code", (text: unknown) => code(text instanceof Raw ? text.text : String(text)));
  own.registerHelper("several", (count: unknown) => Number(count) > 1);
  own.registerHelper("next", (index: unknown, by: unknown) => Number(index) + (typeof by === "number" ? by : 1));
  for (const [name, text] of Object.entries(templates.partials)) own.registerPartial(name, text);
  const render = own.compile(templates.page, { noEscape: true, strict: true });
  // Template blocks leave empty lines where they printed nothing; markdown needs one at most.
  const page = render(escapeAll(view))
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a mark that no escaped text can hold
  return `${page.replace(/\u0000(\d+)\u0000/g, (_, index: string) => blocks[Number(index)] ?? "")}\n`;
}
