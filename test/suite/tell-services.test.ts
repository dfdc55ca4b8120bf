/**
 * Messages as each service wants them: checked against what the service publishes (Microsoft's own parser of adaptive cards,
 * Discord's and PagerDuty's types, a real SMTP server), and sent to a sink here.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { event as pagerdutyEvent } from "@pagerduty/pdjs";
import { AdaptiveCard, SerializationContext } from "adaptivecards";
import type { RESTPostAPIWebhookWithTokenJSONBody } from "discord-api-types/v10";
import { SMTPServer } from "smtp-server";
import { afterAll, describe, expect, test } from "vitest";
import { changeOf } from "../../src/paper/message.ts";
import { discordBody, mailOf, pagerdutyBodies, teamsBody } from "../../src/paper/message-bodies.ts";
import type { DrillResult } from "../../src/record.ts";
import { assertReceivers, type Receivers, tell } from "../../src/suite/tell.ts";
import { RESULTS } from "../fakes/results.ts";
import { listen } from "../support/listener.ts";

type PagerdutyEvent = Parameters<typeof pagerdutyEvent>[0]["data"];

const folder = await mkdtemp(join(tmpdir(), "tell-services-"));
afterAll(() => rm(folder, { recursive: true }));

const of = (name: string): DrillResult => RESULTS[name] as DrillResult;
const changes = Object.values(RESULTS).flatMap((result) => changeOf(result, null) ?? []);
const recovery = changeOf(of("recovered"), { verdict: "lost", runId: "r0", at: "2026-11-20T22:01:45.000Z" });
const LINK = "https://ci.example.org/job/1";

describe("Teams", () => {
  const card = (body: object) => (body as { attachments: { content: object }[] }).attachments[0]?.content;
  test.each([1, 3, changes.length * 9])("gets a card that Microsoft's own parser takes, of %s changes", (count) => {
    const many = Array.from({ length: count }, (_, at) => changes[at % changes.length] as (typeof changes)[number]);
    const body = teamsBody(many, LINK);
    const context = new SerializationContext();
    const parsed = new AdaptiveCard();
    parsed.parse(card(body), context);
    expect(context.eventCount).toBe(0);
    expect(parsed.validateProperties().validationEvents).toEqual([]);
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(28_000 * 2);
    expect(body).toMatchObject({
      type: "message",
      attachments: [{ contentType: "application/vnd.microsoft.card.adaptive" }],
    });
  });
  test("gets nothing that it would take for markup", () => {
    const blocks = (card(teamsBody(changes, null)) as { body: { type: string }[] }).body;
    expect(new Set(blocks.map(({ type }) => type))).toEqual(new Set(["RichTextBlock"]));
  });
});

describe("Discord", () => {
  test("gets a message of its own shape, within its limits, that mentions nobody", () => {
    const many = Array.from({ length: 40 }, (_, at) => changes[at % changes.length] as (typeof changes)[number]);
    // Whoever changes the shape is told by the compiler: these are Discord's published types.
    const body = discordBody(many, LINK) as RESTPostAPIWebhookWithTokenJSONBody satisfies object;
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(body.content?.length).toBeLessThanOrEqual(2000);
    const embeds = body.embeds ?? [];
    expect(embeds.length).toBeLessThanOrEqual(10);
    const chars = embeds.reduce((sum, { title = "", description = "" }) => sum + title.length + description.length, 0);
    expect(chars).toBeLessThanOrEqual(6000);
    for (const { title = "", description = "", color } of embeds) {
      expect(title.length).toBeLessThanOrEqual(256);
      expect(description.length).toBeLessThanOrEqual(4096);
      expect(color).toBeTypeOf("number");
      expect(description).not.toMatch(/(?<!\\)[@[\]<`]/);
    }
  });
});

describe("PagerDuty", () => {
  test("gets an event for each change, and a recovery resolves what the failure triggered", () => {
    const events = pagerdutyBodies(changes, LINK, "R".repeat(32)) as PagerdutyEvent[];
    expect(events).toHaveLength(changes.length);
    for (const { payload, event_action, dedup_key = "" } of events) {
      expect(event_action).toBe("trigger");
      expect(payload.summary.length).toBeLessThanOrEqual(1024);
      expect(["critical", "error", "warning", "info"]).toContain(payload.severity);
      expect(Date.parse(payload.timestamp ?? "")).not.toBeNaN();
      expect(dedup_key.length).toBeLessThanOrEqual(255);
    }
    const [failed] = pagerdutyBodies(
      [{ ...(recovery as NonNullable<typeof recovery>), event: "failure" }],
      null,
      "R",
    ) as PagerdutyEvent[];
    const [resolved] = pagerdutyBodies(recovery === null ? [] : [recovery], null, "R") as PagerdutyEvent[];
    expect(resolved?.event_action).toBe("resolve");
    expect(resolved?.dedup_key).toBe(failed?.dedup_key);
  });
});

interface Mailed {
  readonly to: readonly string[];
  readonly from: string;
  readonly text: string;
}

async function smtpSink(): Promise<AsyncDisposable & { readonly port: number; readonly mails: Mailed[] }> {
  const mails: Mailed[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        });
        callback();
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as { port: number };
  return { port, mails, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) };
}

const telling = (receivers: Receivers, said: string[] = []) => ({
  receivers,
  outFolder: join(folder, String(Math.random())),
  environment: {},
  signal: new AbortController().signal,
  say: (text: string) => void said.push(text),
  patience: { attempts: 1, firstWaitMs: 1, timeoutMs: 3000 },
});

describe("mail", () => {
  test("has one line for a subject, whatever a name holds", () => {
    for (const change of changes) expect(mailOf([change], null).subject).not.toMatch(/[\r\n]/);
  });
  test("arrives, to everybody who is named, and hostile names plant no header", async () => {
    await using sink = await smtpSink();
    const mail = `smtp://127.0.0.1:${sink.port}?from=fogbell@example.org&to=a@example.org,b@example.org`;
    assertReceivers({ mail });
    await tell([of("lost"), of("hostile")], telling({ mail }));
    expect(sink.mails).toMatchObject([{ from: "fogbell@example.org", to: ["a@example.org", "b@example.org"] }]);
    expect(sink.mails[0]?.text).toMatch(/^Subject: Fogbell: /m);
    expect(sink.mails[0]?.text.split("\r\n\r\n")[0]).not.toMatch(/^planted|^::warning/m);
  });
  test("with a password is not sent in the clear", async () => {
    await using sink = await smtpSink();
    const said: string[] = [];
    await tell(
      [of("lost")],
      telling({ mail: `smtp://me:secret@127.0.0.1:${sink.port}?from=f@example.org&to=a@example.org` }, said),
    );
    expect(sink.mails).toEqual([]);
    expect(said.join()).toMatch(/mail was not told/);
    expect(said.join()).not.toContain("secret");
  });
  test.each(["https://x", "smtp://host", "smtp://host?from=a@b", "smtp://host?from=x&to=y"])("can't go to %s", (mail) =>
    expect(() => assertReceivers({ mail })).toThrow(/mail (isn't|has no)/),
  );
});

describe("all of them", () => {
  test("are posted what their services want, once, and told again after it did not arrive", async () => {
    await using there = await listen();
    const url = (path: string) => `${there.url}/${path}`;
    const receivers = {
      teams: url("teams"),
      discord: url("discord"),
      pagerduty: `${url("pd")}?key=${"R".repeat(32)}`,
      slack: url("slack"),
      webhook: url("hook"),
    };
    assertReceivers(receivers);
    const one = telling(receivers);
    await tell([of("lost")], one);
    await tell([of("lost")], one);
    expect(there.heard.map(({ path }) => path).sort()).toEqual(["/discord", "/hook", "/pd", "/slack", "/teams"]);
    const pd = there.heard.find(({ path }) => path === "/pd");
    expect(JSON.parse(pd?.body ?? "{}")).toMatchObject({ routing_key: "R".repeat(32), event_action: "trigger" });
  });
  test.each([{ teams: "mailto:x" }, { discord: "x" }, { pagerduty: "short" }, { pagerduty: "https://x/enqueue" }])(
    "%o can't be told",
    (receivers) => expect(() => assertReceivers(receivers as Receivers)).toThrow(/is no http|isn't a routing key/),
  );
});
