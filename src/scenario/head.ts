/** What a list shows of a scenario: the head of its file, which may be that of a broken one. */
import { basename } from "node:path";
import { parse } from "yaml";

export interface Head {
  readonly id: string;
  readonly title: string;
  readonly engines: readonly string[];
  /** Which story it comes from; null when it does not say. */
  readonly story: string | null;
  readonly tags: readonly string[];
}

/** Only the top-level keys that a list shows: parsing whole scenarios would cost more than the rest of the start. */
function head(yaml: string): string {
  return yaml
    .split(/^(?=[^\s#-])/m)
    .filter((block) => /^(id|title|story|engines|tags):/.test(block))
    .join("");
}

function read(yaml: string): Record<string, unknown> {
  try {
    const value: unknown = parse(yaml);
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Fields that are not there, or no good, are empty; `lint` says what is wrong. */
export function readHead(yaml: string, file: string): Head {
  const { id, title, story, engines, tags } = read(head(yaml));
  const words = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  return {
    id: typeof id === "string" ? id : basename(file, ".drill.yaml"),
    title: typeof title === "string" ? title : "",
    engines: isMap(engines)
      ? Object.entries(engines).map(([name, versions]) => [name, ...words(versions)].join(" "))
      : [],
    story: isMap(story) && typeof story.origin === "string" ? story.origin : null,
    tags: words(tags),
  };
}
