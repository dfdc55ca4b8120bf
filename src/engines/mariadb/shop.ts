/** The preset `shop`: the tables that the other engines' shop has, with what real ones have in MariaDB and MySQL. */
import { type Feed, printed } from "../../built-script.ts";
import type { Line, PresetRequest } from "../../parts.ts";
import { shopSizes } from "../shop-sizes.ts";
import { at, placesOf, sql } from "./client.ts";
import type { Flavour } from "./flavour.ts";

const SCHEMA = `
CREATE TABLE customers (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email VARCHAR(200) NOT NULL, name VARCHAR(200) NOT NULL, country CHAR(2) NOT NULL,
  profile JSON NOT NULL, created_at DATETIME(3) NOT NULL,
  UNIQUE KEY customers_email_once (email),
  CONSTRAINT customers_email_has_at CHECK (email LIKE '%@%')
);
CREATE TABLE products (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sku VARCHAR(40) NOT NULL UNIQUE, title VARCHAR(200) NOT NULL,
  price DECIMAL(10, 2) NOT NULL CHECK (price > 0), weight DOUBLE
);
CREATE TABLE orders (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT NOT NULL, state ENUM('placed', 'paid', 'shipped', 'cancelled') NOT NULL DEFAULT 'placed',
  total DECIMAL(12, 2) NOT NULL, currency CHAR(3) NOT NULL DEFAULT 'EUR',
  note TEXT, placed_at DATETIME(3) NOT NULL, changed_at DATETIME(3) NOT NULL,
  KEY orders_customer (customer_id), KEY orders_open (state, placed_at),
  CONSTRAINT orders_customer_known FOREIGN KEY (customer_id) REFERENCES customers (id),
  CONSTRAINT orders_total_not_negative CHECK (total >= 0)
) COMMENT 'One row an order; the table everybody asks for.';
CREATE TABLE order_items (
  order_id BIGINT NOT NULL, line INT NOT NULL, product_id BIGINT NOT NULL,
  quantity INT NOT NULL CHECK (quantity > 0), price DECIMAL(10, 2) NOT NULL,
  amount DECIMAL(12, 2) GENERATED ALWAYS AS (quantity * price) STORED,
  PRIMARY KEY (order_id, line),
  CONSTRAINT order_items_order_known FOREIGN KEY (order_id) REFERENCES orders (id),
  CONSTRAINT order_items_product_known FOREIGN KEY (product_id) REFERENCES products (id)
);
CREATE TABLE payments (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  order_id BIGINT NOT NULL, amount DECIMAL(12, 2) NOT NULL, method VARCHAR(40) NOT NULL, paid_at DATETIME(3) NOT NULL,
  KEY payments_order (order_id),
  CONSTRAINT payments_order_known FOREIGN KEY (order_id) REFERENCES orders (id)
);
CREATE TABLE stock_movements (
  product_id BIGINT NOT NULL, delta INT NOT NULL, reason VARCHAR(40) NOT NULL, moved_at DATETIME(3) NOT NULL,
  KEY stock_movements_product (product_id, moved_at)
);
CREATE VIEW order_totals AS
  SELECT o.id, o.customer_id, o.state, SUM(i.amount) AS items, MAX(o.total) AS total
  FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id, o.customer_id, o.state;
CREATE VIEW big_customers AS
  SELECT customer_id, SUM(total) AS spent FROM order_totals GROUP BY customer_id;
CREATE EVENT forget_old_movements ON SCHEDULE EVERY 1 DAY
  DO DELETE FROM stock_movements WHERE moved_at < NOW() - INTERVAL 10 YEAR;
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW
  SET NEW.changed_at = GREATEST(NEW.changed_at, OLD.changed_at);
`;

const GRANTS = `
CREATE USER shop_app@'%';
CREATE USER shop_reports@'%';
GRANT EXECUTE ON * TO shop_app@'%';
GRANT SELECT, INSERT, UPDATE ON customers TO shop_app@'%';
GRANT SELECT, INSERT, UPDATE ON products TO shop_app@'%';
GRANT SELECT, INSERT, UPDATE ON orders TO shop_app@'%';
GRANT SELECT, INSERT, UPDATE ON order_items TO shop_app@'%';
GRANT SELECT, INSERT, UPDATE ON payments TO shop_app@'%';
GRANT SELECT, INSERT, UPDATE ON stock_movements TO shop_app@'%';
GRANT SELECT, UPDATE (note) ON orders TO shop_reports@'%';
GRANT SELECT ON order_items TO shop_reports@'%';
GRANT SELECT ON order_totals TO shop_reports@'%';
`;

/** A number below 1,048,576 that is the same each time, for `n` and `salt` in SQL. */
export const dice = (n: string, salt: number | string) =>
  `CAST(CONV(LEFT(SHA2(CONCAT(${n}, ':', ${salt}), 256), 5), 16, 10) AS UNSIGNED)`;

/** A table that is gone: what needs it is left out, and the shop goes on with what still works. */
const GOES_ON = "DECLARE EXIT HANDLER FOR 1146 BEGIN END";

