/** An application inside the sandbox is asked over the sandbox's own loopback, and its answer read: by probes and by checks. */
import { z } from "zod";
import { quote } from "./host/sh.ts";
import type { Finding, Line, Outcome } from "./parts.ts";

/** What is asked for, and what must come back. */
export const httpRequest = z.strictObject({
  port: z
    .int()
    .min(1)
    .max(65_535)
    .describe("Where it listens, on the sandbox's own loopback.")
    .meta({ examples: [8080] }),
  path: z
    .string()
    .regex(/^\/[\x21-\x7e]*$/, "a path that begins with / is needed")
    .default("/")
    .describe("What is asked for.")
    .meta({ examples: ["/health"] }),
  status: z
    .int()
    .min(100)
    .max(599)
    .default(200)
    .describe("The status that must come back.")
    .meta({ examples: [200] }),
  contains: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("Words that must stand in the answer. Default: none.")
    .meta({ examples: ['"orders":'] }),
});
export type HttpRequest = z.infer<typeof httpRequest>;

/** Perl, because every image here has it and none has curl. Prints the status, and whether the words were there. */
const REQUEST = `use IO::Socket::INET; $| = 1;
my ($port, $path, $words) = @ARGV;
my $s; for (1 .. 50) {
  $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port, Timeout => 5) and last;
  select undef, undef, undef, 0.2;
}
$s or die "nobody listens on port $port\\n";
print $s "GET $path HTTP/1.0\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n";
local $/; my $answer = <$s>;
my ($status) = $answer =~ m{^HTTP/[0-9.]+ (\\d+)} or die "no answer of HTTP\\n";
print "$status\\t", (index($answer, $words) >= 0 ? "yes" : "no"), "\\n";`;

export const askHttp = ({ port, path, contains }: HttpRequest): Line => ({
  say: "Ask the application, as a user would.",
  script: `perl -e ${quote(REQUEST)} ${port} ${quote(path)} ${quote(contains ?? "")}`,
  uses: [],
  destroys: false,
});

/** Reads the outcome of a question that did not fail. */
export function judgeHttp({ stdout }: Outcome, { path, status, contains }: HttpRequest): Finding {
  const [found = "", words] = stdout.split("\n")[0]?.split("\t") ?? [];
  if (!/^\d{3}$/.test(found)) return { held: "unknown", because: "no status came back" };
  if (Number(found) !== status) return { held: "no", because: `${path} answers ${found}, ${status} expected` };
  if (contains !== undefined && words !== "yes")
    return { held: "no", because: `${path} answers ${found}, without the words expected` };
  return { held: "yes", because: `${path} answers ${found}` };
}
