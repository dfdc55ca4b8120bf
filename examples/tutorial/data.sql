INSERT INTO clients (name) SELECT 'Client ' || n FROM generate_series(1, 200) n;
INSERT INTO invoices (client_id, amount, paid)
SELECT 1 + n % 200, 10 + n % 990, n % 3 = 0 FROM generate_series(1, 5000) n;
