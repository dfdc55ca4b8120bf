/**
 * Every kind of object that guards or serves the data, some twice and some by halves: whole lists of what the catalogue says
 * of them, so that nothing may go from it or come into it by itself.
 */
import { expect } from "vitest";
import { asking, type Experiment, the } from "./experiment.ts";

const RICH = {
  postgres: `CREATE TABLE accounts (id int PRIMARY KEY, owner text NOT NULL, mail text UNIQUE, total int CHECK (total > 0), dropped int,
  twice int GENERATED ALWAYS AS (total * 2) STORED, CONSTRAINT accounts_apart EXCLUDE (owner WITH =));
ALTER TABLE accounts DROP COLUMN dropped; ALTER TABLE accounts ADD CONSTRAINT accounts_late CHECK (total < 9) NOT VALID;
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY; CREATE POLICY own_rows ON accounts FOR SELECT TO lab_app USING (owner = current_user);
CREATE TABLE opened (id int, body text); ALTER TABLE opened ENABLE ROW LEVEL SECURITY; ALTER TABLE opened FORCE ROW LEVEL SECURITY;
CREATE POLICY everything ON opened USING (true); CREATE POLICY writing ON opened FOR INSERT WITH CHECK (id > 0);
CREATE TABLE narrowed (id int); ALTER TABLE narrowed ENABLE ROW LEVEL SECURITY; CREATE POLICY restricting ON narrowed AS RESTRICTIVE USING (true);
CREATE POLICY writes ON narrowed FOR UPDATE USING (true); CREATE POLICY some_rows ON narrowed TO lab_app USING (true);
CREATE MATERIALIZED VIEW filled AS SELECT count(*) AS n FROM accounts; CREATE MATERIALIZED VIEW hollow AS SELECT 1 AS n WITH NO DATA;
CREATE INDEX filled_n ON filled (n); CREATE UNIQUE INDEX accounts_owner ON accounts (lower(owner)); CREATE INDEX accounts_broken ON accounts (total);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'accounts_broken'::regclass;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE PROCEDURE done() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE most(int) (SFUNC = int4larger, STYPE = int);
CREATE TRIGGER stands AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION nothing(); CREATE TRIGGER sleeps AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION nothing();
ALTER TABLE accounts DISABLE TRIGGER sleeps; CREATE RULE silent AS ON DELETE TO opened DO INSTEAD NOTHING;
COMMENT ON TABLE accounts IS 'of people'; COMMENT ON COLUMN accounts.mail IS 'of theirs'; COMMENT ON FUNCTION nothing() IS 'not listed';
CREATE SEQUENCE steps INCREMENT 5; GRANT SELECT (mail) ON accounts TO lab_reports; GRANT USAGE ON SEQUENCE steps TO PUBLIC;
CREATE FUNCTION heard() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER hears ON sql_drop EXECUTE FUNCTION heard();
CREATE PUBLICATION told FOR TABLE accounts; CREATE TABLE parted (id int NOT NULL) PARTITION BY RANGE (id); CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (9);
CREATE TYPE pair AS (a int, b int);`,
  mariadb: `CREATE TABLE accounts (id int PRIMARY KEY, owner varchar(20) NOT NULL, mail varchar(20) UNIQUE, total int CHECK (total > 0),
  twice int AS (total * 2) STORED, kind enum('a','b') DEFAULT 'a', KEY both_ways (owner(5), total DESC)) COMMENT 'of people';
CREATE TABLE kept (id int PRIMARY KEY) WITH SYSTEM VERSIONING; CREATE SEQUENCE steps INCREMENT 5; CREATE TABLE stepped (id bigint DEFAULT nextval(steps));
CREATE FUNCTION one() RETURNS int DETERMINISTIC RETURN 1; CREATE PROCEDURE one() SELECT 1;
GRANT SELECT (mail) ON accounts TO lab_reports; GRANT SELECT, INSERT ON shop.* TO lab_reports WITH GRANT OPTION;
CREATE TABLE pairs (a int, b int, CONSTRAINT pairs_both UNIQUE (b, a)); CREATE TABLE pieces (id int PRIMARY KEY, b int, a int, CONSTRAINT pieces_pair FOREIGN KEY (b, a) REFERENCES pairs (b, a) ON DELETE CASCADE);
SET foreign_key_checks = 0; INSERT INTO pieces VALUES (1, 1, 1); CREATE TABLE lonely (id int, gone_id int, CONSTRAINT lonely_gone FOREIGN KEY (gone_id) REFERENCES gone (id));
CREATE SQL SECURITY INVOKER VIEW askers AS SELECT 1 AS n;`,
} as const;

