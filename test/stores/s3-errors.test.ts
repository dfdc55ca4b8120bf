import { expect, test } from "vitest";
import { explain } from "../../src/stores/s3-errors.ts";

const told = { doing: "listing s3://b/x", endpoint: "https://s3.example.org:8443" };
const explained = (code: string) => explain(Object.assign(new Error("no"), { code }), told);

test.each([
  ["ECONNREFUSED", "FB_S3_UNREACHABLE", ["curl -I https://s3.example.org:8443"]],
  ["ENOTFOUND", "FB_S3_UNREACHABLE", ["curl -I https://s3.example.org:8443"]],
  ["CERT_HAS_EXPIRED", "FB_S3_TLS", ["date -u", "renew the certificate", "curl -I https://s3.example.org:8443"]],
  ["nobody knows", "FB_STORE_UNREADABLE", ["run again", "curl -I https://s3.example.org:8443"]],
  ["RequestTimeTooSkewed", "FB_S3_CLOCK", ["date -u", "timedatectl set-ntp true"]],
  [
    "SignatureDoesNotMatch",
    "FB_S3_CREDENTIALS",
    ["export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…", "export AWS_PROFILE=…"],
  ],
])("%s is %s, and what to type", (code, of, next) => expect(explained(code)).toMatchObject({ code: of, next }));
