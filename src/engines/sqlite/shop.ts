/** The preset `shop`: the tables that the other engines' shop has, with what real ones have in SQLite. */
import { printed } from "../../built-script.ts";
import type { Line, PresetRequest } from "../../parts.ts";
import { CLIENT, fileOf, PATIENT, sql } from "./client.ts";

/** Shares of the requested rows; what is left over goes to stock movements. */
const SHARES = { customers: 0.08, products: 0.005, orders: 0.22, items: 0.44, payments: 0.2 } as const;

const SCHEMA = `
CREATE TABLE customers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE CHECK (email LIKE '%@%'), name TEXT NOT NULL, country TEXT NOT NULL,
  profile TEXT NOT NULL CHECK (json_valid(profile)), created_at TEXT NOT NULL
);
CREATE TABLE products (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sku TEXT NOT NULL UNIQUE, title TEXT NOT NULL, price REAL NOT NULL CHECK (price > 0), weight REAL
) STRICT;
CREATE TABLE orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  state TEXT NOT NULL DEFAULT 'placed' CHECK (state IN ('placed', 'paid', 'shipped', 'cancelled')),
  total NUMERIC NOT NULL CHECK (total >= 0), currency TEXT NOT NULL DEFAULT 'EUR',
  note TEXT, placed_at TEXT NOT NULL, changed_at TEXT NOT NULL
);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_open ON orders (state, placed_at) WHERE state = 'placed';
CREATE TABLE order_items (
  order_id INTEGER NOT NULL REFERENCES orders (id), line INTEGER NOT NULL,
  product_id INTEGER NOT NULL REFERENCES products (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0), price REAL NOT NULL,
  amount REAL GENERATED ALWAYS AS (quantity * price) STORED,
  PRIMARY KEY (order_id, line)
) WITHOUT ROWID;
CREATE TABLE payments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  order_id INTEGER NOT NULL REFERENCES orders (id), amount NUMERIC NOT NULL, method TEXT NOT NULL, paid_at TEXT NOT NULL
);
CREATE INDEX payments_order ON payments (order_id);
CREATE TABLE stock_movements (
  product_id INTEGER NOT NULL, delta INTEGER NOT NULL, reason TEXT NOT NULL, moved_at TEXT NOT NULL
);
CREATE INDEX stock_movements_product ON stock_movements (product_id, moved_at);
CREATE VIRTUAL TABLE product_words USING fts5(title);
CREATE VIEW order_totals AS
  SELECT o.id, o.customer_id, o.state, sum(i.amount) AS items, max(o.total) AS total
  FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id;
CREATE VIEW big_customers AS SELECT customer_id, sum(total) AS spent FROM order_totals GROUP BY customer_id;
CREATE TRIGGER orders_touch AFTER UPDATE OF changed_at ON orders WHEN NEW.changed_at < OLD.changed_at
BEGIN
  UPDATE orders SET changed_at = OLD.changed_at WHERE id = NEW.id;
END;
`;

/** Numbers that look like chance and are the same every time. */
const dice = (n: string, salt: number) =>
  `(((${n}) * 48271 + ${(salt % 1_000_003) * 69_621}) % 2147483647 * 16807 % 2147483647 / 7)`;

const series = (count: number) =>
  `(WITH RECURSIVE each (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM each WHERE n < ${count}) SELECT n FROM each)`;

const at = (seconds: string) => `strftime('%Y-%m-%d %H:%M:%f', ${seconds}, 'unixepoch')`;

