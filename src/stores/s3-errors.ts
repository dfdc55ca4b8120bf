/** What the errors of an S3 store mean, and what to type: the SDK's names are written for programmers. */
import { type ErrorCode, FogbellError, UnavailableError } from "../errors.ts";
import { quote } from "../host/sh.ts";
import { type ObjectPlace, type Thrown, unreadableObject } from "./s3-unreadable.ts";

interface Meaning {
  readonly code: ErrorCode;
  readonly why: string;
  readonly next: readonly string[];
  /** It says who asks is not known, and not that something is forbidden. */
  readonly isIdentity?: boolean;
}

const CREDENTIALS = ["export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…", "export AWS_PROFILE=…"];
const AUTHORITY = ["export NODE_EXTRA_CA_CERTS=/path/to/the/authority.pem"];
const CLOCK = ["date -u", "timedatectl set-ntp true"];

const credentials = (why: string, next: readonly string[] = CREDENTIALS): Meaning => ({
  code: "FB_S3_CREDENTIALS",
  why,
  next,
});
const unreachable = (why: string): Meaning => ({ code: "FB_S3_UNREACHABLE", why, next: [] });
const tls = (why: string, next: readonly string[] = AUTHORITY): Meaning => ({ code: "FB_S3_TLS", why, next });

const NOT_ALLOWED = credentials("these credentials may not do that", [
  ...CREDENTIALS,
  "grant s3:ListBucket and s3:GetObject",
]);
const identity = (why: string, next: readonly string[] = CREDENTIALS): Meaning => ({
  ...credentials(why, next),
  isIdentity: true,
});
const EXPIRED = identity("the session has expired", ["log in again"]);
const NO_SESSION = identity("the session token is not valid, or no longer", [
  "log in again",
  "unset AWS_SESSION_TOKEN, when the key needs none",
]);
const RENEW = ["log in again, or renew the key; then run again"];
const NO_BUCKET: Meaning = {
  code: "FB_S3_BUCKET",
  why: "there is no such bucket",
  next: ["fogbell doctor --store 's3://bucket/prefix?region=…&endpoint=https://…'"],
};
const ELSEWHERE: Meaning = {
  code: "FB_S3_BUCKET",
  why: "the bucket lives in another region or at another endpoint",
  next: ["fogbell doctor --store 's3://bucket/prefix?region=…'"],
};
const CHANGED: Meaning = {
  code: "FB_OBJECT_CHANGED",
  why: "the object changed while it was being read",
  next: ["find out who writes to this store, then run again"],
};
const GONE_NEXT = ["run again: the store is listed anew", "find out what removes backups there"];
const DIALECT: Meaning = {
  code: "FB_S3_DIALECT",
  why: "it does not understand the SDK's checksums",
  next: ["add checksums=when_required to the store's URL"],
};
const UNREADABLE: Meaning = {
  code: "FB_STORE_UNREADABLE",
  why: "the connection broke or the answer made no sense",
  next: ["run again"],
};

