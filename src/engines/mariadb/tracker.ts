/**
 * The preset `tracker`: 400 tenants share a dozen tables of an issue tracker, and whoever deletes a parent takes its
 * children along. For stories in which some are hit and all others go on.
 */
import { printed } from "../../built-script.ts";
import type { Line, PresetRequest } from "../../parts.ts";
import { TENANTS, trackerSizes } from "../tracker-sizes.ts";
import { at, placesOf, sql } from "./client.ts";
import type { Flavour } from "./flavour.ts";
import { dice, momentsUntil } from "./shop.ts";

const ID = "id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY";

/** A column that names a parent, and goes with it. */
const of = (table: string, column: string, parent: string) =>
  `KEY ${table}_${parent} (${column}),
  CONSTRAINT ${table}_${parent}_known FOREIGN KEY (${column}) REFERENCES ${parent} (id) ON DELETE CASCADE`;

const SCHEMA = `
CREATE TABLE tenants (
  ${ID}, name VARCHAR(100) NOT NULL UNIQUE, plan VARCHAR(20) NOT NULL DEFAULT 'team', created_at DATETIME(3) NOT NULL
);
CREATE TABLE settings (
  tenant_id BIGINT NOT NULL PRIMARY KEY, locale VARCHAR(10) NOT NULL, theme VARCHAR(20) NOT NULL,
  CONSTRAINT settings_tenants_known FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE TABLE users (
  ${ID}, tenant_id BIGINT NOT NULL, email VARCHAR(200) NOT NULL UNIQUE, name VARCHAR(200) NOT NULL,
  joined_at DATETIME(3) NOT NULL, ${of("users", "tenant_id", "tenants")}
);
CREATE TABLE projects (
  ${ID}, tenant_id BIGINT NOT NULL, code VARCHAR(20) NOT NULL, title VARCHAR(200) NOT NULL,
  archived BOOLEAN NOT NULL DEFAULT FALSE, opened_at DATETIME(3) NOT NULL, UNIQUE KEY projects_code (tenant_id, code),
  CONSTRAINT projects_tenants_known FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE TABLE components (
  ${ID}, project_id BIGINT NOT NULL, name VARCHAR(200) NOT NULL, ${of("components", "project_id", "projects")}
);
CREATE TABLE sprints (
  ${ID}, project_id BIGINT NOT NULL, name VARCHAR(200) NOT NULL, starts_at DATETIME(3) NOT NULL,
  ${of("sprints", "project_id", "projects")}
);
CREATE TABLE issues (
  ${ID}, project_id BIGINT NOT NULL, reporter_id BIGINT NOT NULL, state ENUM('open', 'doing', 'done') NOT NULL DEFAULT 'open',
  title VARCHAR(200) NOT NULL, opened_at DATETIME(3) NOT NULL,
  ${of("issues", "project_id", "projects")}, ${of("issues", "reporter_id", "users")}
);
CREATE TABLE comments (
  ${ID}, issue_id BIGINT NOT NULL, author_id BIGINT NOT NULL, body TEXT NOT NULL, said_at DATETIME(3) NOT NULL,
  ${of("comments", "issue_id", "issues")}, ${of("comments", "author_id", "users")}
);
CREATE TABLE attachments (
  ${ID}, issue_id BIGINT NOT NULL, file VARCHAR(200) NOT NULL, bytes BIGINT NOT NULL CHECK (bytes >= 0),
  ${of("attachments", "issue_id", "issues")}
);
CREATE TABLE watchers (
  issue_id BIGINT NOT NULL, user_id BIGINT NOT NULL, PRIMARY KEY (issue_id, user_id), ${of("watchers", "user_id", "users")},
  CONSTRAINT watchers_issues_known FOREIGN KEY (issue_id) REFERENCES issues (id) ON DELETE CASCADE
);
CREATE TABLE labels (
  issue_id BIGINT NOT NULL, label VARCHAR(40) NOT NULL, PRIMARY KEY (issue_id, label),
  CONSTRAINT labels_issues_known FOREIGN KEY (issue_id) REFERENCES issues (id) ON DELETE CASCADE
);
CREATE TABLE worklogs (
  ${ID}, issue_id BIGINT NOT NULL, user_id BIGINT NOT NULL, minutes INT NOT NULL, done_at DATETIME(3) NOT NULL,
  ${of("worklogs", "issue_id", "issues")}, ${of("worklogs", "user_id", "users")}
);
CREATE VIEW open_issues AS
  SELECT p.tenant_id, i.project_id, COUNT(*) AS open_ones FROM issues i JOIN projects p ON p.id = i.project_id
  WHERE i.state = 'open' GROUP BY p.tenant_id, i.project_id;
`;

const TABLES = ["tenants", "settings", "users", "projects", "components", "sprints", "issues"].concat([
  "comments",
  "attachments",
  "watchers",
  "labels",
  "worklogs",
]);
const GRANTS = `
CREATE USER tracker_app@'%';
GRANT EXECUTE ON * TO tracker_app@'%';
${TABLES.map((table) => `GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO tracker_app@'%';`).join("\n")}
`;

