/**
 * What a drill gives as evidence, and which controls ask for such. "Supports" and never "complies": a report does not make
 * anybody compliant. Sources: the frameworks' own numbers, as of 2025.
 */
export interface Control {
  readonly framework: string;
  readonly control: string;
  readonly asks: string;
  readonly evidence: string;
}

export const CONTROLS: readonly Control[] = [
  {
    framework: "SOC 2",
    control: "A1.3, CC7.5",
    asks: "recovery plans tested; backup integrity and completeness tested; lessons drawn",
    evidence: "verification, history with failures, findings with owner and date",
  },
  {
    framework: "ISO/IEC 27001:2022",
    control: "A.8.13, A.5.30",
    asks: "backups regularly tested; readiness tested against continuity objectives",
    evidence: "restore record, objectives against measured values",
  },
  {
    framework: "NIST SP 800-34, 800-53",
    control: "CP-4, CP-9(1), CP-10",
    asks: "contingency plan tests with metrics; backups tested for reliability; recovery to a known state",
    evidence: "objectives table, verification against the ledger, deviations",
  },
  {
    framework: "DORA",
    control: "Art. 11, 12",
    asks: "periodic restore tests on segregated systems, multiple checks, results documented",
    evidence: "isolation as asserted, reconciliation by row, this report",
  },
  {
    framework: "HIPAA",
    control: "164.308(a)(7)(ii)(A), (B), (D)",
    asks: "retrievable exact copies; recovery plan; testing and revision",
    evidence: "rows missing, altered and extra; the runbook's hash; history",
  },
];
