/** The client of an S3-compatible store, as its options say. With its neighbours s3-*.ts the one door to the AWS SDK. */
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import type { S3Options } from "./s3-url.ts";

/** A server that says nothing for this long is taken for gone; reading goes on over a new connection. */
const SILENT_MS = 60_000;
const CONNECT_MS = 10_000;

/** Where in a store one works. */
export interface Place {
  readonly client: S3Client;
  /** The server's address, and the whole store's URL: for lines to type. */
  readonly endpoint: string;
  /** Nobody has to say where Amazon's own servers are. */
  readonly isAmazon: boolean;
  readonly url: string;
  readonly bucket: string;
  /** Empty, or ends with a slash. Keys as the store's users see them are below it. */
  readonly prefix: string;
  readonly versions: boolean;
  /** Whether the server has taken the credentials once: refused later, they are old and not wrong. */
  readonly seen: { accepted: boolean };
  /** What answers said of how long objects are kept, by `objectName`. */
  readonly told: Map<string, ObjectNotes>;
}

/** What comes with an object's answers and its listing, beside its bytes. */
export interface ObjectNotes {
  /** As the server writes it: `expiry-date="…", rule-id="…"`. */
  readonly expiration?: string | undefined;
  readonly lockedUntil?: Date | undefined;
  readonly lockMode?: string | undefined;
  readonly isHeld?: boolean;
  /** When a newer version took its place. */
  readonly supersededAt?: Date | undefined;
}

/** One version of one key. */
export const objectName = ({ key, version = "" }: { key: string; version?: string }) => `${version} ${key}`;

export function createClient(options: S3Options, silentMs = SILENT_MS): S3Client {
  const config: S3ClientConfig = {
    region: options.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? "us-east-1",
    forcePathStyle: options["path-style"],
    // Our own reader resumes where it stopped; the SDK's retries cover what comes before the first byte.
    maxAttempts: 3,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: silentMs },
    ...(options.endpoint === undefined ? { followRegionRedirects: true } : { endpoint: options.endpoint }),
    // Servers that speak an older dialect answer 411 or 501 to the SDK's trailing checksums.
    ...(options.checksums === "when_required"
      ? { requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED" }
      : {}),
  };
  return new S3Client(config);
}

/** What a request is sent with, so that it ends when the drill does. */
export function sending(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
