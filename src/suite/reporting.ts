/** Who reports on a call: the reporters that were named, or those that fit the place. Each has a seat it can lose. */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { appendFile, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { asFogbellError, UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { makeFolder } from "../host/make-folder.ts";
import { nearest } from "../host/near-miss.ts";
import { quote } from "../host/sh.ts";
import { tameAll } from "../host/tame.ts";
import type { Artifact, Catalog, DrillName, Follower, Reporter, Screen } from "../parts.ts";
import type { DrillEvent, DrillResult, Progress } from "../record.ts";

/** What a program is connected to. */
export interface ReportSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard error, where drills are followed. */
  readonly screen: Screen;
  /** Standard output. */
  readonly print: (text: string) => void;
  /** Whether text on standard output may carry colours. */
  readonly printsColor: boolean;
  /** How wide the terminal is that it prints to; absent: it is none. */
  readonly printsColumns?: number | undefined;
}

export interface ReportingRequest {
  readonly reporters: Catalog["reporters"];
  /** As typed: `junit` or `junit=out/junit.xml`. None: what fits the place. */
  readonly named: readonly string[];
  readonly outFolder: string;
  /** Standard output is kept free for the result. */
  readonly json: boolean;
  /** `1/3`, when these are not all the drills. */
  readonly shard?: string | undefined;
  readonly surroundings: ReportSurroundings;
}

export interface Reporting {
  onEvent(event: DrillEvent | Progress, drill: DrillName): void;
  /** Renders and delivers what each reporter makes of the results. Never throws: what could not be written is said. */
  finish(results: readonly DrillResult[]): Promise<void>;
  /** Leaves the screen as it was. May be called more than once. */
  close(): void;
}

export interface Seat {
  readonly reporter: Reporter;
  /** The file that was named, absolute; null when none was. */
  readonly file: string | null;
  follower: Follower | null;
  isLost: boolean;
}

/** The name of a file that stands for standard output. */
const STANDARD_OUTPUT = "-";

function isFollower({ follow }: Reporter): boolean {
  return follow !== undefined;
}

/** What is followed on a screen when nobody says otherwise, and what else such surroundings get; only the first if some were named. */
export function defaultReporters(
  reporters: readonly Reporter[],
  { environment, screen }: Pick<ReportSurroundings, "environment" | "screen">,
  named: readonly string[] = [],
): string[] {
  const usual = reporters.filter((one) => one.isUsual?.({ environment, isTty: screen.isTty === true }) === true);
  return (named.length > 0 ? usual.filter(isFollower) : usual).map(({ name }) => name);
}

function find(reporters: readonly Reporter[], text: string): { reporter: Reporter; file: string | null } {
  const [, name = text, file = null] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const reporter = reporters.find((one) => one.name === name);
  const names = reporters.map((one) => one.name);
  if (reporter === undefined) {
    const near = nearest(name, names);
    throw new UsageError(`no reporter "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`, {
      code: "FB_REPORTER_UNKNOWN",
      next: names.map((one) => `--reporter ${one}`),
    });
  }
  if (file === "") {
    throw new UsageError(`no file behind --reporter ${name}=`, {
      code: "FB_REPORTER_FILE",
      next: [`--reporter ${name}=out/${name}`, `--reporter ${name}`],
    });
  }
  return { reporter, file: file === null || file === STANDARD_OUTPUT ? file : resolve(file) };
}

const unwritable = (file: string, why: string, cause?: unknown) =>
  new UsageError(`a report cannot be written to ${file}: ${why}`, {
    code: "FB_REPORTER_FILE",
    next: [`ls -ld ${quote(dirname(file))}`, "name a file in a folder that you may write to"],
    cause,
  });

/** The reporters that were named. Throws UsageError for what can be known to be wrong before a file is touched. */
export function askedReporters({ reporters, named, json }: Pick<ReportingRequest, "reporters" | "named" | "json">) {
  const asked = named.map((text) => find(reporters, text));
  const files = asked.flatMap(({ file }) => (file === null ? [] : [file]));
  if (json && files.includes(STANDARD_OUTPUT))
    throw unwritable(STANDARD_OUTPUT, "--json keeps standard output for the result");
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) {
    throw new UsageError(`two reporters would write ${twice}`, {
      code: "FB_REPORTER_FILE",
      next: ["name a file for each"],
    });
  }
  return asked;
}

/** Finds out before the first drill, not after the last, that a file cannot be written. */
async function prepare(file: string): Promise<void> {
  const wrong = (why: string, cause?: unknown) => unwritable(file, why, cause);
  if (file === STANDARD_OUTPUT) return;
  try {
    await makeFolder(dirname(file));
    const beside = `${file}.part`;
    closeSync(openSync(beside, "w"));
    await rm(beside);
  } catch (error) {
    throw wrong((error as NodeJS.ErrnoException).code ?? String(error), error);
  }
  if ((await stat(file).catch(() => null))?.isDirectory()) throw wrong("it is a folder");
}

