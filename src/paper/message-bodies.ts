/** A change of verdict, as Teams, Discord, PagerDuty and a mail want it. Plain text: a name becomes no link and calls nobody. Pure. */
import { sha256 } from "../host/digest.ts";
import type { Verdict } from "../record.ts";
import { type Change, headline, messageText } from "./message.ts";

/** Teams drops a message of more than 28 kB. */
const TEAMS_PARAGRAPHS = 8;
const TEAMS_CHARS = 2500;

const clip = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

const more = (changes: readonly Change[], most: number) =>
  changes.length > most ? [`and ${changes.length - most} more`] : [];

/** Microsoft Teams, by a workflow's webhook: an adaptive card whose text runs know no markup. */
export function teamsBody(changes: readonly Change[], link: string | null): object {
  const texts = [
    ...changes.slice(0, TEAMS_PARAGRAPHS).map((change) => clip(messageText([change], null), TEAMS_CHARS)),
    ...more(changes, TEAMS_PARAGRAPHS),
  ];
  const block = (text: string, isTitle: boolean) => ({
    type: "RichTextBlock",
    inlines: [{ type: "TextRun", text, ...(isTitle ? { weight: "Bolder", size: "Medium" } : {}) }],
  });
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [block(clip(changes.map(headline).join("; "), 300), true), ...texts.map((text) => block(text, false))],
          ...(link === null ? {} : { actions: [{ type: "Action.OpenUrl", title: "Open the job", url: link }] }),
        },
      },
    ],
  };
}

/** Ten embeds, and 6000 characters in all of them. */
const DISCORD_EMBEDS = 5;
const DISCORD_CHARS = 900;
const RED = 0xc62828;
const GREEN = 0x2e7d32;

/** What Discord takes for markup, as its documentation says. */
const discordText = (text: string) => text.replaceAll(/[\\*_~`|>#[\]()@<:-]/g, (char) => `\\${char}`);

/** Discord's webhook. Nobody is called, whatever a name holds. */
export function discordBody(changes: readonly Change[], link: string | null): object {
  const shown = changes.slice(0, DISCORD_EMBEDS);
  return {
    username: "Fogbell",
    content: clip(discordText(more(changes, DISCORD_EMBEDS).join("")), 2000) || "Fogbell",
    allowed_mentions: { parse: [] },
    embeds: shown.map((change) => ({
      title: clip(discordText(headline(change)), 256),
      description: clip(discordText(messageText([change], null)), DISCORD_CHARS),
      color: change.event === "failure" ? RED : GREEN,
      ...(link === null ? {} : { url: link }),
    })),
  };
}

const SEVERITIES: Readonly<Record<Verdict, "critical" | "error" | "warning" | "info">> = {
  refused: "critical",
  lost: "critical",
  void: "error",
  late: "warning",
  recovered: "info",
};

/** PagerDuty's events, version 2: one for each change; a recovery resolves what the failure triggered. */
export function pagerdutyBodies(changes: readonly Change[], link: string | null, routingKey: string): object[] {
  return changes.map((change) => {
    const { drill, result, event } = change;
    return {
      routing_key: routingKey,
      event_action: event === "failure" ? "trigger" : "resolve",
      // Always the same for a drill: an incident is updated, not opened anew.
      dedup_key: `fogbell-${sha256(drill).slice(0, 32)}`,
      payload: {
        summary: clip(headline(change), 1024),
        source: result.host.name ?? "fogbell",
        severity: SEVERITIES[result.verdict],
        timestamp: result.endedAt,
        component: clip(result.scenario.title, 255),
        group: result.scenario.engine,
        class: "backup",
        custom_details: { verdict: result.verdict, reasons: result.reasons, next: result.next, runId: result.runId },
      },
      ...(link === null ? {} : { links: [{ href: link, text: "the job" }] }),
    };
  });
}

/** A mail: its subject is one line, whatever a name holds. */
export function mailOf(changes: readonly Change[], link: string | null): { subject: string; text: string } {
  const first = changes[0];
  const rest = changes.length > 1 ? ` and ${changes.length - 1} more` : "";
  return {
    subject:
      clip(`Fogbell: ${first === undefined ? "nothing new" : headline(first)}`.replaceAll(/\s+/g, " "), 150) + rest,
    text: `${messageText(changes, link)}\n`,
  };
}