/** One simulated moment of trading. Where tables are empty, only who signed up since can order, and nothing is in the basket. */
const TICK = `
DELIMITER //
CREATE PROCEDURE fogbell_tick(at_ms BIGINT, n BIGINT, seed BIGINT)
BEGIN
  DECLARE moment DATETIME(3) DEFAULT FROM_UNIXTIME(at_ms / 1000);
  DECLARE chance BIGINT DEFAULT ${dice("n", "seed")};
  DECLARE product BIGINT DEFAULT 1;
  DECLARE customer BIGINT;
  DECLARE placed BIGINT;
  BEGIN
    ${GOES_ON};
    SELECT 1 + chance % MAX(id) INTO product FROM products;
  END;
  BEGIN
    ${GOES_ON};
    INSERT INTO stock_movements VALUES (COALESCE(product, 1), 1 + chance % 20, 'delivery', moment);
    IF n % 5 = 0 THEN
      INSERT INTO customers (email, name, country, profile, created_at)
      VALUES (CONCAT('tick', n, '.', chance, '@example.org'), CONCAT('Customer ', n), 'DE', '{}', moment);
    END IF;
  END;
  BEGIN
    ${GOES_ON};
    SELECT MAX(id) INTO customer FROM customers;
    SET customer = COALESCE((SELECT id FROM customers WHERE id = 1 + chance % customer), customer);
    IF customer IS NOT NULL THEN
      INSERT INTO orders (customer_id, total, placed_at, changed_at)
      VALUES (customer, 10 + chance % 490, moment, moment);
      SET placed = LAST_INSERT_ID();
      IF product IS NOT NULL THEN
        INSERT INTO order_items (order_id, line, product_id, quantity, price)
        VALUES (placed, 1, product, 1 + chance % 4, 9.5 + chance % 90), (placed, 2, 1, 1, 4.9);
      END IF;
      INSERT INTO payments (order_id, amount, method, paid_at) VALUES (placed, 10 + chance % 490, 'card', moment);
      UPDATE orders SET state = 'shipped', changed_at = moment WHERE id = placed - 30 AND state <> 'shipped';
    END IF;
  END;
END //
DELIMITER ;
`;

/** The moment of row `n` of `of`: spread over two years before the end, oldest first, as keys grow with time. */
export const momentsUntil = (untilMs: number) => (of: number) =>
  `FROM_UNIXTIME(${untilMs / 1000} - (${of} - n) * (63072000 / ${of}))`;

/** With explicit numbers: a bulk insert that hands them out by itself leaves a hole behind, up to the next power of two. */
function fill(flavour: Flavour, { rows, seed, untilMs }: PresetRequest): string {
  const sizes = shopSizes(rows);
  const d = (salt: number) => dice("n", seed + salt);
  const moment = momentsUntil(untilMs);
  const pick = (salt: number, ...words: string[]) =>
    `ELT(1 + ${d(salt)} % ${words.length}, ${words.map((word) => `'${word}'`).join(", ")})`;
  return `
INSERT INTO customers (id, email, name, country, profile, created_at)
SELECT n, CONCAT('customer', n, '@example.com'), CONCAT('Customer ', n), ${pick(1, "DE", "FR", "NL", "PL", "SE")},
  JSON_OBJECT('newsletter', ${d(2)} % 2 = 0, 'visits', ${d(3)} % 400), ${moment(sizes.customers)}
FROM ${flavour.series(sizes.customers)};
INSERT INTO products (id, sku, title, price, weight)
SELECT n, CONCAT('SKU-', LPAD(n, 7, '0')), CONCAT('Product ', n), (1 + ${d(4)} % 90000) / 100, ${d(5)} / 1000
FROM ${flavour.series(sizes.products)};
INSERT INTO orders (id, customer_id, state, total, currency, note, placed_at, changed_at)
SELECT n, 1 + ${d(7)} % ${sizes.customers}, ${pick(8, "shipped", "shipped", "shipped", "paid", "cancelled")},
  (${d(9)} % 90000) / 100, 'EUR', IF(${d(10)} % 10 = 0, CONCAT('leave with neighbour ', n), NULL),
  ${moment(sizes.orders)}, ${moment(sizes.orders)}
FROM ${flavour.series(sizes.orders)};
INSERT INTO order_items (order_id, line, product_id, quantity, price)
SELECT 1 + (n - 1) % ${sizes.orders}, 1 + (n - 1) DIV ${sizes.orders}, 1 + ${d(11)} % ${sizes.products},
  1 + ${d(12)} % 5, (1 + ${d(13)} % 90000) / 100
FROM ${flavour.series(sizes.items)};
INSERT INTO payments (id, order_id, amount, method, paid_at)
SELECT n, 1 + (n - 1) % ${sizes.orders}, (${d(14)} % 90000) / 100, ${pick(15, "card", "transfer", "wallet")}, ${moment(sizes.payments)}
FROM ${flavour.series(sizes.payments)};
INSERT INTO stock_movements
SELECT 1 + ${d(16)} % ${sizes.products}, CAST(${d(17)} % 40 AS SIGNED) - 20, 'sale', ${moment(sizes.movements)}
FROM ${flavour.series(sizes.movements)};
ANALYZE TABLE customers, products, orders, order_items, payments, stock_movements;`;
}

/** Database, accounts, schema, rows. Accounts log in only inside the sandbox, over its socket. */
export function shop(flavour: Flavour, request: PresetRequest): readonly Line[] {
  const line = (say: string, script: Feed | string): Line => ({
    say,
    ...printed(script),
    uses: placesOf("production"),
    destroys: false,
  });
  return [
    line("Create the application's database.", `${flavour.admin} ${at("production")} create "$DATABASE"`),
    line("Create the shop's tables.", sql(flavour, SCHEMA)),
    line("Create the application's accounts.", sql(flavour, GRANTS)),
    line("Create what the writer does in a moment.", sql(flavour, TICK)),
    line("Fill the shop with rows.", sql(flavour, fill(flavour, request))),
  ];
}
