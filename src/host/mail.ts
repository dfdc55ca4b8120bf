/** Sends one mail by SMTP, bounded in time. The library is loaded only when there is one to send. */
import type { Sent } from "./send.ts";

export interface MailRequest {
  /** `smtps://user:password@host:465?from=a@x&to=b@y`. A secret: it is never part of what is said. */
  readonly url: string;
  readonly subject: string;
  readonly text: string;
  readonly timeoutMs?: number;
}

/** What a mail's URL must hold, in words; null: it does. */
export function mailUrlFault(url: string): string | null {
  if (!URL.canParse(url) || !/^smtps?:$/.test(new URL(url).protocol)) return "isn't an smtp:// or smtps:// URL";
  const { searchParams } = new URL(url);
  const missing = ["from", "to"].find(
    (name) => !/^[^@\s]+@[^@\s]+$/.test((searchParams.get(name) ?? "").split(",")[0]?.trim() ?? ""),
  );
  return missing === undefined ? null : `has no ${missing}=name@example.org`;
}

/** Never throws. A certificate that isn't trusted is a failure: the message holds names of systems. */
export async function sendMail({ url, subject, text, timeoutMs = 10_000 }: MailRequest): Promise<Sent> {
  const { createTransport } = await import("nodemailer");
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  const transport = createTransport({
    host: hostname.replaceAll(/^\[|\]$/g, ""),
    port: Number(port) || (protocol === "smtps:" ? 465 : 587),
    secure: protocol === "smtps:",
    // A password goes over the wire encrypted, or not at all.
    requireTLS: protocol === "smtp:" && username !== "",
    ...(username === "" ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const to = (searchParams.get("to") ?? "").split(",").map((one) => one.trim());
    await transport.sendMail({ from: searchParams.get("from") ?? "", to, subject, text });
    return { ok: true };
  } catch (error) {
    const { code, responseCode } = error as { code?: string; responseCode?: number };
    return { ok: false, why: responseCode === undefined ? (code ?? "it failed") : `the answer was ${responseCode}` };
  } finally {
    transport.close();
  }
}