/** Spread over two years before the end, oldest first, as keys grow with time. */
function fill({ rows, seed, untilMs }: PresetRequest): string {
  const part = (share: number) => Math.max(10, Math.round(rows * share));
  const [customers, products, orders, items, payments] = Object.values(SHARES).map(part) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const movements = Math.max(10, rows - customers - products - orders - items - payments);
  const d = (salt: number) => dice("n", seed + salt);
  const moment = (of: number) => at(`${untilMs / 1000} - (${of} - n) * (63072000 / ${of})`);
  const pick = (salt: number, ...words: string[]) =>
    `CASE ${d(salt)} % ${words.length} ${words.map((word, i) => `WHEN ${i} THEN '${word}'`).join(" ")} END`;
  return `BEGIN;
INSERT INTO customers (email, name, country, profile, created_at)
SELECT 'customer' || n || '@example.com', 'Customer ' || n, ${pick(1, "DE", "FR", "NL", "PL", "SE")},
  json_object('newsletter', ${d(2)} % 2, 'visits', ${d(3)} % 400), ${moment(customers)} FROM ${series(customers)};
INSERT INTO products (sku, title, price, weight)
SELECT printf('SKU-%07d', n), 'Product ' || n, (1 + ${d(4)} % 90000) / 100.0, ${d(5)} % 1000000 / 1000.0 FROM ${series(products)};
INSERT INTO product_words (rowid, title) SELECT id, title FROM products;
INSERT INTO orders (customer_id, state, total, note, placed_at, changed_at)
SELECT 1 + ${d(7)} % ${customers}, ${pick(8, "shipped", "shipped", "shipped", "paid", "cancelled")},
  (${d(9)} % 90000) / 100.0, iif(${d(10)} % 10 = 0, 'leave with neighbour ' || n, NULL), ${moment(orders)}, ${moment(orders)}
FROM ${series(orders)};
INSERT INTO order_items (order_id, line, product_id, quantity, price)
SELECT 1 + (n - 1) % ${orders}, 1 + (n - 1) / ${orders}, 1 + ${d(11)} % ${products}, 1 + ${d(12)} % 5, (1 + ${d(13)} % 90000) / 100.0
FROM ${series(items)};
INSERT INTO payments (order_id, amount, method, paid_at)
SELECT 1 + (n - 1) % ${orders}, (${d(14)} % 90000) / 100.0, ${pick(15, "card", "transfer", "wallet")}, ${moment(payments)}
FROM ${series(payments)};
INSERT INTO stock_movements
SELECT 1 + ${d(16)} % ${products}, ${d(17)} % 40 - 20, 'sale', ${moment(movements)} FROM ${series(movements)};
COMMIT;
ANALYZE;`;
}

/** The application's file, its tables, their rows. */
export const shop = (request: PresetRequest): readonly Line[] => {
  const line = (say: string, text: string): Line => ({
    say,
    ...printed(sql(text)),
    uses: ["DATABASE"],
    destroys: false,
  });
  return [
    {
      say: "Create the application's database.",
      script: `${CLIENT} ${fileOf("production")} 'PRAGMA journal_mode = WAL;' >/dev/null`,
      uses: ["DATABASE"],
      destroys: false,
    },
    line("Create the shop's tables.", SCHEMA),
    line("Fill the shop with rows.", fill(request)),
  ];
};

/** One simulated moment of trading, as statements: `moment` and `n` are columns. What needs a table that is gone is left out. */
export const tradeOf = (seed: number): string => {
  const chance = dice("n", seed);
  const has = (table: string, text: string) =>
    `iif(EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '${table}'), ${text}, '')`;
  const quoted = `quote(${at("moment / 1000.0")})`;
  return [
    has(
      "products",
      `'INSERT INTO stock_movements SELECT 1 + ' || ${chance} || ' % max(id), ' || (1 + ${chance} % 20) || ', ''delivery'', ' || ${quoted} || ' FROM products;'`,
    ),
    has(
      "customers",
      `iif(n % 5 = 0, 'INSERT INTO customers (email, name, country, profile, created_at) VALUES (''tick' || n || '.' || ${chance} || '@example.org'', ''Customer ' || n || ''', ''DE'', ''{}'', ' || ${quoted} || ');', '')`,
    ),
    has(
      "orders",
      `'INSERT INTO orders (customer_id, total, placed_at, changed_at) SELECT 1 + ' || ${chance} || ' % max(id), ' || (10 + ${chance} % 490) || ', ' || ${quoted} || ', ' || ${quoted} || ' FROM customers;
INSERT INTO order_items (order_id, line, product_id, quantity, price) SELECT max(id), 1, 1, ' || (1 + ${chance} % 4) || ', 9.5 FROM orders;
INSERT INTO payments (order_id, amount, method, paid_at) SELECT max(id), ' || (10 + ${chance} % 490) || ', ''card'', ' || ${quoted} || ' FROM orders;
UPDATE orders SET state = ''shipped'', changed_at = ' || ${quoted} || ' WHERE id = (SELECT max(id) - 30 FROM orders) AND state <> ''shipped'';'`,
    ),
  ].join(" || '\n' ||\n  ");
};

/** Writes `ticks` transactions, and commits each by itself. */
export const ticksOf = (rows: string, trade: string): string =>
  `ask=$(${CLIENT} -readonly ${fileOf("production")} <<'SQL'
${PATIENT}
WITH RECURSIVE ${rows}
SELECT 'BEGIN;' || ${trade} || 'INSERT INTO fogbell_heartbeat VALUES (' || moment || ');COMMIT;' FROM each;
SQL
) &&
{ echo 'PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF;'; printf '%s\\n' "$ask"; } |
  ${CLIENT} -cmd '${PATIENT}' ${fileOf("production")}`;