/** By kind, in the order of their names; `public.` is left out. Neither a dropped column, an aggregate nor a type is among them. */
const LISTED = {
  postgres: `column: fogbell.heartbeat.beat_at; accounts.id; accounts.mail; accounts.owner; accounts.total; accounts.twice;
  customers.id; customers.name; items.line; items.order_id; items.quantity; narrowed.id; notes.body;
  nothing_yet.id; opened.body; opened.id; orders.customer_id; orders.id; orders.note; orders.placed_at;
  orders.total; parted.id; parted_1.id
comment: accounts.0; accounts.3
constraint: fogbell.heartbeat.heartbeat_pkey; accounts.accounts_apart; accounts.accounts_late;
  accounts.accounts_mail_key; accounts.accounts_pkey; accounts.accounts_total_check;
  customers.customers_pkey; items.items_order; items.items_pkey; nothing_yet.nothing_yet_pkey;
  orders.orders_customer; orders.orders_pkey; orders.orders_total
enabled: accounts.stands; orders.orders_touch
event-trigger: hears
function: done(); heard(); nothing(); touch()
grant: fogbell.heartbeat owner; accounts owner; accounts.mail lab_reports SELECT; big_customers owner;
  customers lab_app SELECT; customers owner; customers postgres DELETE; customers postgres INSERT;
  customers postgres REFERENCES; customers postgres SELECT; customers postgres TRIGGER;
  customers postgres TRUNCATE; customers postgres UPDATE; customers_id_seq owner; filled owner;
  hollow owner; items owner; narrowed owner; notes owner; nothing_yet owner; opened owner;
  order_totals lab_reports SELECT; order_totals owner; order_totals postgres DELETE;
  order_totals postgres INSERT; order_totals postgres REFERENCES; order_totals postgres SELECT;
  order_totals postgres TRIGGER; order_totals postgres TRUNCATE; order_totals postgres UPDATE;
  orders lab_app INSERT; orders lab_app SELECT; orders lab_app UPDATE; orders owner;
  orders postgres DELETE; orders postgres INSERT; orders postgres REFERENCES; orders postgres SELECT;
  orders postgres TRIGGER; orders postgres TRUNCATE; orders postgres UPDATE; orders_id_seq owner;
  parted owner; parted_1 owner; steps PUBLIC USAGE; steps owner; steps postgres SELECT;
  steps postgres UPDATE; steps postgres USAGE
index: fogbell.heartbeat_pkey; accounts_apart; accounts_broken; accounts_mail_key; accounts_owner;
  accounts_pkey; customers_pkey; filled_n; items_pkey; nothing_yet_pkey; orders_by_customer; orders_pkey
kept-apart: accounts; narrowed
not-null: fogbell.heartbeat.beat_at; accounts.id; accounts.owner; customers.id; customers.name; items.line;
  items.order_id; items.quantity; nothing_yet.id; orders.customer_id; orders.id; orders.total; parted.id;
  parted_1.id
policy: accounts.own_rows; narrowed.restricting; narrowed.some_rows; narrowed.writes; opened.everything;
  opened.writing
populated: filled; hollow
publication: told
row-security: accounts; narrowed; opened
row-security-of-owner: opened
rule: opened.silent
sequence: customers_id_seq; orders_id_seq; steps
table: fogbell.heartbeat; accounts; customers; items; narrowed; notes; nothing_yet; opened; orders; parted;
  parted_1
trigger: accounts.sleeps; accounts.stands; orders.orders_touch
unique: fogbell.heartbeat.heartbeat_pkey; accounts.accounts_mail_key; accounts.accounts_owner;
  accounts.accounts_pkey; customers.customers_pkey; items.items_pkey; nothing_yet.nothing_yet_pkey;
  orders.orders_pkey
validated: accounts.accounts_total_check; items.items_order; orders.orders_customer; orders.orders_total
view: big_customers; filled; hollow; order_totals`,
  mariadb: `column: accounts.id; accounts.kind; accounts.mail; accounts.owner; accounts.total; accounts.twice;
  customers.id; customers.name; fogbell_heartbeat.beat_at; items.line; items.order_id; items.quantity;
  kept.id; lonely.gone_id; lonely.id; notes.body; nothing_yet.id; orders.customer_id; orders.id;
  orders.note; orders.placed_at; orders.total; pairs.a; pairs.b; pieces.a; pieces.b; pieces.id;
  stepped.id
constraint: accounts.mail; accounts.PRIMARY; accounts.total; customers.PRIMARY; fogbell_heartbeat.PRIMARY;
  items.PRIMARY; kept.PRIMARY; nothing_yet.PRIMARY; orders.orders_total; orders.PRIMARY;
  pairs.pairs_both; pieces.PRIMARY; items.items_order; lonely.lonely_gone; orders.orders_customer;
  pieces.pieces_pair
event: some_day
function: FUNCTION one; PROCEDURE nothing_done; PROCEDURE one
grant: accounts.mail 'lab_reports'@'%' SELECT; customers 'lab_app'@'%' SELECT;
  database 'lab_reports'@'%' INSERT; database 'lab_reports'@'%' SELECT; orders 'lab_app'@'%' INSERT;
  orders 'lab_app'@'%' SELECT; orders 'lab_app'@'%' UPDATE; order_totals 'lab_reports'@'%' SELECT
index: accounts.both_ways; accounts.mail; accounts.PRIMARY; customers.PRIMARY; fogbell_heartbeat.PRIMARY;
  items.PRIMARY; kept.PRIMARY; lonely.lonely_gone; nothing_yet.PRIMARY; orders.orders_by_customer;
  orders.PRIMARY; pairs.pairs_both; pieces.pieces_pair; pieces.PRIMARY
not-null: accounts.id; accounts.owner; customers.id; customers.name; fogbell_heartbeat.beat_at; items.line;
  items.order_id; items.quantity; kept.id; nothing_yet.id; orders.customer_id; orders.id; orders.total;
  pieces.id
sequence: steps
table: accounts; customers; fogbell_heartbeat; items; kept; lonely; notes; nothing_yet; orders; pairs; pieces;
  stepped
trigger: orders.orders_touch
unique: accounts.mail; accounts.PRIMARY; customers.PRIMARY; fogbell_heartbeat.PRIMARY; items.PRIMARY;
  kept.PRIMARY; nothing_yet.PRIMARY; orders.PRIMARY; pairs.pairs_both; pieces.PRIMARY
view: askers; big_customers; order_totals`,
} as const;

