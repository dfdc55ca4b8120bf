/** What words in names of backups stand for when they are no dates: rhythms, companions, forms. Pure. */

/** How often, or which of several: these words tell two jobs of one database apart, never two databases. */
const RHYTHMS: ReadonlySet<string> = new Set(
  (
    "hourly daily nightly weekly biweekly fortnightly monthly quarterly yearly annual annually hour day week month year " +
    "midnight noon morning evening weekday weekend last latest current newest recent previous prev old new today " +
    "yesterday full incr incremental increment inc diff differential manual auto automatic scheduled adhoc ondemand " +
    "snapshot rolling rotate rotated rotation keep retain " +
    "taeglich täglich woechentlich wöchentlich monatlich jaehrlich jährlich stuendlich stündlich " +
    "quotidien quotidienne hebdo hebdomadaire mensuel mensuelle annuel diario diaria semanal mensual mensal anual " +
    "giornaliero settimanale mensile dagelijks wekelijks maandelijks dzienny tygodniowy miesieczny"
  ).split(" "),
);

/** What lies beside a backup, or is a part of what one night left. */
const ROLES: ReadonlySet<string> = new Set(
  (
    "globals global roles role grants users accounts schema schemas structure struct ddl data metadata meta manifest " +
    "ledger routines triggers events views sequences fullschema tablespaces predata postdata " +
    "sha256 sha512 sha1 md5 sha256sum sha512sum sha1sum md5sum checksum checksums crc32 asc sig minisig"
  ).split(" "),
);

/** What a file is and how it is packed, as the end of its name says. */
const ENDINGS: ReadonlySet<string> = new Set(
  (
    "sql psql mysql pgsql dump dmp bak backup pgdump custom plain dir pg db out txt csv tsv json yaml xml info log list " +
    "bin raw img tar tgz tbz tbz2 txz tzst taz gz gzip bz2 bz xz lzma lz lz4 lzo zst zstd zip 7z rar z br pigz " +
    "enc gpg pgp age aes aes256 des3 crypt ssl cpt xb xbstream qp ibd frm part tmp partial filepart crdownload"
  ).split(" "),
);

const isIn = (words: ReadonlySet<string>) => (text: string) => words.has(text.toLowerCase());

export const isRhythm = isIn(RHYTHMS);
export const isRole = isIn(ROLES);
export const isEnding = isIn(ENDINGS);

/** Sums and signatures: like a role, but only as the end of another file's whole name. */
export const isDigestEnding = (text: string): boolean => /^(?:sha(?:1|256|512)|md5|crc32|asc|sig|minisig)$/i.test(text);