/** One simulated moment: somebody opens an issue, others talk about it, and now and then somebody takes back what they said. */
const TICK = `
DELIMITER //
CREATE PROCEDURE fogbell_tick(at_ms BIGINT, n BIGINT, seed BIGINT)
BEGIN
  DECLARE moment DATETIME(3) DEFAULT FROM_UNIXTIME(at_ms / 1000);
  DECLARE chance BIGINT DEFAULT ${dice("n", "seed")};
  DECLARE project, tenant, who, issue, unsaid BIGINT;
  SELECT 1 + chance % MAX(id) INTO project FROM projects;
  SELECT id, tenant_id INTO project, tenant FROM projects WHERE id >= project ORDER BY id LIMIT 1;
  SELECT MIN(id) INTO who FROM users WHERE tenant_id = tenant;
  INSERT INTO issues (project_id, reporter_id, title, opened_at)
  VALUES (project, who, CONCAT('Issue of moment ', n), moment);
  SET issue = LAST_INSERT_ID();
  INSERT INTO comments (issue_id, author_id, body, said_at) VALUES (issue, who, CONCAT('Seen, ', chance), moment);
  INSERT INTO watchers VALUES (issue, who);
  INSERT INTO worklogs (issue_id, user_id, minutes, done_at) VALUES (issue, who, 5 + chance % 90, moment);
  UPDATE issues SET state = 'done' WHERE id = issue - 30 AND state <> 'done';
  IF n % 5 = 0 THEN
    INSERT INTO users (tenant_id, email, name, joined_at)
    VALUES (tenant, CONCAT('tick', n, '.', chance, '@example.org'), CONCAT('User ', n), moment);
  END IF;
  IF n % 7 = 0 THEN
    SELECT MIN(id) INTO unsaid FROM comments WHERE id >= 1 + chance % 100000;
    DELETE FROM comments WHERE id = unsaid;
  END IF;
END //
DELIMITER ;
`;

/** With explicit numbers: a bulk insert that hands them out by itself leaves a hole behind, up to the next power of two. */
function fill(flavour: Flavour, { rows, seed, untilMs }: PresetRequest): string {
  const sizes = trackerSizes(rows);
  const d = (salt: number) => dice("n", seed + salt);
  const moment = momentsUntil(untilMs);
  const each = (count: number) => `FROM ${flavour.series(count)}`;
  // Parents go round, so that every tenant has as many: n belongs to 1 + (n - 1) % parents.
  const issue = `1 + (n - 1) % ${sizes.issues}`;
  const user = `1 + ((n - 1) % ${sizes.issues}) % ${TENANTS}`;
  return `
INSERT INTO tenants (id, name, plan, created_at)
SELECT n, CONCAT('Tenant ', n), IF(${d(1)} % 4 = 0, 'premium', 'team'), ${moment(TENANTS)} ${each(TENANTS)};
INSERT INTO settings SELECT n, IF(${d(2)} % 2 = 0, 'en', 'de'), 'light' ${each(TENANTS)};
INSERT INTO users (id, tenant_id, email, name, joined_at)
SELECT n, 1 + (n - 1) % ${TENANTS}, CONCAT('user', n, '@example.com'), CONCAT('User ', n), ${moment(sizes.users)}
${each(sizes.users)};
INSERT INTO projects (id, tenant_id, code, title, archived, opened_at)
SELECT n, 1 + (n - 1) % ${TENANTS}, CONCAT('P', n), CONCAT('Project ', n), n % 40 = 7, ${moment(sizes.projects)}
${each(sizes.projects)};
INSERT INTO components (id, project_id, name) SELECT n, n, CONCAT('Core of ', n) ${each(sizes.projects)};
INSERT INTO sprints (id, project_id, name, starts_at)
SELECT n, n, CONCAT('Sprint ', n), ${moment(sizes.projects)} ${each(sizes.projects)};
INSERT INTO issues (id, project_id, reporter_id, state, title, opened_at)
SELECT n, 1 + (n - 1) % ${sizes.projects}, 1 + ((n - 1) % ${sizes.projects}) % ${TENANTS},
  ELT(1 + ${d(3)} % 3, 'open', 'doing', 'done'), CONCAT('Issue ', n), ${moment(sizes.issues)} ${each(sizes.issues)};
INSERT INTO comments (id, issue_id, author_id, body, said_at)
SELECT n, ${issue}, ${user}, CONCAT('Comment ', ${d(4)}), ${moment(sizes.comments)} ${each(sizes.comments)};
INSERT INTO attachments (id, issue_id, file, bytes)
SELECT n, ${issue}, CONCAT('file-', n, '.png'), ${d(5)} ${each(sizes.attachments)};
INSERT INTO watchers SELECT DISTINCT ${issue}, ${user} ${each(sizes.watchers)};
INSERT INTO labels SELECT DISTINCT ${issue}, CONCAT('label-', ${d(6)} % 9) ${each(sizes.labels)};
INSERT INTO worklogs (id, issue_id, user_id, minutes, done_at)
SELECT n, ${issue}, ${user}, 5 + ${d(7)} % 240, ${moment(sizes.worklogs)} ${each(sizes.worklogs)};
ANALYZE TABLE ${TABLES.join(", ")};`;
}

/** Database, account, schema, rows. The account logs in only inside the sandbox, over its socket. */
export function tracker(flavour: Flavour, request: PresetRequest): readonly Line[] {
  const line = (say: string, script: Parameters<typeof printed>[0]): Line => ({
    say,
    ...printed(script),
    uses: placesOf("production"),
    destroys: false,
  });
  return [
    {
      say: "Create the application's database.",
      script: `${flavour.admin} ${at("production")} create "$DATABASE"`,
      uses: placesOf("production"),
      destroys: false,
    },
    line("Create the tracker's tables.", sql(flavour, SCHEMA)),
    line("Create the application's account.", sql(flavour, GRANTS)),
    line("Create what the writer does in a moment.", sql(flavour, TICK)),
    line("Fill the tracker with rows.", sql(flavour, fill(flavour, request))),
  ];
}