/** Who was named, with what fits the place; a file that can't be written is found out here. */
export async function seats(request: ReportingRequest): Promise<Seat[]> {
  const { reporters, named, surroundings } = request;
  const asked = askedReporters(request);
  for (const { file } of asked) if (file !== null) await prepare(file);
  // As with other tools, naming reporters replaces the defaults; but nobody should look at a screen that stays empty.
  const hasScreen = asked.some(({ reporter, file }) => isFollower(reporter) && file === null);
  const more = named.length === 0 || !hasScreen ? defaultReporters(reporters, surroundings, named) : [];
  return [...more.map((name) => find(reporters, name)), ...asked].map((one) => ({
    ...one,
    follower: null,
    isLost: false,
  }));
}

/** A file that is followed into: every write is there at once, for whoever looks at it meanwhile. */
function fileScreen(file: string, now: () => number): Screen & Disposable {
  const descriptor = openSync(file, "w");
  return {
    write: (text) => writeSync(descriptor, text),
    isTty: false,
    color: false,
    now,
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

/** Throws UsageError for a reporter that nobody knows, or a file that cannot be written. */
export async function openReporting(request: ReportingRequest): Promise<Reporting> {
  const { surroundings } = request;
  const taken = await seats(request);
  const open: Disposable[] = [];
  const say = (text: string) => void surroundings.screen.write(`${text}\n`);
  const lose = (seat: Seat, error: unknown) => {
    seat.isLost = true;
    const { follower } = seat;
    seat.follower = null;
    try {
      follower?.close();
    } catch {
      // It has lost its seat already, and that is being said.
    }
    const why = asFogbellError(error).message.split("\n")[0];
    say(
      `reporter ${seat.reporter.name} lost its seat: ${why}. The drills go on; their results are in ${request.outFolder}.`,
    );
  };
  const guarded = (seat: Seat, deed: () => void) => {
    try {
      deed();
    } catch (error) {
      lose(seat, error);
    }
  };
  for (const seat of taken) {
    guarded(seat, () => {
      const isFile = seat.file !== null && seat.file !== STANDARD_OUTPUT;
      const screen = isFile && isFollower(seat.reporter) ? fileScreen(seat.file ?? "", surroundings.screen.now) : null;
      if (screen !== null) open.push(screen);
      seat.follower = seat.reporter.follow?.(screen ?? surroundings.screen) ?? null;
    });
  }
  return {
    onEvent(told, drill) {
      const event = tameAll(told);
      for (const seat of taken) if (!seat.isLost) guarded(seat, () => seat.follower?.onEvent(event, drill));
    },
    async finish(results) {
      for (const seat of taken) {
        if (seat.isLost) continue;
        guarded(seat, () => seat.follower?.close());
        await deliver(seat, request, (options) => seat.reporter.render(results, options)).catch((error) =>
          lose(seat, error),
        );
      }
    },
    close() {
      for (const seat of taken) if (!seat.isLost) guarded(seat, () => seat.follower?.close());
      for (const one of open.splice(0)) one[Symbol.dispose]();
    },
  };
}

function readOr(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** Writes what a reporter renders to where its seat says. Throws what the reporter or the disk does. */
export async function deliver(
  seat: Seat,
  request: ReportingRequest,
  render: (options: unknown) => Promise<readonly Artifact[]>,
): Promise<void> {
  const { reporter, file } = seat;
  const { environment, printsColor, printsColumns } = request.surroundings;
  const isFile = file !== null && file !== STANDARD_OUTPUT;
  const context = {
    environment,
    outFolder: request.outFolder,
    workingFolder: process.cwd(),
    shard: request.shard ?? null,
    color: printsColor && !isFile,
    columns: isFile ? undefined : printsColumns,
    earlier: (usual: string) => readOr(isFile ? file : join(request.outFolder, usual)),
  };
  const options = reporter.options.parse(reporter.optionsFrom?.(context) ?? {});
  for (const [index, artifact] of (await render(options)).entries()) {
    await put(artifact, { seat, isMain: index === 0, request });
  }
}

interface Delivery {
  readonly seat: Seat;
  readonly isMain: boolean;
  readonly request: ReportingRequest;
}

async function put({ file: usual, text, to }: Artifact, { seat, isMain, request }: Delivery): Promise<void> {
  const { screen, print } = request.surroundings;
  const named = isMain ? seat.file : null;
  if (named === STANDARD_OUTPUT) return print(text);
  if (named !== null) return isFollower(seat.reporter) ? appendFile(named, text) : writeAtomic(named, text);
  if (to === "log") return void screen.write(text);
  if (to === "stdout") return request.json ? undefined : print(text);
  if (to !== undefined) return appendFile(to.endOf, text);
  const path = join(request.outFolder, usual);
  await makeFolder(request.outFolder);
  await writeAtomic(path, text);
  screen.write(`wrote ${path}\n`);
}