const namesIn = (listed: string): string[] =>
  listed
    .replaceAll("\n  ", " ")
    .split("\n")
    .flatMap((line) => {
      const at = line.indexOf(": ");
      return line
        .slice(at + 2)
        .split("; ")
        .map((name) => `${line.slice(0, at)} ${name}`);
    });

/** What a line says beside its name, where it says of a guard that it does not stand. */
const SAID = {
  postgres: {
    "index accounts_broken": / INVALID$/,
    "index accounts_pkey": /\(id\)$/,
    "populated hollow": /^false$/,
    "populated filled": /^true$/,
    "trigger accounts.sleeps": / D$/,
    "trigger accounts.stands": / O$/,
    "table opened": /^r true true$/,
    "table accounts": /^r true false$/,
    "column accounts.twice": /^integer default \(total \* 2\) +s$/,
    "column orders.id": /^bigint not null +d$/,
    "constraint accounts.accounts_late": /NOT VALID$/,
    "policy accounts.own_rows": /^rtrue using \(owner = /,
    "policy opened.writing": /^atrue check \(id > 0\)$/,
    "sequence steps": /^bigint 5 1 /,
    "grant orders lab_app SELECT": /^false$/,
    "grant orders owner": /^postgres$/,
  },
  mariadb: {
    "constraint accounts.PRIMARY": /^PRIMARY KEY \(`id`\)$/,
    "constraint pairs.pairs_both": /^UNIQUE \(`b`, `a`\)$/,
    "constraint accounts.total": /^CHECK `total` > 0$/,
    "constraint pieces.pieces_pair": /^FOREIGN KEY \(`b`, `a`\) REFERENCES pairs \(`b`, `a`\) \w+ CASCADE NOT VALID$/,
    "constraint items.items_order": /^FOREIGN KEY \(`order_id`\) REFERENCES orders \(`id`\) \w+ \w+$/,
    "constraint lonely.lonely_gone": /NOT VALID$/,
    "index pairs.pairs_both": /^BTREE 0 b A, a A$/,
    "index accounts.both_ways": /^BTREE 1 owner 5 A, total D$/,
    "column accounts.kind": /^enum\('a','b'\) YES 'a' /,
    "column stepped.id": /nextval\(`steps`\)/,
    "view askers": / INVOKER NONE /,
    "grant database 'lab_reports'@'%' SELECT": /^YES$/,
    "grant orders 'lab_app'@'%' SELECT": /^NO$/,
  },
} as const;

export const CATALOGUE: readonly Experiment[] = [
  {
    of: "catalogue, of every kind of object",
    does: "each is listed once, by kind and name, and says whether it stands; what is of no database of ours is not",
    lines: ({ phrases }) => [phrases.catalogue()],
    async play(lab, lines) {
      const engine = lab.isPostgres ? "postgres" : "mariadb";
      await lab.sql("shop", RICH[engine]);
      const found = (await asking(lab, () => lab.ask(the(lines)))).map(([kind, name = "", ...more]) => ({
        key: `${kind} ${name.replaceAll("public.", "")}`,
        said: more.join(" "),
      }));
      expect(found.map(({ key }) => key).sort()).toEqual(namesIn(LISTED[engine]).sort());
      for (const [key, pattern] of Object.entries(SAID[engine]))
        expect([key, found.find((one) => one.key === key)?.said]).toEqual([key, expect.stringMatching(pattern)]);
    },
  },
];
