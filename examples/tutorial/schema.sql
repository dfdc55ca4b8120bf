-- An application of yours: what it has, and the account it logs in as.
CREATE ROLE billing LOGIN;
CREATE TABLE clients (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL
);
CREATE TABLE invoices (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id bigint NOT NULL REFERENCES clients,
  amount numeric(12, 2) NOT NULL CHECK (amount > 0),
  paid boolean NOT NULL DEFAULT false
);
CREATE INDEX invoices_client ON invoices (client_id);
GRANT SELECT, INSERT, UPDATE ON clients, invoices TO billing;
