/** How large the shop is that every engine builds as its world: the same tables, in the same proportions. */

const SHARES = { customers: 0.08, products: 0.005, orders: 0.22, items: 0.44, payments: 0.2 } as const;
const LEAST_ROWS = 10;

/** Rows of each table. */
export interface ShopSizes {
  readonly customers: number;
  readonly products: number;
  readonly orders: number;
  readonly items: number;
  readonly payments: number;
  readonly movements: number;
}

/** How many rows each table gets of `rows` in all. */
export function shopSizes(rows: number): ShopSizes {
  const part = (share: number) => Math.max(LEAST_ROWS, Math.round(rows * share));
  const sizes = {
    customers: part(SHARES.customers),
    products: part(SHARES.products),
    orders: part(SHARES.orders),
    items: part(SHARES.items),
    payments: part(SHARES.payments),
  };
  const spent = sizes.customers + sizes.products + sizes.orders + sizes.items + sizes.payments;
  return { ...sizes, movements: Math.max(LEAST_ROWS, rows - spent) };
}
