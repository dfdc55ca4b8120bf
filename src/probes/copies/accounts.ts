/** Accounts that a backup of one database does not bring: no fault of it, and on the night they are missing. */

import { defineCopyProbe } from "../../define.ts";
import { count, countIn, few } from "../../host/units.ts";
import type { Finding } from "../../parts.ts";
import { rowsOf, unreadable } from "../reading.ts";

/** Null when none is absent. */
function judge(lines: readonly string[][]): Finding | null {
  if (lines.some(([, objects]) => countIn(objects) === null)) return unreadable;
  if (lines.length === 0) return null;
  const said = lines.map(([account, objects]) => `${account} (${count(Number(objects), "object")})`);
  const remark = `accounts that views, routines, triggers or events run as, but the backup doesn't contain: ${few(said)}`;
  return { held: "yes", because: remark, measured: { absent: lines.length }, remarks: [remark] };
}

export const copyAccounts = defineCopyProbe({
  name: "accounts",
  summary: "Accounts that objects of the copy run as, and that it does not bring.",
  question({ copies }) {
    const line = copies.absent?.();
    return line === undefined ? null : { line, name: "list-absent-accounts" };
  },
  answer([outcome]) {
    const { rows, none } = rowsOf(outcome);
    const finding = rows === null ? none : judge(rows);
    return { findings: finding === null ? [] : [{ probe: "accounts", subject: "whom objects run as", ...finding }] };
  },
});