/** By the error's code or name: the server's, the SDK's, or Node's. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  SignatureDoesNotMatch: identity("the secret key is wrong"),
  InvalidAccessKeyId: identity("the access key is unknown there"),
  AccessDenied: NOT_ALLOWED,
  UserSuspended: identity("the account is suspended"),
  CredentialsProviderError: identity("no credentials were found"),
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  InvalidToken: NO_SESSION,
  TokenRefreshRequired: EXPIRED,
  RequestExpired: EXPIRED,
  NoSuchBucket: NO_BUCKET,
  PermanentRedirect: ELSEWHERE,
  AuthorizationHeaderMalformed: ELSEWHERE,
  RequestTimeTooSkewed: { code: "FB_S3_CLOCK", why: "this machine's clock is wrong", next: CLOCK },
  PreconditionFailed: CHANGED,
  InvalidRange: CHANGED,
  NoSuchKey: { code: "FB_OBJECT_GONE", why: "it was removed since it was listed", next: GONE_NEXT },
  NoSuchVersion: { code: "FB_OBJECT_GONE", why: "that version was removed since it was listed", next: GONE_NEXT },
  MissingContentLength: DIALECT,
  ECONNREFUSED: unreachable("nothing answers at this endpoint"),
  EHOSTUNREACH: unreachable("there is no way to this endpoint"),
  ENETUNREACH: unreachable("there is no way to this endpoint"),
  ENOTFOUND: unreachable("the endpoint's name is unknown"),
  EAI_AGAIN: unreachable("the endpoint's name cannot be looked up now"),
  DEPTH_ZERO_SELF_SIGNED_CERT: tls("its certificate is not trusted"),
  SELF_SIGNED_CERT_IN_CHAIN: tls("its certificate is not trusted"),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: tls("its certificate is not trusted"),
  UNABLE_TO_GET_ISSUER_CERT: tls("its certificate is not trusted"),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: tls("its certificate is not trusted"),
  CERT_HAS_EXPIRED: tls("its certificate has expired", ["date -u", "renew the certificate"]),
  CERT_NOT_YET_VALID: tls("its certificate is not valid yet", CLOCK),
  ERR_TLS_CERT_ALTNAME_INVALID: tls("its certificate is for another name", ["add path-style=true to the store's URL"]),
  ERR_SSL_WRONG_VERSION_NUMBER: tls("it does not speak TLS", ["write http:// in the endpoint"]),
  EPROTO: tls("it does not speak TLS", ["write http:// in the endpoint"]),
};

/** For answers without a name, as a HEAD or an odd server gives them. */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  301: ELSEWHERE,
  403: NOT_ALLOWED,
  411: DIALECT,
  412: CHANGED,
  416: CHANGED,
};

/** Faults of the way to the server: whether it answers at all can be asked without us. */
const OF_THE_WAY: ReadonlySet<ErrorCode> = new Set(["FB_S3_UNREACHABLE", "FB_S3_TLS", "FB_STORE_UNREADABLE"]);

/** Whether the server has no such operation, which for versions only means that it keeps none. */
export function isUnimplemented(thrown: unknown): boolean {
  const { name, $metadata } = thrown as Thrown;
  return (
    name === "NotImplemented" || name === "MethodNotAllowed" || [405, 501].includes($metadata?.httpStatusCode ?? 0)
  );
}

export interface Doing {
  /** In words, with the place: "reading s3://backups/shop/a.dump". */
  readonly doing: string;
  /** The server's address: what can be asked whether it is there at all. */
  readonly endpoint: string;
  readonly signal?: AbortSignal | undefined;
  /** It sends an object's content. */
  readonly isUpload?: boolean;
  /** The server took these credentials before. */
  readonly accepted?: boolean;
  /** The one object that is being read. */
  readonly object?: ObjectPlace;
}

/** What an SDK error means, in our words. Fogbell's own errors and cancellations pass unchanged. */
export function explain(
  thrown: unknown,
  { doing, endpoint, signal, accepted = false, isUpload = false, object }: Doing,
): unknown {
  if (signal?.aborted) return signal.reason;
  if (thrown instanceof FogbellError) return thrown;
  const unreadable = object === undefined ? null : unreadableObject(thrown as Thrown, { doing, object });
  if (unreadable !== null) return unreadable;
  const { Code = "", name = "", code = "", message = "", $metadata } = thrown as Thrown;
  const status = $metadata?.httpStatusCode ?? 0;
  // Only an upload carries the checksums that an older dialect refuses with 501.
  const isDialect = status === 501 && isUpload;
  const meaning =
    MEANINGS[Code] ?? MEANINGS[name] ?? MEANINGS[code] ?? BY_STATUS[status] ?? (isDialect ? DIALECT : UNREADABLE);
  const detail = message === "" || message === "UnknownError" ? "" : ` (${message})`;
  const isOld = accepted && meaning.isIdentity === true;
  const why = isOld ? `the credentials were accepted before and are not any more: ${meaning.why}` : meaning.why;
  return new UnavailableError(`${doing}: ${why}${detail}`, {
    code: meaning.code,
    next: isOld ? RENEW : [...meaning.next, ...(OF_THE_WAY.has(meaning.code) ? [`curl -I ${quote(endpoint)}`] : [])],
    cause: thrown,
  });
}
