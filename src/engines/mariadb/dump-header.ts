/**
 * What the first lines of a dump say: whose client wrote it, of whose server. The server decides which of the two systems
 * it belongs to; each system's client dumps the other's server, too. Total over any text.
 */
export interface DumpHeader {
  readonly server: "mariadb" | "mysql";
  readonly serverVersion?: string;
  readonly toolVersion?: string;
  readonly database?: string;
}

/** `Distrib` was left out by MariaDB 11, which joins the two versions: `10.19-11.4.2-MariaDB`. */
const MADE = /^-- (MariaDB|MySQL) dump [0-9.]+(?:\s+Distrib |-)([0-9]+(?:\.[0-9]+)*)(-MariaDB)?/m;
/** Servers of MariaDB long told clients 5.5.5 first, for the sake of old replicas. */
const SERVER = /^-- Server version[ \t]+(?:5\.5\.5-)?([0-9]+(?:\.[0-9]+)+)([^\n]*)$/m;
const PLACE = /^-- Host: \S*[ \t]+Database: ([^\n]+)$/m;

export function readHeader(text: string): DumpHeader | null {
  const made = MADE.exec(text);
  if (made === null) return null;
  const [, brand = "", toolVersion, suffix] = made;
  const [, serverVersion, rest = ""] = SERVER.exec(text) ?? [];
  const tool = brand === "MariaDB" || suffix !== undefined ? "mariadb" : "mysql";
  const server = serverVersion === undefined ? tool : serverOf(serverVersion, rest, tool);
  const database = PLACE.exec(text)?.[1]?.trim();
  return {
    server,
    ...(serverVersion === undefined ? {} : { serverVersion }),
    // A client's number says nothing of servers that it was not made for, and each loads what newer clients of it write.
    ...(serverVersion !== undefined || toolVersion === undefined ? {} : { toolVersion }),
    ...(database === undefined || database === "" ? {} : { database }),
  };
}

/** MariaDB says its name behind the number; its numbers begin where MySQL's never came. */
function serverOf(version: string, rest: string, tool: DumpHeader["server"]): DumpHeader["server"] {
  if (/mariadb/i.test(rest)) return "mariadb";
  return Number.parseInt(version, 10) >= 10 ? tool : "mysql";
}
